"""Backends that other packages register; what they raise and how long they take is held in bounds.

A package names a factory under the entry point group `camus.backends`. The factory gets a `Setup`
and returns a `Backend`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

from camus.models.backend import Backend, Limits, Piece, Sampling, Served
from camus.models.errors import Failed, Malformed, Missing, ModelError, TimedOut
from camus.privacy import Cleared

GROUP = "camus.backends"
LIST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What a registered backend is made from: the model's own settings.

    `key` looks the key up when it is first needed, empty when there is none; it never stands in a
    file. `options` are the model's `options`, texts by name.
    """

    name: str
    model: str
    url: str
    key: Callable[[], Awaitable[str]]
    options: Mapping[str, str] = field(default_factory=dict)


def registered() -> Mapping[str, EntryPoint]:
    """The backends that installed packages register, by name; imports none of them."""
    return {each.name: each for each in entry_points(group=GROUP)}


def backend_of(plugin: str, setup: Setup) -> Backend:
    """A registered backend in bounds; raises `Missing` or `Failed` with what to do."""
    known = registered()
    if plugin not in known:
        names = ", ".join(sorted(known)) or "none"
        raise Missing(
            f"No installed package registers a backend {plugin!r}; there are: {names}",
            advice="install the package into Camus's own environment, or check `plugin`",
        )
    try:
        made = known[plugin].load()(setup)
    except Exception as error:
        raise _foreign(plugin, error) from error
    return _Bounded(plugin, made)


class _Bounded:
    """Another package's backend: its errors become ours, and our limits hold for it."""

    def __init__(self, plugin: str, inner: Backend) -> None:
        self._plugin = plugin
        self._inner = inner

    async def catalogue(self) -> tuple[Served, ...]:
        try:
            async with asyncio.timeout(LIST_SECONDS):
                return tuple(await self._inner.catalogue())
        except TimeoutError as error:
            raise TimedOut(f"The backend {self._plugin} did not list its models in time") from error
        except ModelError:
            raise
        except Exception as error:
            raise _foreign(self._plugin, error) from error

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        loop = asyncio.get_running_loop()
        end, left = loop.time() + limits.total, limits.characters
        due = loop.time() + limits.first_token
        inner = self._inner.stream(model, prompt, sampling, window, limits)
        async with aclosing(inner) as pieces:
            while (piece := await self._next(pieces, min(due, end))) is not None:
                due = loop.time() + limits.idle
                left -= len(piece.text)
                if left < 0:
                    raise Malformed(f"The backend {self._plugin} answered more than was allowed")
                yield piece

    async def close(self) -> None:
        with suppress(Exception):  # it is over; nobody is left to tell
            await self._inner.close()

    async def _next(self, pieces: AsyncGenerator[Piece, None], due: float) -> Piece | None:
        try:
            async with asyncio.timeout_at(due):
                return await anext(pieces, None)
        except TimeoutError as error:
            raise TimedOut(
                f"The backend {self._plugin} did not go on in time",
                advice="raise `timeouts`, or look into that package",
            ) from error
        except ModelError:
            raise
        except Exception as error:
            raise _foreign(self._plugin, error) from error


def _foreign(plugin: str, error: Exception) -> Failed:
    """The error for whatever another package raised; its words may hold code and are not shown."""
    return Failed(
        f"The backend {plugin} failed with {type(error).__name__}",
        advice="it is another package's: look into its documentation, or update it",
    )
