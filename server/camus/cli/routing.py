"""`camus route`: which models would be asked for a request, in which order and why; asks none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from camus.actions import Task
from camus.cli.exits import Exit
from camus.cli.options import Options
from camus.cli.places import Place, read_place, root_of
from camus.cli.render import harmless
from camus.cli.session import engine, finish, new_id
from camus.orchestrator import Request
from camus.routing import Candidate, Plan, spelled
from camus.source import Document

_ACTIONS = ("fix", "refactor", "document", "implement", "explain", "review", "ask", "modify")
_PARTS_SHOWN = 4


@click.command()
@click.argument("instruction", required=False, default="")
@click.option("-f", "--file", "file", default="", help="The place it is asked at: FILE[:LINE].")
@click.option(
    "--action",
    type=click.Choice(_ACTIONS),
    help="What is asked for; `modify` with a file and an instruction, else `ask`.",
)
@click.option("--model", default="", help="As if this model, composite or role were asked for.")
@click.option("--pipeline", default="", help="As if this pipeline were asked for.")
@click.option("--strategy", default="", help="As if this strategy were asked for.")
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def route(instruction: str, file: str, action: str | None, **given: Any) -> None:
    """Show which models would answer a request, and why, without asking any.

    Servers are asked for their models, nothing is generated and nothing is written down.
    """
    if not instruction and not file:
        raise click.UsageError('say what you would ask for: camus route "fix the failing test"')
    explain, as_json = given.pop("explain"), given.pop("as_json")
    options = Options(json=as_json, **given)
    what = action or ("modify" if file and instruction else "explain" if file else "ask")
    finish(lambda: _route(what, instruction, file, options, explain=explain))


async def _route(
    action: str, instruction: str, file: str, options: Options, *, explain: bool
) -> int:
    place = read_place(file) if file else None
    root = root_of(place.path if place else Path.cwd())
    async with engine(root) as orchestrator:
        request = _request(action, instruction, place, options)
        task, plan = await orchestrator.route(request)
        if options.json:
            click.echo(json.dumps(_told(task, plan), ensure_ascii=False))
        else:
            for line in _lines(task, plan, explain=explain):
                click.echo(line)
    if plan.unknown:
        return Exit.USAGE
    return Exit.DONE if plan.choices else Exit.NO_MODEL


def _request(action: str, instruction: str, place: Place | None, options: Options) -> Request:
    document = place.document if place else Document("untitled:route", "", "text")
    span = place.span if place else document.span
    whole = action in {"modify", "review", "ask"} and not (place and place.line)
    return Request(
        new_id(),
        action,
        document,
        span,
        instruction=instruction,
        override=options.override,
        whole_target=whole,
    )


def _lines(task: Task, plan: Plan, *, explain: bool) -> Iterator[str]:
    known = task.classified
    sure = f"{min(known.confidence, 0.99):.0%} sure"
    yield f"{known.kind}, {known.complexity}, {sure}"
    if known.capabilities:
        yield f"  wants: {', '.join(known.capabilities)}"
    how = f"pipeline {plan.pipeline}, {plan.strategy}" if plan.pipeline else str(plan.strategy)
    tried = ", trying a model to learn of it" if plan.explores else ""
    yield f"{how}, selection by {_BY[plan.selection]}{tried}"
    scores = {candidate.model: candidate for candidate in plan.candidates}
    for number, choice in enumerate(plan.choices, 1):
        name = click.style(choice.model, bold=True)
        yield f"{number:3}. {name}  {harmless(choice.reason)}"
        candidate = scores.get(choice.model)
        if candidate is not None:
            yield from _candidate(candidate, explain=explain)
    chosen = {choice.model for choice in plan.choices}
    left = [each for each in plan.candidates if each.model not in chosen]
    yield from (f"  -  {each.model}  not needed" for each in left)
    for out in plan.rejected:
        yield f"  ✗  {harmless(out.model)}  {harmless(out.reason)}"
    if not plan.choices and not plan.rejected and not plan.unknown:
        yield "  no model is running or configured; `camus doctor` says what to do"
    yield from (f"  because {harmless(reason)}" for reason in plan.reasons)
    yield f"  good enough from {plan.threshold:.2f}, offered from {plan.floor:.2f}"
    yield from (click.style(f"  ! {harmless(each)}", fg="yellow") for each in plan.warnings)


_BY = {
    "rule": "rules",
    "score": "score",
    "learning": "what was learnt",
    "listed": "the order of the configuration",
    "named": "name",
}


def _candidate(candidate: Candidate, *, explain: bool) -> Iterator[str]:
    learnt = f", confidence {candidate.confidence:.2f} of {candidate.samples} answers"
    yield f"       score {candidate.score:.2f}{learnt if candidate.samples else ''}"
    if not explain:
        return
    for part in candidate.parts:
        said = f"  {harmless(part.said)}" if part.said else ""
        yield f"         {part.name:10} {part.value:.2f} × {part.weight:g}{said}"


def _told(task: Task, plan: Plan) -> dict[str, Any]:
    known = task.classified
    return {
        "kind": str(known.kind),
        "complexity": str(known.complexity),
        "confidence": known.confidence,
        "capabilities": [str(each) for each in known.capabilities],
        "tokens": known.tokens,
        **spelled(plan),
    }
