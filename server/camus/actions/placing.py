"""Tries code in the place of a target, on a copy, to see what the syntax tree says of it there.

The copy holds the headers of the definitions around the target and nothing else of them, so that
it costs what the target costs and not the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from camus.actions.reindent import Place, reanchored, settled
from camus.actions.targets import around, is_definition
from camus.actions.tasks import Task
from camus.source import Document, Outline, Span, language_for, outline, syntax_errors


@dataclass(frozen=True, slots=True)
class Placed:
    """Code in its place: the copy it stands in and the part of the copy that it is."""

    document: Document
    region: Span
    errors: int
    """How many more syntax errors the copy has than the original."""

    @property
    def definitions(self) -> tuple[Outline, ...]:
        """The definitions in the code that are inside no other one of it."""
        found: list[Outline] = []
        for scope in outline(self.document):
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
    """The target's new text in a copy of the definitions around it, which hold nothing else."""
    before, after = _frame(task)
    copy = task.document.beside(before + text + after)
    region = Span(len(before), len(before) + len(text))
    errors = len(syntax_errors(copy))
    if errors:
        original = task.document.beside(before + task.code + after)
        errors -= len(syntax_errors(original))
    return Placed(copy, region, errors)


def _frame(task: Task) -> tuple[str, str]:
    """What stands before and after the target in the copy."""
    key = f"frame {task.target.start} {task.target.end}"
    known = task.document.memo.get(key)
    if not isinstance(known, tuple):
        known = task.document.memo[key] = _small_frame(task)
    before, after = known
    return str(before), str(after)


def _small_frame(task: Task) -> tuple[str, str]:
    """The headers of the definitions around the target, and what closes them.

    Where the target is no definition in these alone (a function in an object, an argument of a
    call), all of the outermost definition around it, or the file.
    """
    text = task.document.text
    before = after = ""
    if _is_statement(task):
        return _prolog(task, task.code), ""
    outer = around(task.document, task.target)
    before = _prolog(task, "") if outer else ""
    for each in outer:
        before += text[each.span.start : each.body.start]
        after = text[each.body.end : each.span.end] + after
    region = Span(len(before), len(before) + len(task.code))
    copy = task.document.beside(before + task.code + after)
    found = Placed(copy, region, 0).definitions
    if not is_definition(task.scope) or any(copy.slice(each.span) == task.code for each in found):
        return before, after
    whole = outer[0].span if outer else task.document.span
    return text[whole.start : task.target.start], text[task.target.end : whole.end]


def _is_statement(task: Task) -> bool:
    """Whether the target is a definition on lines of its own that nothing indents."""
    start, mine = task.target.start, is_definition(task.scope) and task.target == task.scope.span
    begins = start == 0 or task.document.text[start - 1] in "\r\n"
    return (
        mine and begins and not task.scope.indent and task.scope.qualified_name == task.scope.name
    )


def by_itself(task: Task, code: str) -> Document:
    """Code as a document of its own, with what its language needs before any code."""
    return task.document.beside(_prolog(task, code) + code)


def _prolog(task: Task, code: str) -> str:
    row = language_for(task.document.language)
    if row is None or not row.prolog or row.prolog.strip() not in task.document.text:
        return ""
    return "" if row.prolog.strip() in code else row.prolog


def parses(task: Task, code: str) -> bool:
    """Whether code, put where the target is, brings no syntax error that was not there."""
    return bool(code.strip()) and placed(task, text_at(task, code)).errors <= 0
