"""From code in a reply to the new text of the target: takes what belongs there, and says why not.

A definition is looked for by its name, in the code alone (a whole file or class was sent) and in
the target's place (the definition itself was sent). New definitions beside it come along; what the
file has already, example calls and the rest stay out, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from camus.actions.grafting import bodied, documented
from camus.actions.loose import kept_before
from camus.actions.placing import Placed, by_itself, parses, placed, text_at
from camus.actions.reindent import dedented
from camus.actions.targets import is_definition
from camus.actions.tasks import Task
from camus.source import (
    Document,
    Import,
    Outline,
    Span,
    definitions,
    imports,
    outline,
    syntax_errors,
)

_LEAST_LIMIT = 20_000
"""Characters that an answer may have beside four times the length of the file."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The target's new text, what of it is new to the file's imports, and what to say of it."""

    text: str
    imports: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why code does not belong where the target is."""

    reason: Literal["wrong_target", "placeholder", "ambiguous"]
    message: str


def fit(task: Task, code: str) -> Fitted | Unfit:
    """The target's new text from code of any extent."""
    if too_long(task, code):
        return Unfit("wrong_target", "it is far longer than the file")
    bare = dedented(code.strip("\n"))
    if is_definition(task.scope) and task.target == task.scope.span:
        return _definition(task, code, bare)
    return _region(task, code, bare)


def _definition(task: Task, code: str, bare: str) -> Fitted | Unfit:
    alone = by_itself(task, bare)
    named = [each for each in outline(alone) if each.qualified_name == task.scope.qualified_name]
    if named:
        return _from_whole(task, alone, named)
    text = text_at(task, code)
    there = placed(task, text)
    same = [each for each in there.definitions if each.name == task.scope.name]
    if same:
        return _from_place(task, text, there, same)
    return _without_definition(task, code, alone, there)


def _from_whole(task: Task, alone: Document, named: list[Outline]) -> Fitted | Unfit:
    """The target cut out of code that holds it under its full name."""
    chosen = _same_one(task, named)
    if chosen is None:
        return _twice(task)
    prefix = task.scope.qualified_name.removesuffix(task.scope.name)
    beside = [each for each in outline(alone) if each.qualified_name == prefix + each.name]
    fresh = [each for each in beside if each is not chosen and _is_new(task, each, named)]
    kept = sorted((chosen, *fresh), key=lambda each: each.span)
    pieces = [_piece(alone, each.span) for each in kept]
    before = kept_before(task.document, alone, kept[0].span) if not prefix else ()
    text = text_at(task, "".join((*before, *pieces)).strip("\n"))
    others = len([each for each in beside if each not in kept])
    notes = (
        (f"left out what the reply says of {_others(others)} than the target",) if others else ()
    )
    return _checked(task, Fitted(text, _new_imports(task, alone), notes))


def _from_place(task: Task, text: str, there: Placed, same: list[Outline]) -> Fitted | Unfit:
    """The target as it stands in the tried place, with new definitions beside it."""
    chosen = _same_one(task, same)
    if chosen is None:
        return _twice(task)
    if there.document.slice(chosen.span) == text.strip():
        return _checked(task, Fitted(text), there)
    fresh = [each for each in there.definitions if each is not chosen and _is_new(task, each, same)]
    kept = sorted((chosen, *fresh), key=lambda each: each.span)
    pieces = [_piece(there.document, each.span) for each in kept]
    text = text_at(task, "".join(pieces).strip("\n"))
    left = there.document.slice(there.region)
    for each in kept:
        left = left.replace(there.document.slice(each.span), "", 1)
    inner = task.document.beside(dedented(left))
    notes = ("left out lines of the reply outside the target",) if _says_more(inner) else ()
    return _checked(task, Fitted(text, _new_imports(task, inner), notes))


def _says_more(document: Document) -> bool:
    text = document.text
    for each in imports(document):
        text = text.replace(document.slice(each.span), "", 1)
    return bool(re.search(r"^\s*[^\s#/*;]", text, re.MULTILINE))


def _without_definition(task: Task, code: str, alone: Document, there: Placed) -> Fitted | Unfit:
    """Code that does not define the target: its documentation or its body alone, if certain."""
    name = task.scope.name
    if there.definitions or outline(alone):
        other = (there.definitions or outline(alone))[0].name
        return Unfit("wrong_target", f"it defines `{other}`, not `{name}`")
    if task.action.id == "document":
        text = documented(task, alone.text)
        if text is not None:
            return Fitted(text, notes=("put the documentation sent alone into its place",))
    if task.action.id == "implement" and task.scope.is_stub:
        text = bodied(task, code)
        if text is not None:
            return Fitted(text, notes=("put the body sent alone under its signature",))
    if there.errors > 0:
        return Unfit("wrong_target", f"it does not parse as code that defines `{name}`")
    return Unfit("wrong_target", f"it does not define `{name}`")


def _checked(task: Task, fitted: Fitted, there: Placed | None = None) -> Fitted | Unfit:
    """The fitted target, unless its body was left out where there was one."""
    there = there or placed(task, fitted.text)
    mine = next((each for each in there.definitions if each.name == task.scope.name), None)
    if mine is not None and not len(mine.body) and len(task.scope.body):
        return Unfit("wrong_target", f"it has nothing below the first line of `{task.scope.name}`")
    if mine is None or not mine.is_stub:
        return fitted if mine is None or mine.doc is not None else _with_doc(task, fitted)
    if not task.scope.is_stub:
        doc = there.document.slice(mine.doc) if mine.doc is not None else ""
        text = documented(task, dedented(doc)) if task.action.id == "document" and doc else None
        if text is None:
            return Unfit("placeholder", f"it leaves out the body of `{task.scope.name}`")
        return Fitted(text, notes=("took the documentation only; the body was left out",))
    if task.action.id == "implement":
        return Unfit("placeholder", f"it leaves `{task.scope.name}` a stub")
    return fitted


def _with_doc(task: Task, fitted: Fitted) -> Fitted:
    """The target with the comment before it that documents it, which the reply did not repeat."""
    doc, scope = task.scope.doc, task.scope
    if doc is None or doc.start != scope.span.start or doc.end > scope.header.start:
        return fitted
    rest = task.document.text[doc.end : scope.header.start]
    blank = rest[: len(rest) - len(rest.lstrip())]
    text = task.document.slice(doc) + blank + fitted.text
    note = "kept the documentation that the reply left out"
    return Fitted(text, fitted.imports, (*fitted.notes, note))


def _same_one(task: Task, named: list[Outline]) -> Outline | None:
    """The one of several definitions of a name (a property's parts, overloads) that is meant."""
    if len(named) == 1:
        return named[0]
    alike = [each for each in named if each.decorators == task.scope.decorators]
    if len(alike) == 1:
        return alike[0]
    name = task.scope.qualified_name
    mine = [each for each in definitions(task.document) if each.qualified_name == name]
    if len(mine) == len(named) > 1:
        at = next((at for at, each in enumerate(mine) if each.span == task.scope.span), None)
        return named[at] if at is not None else None
    return None


def _twice(task: Task) -> Unfit:
    return Unfit("ambiguous", f"it defines `{task.scope.name}` more than once")


def _is_new(task: Task, scope: Outline, same: Sequence[Outline]) -> bool:
    """Whether the file has no definition of that name beside the target."""
    if scope in same:
        return False
    prefix = task.scope.qualified_name.removesuffix(task.scope.name)
    known = {each.qualified_name for each in definitions(task.document)}
    return prefix + scope.name not in known and task.action.id != "document"


def _piece(document: Document, span: Span) -> str:
    """A definition's whole lines, after as many blank lines as stand before it."""
    lines = document.lines
    first = lines.line_of(span.start)
    blank = 0
    while first - blank > 0 and not document.slice(lines.span(first - blank - 1)).strip():
        blank += 1
    start = lines.span(first).start
    before = document.text[start : span.start]
    head = "" if before.strip() else before
    return "\n" * max(blank, 1) + head + document.slice(span) + "\n"


def _others(count: int) -> str:
    return "one other definition" if count == 1 else f"{count} other definitions"


def _region(task: Task, code: str, bare: str) -> Fitted | Unfit:
    """A selection, a paragraph or the whole file."""
    if task.target.start == 0 and task.target.end >= len(task.document.text.rstrip()):
        return _file(task, bare)
    inner = _between(task, bare)
    text = text_at(task, inner if inner is not None else code)
    lost = _lost_definitions(task, text)
    if lost:
        return Unfit("wrong_target", f"it leaves out `{lost[0]}`, which the selection defines")
    if inner is None and _is_wider(task, bare):
        return Unfit("wrong_target", "it holds more than the selection")
    return Fitted(text)


def _file(task: Task, bare: str) -> Fitted | Unfit:
    lost = _lost_definitions(task, bare)
    known = [each.qualified_name for each in definitions(task.document)]
    if lost and 2 * len(lost) > len(known):
        return Unfit("wrong_target", f"it is only a part of the file: `{lost[0]}` is missing")
    return Fitted(text_at(task, bare))


def _lost_definitions(task: Task, text: str) -> list[str]:
    alone = task.document.beside(dedented(text))
    kept = {each.name for each in outline(alone)}
    mine = [each for each in definitions(task.document) if task.target.contains(each.span)]
    lost = [each.qualified_name or each.name for each in mine if each.name not in kept]
    return lost if len(mine) > 1 or task.action.id != "modify" else []


def _between(task: Task, code: str) -> str | None:
    """The part of a whole file that stands where the target is, by the lines around the target."""
    text = task.document.text
    before = [line.rstrip() for line in text[: task.target.start].splitlines() if line.strip()]
    after = [line.rstrip() for line in text[task.target.end :].splitlines() if line.strip()]
    lines = code.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not (before or after) or len(filled) < len(before) + len(after):
        return None
    head = [lines[at].rstrip() for at in filled[: len(before)]]
    foot = [lines[at].rstrip() for at in filled[len(filled) - len(after) :]]
    if head != before or foot != after:
        return None
    first = filled[len(before) - 1] + 1 if before else 0
    last = filled[len(filled) - len(after)] if after else len(lines)
    return "\n".join(lines[first:last]).strip("\n")


def _is_wider(task: Task, code: str) -> bool:
    """Whether code repeats the line before or after the target, which it should not hold."""
    text = task.document.text
    around = (text[: task.target.start].rstrip(), text[task.target.end :].lstrip())
    edges = (around[0].rpartition("\n")[2].strip(), around[1].partition("\n")[0].strip())
    filled = [line.strip() for line in code.split("\n") if line.strip()]
    mine = {line.strip() for line in task.code.splitlines()}
    return any(
        len(edge) > 8 and edge not in mine and edge == line
        for edge, line in zip(edges, (filled[:1] + filled[-1:]) or ["", ""], strict=False)
    )


def _new_imports(task: Task, alone: Document) -> tuple[str, ...]:
    """The statements of imports that the file lacks, one line each."""
    if task.action.id == "document":
        return ()
    theirs = imports(alone)
    if not theirs:
        return ()
    mine = {each.alias for each in imports(task.document)}
    groups: dict[Span, list[Import]] = {}
    for each in theirs:
        groups.setdefault(each.span, []).append(each)
    return tuple(
        alone.slice(span)
        for span, names in groups.items()
        if any(each.alias not in mine for each in names)
    )


def too_long(task: Task, code: str) -> bool:
    """Whether code is no answer by its length alone; parsing it could take seconds."""
    return len(code) > _LEAST_LIMIT + 4 * len(task.document.text)


def complete(task: Task, code: str) -> bool:
    """Whether code can be the whole content of a block: it parses alone or in its place."""
    if too_long(task, code):
        return False
    alone = by_itself(task, dedented(code))
    return bool(code.strip()) and (not syntax_errors(alone) or parses(task, code))
