"""`camus lock` and `camus unlock`: one model for a workspace or a file, until it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from camus.cli.exits import Exit, Failure
from camus.cli.places import root_of
from camus.cli.render import harmless
from camus.cli.session import engine, finish
from camus.config import folders
from camus.orchestrator import Lock, Locks
from camus.source import uri_of


@click.command()
@click.argument("model", required=False)
@click.option(
    "-f", "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One file."
)
def lock(model: str | None, file: Path | None) -> None:
    """Let one model answer everything in this workspace, or in one file; without one, list them.

    A pipeline or a model that is asked for by name still wins. Editors keep to it too.
    """
    where = file.absolute() if file else Path.cwd()
    root = root_of(where)

    async def work() -> int:
        if model is None:
            return _list()
        async with engine(root) as orchestrator:
            names = [profile.name for profile in await orchestrator.ready()]
        known = [*names, "rules"]
        if model not in known:
            raise Failure(f"there is no model '{harmless(model)}'; known: {', '.join(known)}")
        with _told():
            made = _locks().lock(
                model, "document" if file else "workspace", uri_of(where) if file else str(root)
            )
        click.echo(f"{_said(made)}; `camus unlock` takes it back")
        return Exit.DONE

    finish(work)


@click.command()
@click.option(
    "-f", "--file", type=click.Path(dir_okay=False, path_type=Path), help="Only that of one file."
)
@click.option("--all", "everywhere", is_flag=True, help="Those of every workspace.")
def unlock(file: Path | None, everywhere: bool) -> None:
    """Let Camus choose the models of this workspace and its files again."""
    root = root_of(Path.cwd())
    named = [uri_of(file.absolute())] if file else None

    async def work() -> int:
        locks = _locks()
        places = None if everywhere else [each.place for each in locks.every() if _in(each, root)]
        with _told():
            taken = locks.unlock(named or places)
        for each in taken:
            click.echo(f"no longer: {_said(each)}")
        if not taken:
            click.echo("nothing was locked here")
        return Exit.DONE if taken else Exit.NOTHING

    finish(work)


def _list() -> int:
    every = _locks().every()
    for each in every:
        click.echo(_said(each))
    if not every:
        click.echo("nothing is locked: Camus chooses the models")
    return Exit.DONE


def _in(each: Lock, root: Path) -> bool:
    return each.place == str(root) or each.place.startswith(f"{uri_of(root)}/")


def _said(each: Lock) -> str:
    return f"{harmless(each.model)} answers in the {each.scope} {harmless(each.place)}"


def _locks() -> Locks:
    return Locks(folders().state / "locks.json")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failure(f"cannot write {error.filename}: {error.strerror}") from None
