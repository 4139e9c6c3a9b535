"""What a command was asked to do, and the answers to it, one target after another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from camus.analysis import Finding
from camus.cli.asked import Asked
from camus.cli.exits import Exit, Failure
from camus.cli.options import Options
from camus.cli.places import Place
from camus.cli.requests import findings_at, moved, targets
from camus.config import folders
from camus.orchestrator import Orchestrator, Outcome, Request, Stage, combined
from camus.source import Document, Span


@dataclass(frozen=True, slots=True)
class Work:
    """What a command was asked to do."""

    id: str
    action: str
    place: Place
    instruction: str
    options: Options
    root: Path

    @property
    def name(self) -> str:
        """The file as the user would name it."""
        path = self.place.path
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


async def answers(engine: Orchestrator, work: Work) -> tuple[list[Outcome], Document]:
    """Every target answered from the last to the first, each over the text so far."""
    if work.action == "fix":
        return await _fixes(engine, work)
    document = work.place.document
    spans = moved(targets(work.action, work.place))
    if work.options.parallel and len(spans) > 1:
        return await _at_once(engine, work, spans)
    outcomes: list[Outcome] = []
    for span in spans:
        outcome = await performed(engine, request_of(work, document, span), _stage_printer(work))
        outcomes.append(outcome)
        document = _after(document, outcome)
        if outcome.state in {"unknown_model", "unknown_pipeline"}:
            break
    return outcomes, document


async def performed(
    engine: Orchestrator, request: Request, watch: Callable[[Stage], None] = lambda _stage: None
) -> Outcome:
    """The answer to a request; what was asked is remembered, so that its kind can be mended."""
    outcome = await engine.perform(request, watch)
    if engine.config.classification.learn:
        Asked(folders().state).remember(outcome.id, outcome.task)
    return outcome


async def _at_once(
    engine: Orchestrator, work: Work, spans: Sequence[Span]
) -> tuple[list[Outcome], Document]:
    """Every target answered at the same time, over the same text; who touches another is told."""
    document, room = work.place.document, asyncio.Semaphore(engine.config.strategies.at_once or 1)

    async def one(span: Span) -> Outcome:
        async with room:
            return await performed(engine, request_of(work, document, span), _stage_printer(work))

    outcomes = list(await asyncio.gather(*map(one, spans)))
    found = combined(document, [outcome for outcome in outcomes if outcome.state == "done"])
    for outcome, why in found.left_out:
        name = outcome.task.scope.qualified_name or work.name
        click.echo(f"{name}: left out: {why}", err=True)
    return outcomes, document.edited(found.edits)


async def _fixes(engine: Orchestrator, work: Work) -> tuple[list[Outcome], Document]:
    """What the rules can mend at once; the rest one by one, where there is a model to ask."""
    document = work.place.document
    found = await findings_at(engine, document, work.place, str(work.root))
    if not found:
        raise Failure(f"{work.name}: the analysers find nothing to fix here", Exit.NOTHING)
    outcomes: list[Outcome] = []
    mendable = [finding for finding in found if finding.fix is not None and finding.fix.safe]
    if mendable and work.options.model in {"", "rules"}:
        outcomes.append(await _fix(engine, work, document, mendable))
        document = _after(document, outcomes[-1])
        found = await findings_at(engine, document, work.place, str(work.root))
    asks_models = work.options.model or any(p.state == "ready" for p in await engine.ready())
    if asks_models or not outcomes:
        for finding in sorted(found, key=lambda each: each.span.start, reverse=True):
            outcomes.append(await _fix(engine, work, document, [finding]))
            document = _after(document, outcomes[-1])
    elif found:
        message = f"{len(found)} finding(s) need a model or a hand: camus review {work.name}"
        click.echo(message, err=True)
    return outcomes, document


async def _fix(
    engine: Orchestrator, work: Work, document: Document, found: list[Finding]
) -> Outcome:
    return await engine.perform(fix_request(work, document, found), _stage_printer(work))


def fix_request(work: Work, document: Document, found: list[Finding]) -> Request:
    """The request to mend one problem, or several at once."""
    several = len(found) > 1
    return replace(
        request_of(work, document, _around(found)),
        action="fix_all" if several else "fix",
        diagnostics=tuple(found),
        whole_target=several and not work.place.line,
    )


def request_of(work: Work, document: Document, span: Span) -> Request:
    """The request for one target of what the command was asked to do."""
    return Request(
        id=work.id,
        action=work.action,
        document=document,
        span=span,
        instruction=work.instruction,
        override=work.options.override,
        whole_target=work.action in {"modify", "review", "ask"} and not work.place.line,
        fresh=work.options.fresh,
    )


def _after(document: Document, outcome: Outcome) -> Document:
    return document.edited(outcome.edits) if outcome.state == "done" else document


def _around(found: Iterable[Finding]) -> Span:
    spans = [finding.span for finding in found]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _stage_printer(work: Work) -> Callable[[Stage], None]:
    """The plan's own console line for each step of a pipeline; it has no other decoration."""

    def show(stage: Stage) -> None:
        if stage.name == "asking" and stage.steps:
            line = (
                f"[INFO] Pipeline Step {stage.step}/{stage.steps}: Using model '{stage.model}'..."
            )
            click.echo(line, err=work.options.json)
        elif stage.name == "comparing" and sys.stderr.isatty():
            click.echo(f"{stage.step} of {stage.steps} answers are there", err=True)

    return show
