"""What the plain types of many languages are called in words; what it does not know stays code."""

from __future__ import annotations

import re

from camus.actions.rewrites.typewords import phrase

_SAME = {
    "string": "String string str &str std::string std::string_view string_view CharSequence",
    "integer": (
        "int long short Int Long Short Integer integer int8 int16 int32 int64 uint uint8 uint16"
        " uint32 uint64 i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 isize usize size_t ssize_t off_t"
        " int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t unsigned ulong ushort"
        " std::size_t BigInteger UInt ULong"
    ),
    "number": "double float Double Float float32 float64 f32 f64 decimal Decimal",
    "boolean": "bool boolean Boolean",
    "char": "char Char rune wchar_t byte Byte sbyte",
}
_WORDS = {name: kind for kind, names in _SAME.items() for name in names.split()}
_PHRASES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a Boolean",
}
_PLURALS = {
    "string": "strings",
    "integer": "integers",
    "number": "numbers",
    "boolean": "Booleans",
}
_LISTS = re.compile(
    r"(?:std::)?(?:Vec|vector|List|ArrayList|Collection|IList|IEnumerable|IReadOnlyList|Array"
    r"|MutableList|LinkedList|Iterable|Sequence)\s*<(.+)>|\[\](.+)|(.+)\[\]|&?(?:mut )?\[(\w+)\]"
)
_MAPS = re.compile(
    r"(?:std::)?(?:HashMap|BTreeMap|Map|map|unordered_map|Dictionary|IDictionary|MutableMap)"
    r"\s*<(.+?),\s*(.+)>|map\[(\w+)\](.+)"
)
_MAYBE = re.compile(r"(?:std::)?(?:Option|Optional|optional|Nullable)\s*<(.+)>|(.+)\?|\?(.+)")
_NOISE = re.compile(
    r"\b(?:const|final|volatile|readonly|unsigned|signed|mut|static|inline)\b|'\w+ "
)


def is_boolean(type: str) -> bool:
    """Whether a type has two values in any of the languages."""
    return _WORDS.get(type.strip()) == "boolean"


def in_words(type: str) -> str:
    """A type as a phrase: `a list of strings`, `an integer`, or its code in backticks."""
    text = " ".join(type.split())
    plain = _NOISE.sub("", text).strip().removeprefix("&").rstrip("&").strip() or text
    if re.fullmatch(r"[\w:]+ ?\*", plain):
        base = plain.rstrip("* ")
        return "a pointer" if base == "void" else f"a pointer to `{base}`"
    known = _PHRASES.get(_WORDS.get(plain, ""))
    if known:
        return known
    held = _held(_LISTS, plain)
    if held:
        return f"a list of {_plural(held[0])}"
    pair = _held(_MAPS, plain)
    if len(pair) == 2:
        return f"a map from {_plural(pair[0])} to {_plural(pair[1])}"
    maybe = _held(_MAYBE, plain)
    if maybe:
        return f"{in_words(maybe[0])}, if there is one"
    if re.fullmatch(r"\w+", plain):
        return phrase(plain) if plain not in _WORDS else f"`{plain}`"
    return f"`{plain}`" if "`" not in plain else plain


def _held(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    return tuple(each.strip() for each in match.groups() if each) if match else ()


def _plural(type: str) -> str:
    plain = _NOISE.sub("", type).strip().lstrip("&").strip()
    return _PLURALS.get(_WORDS.get(plain, ""), f"`{type.strip()}`")
