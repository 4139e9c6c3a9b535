"""Tries code in the place of a target, on a copy, to see what the syntax tree says of it there.

The copy is the outermost definition around the target, or the code alone where there is none, so
that it costs a definition and not a file.
"""

from __future__ import annotations

from dataclasses import dataclass

from camus.actions.reindent import Place, reanchored, settled
from camus.actions.targets import around
from camus.actions.tasks import Task
from camus.source import Document, Scope, Span, definitions, syntax_errors


@dataclass(frozen=True, slots=True)
class Placed:
    """Code in its place: the copy it stands in and the part of the copy that it is."""

    document: Document
    region: Span
    errors: int
    """How many more syntax errors the copy has than the original."""

    @property
    def definitions(self) -> tuple[Scope, ...]:
        """The definitions in the code that are inside no other one of it."""
        found: list[Scope] = []
        for scope in definitions(self.document):
            outer = found and found[-1].span.contains(scope.span)
            if self.region.contains(scope.span) and not outer:
                found.append(scope)
        return tuple(found)


def place_of(task: Task) -> Place:
    """Where the target's new code goes."""
    lines, text = task.document.lines, task.document.text
    start = lines.span(lines.line_of(task.target.start)).start
    before = text[start : task.target.start]
    if before.strip(" \t"):
        return Place(task.document, task.code, "")
    first = next((line for line in (before + task.code).splitlines() if line.strip()), "")
    return Place(task.document, task.code, first[: len(first) - len(first.lstrip(" \t"))])


def text_at(task: Task, code: str) -> str:
    """The new text of the target: the code re-anchored, with the ends and breaks of the old."""
    place = place_of(task)
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    return settled(place, reanchored(place, code))


def placed(task: Task, text: str) -> Placed:
    """The target's new text in a copy of what is around it."""
    outer = around(task.document, task.target)
    whole = outer[0].span if outer else task.target
    before = task.document.text[whole.start : task.target.start]
    after = task.document.text[task.target.end : whole.end]
    copy = Document(task.document.uri, before + text + after, task.document.language)
    original = Document(task.document.uri, before + task.code + after, task.document.language)
    return Placed(
        copy,
        Span(len(before), len(before) + len(text)),
        len(syntax_errors(copy)) - len(syntax_errors(original)),
    )


def parses(task: Task, code: str) -> bool:
    """Whether code, put where the target is, brings no syntax error that was not there."""
    return bool(code.strip()) and placed(task, text_at(task, code)).errors <= 0
