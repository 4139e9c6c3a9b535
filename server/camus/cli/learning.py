"""What was learnt from what the user keeps and undoes: shown, and forgotten when told to."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from camus.cli.exits import Exit
from camus.cli.places import root_of
from camus.cli.render import harmless
from camus.cli.session import finish
from camus.config import Layers, TaskKind, canonical, folders, load
from camus.journal import RESET, Journal, Noted, Stats
from camus.privacy import Ledger
from camus.routing import ENOUGH, Known, known


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--reset", is_flag=True, help="Forget what was learnt; begin again.")
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
def thresholds(as_json: bool, reset: bool, folder: Path) -> None:
    """Show how what you keep and undo moved the quality threshold, by kind and language."""
    root = root_of(folder.absolute())

    async def work() -> int:
        places = folders()
        trusted = Ledger(places.config).trusted
        config = load(Layers(folders=places, workspace=root, trusted=trusted)).config
        journal = Journal(places.state / "journal.sqlite3" if config.journal.enabled else None)
        try:
            if reset:
                journal.append(Noted(id="thresholds", at=time.time(), what=RESET))
            rows = known(journal.stats(), config.defaults.quality_threshold)
        finally:
            journal.close()
        learns = config.checks.adaptive_thresholds
        if as_json:
            click.echo(json.dumps({"learns": learns, "rows": [asdict(row) for row in rows]}))
        else:
            _show(rows, config.defaults.quality_threshold, learns=learns, reset=reset)
        return Exit.DONE

    finish(work)


@click.command()
@click.option("--kind", default="", help="Only this kind of task.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def learned(kind: str, as_json: bool) -> None:
    """Show what was learnt of each model at each kind of task.

    The confidence is a moving average of what its answers earned, in 0..1; it begins at 0.5 and is
    drawn there while there are few answers. `camus journal clear` forgets everything.
    """
    wanted = canonical(TaskKind, kind) if kind else None
    if kind and wanted is None:
        raise click.UsageError(f"'{kind}' is no kind of work; known: {', '.join(TaskKind)}")

    async def work() -> int:
        journal = Journal(folders().state / "journal.sqlite3")
        try:
            rows = [row for row in _lessons(journal.stats()) if wanted in {None, row["kind"]}]
        finally:
            journal.close()
        if as_json:
            click.echo(json.dumps(rows))
        else:
            _show_lessons(rows)
        return Exit.DONE

    finish(work)


def _lessons(stats: Stats) -> list[dict[str, Any]]:
    lessons = stats.lessons
    rows = []
    for (model, kind), confidence in sorted(lessons.confidences.items()):
        earned = lessons.kind(model, kind)
        rows.append(
            {
                "model": model,
                "kind": kind,
                "confidence": round(confidence.value, 3),
                "answers": confidence.samples,
                "earned": round(earned.total / earned.weight, 3) if earned.weight else None,
                "seconds": None if earned.seconds is None else round(earned.seconds, 2),
                "failing": round(lessons.failing.get(model, 0.0), 3),
            }
        )
    return sorted(rows, key=lambda row: (row["kind"], -row["confidence"]))


def _show_lessons(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("nothing yet: what models answer, and what you keep or undo, is learnt from")
        return
    width = max(len(row["model"]) for row in rows)
    head = f"{'kind':16}  {'model':{width}}  confidence  answers  earned  seconds  failing"
    click.echo(click.style(head, bold=True))
    for row in rows:
        earned = "     -" if row["earned"] is None else f"{row['earned']:6.2f}"
        seconds = "      -" if row["seconds"] is None else f"{row['seconds']:7.1f}"
        name = harmless(row["model"])
        click.echo(
            f"{row['kind']:16}  {name:{width}}  {row['confidence']:10.2f}  {row['answers']:7}"
            f"  {earned}  {seconds}  {row['failing']:7.0%}"
        )


def _show(rows: tuple[Known, ...], base: float, *, learns: bool, reset: bool) -> None:
    if reset:
        click.echo("forgotten; thresholds are as configured until there are new verdicts")
    if not learns:
        click.echo("`checks.adaptive_thresholds` is off: none of this changes anything")
    click.echo(f"configured threshold {base:.2f}; it moves after {ENOUGH} verdicts")
    for row in rows:
        found = row.threshold
        count = f"{row.kept} kept, {row.undone} undone"
        click.echo(f"{row.kind:18} {row.language:12} {found.value:.2f}  {count}")
    if not rows and not reset:
        click.echo("no verdicts yet: accept or undo answers, or use `camus feedback`")
