"""Which findings an edit brings and which it mends, whatever moved to other lines; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from camus.analysis import Finding
from camus.source import Document

_GRAVITY = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Compared:
    """The findings of the new text alone, the gravest first, and those of the old text alone."""

    introduced: tuple[Finding, ...] = ()
    removed: tuple[Finding, ...] = ()
    kept: tuple[Finding, ...] = ()
    """Those of the new text that were there before."""


def compare(
    before: tuple[Document, Sequence[Finding]],
    after: tuple[Document, Sequence[Finding]],
    exact: Iterable[str] = (),
) -> Compared:
    """Pair the findings of two texts by rule and line, then message, then by rule alone.

    The last is for a warning on a line that was rewritten and still has it. An error is never
    paired by its rule alone, nor is a rule of `exact`, for these another name is another problem.
    """
    strict = frozenset(exact)
    old, new = list(before[1]), list(after[1])
    old, new = _unpaired(old, new, _by_line(before[0]), _by_line(after[0]))
    old, new = _unpaired(old, new, _by_message, _by_message)
    loose: Key = lambda each: None if _is_strict(each, strict) else (each.rule,)  # noqa: E731
    old, new = _unpaired(old, new, loose, loose)
    new.sort(key=lambda each: (_GRAVITY.index(each.severity), each.span))
    fresh = set(map(id, new))
    kept = tuple(each for each in after[1] if id(each) not in fresh)
    return Compared(tuple(new), tuple(old), kept)


Key = Callable[[Finding], tuple[str, ...] | None]


def _unpaired(
    old: list[Finding], new: list[Finding], old_key: Key, new_key: Key
) -> tuple[list[Finding], list[Finding]]:
    """What is left of both when each finding took one partner with an equal key."""
    partners: dict[tuple[str, ...], list[Finding]] = {}
    left_old = [each for each in old if old_key(each) is None]
    for each in old:
        key = old_key(each)
        if key is not None:
            partners.setdefault(key, []).append(each)
    left_new = []
    for each in new:
        key = new_key(each)
        if key is not None and partners.get(key):
            partners[key].pop(0)
        else:
            left_new.append(each)
    left_old += [each for group in partners.values() for each in group]
    return sorted(left_old, key=lambda each: each.span), left_new


def _by_line(document: Document) -> Key:
    def key(finding: Finding) -> tuple[str, ...]:
        at = min(finding.span.start, len(document.text))
        line = document.slice(document.lines.span(document.lines.line_of(at)))
        return finding.rule, finding.message, " ".join(line.split())

    return key


def _by_message(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.message


def _is_strict(finding: Finding, exact: frozenset[str]) -> bool:
    return finding.severity == "error" or finding.rule in exact
