"""The steps that finish a model's draft before it is judged; what each of them did is told.

A step changes nothing outside the draft's target, and a change after which the text no longer
parses as well as before is taken back. What a step cannot do it says.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from camus.actions import Draft, Task
from camus.analysis import Aspect, Filters, Finding, Tools
from camus.config import Command
from camus.orchestrator.texts import on_text
from camus.orchestrator.values import Finish
from camus.source import Document, Edit, Span, apply_edits, minimal_edits, same_code, syntax_errors

_RAGGED = re.compile(r"[ \t]+(?=\r?\n|\Z)")
_BREAK = re.compile(r"\r\n|\n|\r")
_OTHER_ASPECTS: tuple[Aspect, ...] = ("correctness", "performance", "style", "consistency")


@dataclass(frozen=True, slots=True)
class Workshop:
    """Whom the steps may ask: the tools, the user's own programs and how those are called."""

    tools: Tools
    filters: Filters
    commands: Mapping[str, Command] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A draft under way: the task as it was, and over the text that the draft makes."""

    before: Task
    after: Task


@dataclass(frozen=True, slots=True)
class _Made:
    """Edits of the text after the draft, and a sentence where there is something to say."""

    edits: tuple[Edit, ...] = ()
    said: str = ""


async def finish(
    task: Task, draft: Draft, steps: Sequence[str], workshop: Workshop
) -> tuple[Draft, tuple[Finish, ...]]:
    """The draft after the steps in their order, and what each of them did.

    A draft whose edits overlap, or that does not parse where the file did, is left as it is: the
    judgement says so.
    """
    done: list[Finish] = []
    if not draft.edits or not steps:
        return draft, ()
    try:
        piece = _Piece(task, await asyncio.to_thread(on_text, task, draft))
    except ValueError:
        return draft, ()
    if len(syntax_errors(piece.after.document)) > len(syntax_errors(task.document)):
        return draft, ()
    first = piece.after.document
    for name in steps:
        made = await _one(name, piece, workshop)
        lines = 0
        if made.edits:
            piece, lines = await asyncio.to_thread(_applied, piece, made)
        done.append(Finish(name, lines, made.said))
    if piece.after.document is first:
        return draft, tuple(done)
    edits = await asyncio.to_thread(minimal_edits, task.document.text, piece.after.document.text)
    return replace(draft, edits=edits), tuple(done)


async def _one(name: str, piece: _Piece, workshop: Workshop) -> _Made:
    step = _STEPS.get(name)
    if step is not None:
        return await step(piece, workshop.tools)
    command = workshop.commands.get(name)
    document = piece.after.document
    if command is None:
        return _Made(said="there is no step of this name")
    if command.languages and document.language not in command.languages:
        return _Made(said=f"not for {document.language}")
    made = await workshop.filters.run(
        command.command, document, folder=piece.after.project, seconds=command.seconds
    )
    if made.problem:
        return _Made(said=f"it failed: {made.problem}")
    return _Made(await asyncio.to_thread(minimal_edits, document.text, made.text))


def _applied(piece: _Piece, made: _Made) -> tuple[_Piece, int]:
    """The piece after a step and how many lines that changed.

    What reaches out of the target is left out, and so is what breaks the text.
    """
    old = piece.after
    inside = tuple(edit for edit in made.edits if _inside(old.target, edit.span))
    if not inside:
        return piece, 0
    text = apply_edits(old.document.text, inside)
    document = Document(old.document.uri, text, old.document.language, old.document.version)
    if len(syntax_errors(document)) > len(syntax_errors(old.document)):
        return piece, 0
    grown = len(text) - len(old.document.text)
    target = Span(old.target.start, old.target.end + grown)
    following = _Piece(piece.before, replace(old, document=document, target=target))
    return following, _changed(old.document, document)


def _inside(target: Span, span: Span) -> bool:
    """Whether an edit lies in the target; text put in at its very ends is the neighbours'."""
    at_an_end = not len(span) and span.start in {target.start, target.end}
    return target.contains(span) and not at_an_end


def _changed(before: Document, after: Document) -> int:
    """How many lines of the old text are otherwise."""
    edits = minimal_edits(before.text, after.text)
    return sum(before.slice(edit.span).count("\n") + 1 for edit in edits)


async def _formatter(piece: _Piece, tools: Tools) -> _Made:
    """Lay the target out as the project's formatter does, where it was laid out so before."""
    old, new = piece.before, piece.after
    if not tools.formatter(new.document.language):
        return _Made(said=f"no formatter for {new.document.language}")
    if await tools.formatted(old.document, old.target, old.project):
        return _Made(said="left alone: the code was not laid out by the formatter before")
    return _Made(await tools.formatted(new.document, new.target, new.project))


async def _quality_validator(piece: _Piece, tools: Tools) -> _Made:
    """Apply the safe fixes of what the draft brings, but for security."""
    return await _mended(piece, tools, _OTHER_ASPECTS)


async def _security_scanner(piece: _Piece, tools: Tools) -> _Made:
    """Apply the safe fixes of the holes that the draft brings, and name the others."""
    return await _mended(piece, tools, ("security",))


async def _mended(piece: _Piece, tools: Tools, aspects: Sequence[Aspect]) -> _Made:
    old, new = piece.before, piece.after
    before, after = await asyncio.gather(
        tools.findings(old.document, old.project), tools.findings(new.document, new.project)
    )
    if not after.ran:
        return _Made(said="; ".join(f"{who}: {why}" for who, why in after.absent))
    known = Counter(each.rule for each in before.findings)
    fresh = [
        each
        for each in after.findings
        if each.aspect in aspects
        and new.target.contains(each.span)
        and sum(one.rule == each.rule for one in after.findings) > known[each.rule]
    ]
    if not fresh:
        return _Made(said="")
    rules = tuple(dict.fromkeys(each.rule for each in fresh))
    edits = await tools.fixed(new.document, new.target, rules, new.project)
    return _Made(edits, _seen(fresh, new.document))


def _seen(found: Sequence[Finding], document: Document) -> str:
    line_of = document.lines.line_of
    told = [f"{each.rule} in line {line_of(each.span.start) + 1}" for each in found[:3]]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"the draft brings {', '.join(told)}{more}"


async def _consistency_checker(piece: _Piece, _tools: Tools) -> _Made:
    """White space at the end of new lines goes, line breaks become the file's."""
    return await asyncio.to_thread(_consistent, piece)


def _consistent(piece: _Piece) -> _Made:
    old, new = piece.before.document, piece.after.document
    kinds = Counter(_BREAK.findall(old.text))
    usual = kinds.most_common(1)[0][0] if len(kinds) == 1 else ""
    known = set(old.text.splitlines())
    edits = []
    target = piece.after.target
    for number in range(new.lines.line_of(target.start), new.lines.line_of(target.end) + 1):
        span = new.lines.span(number)
        line = new.slice(span)
        if line.rstrip("\r\n") in known or not target.contains(span):
            continue
        tidy = _RAGGED.sub("", line)
        tidy = _BREAK.sub(usual, tidy) if usual else tidy
        if tidy != line:
            edits.append(Edit(span, tidy))
    if not edits:
        return _Made()
    after = Document(new.uri, apply_edits(new.text, edits), new.language)
    # White space inside a string is part of the program.
    return _Made(tuple(edits)) if same_code(new, after) else _Made(said="left alone: in a string")


_STEPS: Mapping[str, Callable[[_Piece, Tools], Awaitable[_Made]]] = {
    "formatter": _formatter,
    "quality_validator": _quality_validator,
    "security_scanner": _security_scanner,
    "consistency_checker": _consistency_checker,
}
STEPS = tuple(_STEPS)
"""The names of the built-in steps."""
