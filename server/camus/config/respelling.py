"""The edits of a migration, each one change of a file's text; knows no meaning of any setting."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

from camus.config.read import plain_scalar
from camus.config.spans import (
    Place,
    Replacement,
    column,
    edited,
    line_end,
    line_start,
)
from camus.config.writing import quoted

Change: TypeAlias = Callable[[str, Place], tuple[str, tuple[str, ...]]]
"""From a text and where its values stand to the new text and what was done, in words."""


class Stays(Exception):
    """Raised when a text cannot be changed in place; it says why, `at` is where."""

    def __init__(self, message: str, at: int) -> None:
        """Keep the reason and the place."""
        super().__init__(message)
        self.at = at


def version_2(*, default_pipeline: bool) -> Change:
    """A change that states the second version, and the default pipeline where it was implied."""

    def change(text: str, root: Place) -> tuple[str, tuple[str, ...]]:
        edits: list[Replacement] = []
        said = ["version: 2"]
        head = ["version: 2"]
        stated = root.get("version")
        if stated is not None:
            edits.append((stated[1].start, stated[1].end, _spaced("2", text, stated[1])))
            head = []
        if default_pipeline:
            said.append("defaults.pipeline: default (the first version ran it by itself)")
            inner = _default_pipeline(text, root)
            if inner:
                edits.append(inner)
            else:
                head += ["defaults:", "  pipeline: default"]
        if head:
            edits.append(_at_the_top(text, root, head))
        return edited(text, edits), tuple(said)

    return change


def version_1(text: str, root: Place) -> tuple[str, tuple[str, ...]]:
    """Take the statement of the version out, or where that loses a comment, state the first."""
    stated = root.get("version")
    if stated is None:
        return text, ()
    key, value = stated
    start, end = line_start(text, key.start), line_end(text, value.end)
    alone = not text[start : key.start].strip() and not text[value.end : end].strip()
    if root.flow or not alone or len(root.pairs) == 1 or key.anchor or value.anchor:
        return edited(text, [(value.start, value.end, "1")]), ("version: 1",)
    return edited(text, [(start, min(end + 1, len(text)), "")]), ("version: 2 is left out",)


def models_by_name(text: str, root: Place) -> tuple[str, tuple[str, ...]]:
    """`backends`, a list whose entries have names, as `models`, a mapping by name."""
    found = root.get("backends")
    if found is None:
        return text, ()
    key, section = found
    if root.get("models") is not None:
        raise Stays("`models` is given as well", key.start)
    edits = [_renamed(text, key, "backends", "models")]
    if section.kind == "sequence":
        edits += _by_name(text, key, section)
    elif section.kind == "alias":
        raise Stays("it is an alias", section.start)
    return edited(text, edits), ("`backends`, a list, is now `models`, by name",)


def models_listed(text: str, root: Place) -> tuple[str, tuple[str, ...]]:
    """The change back: `models`, a mapping by name, as `backends`, a list."""
    found = root.get("models")
    if found is None:
        return text, ()
    key, section = found
    if root.get("backends") is not None:
        raise Stays("`backends` is given as well", key.start)
    edits = [_renamed(text, key, "models", "backends")]
    if section.kind == "mapping":
        edits += _listed(text, section)
    elif section.kind == "alias":
        raise Stays("it is an alias", section.start)
    return edited(text, edits), ("`models`, by name, is now `backends`, a list",)


def _renamed(text: str, key: Place, old: str, new: str) -> Replacement:
    return key.start, key.end, text[key.start : key.end].replace(old, new)


def _spaced(word: str, text: str, value: Place) -> str:
    """A value in place of an empty one keeps its distance from the colon."""
    return (
        f" {word}"
        if value.start == value.end and text[value.start - 1 : value.start] == ":"
        else word
    )


def _at_the_top(text: str, root: Place, lines: list[str]) -> Replacement:
    if root.flow:
        return _into_flow(text, root, _flow_head(text, root, lines))
    if not root.pairs:
        raise Stays("there is nothing in it", root.start)
    first = root.pairs[0][0]
    at = line_start(text, first.start)
    indent = text[at : first.start]
    if indent.strip():
        raise Stays("its first key does not begin a line", first.start)
    above = at
    while above and text[line_start(text, above - 1) : above].strip().startswith("#"):
        above = line_start(text, above - 1)
    if above and not text[line_start(text, above - 1) : above].strip():
        at = above  # a comment after an empty line is the first key's own
    newline = "\r\n" if "\r\n" in text else "\n"
    return at, at, "".join(f"{indent}{line}{newline}" for line in lines)


def _flow_head(text: str, root: Place, lines: list[str]) -> str:
    json = bool(root.pairs) and text[root.pairs[0][0].start] == '"'
    mark = '"' if json else ""
    whole = f"{mark}version{mark}: 2" if "version: 2" in lines else ""
    if len(lines) > 1 or not whole:
        pipeline = f"{mark}defaults{mark}: {{{mark}pipeline{mark}: {mark}default{mark}}}"
        return f"{whole}, {pipeline}" if whole else pipeline
    return whole


def _into_flow(text: str, place: Place, content: str) -> Replacement:
    """The first entry of a mapping in braces, set like the one after it."""
    opening = text.index("{", place.start)
    if not place.pairs:
        return opening + 1, opening + 1, content
    between = text[opening + 1 : place.pairs[0][0].start]
    if between.strip():
        between = " "
    return opening + 1, opening + 1, f"{between}{content}," + ("" if between else " ")


def _default_pipeline(text: str, root: Place) -> Replacement | None:
    """The edit inside `defaults`; None when there is no such section."""
    found = root.get("defaults")
    if found is None:
        return None
    key, section = found
    mark = '"' if text[key.start] == '"' else ""
    pair = f"{mark}pipeline{mark}: {mark}default{mark}"
    if section.kind == "alias":
        raise Stays("`defaults` is an alias", section.start)
    if section.kind != "mapping":
        return section.start, section.end, _spaced(f"{{{pair}}}", text, section)
    stated = section.get("pipeline")
    if stated is not None:
        word = _spaced(f"{mark}default{mark}", text, stated[1])
        return stated[1].start, stated[1].end, word
    if section.flow:
        return _into_flow(text, section, pair)
    first = section.pairs[0][0]
    return first.start, first.start, f"{pair}\n" + " " * column(text, first.start)


def _by_name(text: str, key: Place, section: Place) -> list[Replacement]:
    if section.flow:
        edits = _brackets(text, section, "{", "}")
        return edits + [
            edit for item in section.items for edit in _flow_named(text, item, item.start)
        ]
    edits = []
    flush = column(text, _dash(text, section, section.items[0])) <= column(text, key.start)
    for item in section.items:
        dash = _dash(text, section, item)
        if item.flow:
            if text[dash + 1 : item.start].strip():
                raise Stays("something stands between the dash and the entry", dash)
            edits.append((dash, item.start, ""))
            edits += _flow_named(text, item, item.start)
        else:
            edits += _block_named(text, item, dash, shift=2 if flush else 0)
    if flush:
        edits += _indented(text, section, {start for start, end, new in edits if end and not new})
    return edits


def _brackets(text: str, section: Place, opening: str, closing: str) -> list[Replacement]:
    at = next(at for at in range(section.start, section.end) if text[at] in "[{")
    return [(at, at + 1, opening), (section.end - 1, section.end, closing)]


def _dash(text: str, section: Place, item: Place) -> int:
    """The dash of an entry: the last one before it in the list's own column."""
    first = section.start
    if text[first] != "-":
        first = text.index("-", line_end(text, first))  # after an anchor of the list
    wanted = column(text, first)
    start = line_start(text, item.start)
    while start >= line_start(text, first):
        at = start + wanted
        if text[at : at + 1] == "-" and not text[start:at].strip() and at <= item.start:
            return at
        if start == 0:
            break
        start = line_start(text, start - 1)
    raise Stays("an entry has no dash of its own", item.start)


def _name_of(text: str, item: Place) -> tuple[int, Place, Place, str]:
    """The place of the name among an entry's keys, its key and value, and the key it becomes."""
    if item.kind != "mapping":
        raise Stays("an entry is no mapping", item.start)
    named = item.get("name", "id")
    if named is None:
        raise Stays("an entry has no name of its own", item.start)
    key, value = named
    raw = text[value.start : value.end]
    word = value.kind == "scalar" and value.text and not value.anchor and not key.anchor
    if not word or "\n" in text[key.start : value.end] or raw[:1] in "|>!":
        raise Stays("a name is not written as a plain word", key.start)
    if value.plain and not isinstance(plain_scalar(value.text), str):
        raise Stays("a name is not a word", key.start)
    if item.get("name") and item.get("id"):
        raise Stays("an entry has a name and an id", key.start)
    odd = value.plain and (value.text == "<<" or raw.endswith(":"))
    at = [pair[0] for pair in item.pairs].index(key)
    return at, key, value, quoted(value.text) if odd else raw


def _flow_named(text: str, item: Place, start: int) -> list[Replacement]:
    at, key, value, word = _name_of(text, item)
    opening = next((n for n in range(item.start, item.end) if text[n] == "{"), -1)
    if opening < 0 or opening > key.start:
        raise Stays("an entry stands without braces", item.start)
    if at + 1 < len(item.pairs):
        gone = key.start, item.pairs[at + 1][0].start
    elif at:
        gone = item.pairs[at - 1][1].end, value.end
    else:
        gone = opening + 1, value.end
    if "#" in text[gone[0] : key.start] + text[value.end : gone[1]]:
        raise Stays("a comment stands beside a name", key.start)
    return [(start, start, f"{word}: "), (*gone, "")]


def _block_named(text: str, item: Place, dash: int, *, shift: int) -> list[Replacement]:
    at, key, value, word = _name_of(text, item)
    first = item.pairs[0][0]
    same_line = "\n" not in text[dash : first.start]
    left = len(item.pairs) > 1
    if at == 0 and same_line and not text[dash + 1 : key.start].strip():
        return [
            (dash, value.start, ""),
            (value.start, value.end, f"{word}:{'' if left else ' {}'}"),
        ]
    edits: list[Replacement] = [(dash, dash + 1, f"{word}:{'' if left or item.anchor else ' {}'}")]
    if item.anchor and not left:
        behind = item.start + len(item.anchor) + 1
        edits.append((behind, behind, " {}"))
    indent = " " * (column(text, first.start) + shift)
    end = line_end(text, value.end)
    if at == 0 and same_line:
        after = text[value.end : end].strip()
        gap = text[dash + 1 : first.start].rstrip()  # an anchor
        edits.append((dash + 1, end, gap + (f"\n{indent}{after}" if after else "")))
        return edits
    if same_line:
        gap = text[dash + 1 : first.start].rstrip()
        edits.append((dash + 1, first.start, f"{gap}\n{indent}"))
    start = line_start(text, key.start)
    if text[start : key.start].strip():
        raise Stays("a name does not begin its line", key.start)
    after = text[value.end : end].strip()
    if after:
        edits.append((key.start, end, after))
    else:
        edits.append((start, min(end + 1, len(text)), ""))
    return edits


def _indented(text: str, section: Place, gone: Collection[int]) -> list[Replacement]:
    """Two more spaces before each line of a list that stands as far left as its key.

    `gone` are the beginnings of what is taken out, whole lines among them.
    """
    edits: list[Replacement] = []
    last = len(text[: section.end].rstrip())
    start = line_start(text, section.start)
    if text[section.start] != "-":
        start = line_end(text, section.start) + 1
    while start < last:
        kept = start not in gone or text[start : start + 1] == "-"
        if kept and text[start : line_end(text, start)].strip():
            edits.append((start, start, "  "))
        start = line_end(text, start) + 1
    return edits


def _listed(text: str, section: Place) -> list[Replacement]:
    edits: list[Replacement] = []
    if section.flow:
        edits += _brackets(text, section, "[", "]")
    for key, value in section.pairs:
        edits += _flow_entry(text, key, value) if section.flow else _block_entry(text, key, value)
    return edits


def _raw_key(text: str, key: Place) -> str:
    if key.kind != "scalar" or key.anchor or "\n" in text[key.start : key.end]:
        raise Stays("a model's name is not written as a plain word", key.start)
    if key.text == "<<":
        raise Stays("a merge cannot stand in a list", key.start)
    if key.plain and not isinstance(plain_scalar(key.text), str):
        return quoted(key.text)
    return text[key.start : key.end]


def _flow_entry(text: str, key: Place, value: Place) -> list[Replacement]:
    word = _raw_key(text, key)
    json = '"' if word.startswith('"') else ""
    name = f"{json}name{json}: {word}"
    if "#" in text[key.end : value.start]:
        raise Stays("a comment stands beside a name", key.start)
    if value.kind == "mapping":
        opening = text.index("{", value.start)
        more = ", " if value.pairs else ""
        return [(key.start, value.start, ""), (opening + 1, opening + 1, name + more)]
    if value.kind == "scalar" and value.text and not value.anchor:
        raw = text[value.start : value.end]
        whole = f"{{{name}, {json}model{json}: {raw}}}"
        return [(key.start, value.end, whole)]
    raise Stays("a model is written as an alias or as nothing", key.start)


def _block_entry(text: str, key: Place, value: Place) -> list[Replacement]:
    word = _raw_key(text, key)
    colon = text.index(":", key.end)
    if text[key.end : colon].strip():
        raise Stays("something stands between a name and its colon", key.end)
    if value.kind == "mapping" and value.flow:
        if text[colon + 1 : value.start].strip():
            raise Stays("something stands between a name and its settings", colon)
        opening = text.index("{", value.start)
        more = ", " if value.pairs else ""
        return [(key.start, value.start, "- "), (opening + 1, opening + 1, f"name: {word}{more}")]
    if value.kind == "mapping":
        first = value.pairs[0][0]
        inner = column(text, first.start) - column(text, key.start)
        if value.anchor or inner < 2:
            head = text[colon + 1 : line_end(text, colon)]
            start = " " * column(text, first.start)
            if inner < 2:
                raise Stays("its settings are indented by one space", first.start)
            return [
                (key.start, line_end(text, colon), f"-{head}\n{start}name: {word}"),
            ]
        return [(key.start, colon + 1, f"-{' ' * (inner - 1)}name: {word}")]
    if value.kind == "scalar" and value.text and not value.anchor:
        between = " " * (column(text, key.start) + 2)
        return [(key.start, colon + 1, f"- name: {word}\n{between}model:")]
    raise Stays("a model is written as an alias or as nothing", key.start)
