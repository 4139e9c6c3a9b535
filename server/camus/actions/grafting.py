"""Puts documentation or a body that came alone into the target's own text, when that is certain."""

from __future__ import annotations

from camus.actions.placing import Placed, placed
from camus.actions.reindent import Place, dedented, reanchored
from camus.actions.tasks import Task
from camus.source import Edit, Outline, Span, newline_of, same_code, syntax_errors


def documented(task: Task, doc: str) -> str | None:
    """The target's text with this documentation, or None when the tree does not confirm it."""
    text = doc.strip()
    if not text:
        return None
    scope = task.scope
    if scope.doc is not None:
        base = _indent_at(task, scope.doc.start)
        attempts = [_replaced(task, scope.doc, _at(task, text, base))]
    else:
        inner = _indent_at(task, scope.body.start)
        newline = newline_of(task.document)
        before = _at(task, text, scope.indent) + newline + scope.indent
        inside = _at(task, text, inner) + newline + inner
        attempts = [
            _replaced(task, Span(at, at), new)
            for at, new in ((scope.span.start, before), (scope.body.start, inside))
        ]
    wanted = _bare(text)
    for attempt in attempts:
        there = placed(task, attempt)
        mine = _mine(task, there)
        if mine is None or mine.doc is None or there.errors > 0:
            continue
        if _bare(there.document.slice(mine.doc)) == wanted and same_code(
            task.document, task.document.edited([_whole(task, attempt)])
        ):
            return attempt
    return None


def bodied(task: Task, code: str) -> str | None:
    """A stub's text with this body, or None when it would not parse or still be a stub."""
    scope = task.scope
    start = scope.body.start
    if scope.doc is not None and scope.body.contains(scope.doc):
        rest = task.document.text[scope.doc.end : scope.body.end]
        start = scope.doc.end + len(rest) - len(rest.lstrip())
    line = task.document.lines.span(task.document.lines.line_of(start))
    if task.document.text[line.start : start].strip():
        return None
    base = _indent_at(task, start)
    body = reanchored(Place(task.document, "", base), dedented(code.strip("\n")))
    attempt = _replaced(task, Span(start, max(start, scope.body.end)), body.removeprefix(base))
    there = placed(task, attempt)
    mine = _mine(task, there)
    certain = mine is not None and not mine.is_stub and not syntax_errors(there.document)
    return attempt if certain and _ends_alike(task, there, mine) else None


def _ends_alike(task: Task, there: Placed, mine: Outline | None) -> bool:
    """Whether the body became the whole rest of the definition and nothing fell out of it."""
    return (
        mine is not None
        and len(there.region) - mine.span.end + there.region.start <= 1
        and (len(there.definitions) == 1 and mine.kind == task.scope.kind)
    )


def _mine(task: Task, there: Placed) -> Outline | None:
    return next((each for each in there.definitions if each.name == task.scope.name), None)


def _replaced(task: Task, span: Span, text: str) -> str:
    """The target's text with a span of the document replaced."""
    start = task.target.start
    return task.code[: span.start - start] + text + task.code[span.end - start :]


def _whole(task: Task, text: str) -> Edit:
    return Edit(task.target, text)


def _at(task: Task, text: str, base: str) -> str:
    """Documentation at an indentation, its first line without, in the file's line breaks."""
    lines = dedented_after_first(text).split("\n")
    moved = [lines[0], *(f"{base}{line}" if line.strip() else "" for line in lines[1:])]
    return newline_of(task.document).join(moved)


def dedented_after_first(text: str) -> str:
    """A text whose further lines lose what they share, one blank of a `*` comment excepted."""
    first, mark, rest = text.partition("\n")
    if not mark:
        return text
    flat = dedented(rest)
    if first.lstrip().startswith("/*"):
        flat = "\n".join(f" {line}" if line.startswith("*") else line for line in flat.split("\n"))
    return f"{first}\n{flat}"


def _indent_at(task: Task, offset: int) -> str:
    """The white space that begins the line of a place."""
    lines = task.document.lines
    line = task.document.slice(lines.span(lines.line_of(offset)))
    return line[: len(line) - len(line.lstrip(" \t"))]


def _bare(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
