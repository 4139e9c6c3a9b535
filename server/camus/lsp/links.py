"""Links in Camus's own Markdown that run a command; only for a client that names what it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from camus.lsp.capabilities import Capabilities
from camus.lsp.positions import range_of
from camus.source import Document, Span

_OF_A_SYMBOL = {"camus.explain": "Explain", "camus.review": "Review"}


def symbol_links(document: Document, span: Span, can: Capabilities) -> str:
    """One line of links for the symbol that stands here; empty where the client follows none."""
    wanted = {name: title for name, title in _OF_A_SYMBOL.items() if name in can.command_links}
    if not wanted:
        return ""
    place = range_of(document, span, can.encoding)
    ends = {"start": place.start, "end": place.end}
    given = {
        "uri": document.uri,
        "range": {
            name: {"line": end.line, "character": end.character} for name, end in ends.items()
        },
    }
    return " · ".join(_link(title, name, given) for name, title in wanted.items())


def _link(title: str, command: str, argument: Mapping[str, object]) -> str:
    """A link as VS Code spells it: the arguments are a JSON array in the query."""
    words = json.dumps([argument], separators=(",", ":"))
    return f"[{title}](command:{command}?{quote(words, safe='')})"
