"""A command that changes a file: ask, show the diff and the score, confirm, write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import click

from camus.analysis import Finding
from camus.cli import render
from camus.cli.exits import BY_STATE, Exit, Failure
from camus.cli.hunks import chosen
from camus.cli.options import Options
from camus.cli.places import read_place, root_of
from camus.cli.session import engine, interactive, new_id
from camus.cli.work import Work, answers
from camus.cli.writing import Change, Undo
from camus.config import folders
from camus.orchestrator import Orchestrator, Outcome
from camus.source import Document, unified_diff


@dataclass(frozen=True, slots=True)
class _Settled:
    """What came of one file: how it ended, what is to be written, and the same as JSON."""

    code: Exit
    work: Work
    change: Change | None
    json: dict[str, object]


async def edit(action: str, where: str, instruction: str, options: Options) -> int:
    """Answer, show and (once confirmed) write; the exit code."""
    return await edit_all(action, (where,), instruction, options)


async def edit_all(action: str, wheres: Sequence[str], instruction: str, options: Options) -> int:
    """The same for several files, written together or not at all; the worst exit code."""
    places = [read_place(where) for where in wheres]
    root = root_of(places[0].path)
    works = [Work(new_id(), action, each, instruction, options, root) for each in places]
    twice = next((w for w in works if sum(v.name == w.name for v in works) > 1), None)
    if twice is not None:
        raise Failure(f"{twice.name} is named twice; name each file once", Exit.USAGE)
    async with engine(root, options.flags) as orchestrator:
        if options.parallel and len(works) > 1:
            room = asyncio.Semaphore(max(1, orchestrator.config.strategies.at_once))
            found = await asyncio.gather(*(_in_room(room, orchestrator, work) for work in works))
        else:
            found = [await answers(orchestrator, work) for work in works]
    settled = []
    for work, (outcomes, after) in zip(works, found, strict=True):
        if options.compare:
            _compare(outcomes)
        settled.append(_settle(work, outcomes, after))
    return _written(settled, as_json=options.json)


async def _in_room(
    room: asyncio.Semaphore, orchestrator: Orchestrator, work: Work
) -> tuple[list[Outcome], Document]:
    async with room:
        return await answers(orchestrator, work)


def _settle(work: Work, outcomes: list[Outcome], after: Document) -> _Settled:
    """Show what came of it and ask whether it shall be written."""
    before = work.place.document
    diff = unified_diff(before.text, after.text, work.name)
    done = [outcome for outcome in outcomes if outcome.state == "done"]
    if not work.options.json:
        _show(work, outcomes, diff)
    change = None
    code = _code(outcomes)
    if diff and done:
        text = _agreed(work, before.text, after.text, done)
        if text is not None:
            change = Change(work.place.path, work.place.data, text.encode("utf-8", "surrogatepass"))
        agreed = change is not None or work.options.dry_run
        code = Exit.DONE if agreed else Exit.NOT_CONFIRMED
    return _Settled(code, work, change, as_json(work, outcomes, diff, change is not None))


def _written(settled: Sequence[_Settled], *, as_json: bool) -> int:
    """Write all that was agreed to, in one step that `camus undo` takes back."""
    changes = [each.change for each in settled if each.change is not None]
    if changes:
        Undo(folders().state / "undo").write(settled[0].work.id, changes)
        for each in settled:
            if each.change is not None:
                _say(each.work, f"{each.work.name}: written; camus undo takes it back")
    if as_json:
        values = [each.json for each in settled]
        value = values[0] if len(values) == 1 else values
        click.echo(json.dumps(value, ensure_ascii=False))
    codes = [each.code for each in settled]
    return next((each for each in codes if each is not Exit.DONE), Exit.DONE)


def _code(outcomes: list[Outcome]) -> Exit:
    """The worst that happened, when nothing was done at all."""
    codes = [BY_STATE[outcome.state] for outcome in outcomes]
    order = (Exit.USAGE, Exit.REFUSED, Exit.NO_MODEL, Exit.NOTHING, Exit.DONE)
    return next((code for code in order if code in codes), Exit.NOTHING)


def _show(work: Work, outcomes: list[Outcome], diff: str) -> None:
    for line in render.diff_lines(diff):
        click.echo(line)
    many = len(outcomes) > 1 and not work.options.verbose
    for outcome in reversed(outcomes):
        title = f"{outcome.action} {outcome.task.scope.qualified_name or work.name}"
        if outcome.state != "done":
            if not (many and outcome.state == "nothing"):
                click.echo(f"{title}: {outcome.message}", err=True)
        elif many and not outcome.needs_confirmation:
            click.echo(f"{title}: {render.headline(outcome)}")
        else:
            click.secho(title, bold=True)
            for line in render.verdict(outcome):
                click.echo(line)
    if many and all(outcome.state == "nothing" for outcome in outcomes):
        click.echo(f"{work.name}: nothing to {work.action}", err=True)


def _agreed(work: Work, before: str, after: str, done: list[Outcome]) -> str | None:
    """The text to write: all of it, the hunks that were chosen, or None."""
    unsure = any(outcome.needs_confirmation for outcome in done)
    if work.options.dry_run:
        return None
    if work.options.yes and not unsure:
        return after
    if not interactive() or work.options.json:
        why = "the score is below the threshold: " if work.options.yes and unsure else ""
        _say(
            work,
            f"{why}nothing was written; confirm in a terminal"
            + ("" if work.options.yes else ", or use --yes"),
        )
        return None
    question = "Apply? [y]es, [n]o, [h]unk by hunk"
    answer = click.prompt(question, type=click.Choice(["y", "n", "h"]), default="n")
    if answer == "h":
        text = chosen(before, after, work.name)
        return text if text != before else None
    return after if answer == "y" else None


def _say(work: Work, message: str) -> None:
    click.echo(message, err=work.options.json)


def _compare(outcomes: list[Outcome]) -> None:
    width = click.get_current_context().max_content_width or 160
    for outcome in outcomes:
        drafts = [
            (f"{step.model} {step.score:.2f}" if step.score is not None else step.model, step.text)
            for step in outcome.steps
        ]
        original = ("before", outcome.task.document.text)
        for line in render.side_by_side([original, *drafts], width):
            click.echo(line)


def as_json(work: Work, outcomes: list[Outcome], diff: str, written: bool) -> dict[str, object]:
    """`{id, action, kind, files, score, findings, model, reasons, steps}` and the message."""
    done = [outcome for outcome in outcomes if outcome.state == "done"]
    scores = [outcome.report.score for outcome in done if outcome.report]
    first = outcomes[0] if outcomes else None
    return {
        "id": work.id,
        "action": work.action,
        "kind": str(first.task.classified.kind) if first else "",
        "state": first.state if first and not done else "done",
        "files": [{"path": work.name, "diff": diff, "written": written}] if diff else [],
        "score": min(scores, default=None),
        "parts": [
            {"name": p.name, "score": p.score, "weight": round(p.weight, 3), "detail": p.detail}
            for o in done
            if o.report
            for p in o.report.parts
        ],
        "suggestions": [s for o in done if o.report for s in o.report.suggestions],
        "findings": [finding_json(f, work) for o in done if o.report for f in o.report.introduced],
        "model": ", ".join(dict.fromkeys(outcome.model for outcome in done)),
        "reasons": [reason for outcome in outcomes for reason in render.reasons(outcome)],
        "steps": [
            {
                "model": a.model,
                "state": a.state,
                "detail": a.detail,
                "score": a.score,
                "seconds": round(a.seconds, 3),
            }
            for outcome in outcomes
            for a in outcome.decision.attempts
        ],
        "post_processing": [
            {"step": f.step, "lines": f.lines, "said": f.said} for o in done for f in o.finishes
        ],
        "checked": list(dict.fromkeys(c for o in done if o.report for c in o.report.checked)),
        "unchecked": list(dict.fromkeys(c for o in done if o.report for c in o.report.unchecked)),
        "observed": [
            {"kept": o.observed.rate, "samples": o.observed.samples} for o in done if o.observed
        ],
        "strategy": str(first.decision.plan.strategy) if first else "",
        "agreement": [
            {
                "method": agreed.method,
                "share": round(agreed.share, 3),
                "agreeing": list(agreed.agreeing),
                "of": agreed.of,
            }
            for agreed in (outcome.decision.agreement for outcome in outcomes)
            if agreed is not None
        ],
        "said": [
            {"speaker": s.speaker, "to": s.to, "kind": s.kind, "text": s.text, "score": s.score}
            for outcome in outcomes
            for s in outcome.decision.said
        ],
        "warnings": list(dict.fromkeys(w for outcome in outcomes for w in outcome.warnings)),
        "message": "; ".join(dict.fromkeys(o.message for o in outcomes if o.message)),
    }


def finding_json(finding: Finding, work: Work) -> dict[str, object]:
    """One finding as JSON."""
    return {
        "rule": finding.rule,
        "message": finding.message,
        "severity": finding.severity,
        "aspect": finding.aspect,
        "path": work.name,
        "start": finding.span.start,
        "end": finding.span.end,
    }
