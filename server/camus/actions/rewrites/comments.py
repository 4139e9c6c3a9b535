"""Writes a doc comment in a language's convention and completes one; keeps every word it finds."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace

from camus.actions.rewrites.conventions import ORDER, CommentStyle, Frame, Section, filled
from camus.actions.rewrites.docmerge import inserted
from camus.actions.rewrites.facts import Entry, Facts
from camus.source import Document, Edit, Scope, Span, minimal_edits, newline_of

_LATE = {"example", "see", "since", "deprecated", "remarks", "todo", "link", "author", "version"}
_WIDTH = 88
_BREAKS = re.compile(r"\r\n|\r|\n")
_BLOCK_MARK = re.compile(r"^[ \t]*\*?[ \t]?")
_LINE_MARK = re.compile(r"^[ \t]*(?://[/!]?|#+|-{2,})[ \t]?")
_SAYS: dict[Section, str] = {
    "returns": r"\breturns?\b",
    "yields": r"\byield|\breturns?\b",
    "raises": r"\bthrow|\brais|\berrors?\b",
    "panics": r"\bpanic",
}


@dataclass(frozen=True, slots=True)
class _Tag:
    """A block tag with its lines `[first, end)`."""

    section: Section | None
    word: str
    name: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry to write, as lines without margin."""

    section: Section
    name: str
    lines: tuple[str, ...]


def new_comment(
    document: Document, scope: Scope, facts: Facts, style: CommentStyle
) -> tuple[Edit, ...]:
    """The edit that puts a comment before a definition; none where it does not begin its line."""
    start = scope.span.start
    line = document.lines.span(document.lines.line_of(start))
    indent = document.text[line.start : start]
    if indent.strip(" \t"):
        return ()
    width = _WIDTH - len(indent.expandtabs(4))
    lines = [*_summary(facts.summary, style, width), *_listed(_items(facts, style), style)]
    newline = newline_of(document)
    text = "".join(f"{each}{newline}{indent}" for each in _framed(lines, style))
    return (Edit(Span(start, start), text),)


def completed_comment(
    document: Document, scope: Scope, facts: Facts, style: CommentStyle
) -> tuple[Edit, ...]:
    """The edits that add what a comment lacks; none when it lacks nothing."""
    if scope.doc is None:
        return ()
    before = document.slice(scope.doc)
    frame = _frame_of(before, style)
    line = document.lines.span(document.lines.line_of(scope.doc.start))
    indent = document.text[line.start : scope.doc.start]
    if frame is None or indent.strip():
        return ()
    opening = re.match(r"/\*[*!]?", before)[0] if frame.opening else ""  # type: ignore[index]
    inner = before[len(opening) : before.rindex("*/")] if opening else before
    lines = _BREAKS.split(inner)
    said = _said(lines, frame)
    present = _present(said, style)
    left = {each.lower() for each in style.leave}
    if any(tag.word.lower() in left for tag in present) or "{@inheritdoc" in inner.lower():
        return ()
    tells = style.tells_names or any(each.tells for each in facts.parameters)
    items = _items(facts, style)
    items = _missing("\n".join(said), present, items, replace(style, tells_names=tells), scope)
    if not items or (style.summary_lines[0] and style.summary_lines[0] not in inner):
        return ()
    margin = _margin(lines, frame, indent)
    after = _rebuilt(lines, items, facts, replace(frame, margin=margin), style)
    text = newline_of(document).join(after)
    if opening:
        text = f"{frame.opening}{text}*/"
    edits = minimal_edits(before, text)
    return tuple(Edit(edit.span.shift(scope.doc.start), edit.text) for edit in edits)


def _framed(lines: list[str], style: CommentStyle) -> list[str]:
    """The lines of a comment with its marks."""
    frame = style.frame
    if frame.opening and len(lines) == 1 and style.one_line:
        return [f"{frame.opening} {lines[0]}{frame.closing}"]
    marked = [f"{frame.margin} {line}".rstrip() for line in lines]
    if frame.first:
        marked[0] = f"{frame.first} {lines[0]}".rstrip()
    return [frame.opening, *marked, frame.closing] if frame.opening else marked


def _summary(text: str, style: CommentStyle, width: int) -> list[str]:
    written = _written(text, style)
    first, last = style.summary_lines
    lines = textwrap.wrap(written, max(48, width), break_long_words=False, break_on_hyphens=False)
    return [*([first] if first else []), *(lines or [""]), *([last] if last else [])]


def _listed(items: list[_Item], style: CommentStyle) -> list[str]:
    """The entries below a summary."""
    if not items:
        return []
    if style.headings:
        return [line for section in ORDER for line in _section(items, section, style)]
    return [*([""] if style.gap else []), *(line for item in items for line in item.lines)]


def _section(items: list[_Item], section: Section, style: CommentStyle) -> list[str]:
    """A section under its heading; nothing when there is nothing in it."""
    inside = [line for item in items if item.section == section for line in item.lines]
    heading = dict(style.headings).get(section, "")
    if not inside or not heading:
        return inside
    gap = [""] if style.gap else []
    return [*gap, heading, *gap, *inside]


def _items(facts: Facts, style: CommentStyle) -> list[_Item]:
    """All that can be said, in the usual order."""
    singles = {"returns": facts.returns, "yields": facts.yields, "panics": facts.panics}
    found = []
    for section in ORDER:
        template: str = getattr(style, {"parameters": "parameter"}.get(section, section))
        if section == "parameters":
            entries = facts.parameters
        elif section == "raises":
            entries = facts.raises
        else:
            entry = singles[section]
            entries = (entry,) if entry is not None else ()
        found += [_item(section, each, template, style) for each in entries if template]
    return found


def _item(section: Section, entry: Entry, template: str, style: CommentStyle) -> _Item:
    said = entry.known or (entry.words if style.tells_names else "")
    if style.phrases and said:
        said = said if said.split()[0][1:].isupper() else said[:1].lower() + said[1:]
        said = said.removesuffix(".")
    shown = f"[{entry.name}={entry.default}]" if style.defaults and entry.default else entry.name
    written = _written(said, style)
    text = filled(template, name=entry.name, shown=shown, type=entry.type, said=written)
    if style.frame.opening:
        text = text.replace("*/", "* /")
    if style.summary_lines[0]:
        return _Item(section, entry.name, (text,))
    lead = text[: len(text) - len(text.lstrip())]
    wrapper = textwrap.TextWrapper(
        _WIDTH,
        initial_indent=lead,
        subsequent_indent="" if section in dict(style.headings) and not lead else f"{lead}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return _Item(section, entry.name, tuple(wrapper.wrap(text.strip())))


def _written(text: str, style: CommentStyle) -> str:
    """Text with the convention's marks for code and its escapes."""

    def safe(plain: str) -> str:
        for char, escaped in style.escapes:
            plain = plain.replace(char, escaped)
        return plain

    parts = re.split(r"`([^`]+)`", text)
    made = []
    for index, part in enumerate(parts):
        if index % 2 == 0:
            made.append(safe(part))
        else:
            braces = "{" in part or "}" in part
            raw = style.code.startswith("{{@") and not braces
            made.append(style.code.format(part.replace("*/", "* /") if raw else safe(part)))
    return "".join(made)


def _frame_of(text: str, style: CommentStyle) -> Frame | None:
    """The marks of a comment that is there; None for one that this convention does not read."""
    if text.startswith("/*"):
        opening = text[:3] if text[:3] in {"/**", "/*!"} else "/**"
        return Frame(opening, " *", " */") if text.endswith("*/") else None
    if text.startswith("--["):
        return None
    if text.startswith("//") and style.frame.opening:
        return Frame("", "//!" if text.startswith("//!") else "///", "")
    return style.frame if not style.frame.opening else None


def _said(lines: list[str], frame: Frame) -> list[str]:
    mark = _BLOCK_MARK if frame.opening else _LINE_MARK
    return [mark.sub("", line) for line in lines]


def _present(said: list[str], style: CommentStyle) -> list[_Tag]:
    """The entries that are there."""
    pattern = re.compile(rf"\s*{style.tag}")
    sections = {word: section for section, words in style.words for word in words}
    starts = [(index, match) for index, line in enumerate(said) if (match := pattern.match(line))]
    found = []
    for place, (index, match) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(said)
        while end > index + 1 and not said[end - 1].strip():
            end -= 1
        name = re.match(style.name, match["rest"])
        section = sections.get(match["word"])
        found.append(_Tag(section, match["word"], name["name"] if name else "", index, end))
    return found


def _missing(
    text: str, present: list[_Tag], items: list[_Item], style: CommentStyle, scope: Scope
) -> list[_Item]:
    """The entries that no tag and no prose tells."""
    params = [tag.name for tag in present if tag.section == "parameters"]
    top = [name for name in params if "." not in name.strip(".")]
    heads = {_head(name) for name in params}
    sections = {tag.section for tag in present}
    # As many tags as parameters: some name it differently, a destructured one for instance.
    all_there = len(top) >= max(1, len(scope.parameters)) or (bool(style.headings) and bool(params))
    found = []
    for item in items:
        if item.section == "parameters":
            wanted = not all_there and _head(item.name) not in heads
            wanted = wanted and not (style.headings and "parameters" in sections)
            wanted = wanted and (bool(params) or style.tells_names)
        elif item.section == "raises" and "raises" in sections:
            wanted = re.split(r"::|[.\\]", item.name)[-1] not in text
        elif item.section == "yields":
            wanted = not sections & {"yields", "returns"} and "yield" not in text.lower()
        else:
            says = re.search(_SAYS[item.section], text, re.IGNORECASE)
            wanted = item.section not in sections and not says
        if wanted:
            found.append(item)
    return found


def _head(name: str) -> str:
    return name.lstrip("*&.").split(".")[0] or name


def _rebuilt(
    lines: list[str], items: list[_Item], facts: Facts, frame: Frame, style: CommentStyle
) -> list[str]:
    """The lines between the marks with what was missing where it belongs."""
    if frame.opening and len(lines) == 1:
        word = lines[0].strip()
        closing = frame.margin.removesuffix("*")
        lines = ["", f"{frame.margin} {word}", closing] if word else ["", closing]
    if not frame.opening:
        lines = _raised(lines, frame)
    said = _said(lines, frame)
    present = _present(said, style)
    end = _end(said)
    if style.headings:
        new = [line for section in ORDER for line in _section(items, section, style)]
        return inserted(lines, [(end, [f"{frame.margin} {line}".rstrip() for line in new])])
    order = [entry.name for entry in facts.parameters]
    additions = [
        (
            _place(present, item, order, end),
            [f"{frame.margin} {line}".rstrip() for line in item.lines],
        )
        for item in items
    ]
    if not present and style.gap and said[end - 1].strip():
        additions.insert(0, (end, [frame.margin.rstrip()]))
    return inserted(lines, additions)


def _raised(lines: list[str], frame: Frame) -> list[str]:
    """Plain line comments with the marks that make them documentation."""
    if frame.first:
        plain = re.match(r"--(?!-)", lines[0])
        return [f"-{lines[0]}", *lines[1:]] if plain else lines
    if frame.margin.strip() != "///":
        return lines
    return [re.sub(r"^([ \t]*)//(?![/!])", r"\1///", line) for line in lines]


def _place(present: list[_Tag], item: _Item, order: list[str], end: int) -> int:
    rank = ORDER.index(item.section)
    if item.section == "parameters":
        before = set(order[: order.index(item.name)])
        own = [tag for tag in present if tag.section == "parameters"]
        ends = [tag.end for tag in own if tag.name in before]
        if own:
            return max(ends) if ends else min(tag.first for tag in own)
    later = [
        tag.first
        for tag in present
        if (tag.section is not None and ORDER.index(tag.section) > rank)
        or tag.word.lower() in _LATE
    ]
    return min(later, default=end)


def _end(said: list[str]) -> int:
    """After the last line with text."""
    end = len(said)
    while end > 1 and not said[end - 1].strip():
        end -= 1
    return end


def _margin(lines: list[str], frame: Frame, indent: str) -> str:
    """What stands before the text of the comment's lines, as it stands there."""
    if not frame.opening:
        return f"{indent}{frame.margin}"
    for line in lines[1:]:
        if line.lstrip().startswith("*"):
            return f"{line[: len(line) - len(line.lstrip())]}*"
    return f"{indent} *"
