"""The outline of a sentence: its small words in order, the others by their endings.

It tells "the X Ys after the Z" from "Y the X" whatever is spoken of. English is known best; of
other languages that put blanks between words, short words are kept and two letters of each other
one. Knows no meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from camus.actions.pivots import FOREIGN

_MOST = 40
"""Words that are looked at."""
_KEPT = """
a an the this that these those my our your his her its their i we you he she it they me us him them
who whom whose what which when where why how is are was were be been being am do does did done has
have had having can could will would shall should may might must need let let's not no never n't
nothing nobody none any some every each all both half few many much more most less least other
another same such only just even still again already yet too also so very and or but if then than as
because since although though while until unless once after before of in on at to from by with
without for into onto out up down off over under through between against about above below across
around near there here now today tomorrow yesterday tonight always sometimes often ever please isn't
aren't doesn't don't didn't can't cannot couldn't won't wouldn't shouldn't haven't hasn't wasn't
weren't i'm i've i'd it's that's there's what's instead rather like one two three first last next
write make give tell explain show find get set add use
"""
"""Words that stand for themselves: the closed classes, and the commonest demands."""
_SMALL = frozenset(_KEPT.split())
_ENDINGS = ("ed", "ing", "ly")
_SHORT = 3
"""Letters up to which a word of another language is kept."""


def outline(words: Sequence[str], *, asks: bool, english: bool = True) -> tuple[str, ...]:
    """Each three neighbours of the outline, once; `asks` says how the text ends."""
    line = ["^"]
    of = _part if english else _foreign_part
    for word in words[:_MOST]:
        part = of(word)
        if part != "*" or line[-1] != "*":
            line.append(part)
    line.append("?" if asks else "$")
    triples = zip(line, line[1:], line[2:], strict=False)
    return tuple(dict.fromkeys([f"o:{a} {b} {c}" for a, b, c in triples]))


@lru_cache(maxsize=8192)
def _part(word: str) -> str:
    if word in _SMALL:
        return word
    if word[0].isdigit():
        return "0"
    if not word.isascii():
        return "x"
    if word.endswith("s") and not word.endswith("ss"):
        return "-s"
    return next((f"-{end}" for end in _ENDINGS if word.endswith(end)), "*")


@lru_cache(maxsize=8192)
def _foreign_part(word: str) -> str:
    if word[0].isdigit():
        return "0"
    return word if len(word) <= _SHORT or word in FOREIGN else f"-{word[-2:]}"
