"""Markdown answers as generated files that an editor can show; never inside a workspace."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from camus.lsp.client import Client
from camus.lsp.plaintext import as_plain
from camus.source import uri_of

KEPT = 20
_MOST_IN_A_MESSAGE = 4000
_CODE = re.compile(r"(^(?:```|~~~)[\s\S]*?^(?:```|~~~)\s*?$|`[^`\n]+`)", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)|!\[([^\]\n]*)\]\[[^\]\n]*\]")
_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_REFERENCE = re.compile(r"^[ \t]*\[[^\]\n]+\]:[^\n]*$", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


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


def harmless(markdown: str) -> str:
    """A model's Markdown without what loads or hides: images, links, raw HTML, control characters.

    Code stays as it is. An image keeps its description, a link its words with the address beside.
    """
    parts = _CODE.split(_CONTROL.sub("", markdown))
    return "".join(part if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    text = _IMAGE.sub(lambda found: found[1] or found[2] or "", text)
    text = _REFERENCE.sub("", text)
    text = _LINK.sub(lambda found: f"{found[1]} (`{found[2].replace('`', '')}`)", text)
    return _TAG.sub("&lt;", text)
