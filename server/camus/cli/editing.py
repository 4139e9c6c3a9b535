"""A command that changes a file: ask, show the diff and the score, confirm, write."""

from __future__ import annotations

import json

import click

from camus.analysis import Finding
from camus.cli import render
from camus.cli.exits import BY_STATE, Exit
from camus.cli.hunks import chosen
from camus.cli.options import Options
from camus.cli.places import read_place, root_of
from camus.cli.session import engine, interactive, new_id
from camus.cli.work import Work, answers
from camus.cli.writing import Change, Undo
from camus.config import folders
from camus.orchestrator import Outcome
from camus.source import Document, unified_diff


async def edit(action: str, where: str, instruction: str, options: Options) -> int:
    """Answer, show and (once confirmed) write; the exit code."""
    place = read_place(where)
    work = Work(new_id(), action, place, instruction, options, root_of(place.path))
    async with engine(work.root, options.flags) as orchestrator:
        outcomes, after = await answers(orchestrator, work)
    if options.compare:
        _compare(outcomes)
    return _settle(work, outcomes, after)


def _settle(work: Work, outcomes: list[Outcome], after: Document) -> int:
    """Show what came of it and write what was agreed to."""
    before = work.place.document
    diff = unified_diff(before.text, after.text, work.name)
    done = [outcome for outcome in outcomes if outcome.state == "done"]
    if not work.options.json:
        _show(work, outcomes, diff)
    written = False
    code = _code(outcomes)
    if diff and done:
        text = _agreed(work, before.text, after.text, done)
        written = text is not None
        if text is not None:
            change = Change(work.place.path, work.place.data, text.encode("utf-8", "surrogatepass"))
            Undo(folders().state / "undo").write(work.id, [change])
            _say(work, f"{work.name}: written; camus undo takes it back")
        code = Exit.DONE if written or work.options.dry_run else Exit.NOT_CONFIRMED
    if work.options.json:
        click.echo(json.dumps(as_json(work, outcomes, diff, written), ensure_ascii=False))
    return code


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
