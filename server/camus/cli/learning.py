"""What was learnt from what the user keeps and undoes: shown, and forgotten when told to."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from camus.cli.exits import Exit
from camus.cli.places import root_of
from camus.cli.session import finish
from camus.config import Layers, folders, load
from camus.journal import RESET, Journal, Noted
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
