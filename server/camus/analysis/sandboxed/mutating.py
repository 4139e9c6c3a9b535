"""Inputs made of inputs by chance: something inserted, cut, doubled, moved or taken over."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed.guess import Guesses
    from camus.analysis.sandboxed.values import ABSENT, leaves, put
else:  # a script finds what stands beside it
    from values import ABSENT, leaves, put

_LONGEST, _LARGEST = 3000, 1_000_000


def varied(arguments: list[Any], guesses: Guesses, others: Sequence[list[Any]]) -> list[Any]:
    """The input with one to three things in it changed by chance."""
    chance = guesses.chance
    made = list(arguments)
    for _ in range(chance.choice((1, 1, 2, 3))):
        roll = chance.random()
        at = chance.randrange(len(made)) if made else 0
        if not made:
            break
        if roll < 0.12 or made[at] is ABSENT:
            optional = not guesses.parameters[at].needed
            made[at] = ABSENT if optional and chance.random() < 0.3 else guesses.value(at)
        elif roll < 0.2 and others:
            made[at] = chance.choice(others)[at]
        elif roll < 0.26 and len(made) > 1:
            made[at] = _like(made[at], made[chance.randrange(len(made))])
        else:
            parts = list(leaves([made[at]]))
            path, value = chance.choice(parts) if parts else ((0,), made[at])
            made[at] = put([made[at]], path, _changed(value, guesses, chance))[0]
    return made


def _like(value: Any, other: Any) -> Any:
    return other if type(value) is type(other) else value


def _changed(value: Any, guesses: Guesses, chance: random.Random) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return _number(value, guesses.tokens.of("int"), chance)
        case float():
            return chance.choice([value + 1, -value, value / 2, 0.0, *guesses.tokens.of("float")])
        case str():
            return _text(value, guesses.tokens.of("str"), chance)
        case bytes():
            return _text(value, guesses.tokens.of("bytes"), chance)
        case list() | tuple():
            return type(value)(_sequence(list(value), guesses, chance))
        case dict():
            return _mapping(value, guesses, chance)
        case set():
            return {*value, chance.choice(guesses.tokens.of("str"))}
        case None:
            return chance.choice([None, "", 0, "a", []])
        case _:
            return value


def _number(value: int, tokens: Sequence[int], chance: random.Random) -> int:
    made = chance.choice(
        [value + 1, value - 1, -value, value * 2, value // 2, value + chance.choice(tokens)]
    )
    # What is counted or repeated so often must end within the time and memory of a call.
    return made if abs(made) <= _LARGEST else chance.choice(tokens)


def _text(value: Any, tokens: Sequence[Any], chance: random.Random) -> Any:
    """A text or bytes with something in it inserted, cut, doubled, moved or replaced."""
    token = chance.choice(tokens)
    first = chance.randint(0, len(value))
    last = chance.randint(first, min(len(value), first + 8))
    match chance.randrange(9):
        case 0 | 1 | 2:
            made = value[:first] + token + value[first:]
        case 3:
            made = value[:first] + value[last:]
        case 4:
            made = value[:last] + value[first:last] + value[last:]
        case 5:
            made = value[:first] + token + value[last:]
        case 6:
            made = value[:first] + value[first:].swapcase()
        case 7:
            made = value[first:] + value[:first]
        case _:
            made = value * chance.choice((2, 3, 20)) if value else token * 70
    return made[:_LONGEST]


def _sequence(value: list[Any], guesses: Guesses, chance: random.Random) -> list[Any]:
    if not value:
        return [chance.choice([*guesses.tokens.of("str")[:6], *guesses.tokens.of("int")[:6]])]
    at = chance.randrange(len(value))
    match chance.randrange(6):
        case 0:
            return [*value[:at], *value[at + 1 :]]
        case 1:
            return [*value[: at + 1], value[at], *value[at + 1 :]]
        case 2:
            return value[::-1]
        case 3:
            return [*value, _changed(value[at], guesses, chance)]
        case 4:
            return [*value[:at], _changed(value[at], guesses, chance), *value[at + 1 :]]
        case _:
            return (value * chance.choice((2, 10)))[:200]


def _mapping(value: dict[Any, Any], guesses: Guesses, chance: random.Random) -> dict[Any, Any]:
    made = dict(value)
    if made and chance.random() < 0.6:
        key = chance.choice([*made])
        if chance.random() < 0.3:
            del made[key]
        else:
            nested = {"a": 1} if chance.random() < 0.2 else _changed(made[key], guesses, chance)
            made[key] = nested
        return made
    made[chance.choice(guesses.tokens.of("str")[:12])] = chance.choice([1, "a", None, {"a": 1}, []])
    return made
