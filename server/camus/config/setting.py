"""Sets one value in the text of a configuration file and leaves everything else as it is."""

from __future__ import annotations

from camus.config.read import Unreadable, read, readable
from camus.config.spans import Place, Replacement, column, edited, places
from camus.config.writing import quoted


class Unsettable(Exception):
    """Raised when a text cannot be changed in place; it says what to write by hand."""


def with_value(data: bytes, file: str, section: str, key: str, value: str) -> bytes:
    """The file with `section.key: value`, set where it stands or added; comments stay.

    YAML and JSON only. Raises `Unsettable`.
    """
    by_hand = f"write it by hand: `{section}: {{{key}: {value}}}`"
    if not file.endswith((".yml", ".yaml", ".json")):
        raise Unsettable(f"{file} is neither YAML nor JSON; {by_hand}")
    try:
        read(data, file)  # what it takes can be looked at piece by piece
        mark, text = readable(data, file)
        edit = _edit(text, places(text), section, key, value)
        made = (mark + edited(text, [edit])).encode()
        found = read(made, file).at(section, key).value
    except (Unreadable, ValueError) as error:
        raise Unsettable(f"{file} cannot be changed in place; {by_hand}") from error
    if found != value:
        raise Unsettable(f"{file} cannot be changed in place; {by_hand}")
    return made


def _edit(text: str, root: Place, section: str, key: str, value: str) -> Replacement:
    json = text.lstrip().startswith("{")
    if root.kind != "mapping":
        start = "" if not text or text.endswith("\n") else "\n"
        return len(text), len(text), f"{start}{section}:\n  {key}: {value}\n"
    named = root.get(section)
    if named is None or named[1].kind != "mapping":
        if named is not None:
            raise ValueError("the section is no mapping")
        if root.flow:
            inner = f"{quoted(section)}: {{{quoted(key)}: {quoted(value)}}}"
            return root.start + 1, root.start + 1, inner + (", " if root.pairs else "")
        start = "" if text.endswith("\n") else "\n"
        return len(text), len(text), f"{start}\n{section}:\n  {key}: {value}\n"
    inside = named[1]
    known = inside.get(key)
    if known is not None:
        return known[1].start, known[1].end, quoted(value) if json else value
    if inside.flow:
        words = f"{quoted(key)}: {quoted(value)}" if json else f"{key}: {value}"
        return inside.start + 1, inside.start + 1, words + (", " if inside.pairs else "")
    first = inside.pairs[0][0].start
    return first, first, f"{key}: {value}\n{' ' * column(text, first)}"
