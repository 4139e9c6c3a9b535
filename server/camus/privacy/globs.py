"""The patterns of gitignore(5), matched without backtracking; knows no files.

A pattern is split at its slashes. `**` between them stands for any number of components, and `*`
inside one for any characters, both matched by remembering the last star: the time is bounded by
the product of the lengths, whatever an untrusted file holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

_P = TypeVar("_P")
_V = TypeVar("_V")

_STAR: Final = "*"
_PLAIN = re.compile(r"\*?[^*?\[\\]+")
Token = Literal["*"] | Callable[[str], bool]
"""One character's test, or any number of characters."""

Component = Literal["**"] | tuple[Token, ...]

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": lambda c: c in " \t",
    "cntrl": lambda c: ord(c) < 32 or ord(c) == 127,
    "digit": lambda c: c in "0123456789",
    "graph": lambda c: c.isprintable() and c != " ",
    "lower": str.islower,
    "print": str.isprintable,
    "punct": lambda c: c.isprintable() and not c.isalnum() and c != " ",
    "space": str.isspace,
    "upper": str.isupper,
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file, relative to the file's folder."""

    text: str
    negated: bool
    folders_only: bool
    anywhere: bool
    """It has no slash: it is compared with the last component alone."""
    fold: bool
    components: tuple[Component, ...]
    literal: str | None = None
    """The one name it fits, or after a star at its beginning the end of one, where it has no
    other special character; nearly all patterns are so, and comparing texts is fast.
    """

    def matches(self, parts: Sequence[str], folder: bool) -> bool:
        """Whether it names this path, given by its components; not what lies below it."""
        if not parts or (self.folders_only and not folder):
            return False
        if self.anywhere:
            name = parts[-1].lower() if self.fold else parts[-1]
            if self.literal is None:
                return _component_matches(self.components[0], name)
            return (
                name.endswith(self.literal[1:]) if self.literal[0] == "*" else name == self.literal
            )
        names = [part.lower() for part in parts] if self.fold else parts
        return _matches(self.components, names, "**", _component_matches)


def parse(text: str, *, fold: bool = False) -> tuple[Pattern, ...]:
    """The patterns of an ignore file, in order; `fold` ignores the case of letters."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    patterns = (_pattern(line, fold) for line in lines if line and not line.startswith("#"))
    return tuple(pattern for pattern in patterns if pattern is not None)


def _pattern(line: str, fold: bool) -> Pattern | None:
    text = _without_trailing_blanks(line)
    body = text.removeprefix("!")
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    anywhere = "/" not in body
    pieces = (body.lower() if fold else body).removeprefix("/").split("/")
    components = tuple(_component(piece, whole=not anywhere) for piece in pieces)
    if not body or any(component is None for component in components):
        return None  # git lets such a line match nothing, too
    whole = tuple(component for component in components if component is not None)
    negated = text != text.removeprefix("!")
    literal = pieces[0] if anywhere and _PLAIN.fullmatch(pieces[0]) else None
    return Pattern(text, negated, folders_only, anywhere, fold, _below(whole), literal)


def _below(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """A `**` at the end asks for something inside: at least one component."""
    return (*components, (_STAR,)) if components[-1] == "**" else components


def _without_trailing_blanks(line: str) -> str:
    """Git strips blanks at the end unless a backslash stands before them."""
    end = len(line)
    while end and line[end - 1] == " " and not _escaped(line, end - 1):
        end -= 1
    return line[:end]


def _escaped(line: str, place: int) -> bool:
    slashes = len(line[:place]) - len(line[:place].rstrip("\\"))
    return slashes % 2 == 1


def _component(piece: str, *, whole: bool) -> Component | None:
    """The tests of one component; None for one that git lets match nothing."""
    if whole and len(piece) > 1 and not piece.strip("*"):
        return "**"
    tokens: list[Token] = []
    place = 0
    while place < len(piece):
        char = piece[place]
        place += 1
        if char == "*":
            tokens += [_STAR] if tokens[-1:] != [_STAR] else []
        elif char == "?":
            tokens.append(_any)
        elif char == "[":
            bracket = _bracket(piece, place)
            if bracket is None:
                return None
            test, place = bracket
            tokens.append(test)
        else:
            if char == "\\":
                if place == len(piece):
                    return None
                char = piece[place]
                place += 1
            tokens.append(char.__eq__)
    return tuple(tokens)


def _any(_char: str) -> bool:
    return True


_ITEM = re.compile(
    r"\[:(?P<named>[^\]:]*):\]|(?P<low>\\.|[^\\])(?:-(?P<high>\\.|[^\]\\]))?", re.DOTALL
)


def _bracket(piece: str, place: int) -> tuple[Callable[[str], bool], int] | None:
    """The test of a bracket expression that begins before `place`, and where it ends."""
    negated = piece[place : place + 1] in {"!", "^"}
    place += negated
    tests: list[Callable[[str], bool]] = []
    while place < len(piece) and (piece[place] != "]" or not tests):
        item = _ITEM.match(piece, place)
        if item is None or (item["named"] is not None and item["named"] not in _CLASSES):
            return None
        tests.append(_CLASSES[item["named"]] if item["named"] is not None else _range(item))
        place = item.end()
    if place >= len(piece):
        return None
    return (lambda char: any(test(char) for test in tests) != negated), place + 1


def _range(item: re.Match[str]) -> Callable[[str], bool]:
    low = item["low"][-1]
    high = (item["high"] or low)[-1]
    return lambda char: low <= char <= high


def _component_matches(component: Component, name: str) -> bool:
    if component == "**":
        return True
    return _matches(component, name, _STAR, _character_matches)


def _character_matches(token: Token, char: str) -> bool:
    return not isinstance(token, str) and token(char)


def _matches(
    pattern: Sequence[_P], values: Sequence[_V], star: object, fits: Callable[[_P, _V], bool]
) -> bool:
    """Whether a pattern with stars fits a sequence: the last star is the only one ever retried."""
    at = place = 0
    star_at, star_place = -1, 0
    while place < len(values):
        if at < len(pattern) and pattern[at] == star:
            star_at, star_place = at, place
            at += 1
        elif at < len(pattern) and fits(pattern[at], values[place]):
            at += 1
            place += 1
        elif star_at >= 0:
            star_place += 1
            at, place = star_at + 1, star_place
        else:
            return False
    return all(token == star for token in pattern[at:])
