"""The hard gates of an edit: what no score can make up for; each failure is a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from camus.actions import placeholder_in
from camus.config import TaskKind
from camus.quality.change import Change, counted, is_local, later_of, line_of, lost, touched
from camus.quality.hidden import added_hidden, may_hide
from camus.quality.signatures import broken_call
from camus.source import (
    Document,
    Edit,
    Scope,
    Span,
    apply_edits,
    definitions,
    imports,
    language_for,
    same_code,
    syntax_errors,
)

_SHOWN = 5
_NOTHING = re.compile(r"[\s{}]*return\b(?:[ \t]+(?:None|null|undefined)\b)?[\s;}]*")
_ALONE = re.compile(
    r"^@?(?:functools\.)?(?:class|static|abstract)method$|\bcache|\bcontextmanager$"
)
"""Decorators that say nothing of a second definition of the name."""
_NEEDLESS = re.compile(r"unused|never (?:used|read)|not accessed|redefin", re.IGNORECASE)


def refusals(change: Change) -> tuple[str, ...]:
    """Every gate that the change fails, the gravest first, as what to do about it."""
    if change.after.text == change.before.text:
        return ("The edit changes nothing; answer with the code as it should become.",)
    found = (
        _syntax(change),
        _outside(change),
        _code_of_documentation(change),
        _left_out(change),
        _emptied(change),
        _lost(change),
        _doubled(change),
        broken_call(change),
        _hidden(change),
    )
    return tuple(each for each in found if each)


def _syntax(change: Change) -> str:
    """More errors than before, or one where the change is and none was."""
    old, new = syntax_errors(change.before), syntax_errors(change.after)
    if not new:
        return ""
    near = [span for span in new if touched(change.changed, span)]
    was_near = any(touched(change.replaced, span) for span in old)
    if len(new) <= len(old) and (not near or was_near):
        return ""
    at = line_of(change.after, (near or list(new))[0].start)
    return f"The new code does not parse: there is a syntax error at {at}."


def _outside(change: Change) -> str:
    """Changes outside the target, but for imports that stand with the others."""
    task, text = change.task, change.before.text
    allowed = _widened(text, task.target)
    others: list[Edit] = []
    for edit in change.edits:
        free = task.action.id != "document" and not allowed.contains(edit.span)
        if not (free and _is_import(change.before, edit)):
            others.append(edit)
    after = apply_edits(text, others)
    head, tail = text[: allowed.start], text[allowed.end :]
    room = len(after) >= len(head) + len(tail)
    if room and after.startswith(head) and after.endswith(tail):
        return ""
    wrong = next((each for each in others if not allowed.contains(each.span)), others[0])
    at = line_of(change.before, wrong.span.start)
    return f"It changes code outside the target, at {at}; change only what was shown as the target."


def _widened(text: str, target: Span) -> Span:
    """The target with the indentation before it and the line break after it."""
    start, end = target.start, target.end
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t":
        end += 1
    if text.startswith("\r\n", end):
        end += 2
    elif end < len(text) and text[end] in "\r\n":
        end += 1
    return Span(start, end)


def _is_import(document: Document, edit: Edit) -> bool:
    """Whether an edit only adds imports, where the file has its own or before its definitions."""
    if len(edit.span) or not edit.text.strip():
        return False
    added = Document(document.uri, edit.text.strip() + "\n", document.language)
    rest = list(added.text)
    for each in imports(added):
        rest[each.span.start : each.span.end] = " " * len(each.span)
    if "".join(rest).strip(" \t\r\n;") or syntax_errors(added):
        return False
    top = [each.span for each in imports(document) if not _is_inside(document, each.span)]
    if top:
        return edit.span.start <= _line_end(document.text, top[-1].end)
    return all(edit.span.start <= scope.span.start for scope in definitions(document)[:1])


def _is_inside(document: Document, span: Span) -> bool:
    return any(scope.body.contains(span) for scope in definitions(document))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _code_of_documentation(change: Change) -> str:
    if change.task.classified.kind is not TaskKind.DOCUMENTATION or change.instructed:
        return ""
    if same_code(change.before, change.after):
        return ""
    at = next(
        (span for span in change.changed if len(span)), next(iter(change.changed), Span(0, 0))
    )
    where = line_of(change.after, at.start)
    return f"Documenting must not change the code itself, near {where}; add documentation only."


def _left_out(change: Change) -> str:
    """A mark that stands for code left out; a docstring may hold such words."""
    if change.task.action.id == "document":
        return ""
    row = language_for(change.before.language)
    dots = row is not None and row.grammar is not None
    dots = dots and not syntax_errors(Document(change.before.uri, "...\n", change.before.language))
    new, old = _lf(change.after.slice(change.target)), _lf(change.before.text)
    mark = placeholder_in(new, old, dots_are_code=dots)
    return (
        f"It leaves code out where it says `{mark[:120]}`; write the code in full." if mark else ""
    )


def _emptied(change: Change) -> str:
    """A body replaced by a stub or by nothing but a return; the user's words may ask for one."""
    if change.asks_for_stub:
        return ""
    for scope in definitions(change.before):
        if scope.is_stub or not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        if after is not None and (after.is_stub or _only_returns(change, scope, after)):
            return f"It empties the body of `{scope.qualified_name}`; write the code in full."
    return ""


def _only_returns(change: Change, scope: Scope, after: Scope) -> bool:
    """Whether of a body of several lines `return None` is left, or the like."""
    old = _statements(change.before, scope)
    new = _statements(change.after, after)
    return old.count("\n") > 1 and _NOTHING.fullmatch(new) is not None


def _statements(document: Document, scope: Scope) -> str:
    text = document.slice(scope.body)
    return text.replace(document.slice(scope.doc), "", 1) if scope.doc is not None else text


def _lost(change: Change) -> str:
    """Definitions that are gone; inside the target words of the user may ask for that."""
    scopes = definitions(change.before)
    inside = _widened(change.before.text, change.task.target)
    gone = [
        scope.qualified_name
        for scope in lost(change)
        if not (inside.contains(scope.span) and _may_go(change, scope, scopes))
    ]
    if gone and syntax_errors(change.before):
        # A text that does not parse seems to define things elsewhere than it does.
        kept = {scope.name for scope in definitions(change.after)}
        gone = [name for name in gone if name.rpartition(".")[2] not in kept]
    if not gone:
        return ""
    return f"It loses the definition{_plural(gone)} {_listed(gone)}; keep every definition."


def _may_go(change: Change, scope: Scope, scopes: tuple[Scope, ...]) -> bool:
    """Whether words ask for it, a diagnostic calls it unused, or a helper is put in its place."""
    if change.instructed or change.unexplained:
        return True
    if change.task.classified.kind is not TaskKind.BUG_FIXING:
        return is_local(scope, scopes)
    return any(
        _NEEDLESS.search(each.message) and touched((each.span,), scope.name_span)
        for each in change.task.diagnostics
    )


def _doubled(change: Change) -> str:
    """Definitions that stand twice at one place where they stood at most once before."""
    if not change.before.text.strip():
        return ""  # a new file may define a name in each branch
    old = Counter(map(_slot, definitions(change.before)))
    was, now = counted(change.before), counted(change.after)
    found: dict[tuple[str, str], list[Scope]] = {}
    for scope in definitions(change.after):
        found.setdefault(_slot(scope), []).append(scope)
    twice = [
        slot[0]
        for slot, scopes in found.items()
        if len(scopes) > max(1, old[slot])
        and now[slot[0]] > was[slot[0]]
        and sum(not _may_repeat(s) for s in scopes) > 1
    ]
    if not twice:
        return ""
    return f"It defines {_listed(twice)} twice; keep each definition once."


def _slot(scope: Scope) -> tuple[str, str]:
    """A name and how deep it stands: two branches of an `if` are told by their depth only."""
    return scope.qualified_name, scope.indent


def _may_repeat(scope: Scope) -> bool:
    """Whether a name is given several definitions on purpose: overloads and accessors."""
    decorated = any(not _ALONE.search(each) for each in scope.decorators)
    return decorated or not len(scope.body) or not scope.name


def _hidden(change: Change) -> str:
    if not may_hide("".join(edit.text for edit in change.edits)):
        return ""
    added = added_hidden(change.before.text, change.after.text)
    if not added:
        return ""
    name = unicodedata.name(added, "CONTROL CHARACTER")
    return f"It adds the invisible character U+{ord(added):04X} ({name}); leave it out."


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plural(names: list[str]) -> str:
    return "s" if len(names) > 1 else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
