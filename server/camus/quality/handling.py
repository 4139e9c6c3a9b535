"""Errors that an edit no longer deals with: handlers that now do nothing, errors turned asserts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice

from camus.quality.change import Change, line_of, touched
from camus.source import Document, Handler, Leaf, handlers, leaves

_NOTHING = frozenset(("pass", "...", "{", "}", ";", ":", "(", ")", "", "then", "do", "end"))
"""Words of a body that does nothing."""
_LEAVING = frozenset(("return", "continue", "break", "next", "raise", "throw", "rethrow"))
_IDLE = _NOTHING | {"return", "continue", "break", "next"}
_VALUES = frozenset(
    (
        *("None", "null", "nil", "undefined", "True", "False", "true", "false"),
        *("0", "-", "1", '""', "''", "[", "]"),
    )
)
_SETTING = frozenset(("=", ":=", "+=", "-=", "*=", "/=", "|=", "&=", "++", "--"))
_BROAD = re.compile(
    r"except :?$|except (?:Base)?Exception\b|rescue(?: => \w+)?$|catch(?: \( \w+ \))?$"
    r"|catch \( (?:final )?(?:e : |\\ )?(?:Exception|Throwable)\b"
)
"""The head of a handler that catches whatever comes."""
_ASIDE = frozenset(("else", "finally", "except", "catch", "rescue", "ensure", "elif", "}"))
"""Words that begin another way than the one before, or end a block."""
_LOOPS = re.compile(r"(?:async )?(?:for|while|foreach|do|loop|until)\b")
_MOST = 200
"""Handlers that an edit touches, up to which they are looked at."""
_SOFT = frozenset(("python", "java", "kotlin", "c", "cpp", "php"))
"""Languages whose `assert` may be switched off."""


def swallows(change: Change) -> str:
    """An error that was dealt with and now is not, as a sentence; empty for none.

    Handlers are paired by what they catch. What one did may stand elsewhere now: then it moved.
    """
    if change.asks_for_less or change.asks_for_stub:
        return ""
    old = handlers(change.before, change.task.target)
    new = handlers(change.after, change.target)
    if not old and not new:
        return ""
    near = ((w, n) for w, n in _paired(old, new) if touched(change.changed, n.span))
    for was, now in islice(near, _MOST):
        if said := _lost(change, was, now):
            return said
    return "" if change.instructed else _added(change, old, new)


def asserts(change: Change) -> str:
    """An error that was raised and is now asserted, as a sentence; empty for none."""
    if "assert" in change.task.instruction or change.before.language not in _SOFT:
        return ""
    old = leaves(change.before, change.task.target)
    new = leaves(change.after, change.target)
    if _count(new, "assert") <= _count(old, "assert"):
        return ""
    if _count(new, "raise", "throw") >= _count(old, "raise", "throw"):
        return ""
    fresh = (e for e in new if e.text == "assert" and touched(change.changed, e.span))
    at = next(fresh, None)
    if at is None:
        return ""
    where = line_of(change.after, at.span.start)
    return f"It asserts at {where} where an error was raised; assertions can be switched off."


def _count(words: Sequence[Leaf], *wanted: str) -> int:
    return sum(each.text in wanted for each in words)


def _paired(old: Sequence[Handler], new: Sequence[Handler]) -> Iterator[tuple[Handler, Handler]]:
    """Each handler with what it became: by place where there are as many, else by its head."""
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    left = list(new)
    for each in old:
        found = next((other for other in left if other.head == each.head), None)
        if found is not None:
            left.remove(found)
            yield each, found


def _lost(change: Change, was: Handler, now: Handler) -> str:
    where = line_of(change.before, was.span.start)
    if _is_idle(was.body):
        if not _goes_on(was.body) and _goes_on(now.body) and _matters(change, was):
            return f"It goes on after an error that ended this, at {where}; leave there as before."
        return ""
    silent = all(each.text in _NOTHING | {"continue", "next"} for each in now.body)
    quiet = _acts(change.before, was.body) and not _acts(change.after, now.body)
    if not (silent or (quiet and not _sets(now.body))) or _moved(change, was):
        return ""
    return f"It drops what was done about an error at {where}; keep it."


def _is_idle(body: Sequence[Leaf]) -> bool:
    """Whether a body only leaves, at most with a constant."""
    return all(each.text in _IDLE | _VALUES for each in body)


def _acts(document: Document, body: Sequence[Leaf]) -> bool:
    """Whether a body does something that is seen from outside, beside what it gives back."""
    rows: dict[int, list[str]] = {}
    for each in body:
        rows.setdefault(document.lines.line_of(each.span.start), []).append(each.text)
    for row in rows.values():
        words = list(dropwhile(_NOTHING.__contains__, row))
        if not words or words[0] in {"return", "continue", "break", "next"}:
            continue
        ends = next((at for at, word in enumerate(words) if word in _SETTING), 0)
        member = any(word in {".", "[", "->"} for word in words[:ends])
        if words[0] in _LEAVING or "(" in words or member or (ends and words[ends] != "="):
            return True
    return False


def _sets(body: Sequence[Leaf]) -> bool:
    return any(each.text in _SETTING for each in body)


def _goes_on(body: Sequence[Leaf]) -> bool:
    """Whether what stands after the handler is reached from it."""
    return all(each.text not in _LEAVING for each in body)


def _matters(change: Change, handler: Handler) -> bool:
    """Whether it makes a difference that a handler no longer leaves: something comes after it.

    Told by columns, which is what a formatter makes of blocks in every language.
    """
    words = {each.text for each in handler.body}
    rounds = not words.isdisjoint({"continue", "next"})
    column, row_of = _indent(change, handler), change.before.lines.line_of
    if not rounds and _in_loop(change, handler):
        return True  # another round in place of none
    row = row_of(handler.span.end)
    for each in leaves(change.before, change.task.target):
        if each.span.start < handler.span.end or row_of(each.span.start) == row:
            continue
        row, at = row_of(each.span.start), _column(change, each.span.start)
        if at > column or each.text in _ASIDE:
            continue
        if at < column and rounds:
            return False  # the end of the loop's body comes at once
        if each.text not in _NOTHING:
            return True
    return False


def _in_loop(change: Change, handler: Handler) -> bool:
    """Whether a line above that a handler is indented below begins a loop."""
    column, lines = _indent(change, handler), change.before.lines
    for row in range(lines.line_of(handler.span.start) - 1, -1, -1):
        text = change.before.slice(lines.span(row))
        bare = text.lstrip()
        if not bare.strip() or len(text) - len(bare) >= column:
            continue
        column = len(text) - len(bare)
        if lines.starts[row] < change.task.target.start or not column:
            return bool(_LOOPS.match(bare))
        if _LOOPS.match(bare):
            return True
    return False


def _indent(change: Change, handler: Handler) -> int:
    """The column at which the line of a handler begins, be it with the brace before."""
    lines = change.before.lines
    text = change.before.slice(lines.span(lines.line_of(handler.span.start)))
    return len(text) - len(text.lstrip())


def _column(change: Change, at: int) -> int:
    lines = change.before.lines
    return at - lines.starts[lines.line_of(at)]


def _moved(change: Change, was: Handler) -> bool:
    """Whether each line of a body stands in the new target as often as in the old."""
    old = [" ".join(line.split()) for line in change.task.code.splitlines()]
    new = [" ".join(line.split()) for line in change.after.slice(change.target).splitlines()]
    text = change.before.slice(was.span)
    body = [" ".join(line.split()) for line in text.splitlines()[1:]]
    kept = [line for line in body if line.strip("{};") and line not in {"pass", "return"}]
    return bool(kept) and all(new.count(line) >= old.count(line) for line in kept)


def _added(change: Change, old: Sequence[Handler], new: Sequence[Handler]) -> str:
    """A new handler that catches everything and does nothing, where there were fewer."""
    if len(new) <= len(old):
        return ""
    known = Counter(each.head for each in old)
    for each in new:
        fresh = _BROAD.match(each.head) and not known[each.head]
        if fresh and _is_idle(each.body) and touched(change.changed, each.span):
            where = line_of(change.after, each.span.start)
            return f"It catches every error at {where} and drops it; let errors through."
    return ""
