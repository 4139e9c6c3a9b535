"""Publishes a review's findings as diagnostics until the code they are about changes."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types as lsp

from camus.lsp.client import Client
from camus.lsp.edits import label
from camus.lsp.views import diagnostics_view
from camus.orchestrator import Outcome
from camus.source import Document


class Reviews:
    """Which documents carry Camus's diagnostics."""

    def __init__(self, client: Client, current: Callable[[str], Document | None]) -> None:
        """Publish to `client`; `current` gives the newest snapshot of a URI."""
        self._client = client
        self._current = current
        self._published: set[str] = set()

    def publish(self, outcome: Outcome) -> int:
        """Show the findings of a review of unchanged code, and a summary; how many are shown."""
        document = outcome.task.document
        now = self._current(document.uri)
        if now is None or now.text != document.text:
            self._client.show("info", "Review: the code was changed meanwhile; ask again.")
            return 0
        found = diagnostics_view(outcome.findings, document, self._client.can.encoding)
        self._send(document.uri, found, now.version)
        count = len(found)
        what = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing to report"
        where = outcome.task.scope.qualified_name or "this code"
        self._client.show("info", f"Review of {where}: {what} ({label(outcome)}).")
        return count

    def clear(self, uri: str) -> None:
        """Take the findings of a document back."""
        if uri in self._published:
            self._send(uri, [], None)

    def _send(self, uri: str, found: list[lsp.Diagnostic], version: int | None) -> None:
        if found:
            self._published.add(uri)
        else:
            self._published.discard(uri)
        params = lsp.PublishDiagnosticsParams(uri, found, version)
        self._client.notify(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)
