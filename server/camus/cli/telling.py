"""A command that tells something: explanations, reviews, answers to questions."""

from __future__ import annotations

import json
from pathlib import Path

import click

from camus.cli import render
from camus.cli.editing import as_json, finding_json
from camus.cli.exits import BY_STATE, Exit
from camus.cli.options import Options
from camus.cli.places import Place, read_place, root_of
from camus.cli.requests import targets
from camus.cli.session import engine, new_id
from camus.cli.work import Work, performed, request_of
from camus.orchestrator import Outcome
from camus.source import Document, Span


async def tell(action: str, where: str, instruction: str, options: Options) -> int:
    """Answer and print; the exit code."""
    place = read_place(where) if where else _nowhere()
    root = root_of(place.path) if where else root_of(Path.cwd())
    work = Work(new_id(), action, place, instruction, options, root)
    spans = targets(action, place) if where and action != "ask" else (place.span,)
    async with engine(root, options.flags) as orchestrator:
        outcomes = [
            await performed(orchestrator, request_of(work, place.document, span)) for span in spans
        ]
    if options.json:
        value = as_json(work, outcomes, "", False)
        value["text"] = "\n\n".join(outcome.text for outcome in outcomes if outcome.text)
        value["findings"] = [finding for o in outcomes for finding in _findings_json(o, work)]
        click.echo(json.dumps(value, ensure_ascii=False))
    else:
        _show(work, outcomes)
    if any(outcome.findings for outcome in outcomes):
        return Exit.FINDINGS
    done = any(outcome.state == "done" for outcome in outcomes)
    return Exit.DONE if done else BY_STATE[outcomes[0].state]


def _findings_json(outcome: Outcome, work: Work) -> list[dict[str, object]]:
    """The findings, and where several looked who found each."""
    support = outcome.support or (None,) * len(outcome.findings)
    found = []
    for finding, who in zip(outcome.findings, support, strict=True):
        value = finding_json(finding, work)
        if who is not None:
            value["found_by"], value["of"] = list(who.found_by), who.of
            value["share"], value["disagreement"] = who.share, who.disagreement
        found.append(value)
    return found


def _nowhere() -> Place:
    """A question about nothing in particular."""
    document = Document("untitled:question", "", "text")
    return Place(Path("question"), b"", document, Span(0, 0))


def _show(work: Work, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.state != "done":
            click.echo(outcome.message, err=True)
            continue
        if outcome.action == "review":
            support = outcome.support or (None,) * len(outcome.findings)
            for finding, who in zip(outcome.findings, support, strict=True):
                document = outcome.task.document
                click.echo(render.finding_line(finding, document, work.name, who))
        if outcome.text and not outcome.findings:
            click.echo(render.harmless(outcome.text))
        click.echo("")
        for line in render.verdict(outcome):
            click.echo(line)
