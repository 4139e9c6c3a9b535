"""What the user allows: trust in a workspace, consent to a place; and what is held back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from camus.cli.exits import Exit, Failure
from camus.cli.places import read_place, root_of
from camus.cli.session import finish
from camus.config import Layers, folders, load
from camus.privacy import Ignore, Ledger, LedgerError, scan, user_excludes

_FOLDER = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)


def _ledger() -> Ledger:
    ledger = Ledger(folders().config)
    if ledger.problem:
        click.secho(f"warning: {ledger.problem}", fg="yellow", err=True)
    return ledger


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the ledger refuses into a message."""
    try:
        yield
    except (LedgerError, ValueError) as error:
        raise Failure(str(error)) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@click.command()
@_FOLDER
def trust(folder: Path) -> None:
    """Trust a workspace as it is configured now; a changed configuration asks again."""
    root = root_of(folder.absolute())

    async def work() -> int:
        loaded = load(Layers(folders=folders(), workspace=root))
        if not loaded.digest or loaded.workspace is None:
            with _told():
                _ledger().trust(loaded.workspace or root, "", now=_now())
            click.echo(f"{root} is trusted; it has no configuration of its own")
            return Exit.DONE
        for problem in loaded.problems:
            click.echo(f"  {problem}")
        with _told():
            _ledger().trust(loaded.workspace, loaded.digest, now=_now())
        click.echo(f"{loaded.workspace} is trusted with its configuration as it is now")
        return Exit.DONE

    finish(work)


@click.command()
@_FOLDER
def untrust(folder: Path) -> None:
    """Take trust in a workspace back."""
    root = root_of(folder.absolute())

    async def work() -> int:
        workspace = load(Layers(folders=folders(), workspace=root)).workspace or root
        with _told():
            taken = _ledger().untrust(workspace)
        words = "is no longer trusted" if taken else "was not trusted"
        click.echo(f"{workspace} {words}")
        return Exit.DONE if taken else Exit.NOTHING

    finish(work)


@click.group()
def consent() -> None:
    """Where your code may be sent beside this machine."""


@consent.command("list")
def list_consents() -> None:
    """The places you agreed to."""
    given = _ledger().consents()
    for entry in given:
        click.echo(f"{entry.destination}  since {entry.granted}")
    if not given:
        click.echo("none: no code leaves this machine")


@consent.command()
@click.argument("destination")
def grant(destination: str) -> None:
    """Agree that code is sent to a place, e.g. api.openai.com."""

    async def work() -> int:
        with _told():
            _ledger().grant(destination, now=_now())
        click.echo(f"your code may be sent to {destination}")
        click.echo(f"camus consent revoke {destination} ends it")
        return Exit.DONE

    finish(work)


@consent.command()
@click.argument("destination")
def revoke(destination: str) -> None:
    """Take consent back."""

    async def work() -> int:
        with _told():
            taken = _ledger().revoke(destination)
        word = "is no longer a place for your code" if taken else "was never agreed to"
        click.echo(f"{destination} {word}")
        return Exit.DONE if taken else Exit.NOTHING

    finish(work)


@click.group()
def privacy() -> None:
    """See what would be held back."""


@privacy.command("scan")
@click.argument("file")
def scan_file(file: str) -> None:
    """List the secrets of a file, which stop or are replaced in a remote send."""

    async def work() -> int:
        place = read_place(file)
        document = place.document
        ignored = Ignore((root_of(place.path),), git_excludes=user_excludes())
        if why := ignored.why(document.uri):
            click.echo(f"{file}: never shown to any model ({why})")
        secrets = scan(document.text)
        for secret in secrets:
            line = document.lines.line_of(secret.span.start)
            column = secret.span.start - document.lines.starts[line]
            size = len(secret.span)
            click.echo(f"{file}:{line + 1}:{column + 1} {secret.kind} ({size} characters)")
        if not secrets:
            click.echo(f"{file}: no secret found")
        return Exit.FINDINGS if secrets else Exit.DONE

    finish(work)
