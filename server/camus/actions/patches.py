"""Applies changes that a reply spells by old and new lines; knows the target and what is around it.

A change's old lines must stand exactly once in the target: the same text twice is ambiguous. What
a change would do outside the target is refused, but for imports that it adds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from camus.actions.diffs import Change, Misfit
from camus.actions.reindent import dedented

_MOST_STEPS = 1_000_000
_FUZZ = 3
"""Lines of context at either end that may be the model's invention, as in GNU patch."""
_IMPORT = re.compile(r"^(?:import\b.*|from\s+\S+\s+import\b.*|const .*\brequire\(.*|use\s.*;)$")


@dataclass(frozen=True, slots=True)
class Ground:
    """The lines of a file around its target and those of the target, broken by LF."""

    before: tuple[str, ...]
    lines: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patched:
    """The target's new lines and the import statements added outside of it."""

    lines: tuple[str, ...]
    imports: tuple[str, ...] = ()


def applied(ground: Ground, changes: Sequence[Change]) -> Patched | Misfit:
    """The target after all changes, one after another."""
    lines = list(ground.lines)
    imports: list[str] = []
    if len(changes) * len(lines) > _MOST_STEPS:
        return Misfit("missing", _first(changes[0]))
    for change in changes:
        found = _inside(lines, change) or _overlapping(ground, lines, change)
        if found is None:
            added = _outside(ground, lines, change)
            if isinstance(added, Misfit):
                return added
            imports += added
            continue
        if isinstance(found, Misfit):
            return found
        at, chosen = found
        there = lines[at : at + len(chosen.old)]
        lines[at : at + len(chosen.old)] = _moved(chosen, there)
    return Patched(tuple(lines), tuple(imports))


def _inside(lines: list[str], change: Change) -> tuple[int, Change] | Misfit | None:
    """The one place in the target, with context that is not there left out; None for no place."""
    for step in range(_FUZZ + 1):
        tried = _with_less(change, step)
        if tried is None:
            break
        places = _places(lines, tried.old)
        if len(places) > 1:
            return Misfit("ambiguous", _first(tried))
        if places:
            return places[0], tried
    return None


def _with_less(change: Change, step: int) -> Change | None:
    """A change with up to so many lines of context less at both ends; None when nothing is left."""
    if not step:
        return change
    head = min(step, _head(change))
    tail = min(step, _head(Change(change.old[head:][::-1], change.new[head:][::-1])))
    old = change.old[head : len(change.old) - tail]
    if head + tail == 0 or not any(line.strip() for line in old):
        return None
    return replace(change, old=old, new=change.new[head : len(change.new) - tail])


def _head(change: Change) -> int:
    """How many lines at the beginning are context."""
    pairs = zip(change.old, change.new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), 0)


def _overlapping(
    ground: Ground, lines: list[str], change: Change
) -> tuple[int, Change] | Misfit | None:
    """The place of a change whose context reaches out of the target but whose core does not."""
    whole = [*ground.before, *lines, *ground.after]
    places = _places(whole, change.old)
    first, last = len(ground.before), len(ground.before) + len(lines)
    head = _head(change)
    tail = _head(Change(change.old[head:][::-1], change.new[head:][::-1]))
    found = []
    for at in places:
        above, below = max(0, first - at), max(0, at + len(change.old) - last)
        if above <= head and below <= tail and at < last and at + len(change.old) > first:
            old = change.old[above : len(change.old) - below]
            new = change.new[above : len(change.new) - below]
            found.append((at + above - first, replace(change, old=old, new=new)))
    if len(found) > 1:
        return Misfit("ambiguous", _first(change))
    return found[0] if found else None


def _outside(ground: Ground, lines: list[str], change: Change) -> list[str] | Misfit:
    """The imports that a change outside the target adds; why not, when it does anything else."""
    left = Counter(change.old)
    added = []
    for line in change.new:
        if left[line] > 0:
            left[line] -= 1
        elif line.strip():
            added.append(line.strip())
    only_adds = not any(count > 0 and line.strip() for line, count in left.items())
    if added and only_adds and all(_IMPORT.match(line) for line in added):
        return added
    told = any(line.strip() for line in change.old)
    there = told and any(_places(list(part), change.old) for part in (ground.before, ground.after))
    elsewhere = there and not _places(lines, change.old)
    return Misfit("outside" if elsewhere else "missing", _first(change))


def _first(change: Change) -> str:
    return next((line.strip() for line in (*change.old, *change.new) if line.strip()), "")


def _places(lines: list[str], old: tuple[str, ...]) -> list[int]:
    """Where the old lines stand: exactly, else but for trailing blanks, else but for their base,
    else but for all indentation.
    """
    if not any(line.strip() for line in old):
        return [0] if not any(line.strip() for line in lines) and len(old) <= len(lines) else []
    size = len(old)
    if size * len(lines) > _MOST_STEPS:
        return []
    windows = range(len(lines) - size + 1)
    stripped = [line.rstrip() for line in old]
    bare = [line.rstrip() for line in lines]
    first = next(at for at, line in enumerate(old) if line.strip())
    start = old[first].strip()
    likely = [at for at in windows if bare[at + first].endswith(start) and _alike(bare, at, old)]
    for text, wanted in ((lines, list(old)), (bare, stripped)):
        found = [at for at in likely if text[at : at + size] == wanted]
        if found:
            return found
    based = dedented("\n".join(stripped))
    return [at for at in likely if dedented("\n".join(bare[at : at + size])) == based] or likely


def _alike(bare: list[str], at: int, old: tuple[str, ...]) -> bool:
    """Whether the lines from a place on are the old ones but for their indentation."""
    pairs = zip(bare[at : at + len(old)], old, strict=True)
    return all(one.lstrip() == other.strip() for one, other in pairs)


def _moved(change: Change, there: list[str]) -> list[str]:
    """The new lines as deep as the old ones really stand; lines that stay are the file's."""
    kept = {given.rstrip(): real for given, real in zip(change.old, there, strict=True)}
    depths = _depths(change, there)
    stays = all(given == real for given, real in depths.items())
    moved = []
    for line in change.new:
        blank = _indent(line)
        known = max((each for each in depths if blank.startswith(each)), key=len, default=None)
        if line.rstrip() in kept:
            moved.append(kept[line.rstrip()])
        elif not line.strip():
            moved.append("")
        elif stays or known is None:
            moved.append(line)
        else:
            moved.append(depths[known] + line[len(known) :])
    return moved


def _depths(change: Change, there: list[str]) -> dict[str, str]:
    """Which indentation in the file each indentation of the old lines stands for.

    Removed lines say it before context, which may have lost its mark.
    """
    pairs = [(one, real) for one, real in zip(change.old, there, strict=True) if one.strip()]
    context = [pair for pair in pairs if pair[0] in change.new]
    removed = [pair for pair in pairs if pair[0] not in change.new]
    found = {_indent(one): _indent(real) for one, real in (*context, *removed)}
    return found or {"": ""}


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
