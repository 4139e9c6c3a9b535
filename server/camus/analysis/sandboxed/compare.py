"""Calls the old and the new form of a function with the same inputs; tells where they differ.

Started as a script in a folder that holds `job.json`; writes `result.json` there. Everything is
seeded, so that the same job gives the same answer. A call on which the old function says that its
input makes no sense (TypeError, AttributeError, ...) tells nothing and is left out; so does one
that meets nothing of what changed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed import aiming, mutating
    from camus.analysis.sandboxed.calling import (
        SENSELESS,
        Came,
        Form,
        alike,
        difference,
        listen,
    )
    from camus.analysis.sandboxed.guess import Guesses
    from camus.analysis.sandboxed.values import called
else:  # a script finds what stands beside it
    import aiming
    import mutating
    from calling import SENSELESS, Came, Form, alike, difference, listen
    from guess import Guesses
    from values import called

_SHOWN = 120
_ENOUGH_SEEN = 4
_ENOUGH_SAME = 300
_BARREN = 700
_AIMED_EACH = 80
_AGAIN = 0.1
"""The share of inputs that meet nothing new from which others are made on purpose all the same."""
_REFUSED = 3
"""Inputs that ended in one kind of error count as evidence up to so often."""
_WAYS = 0.75
"""The share of the ways of changed conditions that inputs must have taken."""


def main() -> None:
    """Read the job, compare, write the result."""
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    listen()
    try:
        result = compared(job)
    except BaseException as error:  # noqa: BLE001 - code of anybody runs here
        result = {"state": "unable", "reason": f"{type(error).__name__}: {error}"[:300]}
    Path("result.json").write_text(json.dumps(result), encoding="utf-8")


def compared(job: dict[str, Any]) -> dict[str, Any]:
    """`same` or `differs` with the simplest example, and on how many inputs that rests."""
    old = Form(job, "old")
    try:
        new = Form(job, "new")
    except Exception as error:  # noqa: BLE001 - whatever the new code raises is the finding
        said = f"{type(error).__name__}: {error}"[:_SHOWN]
        return {"state": "differs", "tried": 1, "useful": 1, "example": f"it cannot load: {said}"}
    chance = random.Random(job["seed"])  # noqa: S311 - no secret
    guesses = Guesses((old.text, new.text), job["function"], (old.module, new.module), chance)
    return _Search(job, (old, new), guesses).result()


class _Search:
    """Looks for an input on which the forms differ, from simple ones to what reaches further."""

    def __init__(self, job: dict[str, Any], forms: tuple[Form, Form], guesses: Guesses) -> None:
        self.job, self.guesses = job, guesses
        self.old, self.new = forms
        self.changed = (
            _within(self.old, set(job.get("lines", ()))),
            _within(self.new, set(job.get("new_lines", ()))),
        )
        self.features = set[Any]()
        self.dim = set[Any]()
        """What was met by inputs that then made no sense."""
        self.kept: list[tuple[list[Any], int]] = []
        self.near: deque[list[Any]] = deque()
        self.aims: deque[list[Any]] = deque()
        self.useful = 0
        self.barren = 0
        self.errors = Counter[str]()
        self.found: list[str] = []
        self.words: list[str] = []
        self.tried = 0

    def result(self) -> dict[str, Any]:
        """What the search came to."""
        deadline = time.monotonic() + float(self.job["seconds"])
        known = set[str]()
        for arguments in self._inputs():
            over = self.tried >= self.job["tries"] or time.monotonic() > deadline
            if over or len(self.found) >= _ENOUGH_SEEN:
                break
            if self.useful >= _ENOUGH_SAME and self.barren > _BARREN and not self.near:
                break
            key = repr(arguments)[:400]
            self.barren += 1
            if key in known and self.barren < 10 * _BARREN:
                self.tried += not self.guesses.parameters
                continue
            known.add(key)
            self.tried += 1
            self._look(arguments)
        return self._told()

    def _told(self) -> dict[str, Any]:
        counts = {"tried": self.tried, "useful": max(self.useful, 1)}
        if self.found or self.words:
            return {"state": "differs", "example": min(self.found or self.words, key=len), **counts}
        if any(self.changed) and not self.useful:
            return {"state": "unable", "reason": "no input that was made up reached what changed"}
        if self._one_way():
            said = "the inputs that were made up went one way only through what changed"
            return {"state": "unable", "reason": said}
        return {"state": "same", "tried": self.tried, "useful": self.useful}

    def _one_way(self) -> bool:
        """Whether most conditions that changed came out in one way only."""
        ways = met = 0
        for at, form in enumerate((self.old, self.new)):
            for number in self.changed[at] & form.witness.conditions:
                taken = sum((at, (number, way)) in self.features for way in (True, False))
                ways += 2 if taken else 0
                met += taken
        return bool(ways) and met < _WAYS * ways

    def _inputs(self) -> Iterator[list[Any]]:
        """Examples and simple values, then by chance, by mutation and by aim."""
        guesses, chance = self.guesses, self.guesses.chance
        if not guesses.parameters:
            while True:
                yield []
        yield from guesses.examples(self.job.get("calls", ()))
        for arguments in guesses.simple():
            yield arguments
            yield from self._aimed(2)
        while True:
            roll = chance.random()
            if (self.near or self.aims) and roll < 0.4:
                yield from self._aimed(1)
            elif self.kept and roll < 0.8:
                weights = [weight for _, weight in self.kept]
                base = chance.choices(self.kept, weights)[0][0]
                yield mutating.varied(base, guesses, [each for each, _ in self.kept])
            else:
                yield guesses.draw()

    def _aimed(self, count: int) -> Iterator[list[Any]]:
        """Inputs that were made on purpose, those near what changed first."""
        for _ in range(count):
            queue = self.near or self.aims
            if queue:
                yield queue.popleft()

    def _look(self, arguments: list[Any]) -> None:
        """Call both forms with an input and take in what is to be learnt."""
        names = self.guesses.names
        self.old.witness.start()
        first = self.old.call(names, arguments)
        sensible = not (first.how == "raised" and first.value in SENSELESS)
        self.guesses.learn(sensible=sensible)
        if first.how == "long":
            return
        self.new.witness.start()
        second = self.new.call(names, arguments) if sensible else first
        reached = self._learn(arguments, sensible=sensible)
        if not sensible:
            return
        if alike(first, second) and first.words == second.words:
            if reached:
                self._count(first)
            return
        self._confirm(arguments)

    def _count(self, came: Came) -> None:
        if came.how == "raised":
            self.errors[came.value] += 1
            if self.errors[came.value] > _REFUSED:
                return
        self.useful += 1

    def _confirm(self, arguments: list[Any]) -> None:
        """Call the forms as they are: slow ones and those of chance tell nothing."""
        names = self.guesses.names
        first = self.old.call(names, arguments, plain=True)
        again = self.old.call(names, arguments, plain=True)
        if first.how == "long" or not alike(first, again):
            return
        second = self.new.call(names, arguments, plain=True)
        shown = called(self.job["function"], names, arguments)
        if not alike(first, second):
            self.useful += 1
            self.found.append(difference(shown, first, second))
        elif first.words == again.words != second.words:
            said = f"{first.words[:60]!r}, now {second.words[:60]!r}"
            self.words.append(f"{shown} raises {first.value} with other words: {said}")

    def _learn(self, arguments: list[Any], *, sensible: bool) -> bool:
        """Keep an input that met something new; whether it met what changed."""
        met = {(0, each) for each in self.old.witness.met}
        if sensible:
            met |= {(1, each) for each in self.new.witness.met}
        reached = not any(self.changed) or any(
            number in self.changed[at] for at, number in met if isinstance(number, int)
        )
        known = self.features if sensible else self.dim
        fresh = not met <= known
        if not fresh and not (reached and sensible and self.guesses.chance.random() < _AGAIN):
            return reached
        known |= met
        if fresh:
            self.barren = 0
            self.kept.append((arguments, (8 if reached else 3) if sensible else 1))
        seen = self.old.witness.seen + (self.new.witness.seen if sensible else [])
        for each in aiming.learnt(seen):
            self.guesses.tokens.add(each)
        most = _AIMED_EACH if sensible and fresh else _AIMED_EACH // 4
        for _, each in zip(range(most), aiming.aimed(seen, arguments), strict=False):
            (self.near if reached and sensible and fresh else self.aims).append(each)
        return reached


def _within(form: Form, lines: set[int]) -> set[int]:
    """The statements and conditions of a form that stand on some lines."""
    return {
        number
        for number, (first, last) in form.witness.places.items()
        if any(first <= line <= last for line in lines)
    }


def _is_of(module: object, folder: str) -> bool:
    """Whether a module is one of those beside this script."""
    file = getattr(module, "__file__", None) or ""
    return file.startswith(folder) and module is not sys.modules["__main__"]


if __name__ == "__main__":
    # Nothing in this folder may hide a module of the user's.
    here = sys.path.pop(0)
    for name in [n for n, m in sys.modules.items() if _is_of(m, here)]:
        del sys.modules[name]
    main()
