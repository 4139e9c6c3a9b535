"""From a name to words and from a definition's name to its summary line; reads no code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from camus.actions.rewrites.vocabulary import (
    ACRONYMS,
    ASKING,
    EITHER,
    LINKS,
    MAGIC,
    NOUN_ENDS,
    STATES,
    VERBS,
)

SymbolKind = Literal["function", "method", "property", "setter", "class", "constructor"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What the summary line is made from.

    `owner` is the name of the class around it; `subject` the one thing a predicate function asks
    about, in backticks, or empty.
    """

    kind: SymbolKind
    name: str
    owner: str = ""
    returns: bool = False
    takes: bool = False
    subject: str = ""


_PART = re.compile(r"[A-Z]+\d*(?=[A-Z][a-z])|[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_JOINED = re.compile(
    r"(get|set|read|write)(?!t|er|ing|able|y\b|s\b|ten|out)([a-z]{3,})"
    r"|(is)(dir|file|link|abs|mount|alpha|digit|alnum|space|upper|lower|title|ascii|printable)"
)


def words(name: str) -> list[str]:
    """The words of a name in lower case, acronyms in their own: `parseURL_list` in three words."""
    found = [part for piece in re.split(r"[\W_]+", name) for part in _split(piece)]
    shouting = name.upper() == name
    joined = _JOINED.fullmatch(found[0]) if found else None
    if joined and found[0] not in VERBS:
        found[:1] = [part for part in joined.groups() if part]
    return [
        word if len(word) > 1 and word.isupper() and not shouting else _lower(word)
        for word in found
    ]


def noun_phrase(name: str) -> str:
    """A sentence that says the name in words: `The file name.`; for one letter `A value.`"""
    said = words(name)
    if not said or all(len(word) == 1 for word in said):
        return "A value."
    return f"The {' '.join(said)}."


def flag_phrase(name: str) -> str:
    """What a Boolean of this name tells, when its words form a clause; otherwise empty."""
    said = words(name)
    if len(said) > 1 and said[0] in {"is", "has", "can", "should", "does", "was"}:
        return f"Whether it {' '.join(said)}." if said[0] != "should" else _to(said[1:])
    if said and said[0] in {"no", "dont", "not"} and said[1:2] and said[1] in VERBS:
        return f"Whether not to {' '.join(said[1:])}."
    if said and said[0] in VERBS and (said[0] not in EITHER | STATES or len(said) > 1):
        return _to(said)
    return ""


def summary(symbol: Symbol) -> str:
    """One sentence in the imperative mood (a noun phrase for things), from the name alone."""
    if symbol.kind == "constructor":
        return f"Initialize the {' '.join(words(symbol.owner)) or 'object'}."
    if symbol.name in MAGIC:
        return MAGIC[symbol.name].format(symbol.subject.strip("`") or "other")
    said = words(symbol.name)
    if all(len(word) == 1 for word in said):
        verb = "Compute" if symbol.returns else "Run"
        return f"Class `{symbol.name}`." if symbol.kind == "class" else f"{verb} `{symbol.name}`."
    phrase = " ".join(said)
    if symbol.kind == "class":
        return _sentence(f"tests of {' '.join(said[1:])}" if _is_test(symbol, said) else phrase)
    if symbol.kind == "property":
        asking = said[0] in ASKING and len(said) > 1
        return f"Whether this {phrase}." if asking else f"The {phrase}."
    if symbol.kind == "setter":
        return f"Set the {phrase}."
    return _sentence(_action(symbol, said))


def article(word: str) -> str:
    """`a` or `an`, by the sound a word of code begins with."""
    letters = word.lstrip("`_'\"")
    if len(letters) > 1 and letters[:2].isupper():
        return "an" if letters[0] in "AEFHILMNORSX" else "a"
    vowel = letters[:1].lower() in set("aeio") or letters.lower().startswith(("un", "up", "um"))
    return "an" if vowel and not letters.lower().startswith(("uni", "una", "one", "eu")) else "a"


def _action(symbol: Symbol, said: list[str]) -> str:
    """The words of a function as something to do."""
    first, rest = said[0], said[1:]
    phrase, after = " ".join(said), " ".join(rest)
    if symbol.name.strip("_") == "main":
        return "run the program"
    if first not in VERBS and {"will", "did"} & set(said[1:-1]):
        return f"handle {phrase}"
    if first in ASKING and symbol.returns:
        return _question(symbol, said)
    for begin, made in _PATTERNS.items():
        if first == begin and rest:
            return made.format(after.removeprefix("to "))
    if symbol.returns and first not in VERBS and {"is", "are", "has", "can"} & set(said[1:-1]):
        return f"return whether the {phrase}"
    if "to" in said[1:-1] and first not in VERBS:
        return f"convert {phrase}"
    if first in {"get", "return"} and rest and symbol.returns:
        return f"return {_the(rest)}"
    if first == "set" and rest:
        return f"set {_the(rest)}"
    if symbol.returns and len(said) == 1 and first.endswith(("able", "ible")):
        return f"return whether {symbol.subject or 'this'} is {first}"
    if symbol.returns and _names_a_thing(said, takes=symbol.takes):
        return f"return {_the(said)}"
    return phrase


_PATTERNS = {
    "to": "convert to {}",
    "test": "test {}",
    "as": "return this as {}",
    "from": "create from {}",
    "on": "handle {}",
    "try": "try to {}",
    "iter": "iterate over {}",
    "init": "initialize {}",
    "calc": "calculate {}",
    "del": "delete {}",
    "gen": "generate {}",
    "exec": "execute {}",
    "new": "create new {}",
    "maybe": "{} if needed",
}


def _names_a_thing(said: list[str], *, takes: bool) -> bool:
    """Whether a function is named after what it gives: `count()` is, `count(items)` counts."""
    if said[0] not in VERBS:
        return True
    ends_so = said[-1].lower() in NOUN_ENDS if len(said) > 1 else not takes
    return said[0] in EITHER and ends_so


def _question(symbol: Symbol, said: list[str]) -> str:
    subject = symbol.subject or ("this" if symbol.kind == "method" else "it")
    if said[0] == "should":
        return f"return whether to {' '.join(said[1:])}" if said[1:] else "return whether to"
    if len(said) == 1 and said[0] in {"is", "has", "can", "will", "must", "are", "have", "does"}:
        return "return whether it holds"
    return f"return whether {subject} {' '.join(said)}"


def _the(said: list[str]) -> str:
    if said[0] in LINKS or said[0] in {"all", "any", "each", "every", "no", "next", "default"}:
        return " ".join(said) if said[0] not in {"next", "default"} else f"the {' '.join(said)}"
    return f"the {' '.join(said)}"


def _to(said: list[str]) -> str:
    return f"Whether to {' '.join(said)}."


def _is_test(symbol: Symbol, said: list[str]) -> bool:
    return said[0] in {"test", "tests"} and len(said) > 1 and symbol.name.startswith("Test")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _lower(word: str) -> str:
    return ACRONYMS.get(word.lower(), word.lower())


def _split(piece: str) -> list[str]:
    if not piece.isascii():
        return [piece]
    return _PART.findall(piece)
