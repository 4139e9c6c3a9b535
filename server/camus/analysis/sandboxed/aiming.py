"""Inputs made so that a comparison that was seen comes out otherwise; knows nothing of chance.

The correspondence of inputs and compared operands (REDQUEEN, Aschermann and others 2019): an
operand that stands in the input is replaced by what it was compared with.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed import patterns
    from camus.analysis.sandboxed.values import Thing, leaves, put
else:  # a script finds what stands beside it
    import patterns
    from values import Thing, leaves, put

_LONGEST, _LETTERS = 3000, 0x110000
_ORDERED = frozenset(("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot"))
_TESTS = {
    "isdigit": "7",
    "isdecimal": "7",
    "isnumeric": "7",
    "isalpha": "b",
    "isalnum": "b7",
    "isspace": " ",
    "isupper": "B",
    "islower": "b",
    "isidentifier": "name_1",
    "istitle": "Title",
}
_INSERTED = frozenset(("find", "rfind", "index", "rindex", "count", "split", "rsplit"))
_INSERTED |= {"partition", "rpartition", "replace"}
_ENDS = {"startswith": 0, "removeprefix": 0, "endswith": 1, "removesuffix": 1}
_OF_TYPES: dict[type, list[Any]] = {
    str: ["a", ""],
    bytes: [b"a"],
    int: [1, 0],
    float: [1.5],
    bool: [True],
    list: [["a"], []],
    tuple: [("a", "b"), ()],
    dict: [{"a": 1}, {}],
    set: [{"a"}],
}


def aimed(seen: Sequence[tuple[str, Any, Any]], arguments: list[Any]) -> Iterator[list[Any]]:
    """Inputs by which what was compared might come out otherwise."""
    parts = list(leaves(arguments))
    known = set()
    for what, one, other in seen:
        key = (what, repr(one)[:60], repr(other)[:60])
        if key in known:
            continue
        known.add(key)
        for old, new in _swaps(what, one, other):
            for path, value in parts:
                for made in _with(value, old, new):
                    yield put(arguments, path, made)


def learnt(seen: Sequence[tuple[str, Any, Any]]) -> Iterator[Any]:
    """The values that the input was compared with."""
    for what, one, other in seen:
        if what in {"isinstance", "pattern"}:
            continue
        yield from (each for each in (one, other) if isinstance(each, int | str | bytes | float))
        for each in (one, other) if what in {"In", "NotIn"} else ():
            if isinstance(each, list | tuple | set | frozenset | dict):
                yield from list(each)[:8]


def _with(value: Any, old: Any, new: Any) -> Iterator[Any]:
    """What a value becomes when `new` takes the place of `old` in it; nothing when it holds none.

    A number may be a length or the number of a letter too.
    """
    if isinstance(new, _Number):
        yield from _numbered(value, old, new.size)
        return
    try:
        equal = type(value) is type(old) and not isinstance(value, Thing) and value == old
    except Exception:  # noqa: BLE001 - an `==` of somebody's own
        return
    if isinstance(new, _Added):
        yield from [new.to(value)] if equal else []
    elif equal:
        yield new
    elif isinstance(value, str | bytes) and type(value) is type(old) is type(new) and old:
        whole: Any = value
        yield from [whole.replace(old, new, 1)[:_LONGEST]] if old in whole else []


def _numbered(value: Any, old: int, new: int) -> Iterator[Any]:
    if type(value) is int and value == old:
        yield new
    long = isinstance(value, str | bytes | list | tuple) and len(value) == old
    if long and 0 <= new <= _LONGEST:
        yield _sized(value, new)
    if isinstance(value, str) and 0 < old < _LETTERS and 0 < new < _LETTERS:
        yield from [value.replace(chr(old), chr(new), 1)] if chr(old) in value else []
    elif isinstance(value, bytes) and 0 <= old < 256 and 0 <= new < 256 and old in value:
        yield value.replace(bytes([old]), bytes([new]), 1)


class _Number:
    """A number that is wanted, also as a length or of a letter."""

    def __init__(self, size: int) -> None:
        self.size = size


class _Added:
    """A collection that is wanted with one more in it."""

    def __init__(self, to: Callable[[Any], Any]) -> None:
        self.to = to


def _sized(value: Any, size: int) -> Any:
    if size <= len(value):
        return value[: max(size, 0)]
    if not value:
        one: Any = "a" if isinstance(value, str) else b"a" if isinstance(value, bytes) else ["a"]
        return type(value)(one) * size
    return (value * (size // len(value) + 1))[:size]


def _swaps(what: str, one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """What in the input may be replaced by what."""
    if what in _ORDERED:
        yield from _near(one, other)
        yield from _near(other, one)
    elif what in {"In", "NotIn"}:
        yield from _members(one, other)
    elif what == "isinstance":
        yield from _kinds(one, other)
    elif what == "pattern":
        yield from _matching(one, other)
    elif what in {"item", "get", "pop"}:
        yield from _found(one, other)
    elif isinstance(one, str | bytes):
        yield from _of_text(what, one, other)


def _kinds(one: Any, wanted: Any) -> Iterator[tuple[Any, Any]]:
    for kind in wanted if isinstance(wanted, tuple) else (wanted,):
        for known, values in _OF_TYPES.items():
            if isinstance(kind, type) and issubclass(known, kind):
                yield from ((one, each) for each in values)


def _of_text(what: str, one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    if what in _TESTS and isinstance(one, str):
        yield one, _TESTS[what]
        return
    for each in other[:6] if isinstance(other, tuple) else (other,):
        if type(each) is type(one):
            yield from _worded(what, one, each)


def _near(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    if type(old) is int and type(new) is int:
        yield from ((old, _Number(size)) for size in (new, new + 1, new - 1))
    elif isinstance(new, str | bytes) and type(old) is type(new):
        last: Any = new[-1:]
        yield from ((old, new), (old, new + last), (old, new[:-1]))
    elif isinstance(new, int | float | str | bytes | list | tuple | type(None)):
        yield old, new


def _members(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(other, str | bytes) and type(one) is type(other):
        half: Any = other[: len(other) // 2]
        inserted: Any = one
        yield one, other[:1]
        yield one, other[-1:]
        yield other, half + inserted + other[len(other) // 2 :]
    elif isinstance(other, list | tuple | set | frozenset | dict):
        for each in list(other)[:8]:
            yield one, each
        if isinstance(one, str | int | bytes | float | tuple):
            yield other, _Added(partial(_joined, one))


def _joined(one: Any, known: Any) -> Any:
    match known:
        case list():
            return [*known, one]
        case tuple():
            return (*known, one)
        case dict():
            return {**known, one: next(iter(known.values()), 1)}
        case set():
            return {*known, one}
        case _:
            return known


def _matching(one: Any, arguments: Any) -> Iterator[tuple[Any, Any]]:
    """Texts that a pattern matches, for the text that it was held against."""
    pattern, subject = one, arguments[0] if arguments else None
    if not isinstance(pattern, re.Pattern) and len(arguments) > 1:
        pattern, subject = arguments[0], arguments[-1]
        if not isinstance(subject, str | bytes):
            subject = arguments[1]
    elif isinstance(pattern, re.Pattern) and len(arguments) > 1 and callable(arguments[0]):
        subject = arguments[1]
    if isinstance(subject, str | bytes):
        for each in patterns.texts(pattern, random.Random(7)):  # noqa: S311 - no secret
            if type(each) is type(subject):
                yield subject, each
                longer: Any = each
                yield subject, longer + subject


def _found(one: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    """A mapping or sequence in which the key that is asked for is found."""
    if isinstance(one, dict) and isinstance(key, str | int | bytes | float | tuple):
        for value in (1, "a", {"a": 1}):
            yield one, _Added(partial(_under, key, value))
        for each in list(one)[:4]:
            yield key, each
    elif isinstance(one, list | tuple | str | bytes) and isinstance(key, int):
        wanted = range(len(one), _LONGEST)
        yield from [(len(one), _Number(key + 1))] if key in wanted else []


def _under(key: Any, value: Any, known: dict[Any, Any]) -> Any:
    return known if key in known else {**known, key: value}


def _worded(what: str, one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    middle = len(one) // 2
    if what in _ENDS:
        yield one, other + one if _ENDS[what] == 0 else one + other
        yield one, other
    elif what in _INSERTED and other:
        yield one, one[:middle] + other + one[middle:]
        yield one, one[:1] + other + one[1:] + other + one[-1:]
        yield one, other + one
    elif what in {"strip", "lstrip", "rstrip"}:
        yield one, other + one + other
