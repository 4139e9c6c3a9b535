"""Sends an answer in words while it is written, to a client that gave a token for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from lsprotocol import types as lsp

from camus.lsp.client import Client
from camus.lsp.harmless import harmless

GAP = 0.1
"""Seconds between two partial results; a reader sees no difference, a slow client does."""


class Partial:
    """The partial results of one request, as `$/progress` under the client's own token.

    Each holds the whole text so far: another model may begin again.
    """

    def __init__(
        self,
        client: Client,
        token: lsp.ProgressToken,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Send to `client` under `token`."""
        self._client = client
        self._token = token
        self._clock = clock
        self._last = -GAP

    def heard(self, model: str, text: Callable[[], str]) -> None:
        """A model wrote more; `text` makes what it wrote so far."""
        now = self._clock()
        if now - self._last < GAP:
            return
        self._last = now
        value = {"model": model, "text": harmless(text())}
        self._client.notify(lsp.PROGRESS, lsp.ProgressParams(self._token, value))
