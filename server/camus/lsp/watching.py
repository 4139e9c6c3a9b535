"""Learns that configuration changed on disk: from the client, or by watching where it cannot."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from camus import config
from camus.lsp.session import Session
from camus.source import uri_of

PATTERNS = ("**/.camus/*.{yml,yaml,json,toml}", "**/.camusignore")
USER_PATTERN = "*.{yml,yaml,json,toml}"


class Watching:
    """The client's watchers and our own."""

    def __init__(self, session: Session) -> None:
        """Reload the configuration of this session."""
        self._session = session

    async def start(self) -> None:
        """Register what the client can watch, and watch the rest ourselves until cancelled."""
        client = self._session.client
        if client.can.pushes_configuration:
            await client.register(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
        user = config.folders().config
        if client.can.watches:
            await client.register(
                lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, _watchers(user, client.can.watches_anywhere)
            )
        if not client.can.watches_anywhere:
            own = () if client.can.watches else self._session.roots
            await self._watch((user, *own))

    async def _watch(self, folders: tuple[Path, ...]) -> None:
        async for _files in config.changes(folders):
            await self._session.reload()


def _watchers(user: Path, anywhere: bool) -> lsp.DidChangeWatchedFilesRegistrationOptions:
    patterns: list[str | lsp.RelativePattern] = list(PATTERNS)
    if anywhere:
        patterns.append(lsp.RelativePattern(uri_of(user), USER_PATTERN))
    return lsp.DidChangeWatchedFilesRegistrationOptions(
        [lsp.FileSystemWatcher(pattern) for pattern in patterns]
    )
