"""Shows a review's findings as diagnostics until the code they are about changes."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from lsprotocol import types as lsp

from camus.analysis import Finding
from camus.lsp.client import Client
from camus.lsp.diagnostics import diagnostics
from camus.lsp.edits import label
from camus.lsp.pages import Pages
from camus.orchestrator import Outcome
from camus.source import Document


class Reviews:
    """Which documents carry Camus's diagnostics: pushed, or kept for a client that pulls them."""

    def __init__(
        self, client: Client, current: Callable[[str], Document | None], pages: Pages
    ) -> None:
        """Show them to `client`; `current` gives the newest snapshot of a URI.

        A rule without a page of its own on the web gets one among `pages`.
        """
        self._client = client
        self._current = current
        self._pages = pages
        self._shown: dict[str, list[lsp.Diagnostic]] = {}

    def publish(self, outcome: Outcome, findings: tuple[Finding, ...]) -> int:
        """Show these findings of a review of unchanged code, and a summary; how many are shown."""
        document = outcome.task.document
        now = self._current(document.uri)
        if now is None or now.text != document.text:
            self._client.show("info", "Review: the code was changed meanwhile; ask again.")
            return 0
        found = diagnostics(findings, document, self._client.can, self._page)
        self._show(document.uri, found, now.version)
        count = len(found)
        what = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing to report"
        where = outcome.task.scope.qualified_name or "this code"
        self._client.show("info", f"Review of {where}: {what} ({label(outcome)}).")
        return count

    def clear(self, uri: str) -> None:
        """Take the findings of a document back."""
        if unquote(uri) in self._shown:
            self._show(uri, [], None)

    def pulled(self, uri: str) -> lsp.RelatedFullDocumentDiagnosticReport:
        """What a client gets that asks for a document's diagnostics."""
        return lsp.RelatedFullDocumentDiagnosticReport(items=self._shown.get(unquote(uri), []))

    def _show(self, uri: str, found: list[lsp.Diagnostic], version: int | None) -> None:
        if found:
            self._shown[unquote(uri)] = found
        else:
            self._shown.pop(unquote(uri), None)
        if self._client.can.pulls:
            self._client.spawn(self._refresh())
            return
        params = lsp.PublishDiagnosticsParams(uri, found, version)
        self._client.notify(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    async def _refresh(self) -> None:
        await self._client.ask(lsp.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def _page(self, finding: Finding) -> str:
        if finding.url:
            return finding.url
        words = (
            f"# {finding.rule}\n\n{finding.message}\n\n"
            f"A rule of Camus's own, about {finding.aspect}; it reports a problem of the severity "
            f"*{finding.severity}*. *Fix* on the diagnostic mends it where a rule or a model can.\n"
        )
        try:
            return self._pages.write(
                f"rule-{''.join(c for c in finding.rule if c.isalnum() or c in '-_')}", words
            )
        except OSError:
            return ""
