"""What a definition did before an edit and no longer does, where no words asked for that."""

from __future__ import annotations

import re

from camus.config import TaskKind
from camus.quality.change import Change, later_of, touched
from camus.source import Document, Scope, definitions, language_for

_AWAIT = re.compile(r"\bawait\b")
_LONG = 300
"""Characters of code from which on a great loss of it is suspicious."""
_SHRUNK = 0.35


def losses(change: Change) -> tuple[str, ...]:
    """The visible effects that are gone, each as a sentence, the gravest first."""
    if change.instructed or change.task.classified.kind is TaskKind.CODE_GENERATION:
        return ()
    found: list[str] = []
    for scope in definitions(change.before):
        if scope.is_stub or not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        if after is not None:
            found += _gone(change, scope, after)
    if not found and _shrunk(change):
        found.append("It is much shorter than the code was; leave nothing out that it did.")
    return tuple(found)


def dropped_comments(change: Change) -> tuple[str, ...]:
    """The comment lines of the target that stand nowhere any more."""
    row = language_for(change.before.language)
    if row is None or change.instructed:
        return ()
    mark = row.line_comment
    lines = (line.strip() for line in change.task.code.splitlines())
    kept = change.after.text
    return tuple(line for line in lines if line.startswith(mark) and line not in kept)


def undocumented(change: Change) -> str:
    """The name of a definition that had documentation and has none now; empty for none."""
    for scope in definitions(change.before):
        if scope.doc is None or not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        if after is not None and after.doc is None:
            return scope.qualified_name
    return ""


def _gone(change: Change, scope: Scope, after: Scope) -> list[str]:
    name = f"`{scope.qualified_name}`"
    found = []
    if scope.returns_value and not after.returns_value:
        found.append(f"{name} no longer returns a value; keep what it returns.")
    if scope.yields and not after.yields:
        found.append(f"{name} no longer yields; keep it a generator.")
    gone = [each for each in scope.raises if each not in after.raises]
    if gone:
        found.append(f"{name} no longer raises {gone[0]}; keep its errors.")
    if _awaits(change.before, scope) and after.is_async and not _awaits(change.after, after):
        found.append(f"{name} no longer awaits anything; keep its `await`.")
    return found


def _awaits(document: Document, scope: Scope) -> bool:
    return scope.is_async and bool(_AWAIT.search(document.slice(scope.body)))


def _shrunk(change: Change) -> bool:
    if change.task.classified.kind is TaskKind.BUG_FIXING:
        return False
    old = len("".join(change.task.code.split()))
    new = len("".join(change.after.slice(change.target).split()))
    return old >= _LONG and new < _SHRUNK * old
