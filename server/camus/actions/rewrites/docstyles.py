"""How Google, NumPy and Sphinx write a docstring; knows no code and no existing docstring."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Literal

from camus.actions.rewrites.facts import Entry, Facts
from camus.actions.rewrites.typewords import sentence

Style = Literal["google", "numpy", "sphinx"]
Section = Literal["attributes", "parameters", "returns", "yields", "raises"]

ORDER: tuple[Section, ...] = ("attributes", "parameters", "returns", "yields", "raises")
TITLES: dict[Style, dict[Section, str]] = {
    "google": {
        "attributes": "Attributes:",
        "parameters": "Args:",
        "returns": "Returns:",
        "yields": "Yields:",
        "raises": "Raises:",
    },
    "numpy": {
        "attributes": "Attributes",
        "parameters": "Parameters",
        "returns": "Returns",
        "yields": "Yields",
        "raises": "Raises",
    },
}
_PLAIN = re.compile(r"""[\w.+-]*[\w]|'[^'\\]*'|"[^"\\]*"|[(\[{][)\]}]""")

_KNOWN_TYPES = {
    "True or False.": "bool",
    "A string.": "str",
    "Bytes.": "bytes",
    "An integer.": "int",
    "A number.": "float",
    "A list.": "list",
    "A dictionary.": "dict",
    "A tuple.": "tuple",
    "A set.": "set",
}
"""Results in words that NumPy's style writes as a type."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A docstring style, and whether it repeats the types that annotations already tell.

    `unit` is one level of indentation, `width` the most characters of a line without its indent.
    """

    style: Style = "google"
    types: bool = False
    unit: str = "    "
    width: int = 80


def entries_of(facts: Facts, section: Section) -> tuple[Entry, ...]:
    """What a section lists."""
    if section == "returns":
        return (facts.returns,) if facts.returns else ()
    if section == "yields":
        return (facts.yields,) if facts.yields else ()
    lists = {"attributes": facts.attributes, "parameters": facts.parameters}
    return lists.get(section, facts.raises)


def docstring_lines(facts: Facts, convention: Convention) -> list[str]:
    """The lines of a whole docstring without indentation and quotes; one line when that is all.

    Parameters of which nothing but the name is known are left to the signature.
    """
    lines = [facts.summary]
    for section in ORDER:
        entries = entries_of(facts, section)
        if not any(each.tells or section == "raises" for each in entries):
            continue  # a list of names alone repeats the signature
        if convention.style != "sphinx" or lines[-1] == facts.summary:
            lines.append("")
        lines += section_lines(section, entries, convention)
    return lines


def section_lines(
    section: Section, entries: tuple[Entry, ...], convention: Convention
) -> list[str]:
    """A section with its title."""
    lines: list[str] = []
    if convention.style != "sphinx":
        title = TITLES[convention.style][section]
        lines.append(title)
        if convention.style == "numpy":
            lines.append("-" * len(title))
    inner = convention.unit if convention.style == "google" else ""
    for entry in entries:
        lines += [inner + line for line in entry_lines(section, entry, convention)]
    return lines


def entry_lines(section: Section, entry: Entry, convention: Convention) -> list[str]:
    """One entry of a section; in Google's style without the section's indentation."""
    if convention.style == "google":
        return _google(section, entry, convention)
    if convention.style == "numpy":
        return _numpy(section, entry, convention)
    return _sphinx(section, entry, convention)


def _google(section: Section, entry: Entry, convention: Convention) -> list[str]:
    shows_type = convention.types and bool(entry.type)
    said = _description(section, entry, shows_type=shows_type)
    if section in {"returns", "yields"}:
        head = entry.type if shows_type else ""
    elif section == "raises" or not shows_type:
        head = entry.name
    else:
        head = f"{entry.name} ({entry.type})"
    text = f"{head}: {said}" if head and said else head or said
    rest = "" if section in {"returns", "yields"} else convention.unit
    return _wrapped(text, convention, rest)


def _numpy(section: Section, entry: Entry, convention: Convention) -> list[str]:
    if section in {"returns", "yields"}:
        plain = _KNOWN_TYPES.get(entry.known, "")
        first, said = entry.type or plain or "object", "" if plain else entry.known
    elif section == "raises":
        first, said = entry.name, entry.known
    else:
        default = ""
        if entry.default:
            default = f"default: {entry.default}" if entry.type else "optional"
        about = ", ".join(part for part in (entry.type, default) if part)
        first = f"{entry.name} : {about}" if about else entry.name
        said = entry.known
        if entry.default and not entry.type:
            said = f"{said} {_defaults(entry)}".strip()
    lines = [first]
    if said:
        lines += [convention.unit + line for line in _wrapped(said, convention, "")]
    return lines


def _sphinx(section: Section, entry: Entry, convention: Convention) -> list[str]:
    shows_type = convention.types and bool(entry.type)
    said = _description(section, entry, shows_type=shows_type)
    field, kind = {
        "attributes": (f"ivar {entry.name}", f"vartype {entry.name}"),
        "parameters": (f"param {entry.bare}", f"type {entry.bare}"),
        "returns": ("returns", "rtype"),
        "yields": ("yields", "ytype"),
        "raises": (f"raises {entry.name}", ""),
    }[section]
    lines: list[str] = []
    if said or not shows_type:
        lines += _wrapped(f":{field}: {said}".rstrip(), convention, convention.unit)
    if shows_type and kind:
        lines.append(f":{kind}: {entry.type}")
    return lines


def _description(section: Section, entry: Entry, *, shows_type: bool) -> str:
    """What is known of an entry in sentences; its name in words when a style demands something."""
    parts = [entry.known] if entry.known else []
    if not entry.known and entry.type and not shows_type:
        parts.append(sentence(entry.type))
    if entry.default:
        parts.append(_defaults(entry))
    if not parts and section not in {"returns", "yields"}:
        parts.append(entry.words)
    return " ".join(part for part in parts if part)


def _defaults(entry: Entry) -> str:
    plain = _PLAIN.fullmatch(entry.default)
    return f"Defaults to {entry.default if plain else f'`{entry.default}`'}."


def _wrapped(text: str, convention: Convention, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width=max(40, convention.width - len(convention.unit)),
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
    )
