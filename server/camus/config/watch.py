"""Tells when a configuration file changes on disk; the one place of this room that waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from pathlib import Path

from camus.config.overrides import FOLDER as PROMPTS
from camus.config.overrides import template_files
from camus.config.sources import FOLDER, candidates, workspace_root

_DEBOUNCE_MS = 300
_RECHECK_MS = 5_000
_RETRY_SECONDS = 1.0

_State = Mapping[Path, tuple[int, int, int]]


async def changes(folders: Iterable[Path]) -> AsyncIterator[frozenset[Path]]:
    """Behind the door of the same name."""
    roots = tuple(folders)
    targets = await asyncio.to_thread(_targets, roots)
    state = await asyncio.to_thread(_state, targets)
    async for _ in _stirrings(targets):
        now = await asyncio.to_thread(_state, targets)
        changed = frozenset(
            path for path in state.keys() | now.keys() if state.get(path) != now.get(path)
        )
        state = now
        if changed:
            yield changed


async def _stirrings(targets: tuple[Path, ...]) -> AsyncIterator[None]:
    """Wake up when something may have changed; what did is for the caller to see."""
    import watchfiles

    while True:
        watched = await asyncio.to_thread(_existing, targets)
        stirs = watchfiles.awatch(
            *watched,
            watch_filter=None,
            recursive=False,
            debounce=_DEBOUNCE_MS,
            rust_timeout=_RECHECK_MS,
            yield_on_timeout=True,
        )
        try:
            async with aclosing(stirs), aclosing(_begun(stirs)) as stirred:
                async for _ in stirred:
                    yield
                    if await asyncio.to_thread(_existing, targets) != watched:
                        break  # a folder came or went: watch what is there now
        except (OSError, RuntimeError):
            await asyncio.sleep(_RETRY_SECONDS)  # a folder went in between, or no watches are left


async def _begun(stirs: AsyncGenerator[object, None]) -> AsyncGenerator[None, None]:
    """Once as soon as the watch has begun, so that nothing falls before it, then with each stir."""
    first = asyncio.ensure_future(anext(stirs))
    try:
        await asyncio.sleep(0)  # its first step makes the watch
        yield
        await first
        yield
        async for _ in stirs:
            yield
    finally:
        if not first.done():
            first.cancel()
            await asyncio.wait([first])
        if not first.cancelled():
            first.exception()  # retrieved, also when nobody waited for it


def _targets(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for folder in folders:
        place = folder.absolute()
        root = workspace_root(place)
        for each in (place, place / FOLDER, (root or place) / FOLDER):
            found |= dict.fromkeys((each, each / PROMPTS))
    return tuple(found)


def _existing(targets: tuple[Path, ...]) -> tuple[Path, ...]:
    """For each target the folder itself, or the nearest ancestor in which it would appear."""
    found: dict[Path, None] = {}
    for target in targets:
        for place in (target, *target.parents):
            if place.is_dir():
                found[place] = None
                break
    return tuple(found)


def _state(targets: tuple[Path, ...]) -> _State:
    state = {}
    for target in targets:
        for path in (*candidates(target), *template_files(target)):
            try:
                entry = path.stat()
            except OSError:  # gone since it was listed
                continue
            state[path] = (entry.st_mtime_ns, entry.st_size, entry.st_ino)
    return state
