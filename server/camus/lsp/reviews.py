"""Shows a review's findings as diagnostics until the code they are about changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lsprotocol import types as lsp

from camus.analysis import Finding
from camus.lsp.client import Client
from camus.lsp.diagnostics import diagnostics
from camus.lsp.edits import label
from camus.lsp.pages import Pages
from camus.orchestrator import Outcome, Swept
from camus.retrieval import Stamp, stamp_of
from camus.source import Document, path_of

MOST_IN_A_FILE = 200
"""Findings shown of one file by a review of the workspace."""
LOOK_SECONDS = 2.0
"""How often closed files are looked at for changes, while findings of them are shown."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a document; `stamp` is of the file that was read, None for an open one."""

    uri: str
    items: list[lsp.Diagnostic]
    code: str
    stamp: Stamp | None = None
    asked: bool = False
    """Whether this very code was to be reviewed, perhaps by a model."""


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
        self._shown: dict[str, _Shown] = {}
        self._looking: asyncio.Task[None] | None = None

    def publish(self, outcome: Outcome, findings: tuple[Finding, ...]) -> int:
        """Show these findings of a review of unchanged code, and a summary; how many are shown."""
        document = outcome.task.document
        now = self._current(document.uri)
        if now is None or now.text != document.text:
            self._client.show("info", "Review: the code was changed meanwhile; ask again.")
            return 0
        count = self._show(document, findings, now.version, asked=True)
        what = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing to report"
        where = outcome.task.scope.qualified_name or "this code"
        self._client.tell_result(f"Review of {where}: {what} ({label(outcome)}).")
        return count

    def swept(self, file: Swept, findings: Sequence[Finding]) -> int:
        """Show the findings of a file that was looked at with all others; how many are shown.

        A file that was opened, changed or closed meanwhile is left alone, and so is what a review
        of that very code has shown.
        """
        document = file.document
        now = self._current(document.uri)
        known = self._shown.get(unquote(document.uri))
        if known is not None and known.asked and known.code == _code(document):
            return len(known.items)
        if now is None:
            found = findings[:MOST_IN_A_FILE] if file.stamp is not None else ()
            return self._show(document, found, None, file.stamp)
        if now.text != document.text:
            return 0
        return self._show(document, findings[:MOST_IN_A_FILE], now.version)

    def _show(
        self,
        document: Document,
        findings: Sequence[Finding],
        version: int | None,
        stamp: Stamp | None = None,
        *,
        asked: bool = False,
    ) -> int:
        found = diagnostics(findings, document, self._client.can, self._page)
        if not found:
            known = self._shown.pop(unquote(document.uri), None)
            if asked or known is not None:
                self._tell(document.uri, [], version)
            return 0
        shown = _Shown(document.uri, found, _code(document), stamp, asked)
        self._shown[unquote(document.uri)] = shown
        self._tell(document.uri, found, version)
        if stamp is not None and self._looking is None:
            self._looking = self._client.spawn(self._look())
        return len(found)

    def of_closed_files(self) -> frozenset[str]:
        """The unquoted URIs of the files that were swept while they were closed."""
        return frozenset(uri for uri, shown in self._shown.items() if shown.stamp is not None)

    def clear(self, uri: str) -> None:
        """Take the findings of a document back."""
        if self._shown.pop(unquote(uri), None) is not None:
            self._tell(uri, [], None)

    def opened(self, document: Document) -> None:
        """An editor has a file now: its findings stay when it holds what was looked at."""
        shown = self._shown.get(unquote(document.uri))
        if shown is None:
            return
        if shown.code != _code(document):
            self.clear(document.uri)
        if self._client.can.pulls:  # it asks for what was pushed while the file was closed
            self._push(shown.uri, [], None)

    def closed(self, uri: str) -> None:
        """An editor gave a document back; what was found in the file itself stays."""
        shown = self._shown.get(unquote(uri))
        if shown is None:
            return
        if shown.stamp is None:
            self.clear(uri)
        elif self._client.can.pulls:
            self._push(shown.uri, shown.items, None)

    def pulled(self, uri: str) -> lsp.RelatedFullDocumentDiagnosticReport:
        """What a client gets that asks for a document's diagnostics."""
        shown = self._shown.get(unquote(uri))
        return lsp.RelatedFullDocumentDiagnosticReport(items=shown.items if shown else [])

    def _tell(self, uri: str, found: list[lsp.Diagnostic], version: int | None) -> None:
        if self._client.can.pulls and self._current(uri) is not None:
            self._client.spawn(self._refresh())
        else:
            self._push(uri, found, version)

    def _push(self, uri: str, found: list[lsp.Diagnostic], version: int | None) -> None:
        params = lsp.PublishDiagnosticsParams(uri, found, version)
        self._client.notify(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    async def _refresh(self) -> None:
        await self._client.ask(lsp.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    async def _look(self) -> None:
        """Take back what was found in files that were changed beside the editor."""
        while stamps := {s.uri: s.stamp for s in self._shown.values() if s.stamp is not None}:
            await asyncio.sleep(LOOK_SECONDS)
            changed = await asyncio.to_thread(_changed, stamps)
            for uri in changed:
                shown = self._shown.get(unquote(uri))
                if shown is not None and shown.stamp == stamps[uri] and self._current(uri) is None:
                    self.clear(uri)
        self._looking = None

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


def _code(document: Document) -> str:
    return document.fingerprint(document.span)


def _changed(stamps: Mapping[str, Stamp | None]) -> list[str]:
    """Which files are no longer what they were."""
    paths = ((uri, path_of(uri), stamp) for uri, stamp in stamps.items())
    return [uri for uri, path, stamp in paths if path is None or stamp_of(path) != stamp]
