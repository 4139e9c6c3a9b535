"""Texts that a regular expression matches, by its parse tree; looks at no code."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

_WORDS = "abcxyz_019ABZ"
_OTHERS = 'ax_19Z -./:"\\\n\t\x00\x7f\u00e9\u4e2d\U0001f600'
_CLASSES = {
    "CATEGORY_DIGIT": "0179",
    "CATEGORY_NOT_DIGIT": "ab-",
    "CATEGORY_SPACE": " \t",
    "CATEGORY_NOT_SPACE": "ab1-",
    "CATEGORY_WORD": _WORDS,
    "CATEGORY_NOT_WORD": "- .",
}


def texts(pattern: Any, chance: random.Random, count: int = 6) -> list[Any]:
    """Texts that a pattern matches, most of them; bytes for a pattern of bytes.

    A pattern that cannot be read gives none.
    """
    source = getattr(pattern, "pattern", pattern)
    flags = getattr(pattern, "flags", 0) & (re.VERBOSE | re.IGNORECASE | re.MULTILINE | re.DOTALL)
    binary = isinstance(source, bytes)
    if not isinstance(source, str | bytes) or len(source) > 2000:
        return []
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _parser().parse(text, int(flags))
    except Exception:  # noqa: BLE001 - whatever is wrong with the pattern is the code's own matter
        return []
    found = []
    for number in range(count):
        groups: dict[int, str] = {}
        made = _of(tree, chance, groups, few=number == 0)[:400]
        found.append(made.encode("latin-1", "ignore") if binary else made)
    return list(dict.fromkeys(found))


def _parser() -> Any:
    parser = getattr(re, "_parser", None)
    if parser is None:  # before Python 3.11
        import sre_parse

        parser = sre_parse
    return parser


def _of(tree: Any, chance: random.Random, groups: dict[int, str], *, few: bool) -> str:
    return "".join(_one(str(op), given, chance, groups, few=few) for op, given in tree)


def _one(op: str, given: Any, chance: random.Random, groups: dict[int, str], *, few: bool) -> str:
    match op:
        case "LITERAL":
            return chr(given)
        case "NOT_LITERAL":
            return "a" if given != ord("a") else "b"
        case "ANY":
            return chance.choice(_WORDS)
        case "IN":
            return _in(given, chance)
        case "BRANCH":
            return _of(chance.choice(given[1]), chance, groups, few=few)
        case "SUBPATTERN":
            groups[given[0]] = _of(given[-1], chance, groups, few=few)
            return groups[given[0]]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = given
            times = least if few else chance.randint(least, min(int(most), least + 3))
            return "".join(_of(inner, chance, groups, few=few) for _ in range(min(times, 40)))
        case "ATOMIC_GROUP":
            return _of(given, chance, groups, few=few)
        case "GROUPREF":
            return groups.get(given, "")
        case _:
            return ""


def _in(given: Any, chance: random.Random) -> str:
    choices: list[str] = []
    negated = False
    for op, value in given:
        match str(op):
            case "NEGATE":
                negated = True
            case "LITERAL":
                choices.append(chr(value))
            case "RANGE":
                choices += [chr(value[0]), chr(value[1]), chr(chance.randint(*value))]
            case "CATEGORY":
                choices += _CLASSES.get(str(value), "a")
    if negated:
        choices = [each for each in _OTHERS if not _holds(given, each)]
    return chance.choice(choices) if choices else ""


def _holds(given: Any, letter: str) -> bool:
    """Whether a set of letters holds one, the sign before it left aside."""
    for op, value in given:
        match str(op):
            case "LITERAL" if ord(letter) == value:
                return True
            case "RANGE" if value[0] <= ord(letter) <= value[1]:
                return True
            case "CATEGORY" if letter in _CLASSES.get(str(value), ""):
                return True
    return False
