"""Adds an import that new code needs beside the file's own, when that is simple and certain."""

from __future__ import annotations

from collections.abc import Sequence

from camus.actions.reindent import dedented
from camus.actions.tasks import Task
from camus.source import Document, Edit, Import, Span, imports, names_used, newline_of


def import_edits(
    task: Task, text: str, statements: Sequence[str]
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits that add the statements, and a note for each one that was added or left out.

    Added is a statement of one line all of whose new names the new code uses, after the last of
    the file's imports; anything else is left to the user.
    """
    if not statements:
        return (), ()
    document = task.document
    mine = imports(document)
    inner = document.beside(dedented(text))
    used = set(names_used(inner, inner.span))
    added: list[str] = []
    notes: list[str] = []
    for statement in statements:
        names = imports(Document(document.uri, statement, document.language))
        wanted = [each for each in names if _bound(each) in used]
        if not wanted:
            continue
        if _certain(task, mine, statement, wanted == list(names)):
            added.append(statement)
            notes.append(f"added `{statement}` to the imports")
        else:
            notes.append(f"needs `{' '.join(statement.split())}`, which was not added")
    if not added:
        return (), tuple(notes)
    at = mine[-1].span.end
    newline = newline_of(document)
    new = "".join(f"{newline}{statement}" for statement in added)
    return (Edit(Span(at, at), new),), tuple(notes)


def _certain(task: Task, mine: Sequence[Import], statement: str, all_used: bool) -> bool:
    """Whether a statement can stand on its own line after the last import, before the target."""
    if not mine or "\n" in statement or not all_used or "__future__" in statement:
        return False
    last = mine[-1].span
    line = task.document.lines.span(task.document.lines.line_of(max(last.start, last.end - 1)))
    rest = task.document.text[last.end : line.end].strip()
    return last.end <= task.target.start and not rest


def _bound(each: Import) -> str:
    return each.alias.partition(".")[0]
