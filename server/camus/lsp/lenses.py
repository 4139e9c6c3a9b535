"""Code lenses above definitions, for who switched them on; made from the text alone."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.client import Client
from camus.lsp.positions import range_of
from camus.source import Document, definitions

MOST = 400
"""So many definitions get their lenses; a longer file is no place for them."""
_SHOWN = (("Explain", "camus.explain"), ("Review", "camus.review"))


class Lenses:
    """Whether the client asks for lenses, as the configuration has it."""

    def __init__(self, client: Client) -> None:
        """Nothing is asked for yet."""
        self._client = client
        self._on = False

    @property
    def on(self) -> bool:
        """Whether lenses are wanted."""
        return self._on

    async def want(self, wanted: bool) -> None:
        """Switch them: a client that registers at run time is told, another only answered."""
        changed, self._on = wanted != self._on, wanted
        if not changed or not self._client.can.registers_lenses:
            return
        method = lsp.TEXT_DOCUMENT_CODE_LENS
        if wanted:
            await self._client.register(method, lsp.CodeLensRegistrationOptions())
        else:
            await self._client.unregister(method)


def lenses(document: Document, encoding: Encoding) -> list[lsp.CodeLens]:
    """*Explain* and *Review* above each definition."""
    made = []
    for scope in definitions(document)[:MOST]:
        place = range_of(document, scope.name_span, encoding)
        for title, command in _SHOWN:
            given: dict[str, Any] = {"uri": document.uri, "range": place}
            made.append(lsp.CodeLens(place, lsp.Command(title, command, arguments=[given])))
    return made
