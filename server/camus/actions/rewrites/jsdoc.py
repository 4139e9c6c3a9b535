"""Writes JSDoc comments and completes those that are there; keeps every word it finds."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from camus.actions.rewrites.docmerge import inserted
from camus.actions.rewrites.facts import Entry, Facts
from camus.source import Document, Edit, Scope, Span, minimal_edits, newline_of

_TAG = re.compile(r"^[ \t]*\*?[ \t]*@(\w+)(.*)$")
_NAME = re.compile(r"\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}\s*)?\[?\s*(?:\.\.\.)?([\w$.]+)")
_LEAVE = {"inheritdoc", "override", "type", "typedef", "callback", "overload", "template_"}
_RANKS = {
    **dict.fromkeys(("param", "arg", "argument"), 1),
    **dict.fromkeys(("returns", "return"), 2),
    **dict.fromkeys(("yields", "yield"), 3),
    **dict.fromkeys(("throws", "exception"), 4),
}
_LATE = {"example", "see", "since", "deprecated", "remarks", "todo", "link"}
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class _Tag:
    """A block tag with its lines `[first, end)`."""

    word: str
    name: str
    first: int
    end: int


def new_comment(document: Document, scope: Scope, facts: Facts, *, typed: bool) -> tuple[Edit, ...]:
    """The edit that puts a comment before a definition; none where it does not begin its line."""
    start = scope.span.start
    line = document.lines.span(document.lines.line_of(start))
    if document.text[line.start : start].strip(" \t"):
        return ()
    indent = document.text[line.start : start]
    tags = [line for group in _tags(facts, typed=typed) for line in group]
    summary = facts.summary.replace("*/", "* /")
    if tags:
        lines = ["/**", f" * {summary}", " *", *(f" * {tag}" for tag in tags), " */"]
    else:
        lines = [f"/** {summary} */"]
    newline = newline_of(document)
    text = "".join(f"{each}{newline}{indent}" for each in lines)
    return (Edit(Span(start, start), text),)


def completed_comment(
    document: Document, scope: Scope, facts: Facts, *, typed: bool
) -> tuple[Edit, ...]:
    """The edits that add the tags a comment lacks; none when it lacks nothing."""
    if scope.doc is None or not document.slice(scope.doc).startswith("/**"):
        return ()
    before = document.slice(scope.doc)
    inner = before[3 : before.rindex("*/")]
    lines = re.split(r"\r\n|\r|\n", inner)
    present = _present(lines)
    if any(tag.word.lower() in _LEAVE for tag in present) or "{@inheritdoc" in inner.lower():
        return ()
    missing = _missing(inner, present, facts, scope)
    if missing.only_summary:
        return ()
    line = document.lines.span(document.lines.line_of(scope.doc.start))
    indent = document.text[line.start : scope.doc.start]
    if indent.strip():
        return ()
    after = _rebuilt(lines, present, missing, facts, _margin(lines, indent), typed=typed)
    text = f"/**{newline_of(document).join(after)}*/"
    edits = minimal_edits(before, text)
    return tuple(Edit(edit.span.shift(scope.doc.start), edit.text) for edit in edits)


def _tags(facts: Facts, *, typed: bool) -> list[list[str]]:
    """The lines of each tag, in the usual order."""
    groups = [_param(entry, typed=typed) for entry in facts.parameters]
    if facts.returns:
        groups.append(_result("returns", facts.returns, typed=typed))
    if facts.yields:
        groups.append(_result("yields", facts.yields, typed=typed))
    groups += [_throws(entry) for entry in facts.raises]
    return groups


def _param(entry: Entry, *, typed: bool) -> list[str]:
    if typed:
        return _wrapped(f"@param {entry.name}" + (f" - {entry.known}" if entry.known else ""))
    kind = f"{{{entry.type}}} " if entry.type else ""
    name = f"[{entry.name}={entry.default}]" if entry.default else entry.name
    return _wrapped(f"@param {kind}{name}" + (f" - {entry.known}" if entry.known else ""))


def _result(word: str, entry: Entry, *, typed: bool) -> list[str]:
    kind = "" if typed or not entry.type else f" {{{entry.type}}}"
    return _wrapped(f"@{word}{kind}" + (f" {entry.known}" if entry.known else ""))


def _throws(entry: Entry) -> list[str]:
    return [f"@throws {{{entry.name}}}"]


def _wrapped(text: str) -> list[str]:
    safe = text.replace("*/", "* /")
    wrapper = textwrap.TextWrapper(
        _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return wrapper.wrap(safe)


def _present(lines: list[str]) -> list[_Tag]:
    starts = [(index, match) for index, line in enumerate(lines) if (match := _TAG.match(line))]
    found = []
    for place, (index, match) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
        while end > index + 1 and not lines[end - 1].strip(" \t*"):
            end -= 1
        name = _NAME.match(match[2])
        found.append(_Tag(match[1], name[1] if name else "", index, end))
    return found


def _missing(text: str, present: list[_Tag], facts: Facts, scope: Scope) -> Facts:
    """The facts that no tag and no prose tells."""
    params = [tag.name for tag in present if _RANKS.get(tag.word) == 1]
    top = [name for name in params if "." not in name]
    # As many tags as parameters: some name it differently, a destructured one for instance.
    all_there = len(top) >= len(scope.parameters)
    silent = not params and not any(each.tells for each in facts.parameters)
    words = {_RANKS.get(tag.word) for tag in present}
    says_return = re.search(r"\breturns?\b", text, re.IGNORECASE)
    says_throw = 4 not in words and re.search(r"\bthrow|\brais", text, re.IGNORECASE)
    heads = {name.split(".")[0] for name in params}
    return Facts(
        "",
        ()
        if all_there or silent
        else tuple(each for each in facts.parameters if each.name.split(".")[0] not in heads),
        (),
        None if says_return else facts.returns,
        None if 3 in words or 2 in words or "yield" in text.lower() else facts.yields,
        ()
        if says_throw
        else tuple(each for each in facts.raises if each.name.rpartition(".")[2] not in text),
    )


def _rebuilt(
    lines: list[str],
    present: list[_Tag],
    missing: Facts,
    facts: Facts,
    margin: str,
    *,
    typed: bool,
) -> list[str]:
    """The lines between the comment marks with the missing tags where they belong."""
    if len(lines) == 1:
        word = lines[0].strip()
        lines = ["", f"{margin}* {word}", margin] if word else ["", margin]
        present = _present(lines)
    order = [entry.name for entry in facts.parameters]
    additions: list[tuple[int, list[str]]] = []
    entries = [(1, entry, _param(entry, typed=typed)) for entry in missing.parameters]
    if missing.returns:
        entries.append((2, missing.returns, _result("returns", missing.returns, typed=typed)))
    if missing.yields:
        entries.append((3, missing.yields, _result("yields", missing.yields, typed=typed)))
    entries += [(4, entry, _throws(entry)) for entry in missing.raises]
    for rank, entry, text in entries:
        at = _place(present, rank, entry.name, order, _end(lines))
        additions.append((at, [f"{margin}* {line}" for line in text]))
    if not present and additions and lines[_end(lines) - 1].strip(" \t*"):
        additions.insert(0, (_end(lines), [f"{margin}*"]))
    return inserted(lines, additions)


def _place(present: list[_Tag], rank: int, name: str, order: list[str], end: int) -> int:
    if rank == 1:
        before = set(order[: order.index(name)])
        ends = [tag.end for tag in present if _RANKS.get(tag.word) == 1 and tag.name in before]
        starts = [tag.first for tag in present if _RANKS.get(tag.word) == 1]
        if ends or starts:
            return max(ends) if ends else min(starts)
    later = [tag.first for tag in present if _RANKS.get(tag.word, 0) > rank or tag.word in _LATE]
    return min(later, default=end)


def _end(lines: list[str]) -> int:
    """After the last line with text."""
    end = len(lines)
    while end > 1 and not lines[end - 1].strip(" \t*"):
        end -= 1
    return end


def _margin(lines: list[str], indent: str) -> str:
    """What stands before the star of the comment's lines."""
    for line in lines[1:]:
        if line.lstrip().startswith("*"):
            return line[: len(line) - len(line.lstrip())]
    return f"{indent} "
