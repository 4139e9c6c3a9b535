"""Code lenses above definitions, for who switched them on; made from the text alone."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.positions import range_of
from camus.source import Document, definitions

MOST = 400
"""So many definitions get their lenses; a longer file is no place for them."""
_SHOWN = (("Explain", "camus.explain"), ("Review", "camus.review"))


def lenses(document: Document, encoding: Encoding) -> list[lsp.CodeLens]:
    """*Explain* and *Review* above each definition."""
    made = []
    for scope in definitions(document)[:MOST]:
        place = range_of(document, scope.name_span, encoding)
        for title, command in _SHOWN:
            given: dict[str, Any] = {"uri": document.uri, "range": place}
            made.append(lsp.CodeLens(place, lsp.Command(title, command, arguments=[given])))
    return made
