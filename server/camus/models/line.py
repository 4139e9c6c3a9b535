"""Who waits for a server and who is next: classes first, then each workspace in its turn; pure.

Within a class, deficit round robin (Shreedhar and Varghese 1995): each workspace has a credit in
tokens of work, so that one with large or many requests cannot starve another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Urgency = Literal["edit", "explain", "background"]
URGENCIES: tuple[Urgency, ...] = ("edit", "explain", "background")
QUANTUM = 2048.0
"""Tokens of work by which a workspace's credit grows at each turn."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Turn:
    """For whom a request is made: how urgent it is, and for which workspace."""

    urgency: Urgency = "edit"
    workspace: str = ""


AT_ONCE = Turn()
"""A request of somebody who waits for an edit."""


@dataclass(slots=True)
class _Workspace(Generic[_T]):
    waiting: deque[tuple[_T, float]] = field(default_factory=deque)
    credit: float = 0.0


class Line(Generic[_T]):
    """Waiting requests; belongs to one loop and waits for nothing itself."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._classes: dict[Urgency, dict[str, _Workspace[_T]]] = {each: {} for each in URGENCIES}

    def __len__(self) -> int:
        """How many wait."""
        return sum(len(each.waiting) for each in self._workspaces())

    def join(self, who: _T, turn: Turn, work: float) -> None:
        """Wait at the end of one's own workspace's line."""
        own = self._classes[turn.urgency].setdefault(turn.workspace, _Workspace())
        own.waiting.append((who, work))

    def leave(self, who: _T) -> None:
        """Wait no longer; nothing happens when it does not wait."""
        for workspaces in self._classes.values():
            for name, each in tuple(workspaces.items()):
                kept = deque(entry for entry in each.waiting if entry[0] is not who)
                if len(kept) != len(each.waiting):
                    each.waiting = kept
                    if not kept:
                        del workspaces[name]

    def next(self, fits: Callable[[_T], bool]) -> _T | None:
        """Take out the one whose turn it is among those that `fits` lets through."""
        for workspaces in self._classes.values():
            ready = {
                name: entry
                for name, each in workspaces.items()
                if (entry := next((entry for entry in each.waiting if fits(entry[0])), None))
            }
            if ready:
                return self._served(workspaces, ready)
        return None

    def _served(
        self, workspaces: dict[str, _Workspace[_T]], ready: dict[str, tuple[_T, float]]
    ) -> _T:
        """Go round among the workspaces with somebody ready until a credit is enough."""
        while True:
            for name, entry in ready.items():
                each = workspaces[name]
                if entry[1] > each.credit:
                    each.credit += QUANTUM
                    workspaces[name] = workspaces.pop(name)  # the others' turn comes first
                    continue
                each.credit -= entry[1]
                each.waiting.remove(entry)
                if not each.waiting:
                    del workspaces[name]
                return entry[0]

    def _workspaces(self) -> Iterator[_Workspace[_T]]:
        for workspaces in self._classes.values():
            yield from workspaces.values()
