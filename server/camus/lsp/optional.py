"""Features that are off until the configuration switches them on, and how a client learns of it."""

from __future__ import annotations

from camus.lsp.client import Client


class Switch:
    """One optional feature: whether the client asks for it, as the configuration has it."""

    def __init__(self, client: Client, method: str, options: object, *, registers: bool) -> None:
        """Off; `registers` says that the client takes up `method` at run time."""
        self._client = client
        self._method = method
        self._options = options
        self._registers = registers
        self._on = False

    @property
    def on(self) -> bool:
        """Whether it is wanted."""
        return self._on

    async def want(self, wanted: bool) -> None:
        """Switch it: a client that registers at run time is told, another is only answered."""
        changed, self._on = wanted != self._on, wanted
        if not changed or not self._registers:
            return
        if wanted:
            await self._client.register(self._method, self._options)
        else:
            await self._client.unregister(self._method)
