"""`camus journal`: what happened, asked for, exported and deleted; it never held any code."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import msgspec

from camus.cli.exits import Exit, Failure
from camus.cli.render import harmless
from camus.cli.session import finish, interactive
from camus.cli.writing import create_file
from camus.config import folders
from camus.journal import (
    Attempted,
    Considered,
    Corrected,
    Decided,
    Event,
    Feedback,
    Finished,
    JournalError,
    Mended,
    Noted,
    forget,
    read_file,
)

_WHAT: dict[str, tuple[type, ...]] = {
    "decisions": (Decided,),
    "attempts": (Attempted,),
    "answers": (Finished,),
    "feedback": (Feedback,),
    "corrections": (Corrected, Mended),
    "notes": (Noted,),
}
_AGES = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_AGE = re.compile(r"(\d+(?:\.\d+)?)([mhdw])")


def _age(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """The Unix time so long ago; 0 for no limit."""
    del ctx, param
    if not value:
        return 0.0
    found = _AGE.fullmatch(value)
    if found is None:
        raise click.BadParameter("say how long ago: 90m, 12h, 7d or 2w")
    return time.time() - float(found[1]) * _AGES[found[2]]


_SINCE = click.option("--since", default="", callback=_age, help="Not older: 90m, 12h, 7d, 2w.")


@click.group()
def journal() -> None:
    """See what happened: decisions, attempts, answers, feedback. It never holds code or paths."""


@journal.command("list")
@_SINCE
@click.option("--what", type=click.Choice(list(_WHAT)), help="Only these events.")
@click.option("--model", default="", help="Only what concerns this model.")
@click.option("--kind", default="", help="Only this kind of task.")
@click.option("-n", "count", type=click.IntRange(1), default=20, help="The latest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_events(
    since: float, what: str | None, model: str, kind: str, count: int, as_json: bool
) -> None:
    """The latest events, oldest first."""

    async def work() -> int:
        found = [
            event
            for event in _events(since)
            if (what is None or isinstance(event, _WHAT[what]))
            and (not model or model in _models(event))
            and (not kind or getattr(event, "kind", "") == kind.upper())
        ][-count:]
        for event in found:
            click.echo(_json(event) if as_json else _line(event))
        if not found:
            click.echo("nothing of that kind has happened", err=True)
        return Exit.DONE if found else Exit.NOTHING

    finish(work)


@journal.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def show(id: str, as_json: bool) -> None:
    """Everything about one request: what was considered, tried, answered and thought of it."""

    async def work() -> int:
        found = list(_events(id=id))
        if not found:
            raise Failure(f"nothing has the id {harmless(id)}", Exit.NOTHING)
        for event in found:
            click.echo(_json(event) if as_json else _line(event))
            if isinstance(event, Decided) and not as_json:
                for each in event.candidates:
                    click.echo(_candidate(each))
        return Exit.DONE

    finish(work)


@journal.command()
@_SINCE
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file.")
def export(since: float, out: Path | None) -> None:
    """Write every event as one line of JSON, to a new file or the standard output."""
    if out is not None and out.exists():
        raise click.UsageError(f"{out} is there already; name a new file")

    async def work() -> int:
        lines = (_json(event) for event in _events(since))
        if out is None:
            for line in lines:
                click.echo(line)
            return Exit.DONE
        text = "".join(f"{line}\n" for line in lines)
        create_file(out, text)
        click.echo(f"{out}: {text.count(chr(10))} events", err=True)
        return Exit.DONE

    finish(work)


@journal.command()
@click.option("--older-than", "since", default="", callback=_age, help="Only older: 12h, 7d, 2w.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def clear(since: float, yes: bool) -> None:
    """Delete what happened, and with it everything that was learnt from it.

    A running server keeps what it learnt until it ends.
    """

    async def work() -> int:
        what = "the older events" if since else "all events and what was learnt from them"
        if not yes and not interactive():
            raise Failure("this deletes for good; add --yes", Exit.NOT_CONFIRMED)
        if not yes and not click.confirm(f"Delete {what}?"):
            return Exit.NOT_CONFIRMED
        try:
            count = forget(_file(), since or float("inf"))
        except JournalError as error:
            raise Failure(str(error)) from None
        click.echo(f"{count} events deleted")
        return Exit.DONE

    finish(work)


def _file() -> Path:
    return folders().state / "journal.sqlite3"


def _events(since: float = 0.0, id: str = "") -> Iterator[Event]:
    """The events of the log; none where there is no log yet. Raises `Failure`."""
    if not _file().exists():
        return
    try:
        yield from read_file(_file(), since, id)
    except JournalError as error:
        raise Failure(str(error)) from None


def _models(event: Event) -> set[str]:
    if isinstance(event, Decided):
        return {each.model for each in event.candidates}
    return {getattr(event, "model", "")}


def _json(event: Event) -> str:
    return msgspec.json.encode(event).decode()


def _line(event: Event) -> str:
    at = datetime.fromtimestamp(event.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return harmless(f"{at}  {event.id:8}  {_said(event)}")


def _said(event: Event) -> str:
    match event:
        case Decided():
            tries = ", trying one" if event.explores else ""
            order = " → ".join(event.order) or "nobody"
            return f"decided   {event.kind} {event.complexity}: {order} ({event.selection}{tries})"
        case Attempted():
            result = event.error or (f"{event.score:.2f}" if event.score is not None else "ok")
            cost = f", cost {event.cost:.4f}" if event.cost else ""
            return f"attempt   {event.model}: {result} in {event.seconds:.2f} s{cost}"
        case Finished():
            by = f" by {event.model}" if event.model else ""
            score = f" ({event.score:.2f})" if event.score is not None else ""
            return f"finished  {event.action} {event.state}{by}{score} in {event.seconds:.2f} s"
        case Feedback():
            return f"feedback  {event.verdict}"
        case Mended():
            return f"mended    {event.fault}, {event.kept:.0%} of it stands"
        case Corrected():
            return f"corrected it was {event.kind}"
        case Noted():
            return f"noted     {event.what} {event.count if event.count != 1 else ''}".rstrip()


def _candidate(each: Considered) -> str:
    name = harmless(each.model)
    if each.out:
        return f"    ✗ {name}: out by {each.out}"
    parts = ", ".join(f"{part.name} {part.value:.2f}" for part in each.parts)
    return f"    {name}: score {each.score:.2f}, confidence {each.confidence:.2f} ({parts})"
