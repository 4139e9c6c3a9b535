"""`camus config`: make, check and show the configuration."""

from __future__ import annotations

from pathlib import Path

import click

from camus import config as settings
from camus.actions import templates_of
from camus.cli.exits import Exit
from camus.cli.initial import init
from camus.cli.migrating import import_file, migrate
from camus.cli.session import finish, layers_of, problem_line

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The workspace; this folder's project by default.",
)


@click.group()
def config() -> None:
    """Make, check and show the configuration."""


config.add_command(migrate)
config.add_command(import_file)


config.add_command(init)


@config.command()
@_FOLDER
def validate(folder: Path) -> None:
    """Name every problem with file, line and key; exits with 2 when there is an error."""

    async def work() -> int:
        loaded = settings.load(layers_of(folder))
        problems = (*loaded.problems, *templates_of(loaded.prompts).problems)
        for problem in problems:
            click.echo(problem_line(problem))
        read = ", ".join(str(file) for file in loaded.files) or "no file: the defaults hold"
        click.echo(f"read: {read}")
        broken = any(problem.severity == "error" for problem in problems)
        return Exit.USAGE if broken else Exit.DONE

    finish(work)


@config.command()
@_FOLDER
def show(folder: Path) -> None:
    """Print the configuration in force, all layers merged."""
    click.echo(settings.show(settings.load(layers_of(folder)).config), nl=False)


@config.command()
def schema() -> None:
    """Print the JSON schema of the configuration file, for an editor."""
    click.echo(settings.json_schema(), nl=False)


@config.command(hidden=True)
def reference() -> None:
    """Print docs/configuration.md."""
    click.echo(settings.reference(), nl=False)
