"""The rules' documentation: which symbols of a target get one, and in which style.

A symbol asked for by name gets a documentation, or has its own completed. A class brings its
undocumented public members along; a file or a selection all its undocumented symbols, yet not
the functions inside functions. `@overload`, stub files and property setters are left alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from camus.actions.rewrites.comment_facts import comment_facts
from camus.actions.rewrites.comments import completed_comment, new_comment
from camus.actions.rewrites.conventions import STYLES, CommentStyle
from camus.actions.rewrites.docsections import convention_of
from camus.actions.rewrites.docstrings import completed_docstring, new_docstring
from camus.actions.rewrites.docstyles import Convention, Style
from camus.actions.rewrites.python_facts import python_facts
from camus.actions.rewrites.script_facts import script_facts
from camus.actions.tasks import Draft, Task
from camus.source import Document, Edit, Scope, Span, definitions, indent_unit, language_for

_STYLES: dict[str, Style] = {
    "google": "google",
    "numpy": "numpy",
    "sphinx": "sphinx",
    "rest": "sphinx",
}
_TITLES: dict[Style, str] = {"google": "Google", "numpy": "NumPy", "sphinx": "Sphinx"}
_WIDTH = 88
_SAMPLED = 400
"""So many docstrings of a file decide its style."""


async def document(task: Task) -> Draft | None:
    """The documentation of the target; None for a language whose comments are not known here."""
    if task.instruction.strip():
        return None
    return await asyncio.to_thread(_draft, task)


def _draft(task: Task) -> Draft | None:
    row = language_for(task.document.language)
    if row is None or (row.id != "python" and row.id not in STYLES):
        return None
    if row.id == "python" and task.document.uri.lower().endswith(".pyi"):
        return Draft(notes=("stub files carry no docstrings",))
    asked, chosen = _chosen(task)
    if asked is None and not chosen:
        return Draft(notes=("every symbol here is documented",))
    scopes = [scope for scope in ([asked] if asked else []) if not _is_overload(scope)] + chosen
    if row.id == "python":
        convention = _convention(task)
        note = f"docstring in {_TITLES[convention.style]} style"
        found = [_python(task.document, scope, convention) for scope in scopes]
    else:
        style = STYLES[row.id]
        note = style.title
        found = [_commented(task.document, scope, style) for scope in scopes]
    edits = [edit for each in found for edit in each if task.target.contains(edit.span)]
    if not edits:
        return Draft(notes=(_why_not(asked),))
    return Draft(tuple(sorted(edits, key=lambda edit: edit.span)), notes=(note,))


def _why_not(asked: Scope | None) -> str:
    if asked is None or asked.doc is not None:
        return "the documentation says all that the rules know"
    if _is_overload(asked):
        return "an overload is documented where it is implemented"
    return "there is no place for a documentation of its own"


def _python(document: Document, scope: Scope, convention: Convention) -> tuple[Edit, ...]:
    facts = python_facts(document, scope)
    if scope.doc is not None:
        return completed_docstring(document, scope, facts, convention)
    return new_docstring(document, scope, facts, convention, indent_unit(document))


def _commented(document: Document, scope: Scope, style: CommentStyle) -> tuple[Edit, ...]:
    if style in (STYLES["javascript"], STYLES["typescript"]):
        facts = script_facts(document, scope, typed=style is STYLES["typescript"])
    else:
        facts = comment_facts(document, scope, style)
    if scope.doc is not None:
        return completed_comment(document, scope, facts, style)
    return new_comment(document, scope, facts, style)


def _chosen(task: Task) -> tuple[Scope | None, list[Scope]]:
    """The one symbol that was asked for, if one was, and the undocumented ones to bring along."""
    inside = [each for each in definitions(task.document) if task.target.contains(each.span)]
    local = _local(definitions(task.document))
    asked = next((each for each in inside if each.span == task.target), None)
    outermost = _outermost(inside)
    if asked is None and len(outermost) == 1 and task.target != task.document.span:
        asked = outermost[0]
    others = [each for each in inside if each is not asked and each.span not in local]
    if asked is not None:
        others = [each for each in others if asked.kind == "class" and _is_public(each)]
    return asked, [each for each in others if each.doc is None and _wants_one(each)]


def _outermost(scopes: Iterable[Scope]) -> list[Scope]:
    found: list[Scope] = []
    for scope in scopes:
        if not found or not found[-1].span.contains(scope.span):
            found.append(scope)
    return found


def _local(scopes: Iterable[Scope]) -> set[Span]:
    """The definitions that stand inside a function."""
    found: set[Span] = set()
    open_: list[Scope] = []
    for scope in scopes:
        while open_ and not open_[-1].span.contains(scope.span):
            open_.pop()
        if any(each.kind != "class" for each in open_):
            found.add(scope.span)
        open_.append(scope)
    return found


def _is_public(scope: Scope) -> bool:
    return not scope.name.startswith(("_", "#")) or _is_magic(scope)


def _is_magic(scope: Scope) -> bool:
    return scope.name.startswith("__") and scope.name.endswith("__")


def _wants_one(scope: Scope) -> bool:
    """Whether a symbol nobody named deserves a documentation of its own."""
    lasts = {re.split(r"\(", each, maxsplit=1)[0].rpartition(".")[2] for each in scope.decorators}
    if _is_overload(scope) or lasts & {"setter", "deleter", "override"}:
        return False
    if scope.name in {"__init__", "constructor"}:
        return len(scope.parameters) > (scope.name == "__init__")
    return not _is_magic(scope) or scope.name == "__call__"


def _is_overload(scope: Scope) -> bool:
    return any(each.rpartition(".")[2] == "overload" for each in scope.decorators)


def _convention(task: Task) -> Convention:
    """The asked-for style, else that of the file's other docstrings, else Google's."""
    texts = [each.doc_text for each in definitions(task.document) if each.doc_text][:_SAMPLED]
    style, types = convention_of(texts)
    wished = _STYLES.get(task.docstring_style)
    chosen = wished or style or "google"
    unit = indent_unit(task.document)
    width = _WIDTH - len(task.scope.indent.expandtabs(4)) - len(unit.expandtabs(4))
    return Convention(chosen, bool(types) and chosen == style, unit, max(48, width))
