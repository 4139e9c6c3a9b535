"""Markdown answers as generated files that an editor can show; never inside a workspace."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from camus.lsp.client import Client
from camus.lsp.plaintext import as_plain
from camus.source import uri_of

KEPT = 20
_MOST_IN_A_MESSAGE = 4000


class Pages:
    """The folder of generated pages, readable by this user only; the newest few are kept."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made when the first page is."""
        self._folder = folder

    def write(self, name: str, text: str) -> str:
        """Write a page and return its URI; raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{name}.md"
        descriptor, draft = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(draft).replace(file)
        pages = sorted(self._folder.glob("*.md"), key=lambda page: page.stat().st_mtime)
        for old in pages[:-KEPT]:
            old.unlink(missing_ok=True)
        return uri_of(file)


async def show(client: Client, pages: Pages, name: str, text: str) -> None:
    """Show Markdown as a document, or in a message where the client shows no documents."""
    if client.can.documents:
        try:
            uri = pages.write(name, text)
        except OSError as error:
            client.log("warning", f"no page could be written: {error.strerror}")
        else:
            if await client.open(uri):
                return
    words = as_plain(text)  # no client renders the Markdown of a message
    more = "" if len(words) <= _MOST_IN_A_MESSAGE else " …"
    client.show("info", f"{words[:_MOST_IN_A_MESSAGE]}{more}")
