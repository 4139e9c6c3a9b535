"""`camus feedback`: whether an answer was any good, and how it should have been."""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

import click

from camus.analysis import Tools
from camus.cli.asked import Asked
from camus.cli.checking import settings_of
from camus.cli.classifying import kind_named
from camus.cli.exits import Exit, Failure
from camus.cli.places import read_place, root_of
from camus.cli.render import harmless
from camus.cli.session import finish, layers_of
from camus.cli.writing import Undo
from camus.config import folders, load
from camus.journal import Corrected, Correction, Feedback, Journal, Verdict
from camus.orchestrator import Mend, mend
from camus.source import Document, uri_of

_FAULTS = tuple(word for word in get_args(Correction) if word != "kind")


@click.command()
@click.argument("id")
@click.argument("verdict", type=click.Choice(["good", "bad"]))
@click.option(
    "--correction",
    metavar="FILE",
    default="",
    help="The file as it should have been: judged, learnt from, and not kept.",
)
@click.option(
    "--fault",
    type=click.Choice(_FAULTS),
    help="What was the matter, with --correction; told from the texts when left out.",
)
@click.option(
    "--kind",
    "wanted",
    default="",
    metavar="KIND",
    help="What kind of work was asked for, where it was taken for another.",
)
def feedback(id: str, verdict: str, correction: str, fault: str | None, wanted: str) -> None:
    """Tell whether the answer with this id was any good; the selection of models learns from it.

    With --kind the classification learns what kind of work the request was.
    """
    if fault and not correction:
        raise click.UsageError("--fault says what a --correction mends; give both")
    told_fault = next((word for word in get_args(Correction) if word == fault), None)

    async def work() -> int:
        journal = Journal(folders().state / "journal.sqlite3")
        try:
            if next(iter(journal.events(id=id)), None) is None:
                raise Failure(f"no answer has the id {harmless(id)}; `camus journal list` has them")
            told = next(word for word in get_args(Verdict) if word == verdict)
            corrected = _corrected(id, wanted) if wanted else None
            found = await _mended(id, correction, told_fault) if correction else None
            journal.append(Feedback(id=id, at=time.time(), verdict=told))
            if found is not None:
                journal.append(found.event(id, time.time()))
            if corrected is not None:
                journal.append(corrected)
        finally:
            journal.close()
        click.echo(f"{id}: noted as {verdict}")
        if found is not None:
            click.echo(_said(found))
        if corrected is not None:
            click.echo(f"  such requests are {corrected.kind}: noted")
        return Exit.DONE

    finish(work)


def _corrected(id: str, word: str) -> Corrected:
    """The kind that a request was of, as an event. Raises `Failure` for one not known here."""
    kind = kind_named(word)
    if not load(layers_of(Path.cwd())).config.classification.learn:
        raise Failure("learning is switched off: `classification.learn: false`", Exit.REFUSED)
    found = Asked(folders().state).mended(id, kind)
    if found is None:
        raise Failure(
            f"the words of request {harmless(id)} are not known here: a kind is for one of the "
            "last requests of this command line that had words of its own; else say it with "
            'camus classify "..." --as KIND',
            Exit.NOTHING,
        )
    return found


async def _mended(id: str, correction: str, fault: Correction | None) -> Mend:
    """The correction, judged. Raises `Failure` for one that teaches nothing."""
    place = read_place(correction)
    undo = Undo(folders().state / "undo")
    kept = undo.texts(id, place.path) or undo.texts(id)
    if kept is None:
        raise Failure(
            f"the text of answer {harmless(id)} is not kept here: a correction is for one of the "
            "last written answers of this command line; editors take theirs with `camus.feedback`",
            Exit.NOTHING,
        )
    path, before, after = kept
    root = root_of(path)
    tools = Tools()
    try:
        found = await mend(
            Document(uri_of(path), before.decode("utf-8"), place.document.language),
            after.decode("utf-8"),
            place.document.text,
            tools=tools,
            project=str(root),
            settings=settings_of(root).quality,
            fault=fault,
        )
    finally:
        await tools.close()
    if found.report.refusals:
        why = found.report.refusals[0]
        raise Failure(f"the correction itself is refused: {why}; nothing was noted", Exit.REFUSED)
    return found


def _said(found: Mend) -> str:
    return (
        f"  correction: {found.fault}, quality {found.report.score:.2f}; {found.kept:.0%} of the "
        "answer stands in it; its text was not kept"
    )
