"""Where a server's key comes from: the environment, or the keyring when that extra is there."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping

_KEYRING_SECONDS = 3.0
_SERVICE = "camus"


class Key:
    """The key of one server, looked up once, when it is first needed.

    `name` is the environment variable, and the keyring's user name below the service `camus`.
    """

    def __init__(self, name: str, env: Mapping[str, str]) -> None:
        """Look `name` up in `env` and then in the keyring."""
        self.name = name
        self._env = env
        self._value: str | None = None

    async def value(self) -> str:
        """The key, empty when there is none; a keyring may take a while, or be locked."""
        if self._value is None:
            self._value = self._env.get(self.name, "").strip() or await self._from_keyring()
        return self._value

    async def _from_keyring(self) -> str:
        if importlib.util.find_spec("keyring") is None:
            return ""
        try:
            async with asyncio.timeout(_KEYRING_SECONDS):
                return await asyncio.to_thread(_read_keyring, self.name)
        except TimeoutError:
            return ""


def _read_keyring(name: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return (keyring.get_password(_SERVICE, name) or "").strip()
    except (KeyringError, RuntimeError):  # no backend on this machine, or it is locked
        return ""
