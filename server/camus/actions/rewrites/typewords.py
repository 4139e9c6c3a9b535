"""Says a type annotation of Python or TypeScript in words; what it cannot say stays code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from camus.actions.rewrites.wording import article

_NOTHING = {"None", "null", "undefined", "void"}
_DEPTH = 2
_CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">"}


@dataclass(frozen=True, slots=True)
class _Words:
    """A type in words, for one and for several values."""

    one: str
    many: str


_PLAIN = {
    "str": _Words("a string", "strings"),
    "int": _Words("an integer", "integers"),
    "float": _Words("a number", "numbers"),
    "complex": _Words("a complex number", "complex numbers"),
    "bool": _Words("a Boolean", "Booleans"),
    "bytes": _Words("bytes", "bytes objects"),
    "bytearray": _Words("a byte array", "byte arrays"),
    "object": _Words("any object", "objects"),
    "Any": _Words("any value", "values of any type"),
    "AnyStr": _Words("a string or bytes", "strings or bytes"),
    "Callable": _Words("a callable", "callables"),
    "Path": _Words("a path", "paths"),
    "list": _Words("a list", "lists"),
    "tuple": _Words("a tuple", "tuples"),
    "dict": _Words("a dictionary", "dictionaries"),
    "set": _Words("a set", "sets"),
    "frozenset": _Words("a frozen set", "frozen sets"),
    "Iterable": _Words("an iterable", "iterables"),
    "Iterator": _Words("an iterator", "iterators"),
    "Sequence": _Words("a sequence", "sequences"),
    "Mapping": _Words("a mapping", "mappings"),
    "Exception": _Words("an exception", "exceptions"),
    "BaseException": _Words("an exception", "exceptions"),
    "Self": _Words("an object of this class", "objects of this class"),
    "string": _Words("a string", "strings"),
    "number": _Words("a number", "numbers"),
    "bigint": _Words("a big integer", "big integers"),
    "boolean": _Words("a Boolean", "Booleans"),
    "symbol": _Words("a symbol", "symbols"),
    "any": _Words("any value", "values of any type"),
    "unknown": _Words("any value", "values of any type"),
    "Function": _Words("a function", "functions"),
    "this": _Words("this object", "objects of this class"),
    "Error": _Words("an error", "errors"),
    "Date": _Words("a date", "dates"),
    "RegExp": _Words("a regular expression", "regular expressions"),
}
_CONTAINERS = {
    "list": _Words("a list of {}", "lists of {}"),
    "List": _Words("a list of {}", "lists of {}"),
    "set": _Words("a set of {}", "sets of {}"),
    "Set": _Words("a set of {}", "sets of {}"),
    "frozenset": _Words("a frozen set of {}", "frozen sets of {}"),
    "FrozenSet": _Words("a frozen set of {}", "frozen sets of {}"),
    "deque": _Words("a deque of {}", "deques of {}"),
    "Iterable": _Words("an iterable of {}", "iterables of {}"),
    "Iterator": _Words("an iterator over {}", "iterators over {}"),
    "AsyncIterable": _Words("an asynchronous iterable of {}", "asynchronous iterables of {}"),
    "AsyncIterator": _Words("an asynchronous iterator over {}", "asynchronous iterators over {}"),
    "Generator": _Words("a generator of {}", "generators of {}"),
    "Collection": _Words("a collection of {}", "collections of {}"),
    "Sequence": _Words("a sequence of {}", "sequences of {}"),
    "MutableSequence": _Words("a sequence of {}", "sequences of {}"),
    "AbstractSet": _Words("a set of {}", "sets of {}"),
    "Array": _Words("an array of {}", "arrays of {}"),
    "ReadonlyArray": _Words("an array of {}", "arrays of {}"),
    "ReadonlySet": _Words("a set of {}", "sets of {}"),
}
_MAPPINGS = {
    "dict": _Words("a dictionary from {} to {}", "dictionaries from {} to {}"),
    "Dict": _Words("a dictionary from {} to {}", "dictionaries from {} to {}"),
    "defaultdict": _Words("a dictionary from {} to {}", "dictionaries from {} to {}"),
    "OrderedDict": _Words("a dictionary from {} to {}", "dictionaries from {} to {}"),
    "Mapping": _Words("a mapping from {} to {}", "mappings from {} to {}"),
    "MutableMapping": _Words("a mapping from {} to {}", "mappings from {} to {}"),
    "Map": _Words("a map from {} to {}", "maps from {} to {}"),
    "ReadonlyMap": _Words("a map from {} to {}", "maps from {} to {}"),
    "Record": _Words("an object from {} to {}", "objects from {} to {}"),
}
_PROMISES = {
    "Awaitable": "an awaitable",
    "Coroutine": "a coroutine",
    "Promise": "a promise",
    "PromiseLike": "a promise",
}
_TRANSPARENT = {"Annotated", "Final", "ClassVar", "InitVar", "Required", "NotRequired", "Readonly"}
_NAME = re.compile(r"[\w$]+(?:\.[\w$]+)*")
_GENERIC = re.compile(r"([\w$]+(?:\.[\w$]+)*)[<\[](.*)[>\]]", re.DOTALL)
_LITERAL = re.compile(r"""'[^'\\]*'|"[^"\\]*"|-?\d+(?:\.\d+)?|True|False|true|false""")


def sentence(type: str) -> str:
    """A sentence that says which values a type has: `A list of strings or None.`"""
    said = phrase(type)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def phrase(type: str) -> str:
    """The same in lower case without the full stop; empty for no type."""
    return _words(type, 0).one if type.strip() else ""


def plural(type: str) -> str:
    """Several values of a type: `strings`."""
    return _words(type, 0).many


def without_none(type: str) -> str:
    """An annotation without its `| None`, to tell whether a value may be returned at all."""
    parts = [part for part in split(type, "|") if part not in _NOTHING]
    return " | ".join(parts)


def inner(type: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The type arguments of a generic of one of the names; nothing for any other type."""
    match = _GENERIC.fullmatch(type.strip())
    if match is None or match[1].rpartition(".")[2] not in names:
        return ()
    return split(match[2], ",")


def split(text: str, at: str) -> tuple[str, ...]:
    """The parts between separators that are in no bracket and no string; blanks stripped."""
    parts, depth, start, quote = [], 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "([{<":
            depth += 1
        elif char in ")]}" or (char == ">" and text[index - 1 : index] not in {"=", "-"}):
            depth -= 1
        elif char == at and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return tuple(part for part in parts if part)


def _words(type: str, depth: int) -> _Words:
    text = _unwrapped(type)
    parts = split(text, "|")
    if "=>" in text and _is_arrow(text):
        return _Words("a function", "functions")
    if len(parts) > 1:
        return _union(text, parts, depth)
    if text in _NOTHING:
        return _Words(text, text)
    if _LITERAL.fullmatch(text):
        return _Words(_code(text), _code(text))
    name = text.rpartition(".")[2]
    if _NAME.fullmatch(text):
        return _PLAIN.get(name) or _named(text)
    if text.endswith("[]"):
        return _contained(_CONTAINERS["Array"], (text[:-2],), depth, text)
    match = _GENERIC.fullmatch(text)
    if match is None or depth >= _DEPTH:
        return _named(text)
    return _generic(match[1].rpartition(".")[2], split(match[2], ","), depth, text)


def _generic(name: str, arguments: tuple[str, ...], depth: int, text: str) -> _Words:
    if name in _TRANSPARENT and arguments:
        return _words(arguments[0], depth)
    if name == "Optional" and arguments:
        return _union(text, (arguments[0], "None"), depth)
    if name == "Union" and arguments:
        return _union(text, arguments, depth)
    if name == "Literal":
        return _choices(arguments)
    if name in {"Callable", "type", "Type"}:
        return _PLAIN["Callable"] if name == "Callable" else _Words("a class", "classes")
    if name in {"tuple", "Tuple"} and arguments:
        return _tuple(arguments, depth, text)
    if name in _PROMISES and arguments:
        held = _words(arguments[-1], depth + 1).one
        return _Words(f"{_PROMISES[name]} of {held}", f"{_PROMISES[name]}s of {held}")
    if name in _MAPPINGS and len(arguments) == 2:
        return _contained(_MAPPINGS[name], arguments, depth, text)
    if name in _CONTAINERS and arguments:
        return _contained(_CONTAINERS[name], arguments[:1], depth, text)
    return _named(text)


def _contained(pattern: _Words, arguments: tuple[str, ...], depth: int, text: str) -> _Words:
    if depth >= _DEPTH:
        return _named(text)
    held = [_words(argument, depth + 1).many for argument in arguments]
    return _Words(pattern.one.format(*held), pattern.many.format(*held))


def _tuple(arguments: tuple[str, ...], depth: int, text: str) -> _Words:
    if arguments[1:] == ("...",):
        return _contained(_Words("a tuple of {}", "tuples of {}"), arguments[:1], depth, text)
    if len(arguments) > 3:
        return _named(text)
    held = _listed([_words(argument, depth + 1).one for argument in arguments], "and")
    return _Words(f"a tuple of {held}", f"tuples of {held}")


def _union(text: str, parts: tuple[str, ...], depth: int) -> _Words:
    values = [part for part in parts if part not in _NOTHING]
    nothing = [part for part in parts if part in _NOTHING]
    if values and all(_LITERAL.fullmatch(part) for part in values) and len(values) > 1:
        said = _listed([*(_code(part) for part in values), *nothing], "or")
        return _Words(said, said)
    if len(values) > 3:
        return _named(text)
    one = _listed([_words(part, depth + 1).one for part in values] + nothing, "or")
    many = _listed([_words(part, depth + 1).many for part in values] + nothing, "or")
    return _Words(one, many)


def _choices(arguments: tuple[str, ...]) -> _Words:
    said = _listed([_code(argument) for argument in arguments], "or")
    return _Words(said, said)


def _named(text: str) -> _Words:
    code = _code(text)
    if _NAME.match(text) and not re.match(r"\w+ ", text):
        name = re.split(r"[<\[(]", text, maxsplit=1)[0].rpartition(".")[2]
        return _Words(f"{article(name)} {code}", f"{code} objects")
    return _Words(code, f"{code} objects")


def _code(text: str) -> str:
    flat = " ".join(text.split())
    return f"`{flat}`" if "`" not in flat else flat


def _listed(parts: list[str], word: str) -> str:
    unique = list(dict.fromkeys(parts))
    if len(unique) < 2:
        return "".join(unique)
    return f"{', '.join(unique[:-1])} {word} {unique[-1]}"


def _unwrapped(type: str) -> str:
    """The type without `readonly` or parentheses around all of it."""
    text = " ".join(type.split())
    text = text.removeprefix("readonly ").strip()
    while text.startswith("(") and text.endswith(")") and _pairs(text):
        text = text[1:-1].strip()
    return text


def _pairs(text: str) -> bool:
    """Whether the first bracket is closed by the last character."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char in _CLOSERS) - (char in ")]}")
        if depth == 0:
            return index == len(text) - 1
    return False


def _is_arrow(text: str) -> bool:
    """Whether a TypeScript type is a function type as a whole."""
    return bool(re.match(r"(?:new\s+)?(?:<.*>)?\(", text)) and "=>" in re.sub(
        r"\([^()]*\)|\{[^{}]*\}", "", text
    )
