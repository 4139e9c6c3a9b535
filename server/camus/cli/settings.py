"""`camus config`: make, check and show the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from camus import config as settings
from camus.actions import templates_of
from camus.cli.exits import Exit, Failure
from camus.cli.migrating import import_file, migrate
from camus.cli.places import root_of
from camus.cli.session import finish, layers_of, problem_line
from camus.config import BackendKind, Config, Situation
from camus.models import Models
from camus.privacy import THIS_MACHINE, destination_of

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


@config.command()
@_FOLDER
@click.option("--url", default="", help="An OpenAI-compatible server, e.g. http://localhost:8000.")
@click.option("--model", default="", help="The model's id at that server.")
@click.option("--rules-only", is_flag=True, help="Use no model at all.")
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
def init(folder: Path, url: str, model: str, rules_only: bool, force: bool) -> None:
    """Write .camus/config.yml for what is found on this machine."""
    from camus.cli.writing import create_file

    root = root_of(folder.absolute())
    file = root / ".camus" / "config.yml"

    async def work() -> int:
        if file.exists() and not force:
            raise Failure(f"{file} is there already; --force replaces it (camus config validate)")
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise Failure(f"'{url}' is no address; write e.g. http://localhost:8000")
        found = await _found(url, model, rules_only=rules_only)
        text = settings.template(found.situation, models=found.models, url=found.url)
        create_file(file, text)
        click.echo(f"{file} written")
        for line in _next_steps(found):
            click.echo(line)
        return Exit.DONE

    finish(work)


@dataclass(frozen=True, slots=True)
class Found:
    """What a new configuration is written for."""

    situation: Situation = "none"
    models: tuple[str, ...] = ()
    url: str = ""


async def _found(url: str, model: str, *, rules_only: bool) -> Found:
    """The server that was named, or the models that answer on this machine."""
    if rules_only:
        return Found()
    if url:
        return Found("openai", (model,) if model else (), url)
    models = Models(Config())
    try:
        ready = [p for p in await models.refresh() if p.state == "ready" and p.place.local]
    finally:
        await models.close()
    ollama = tuple(p.model for p in ready if p.backend is BackendKind.OLLAMA)
    if ollama:
        return Found("ollama", ollama)
    other = next(iter(ready), None)
    return Found("openai", (other.model,), other.url) if other else Found()


def _next_steps(found: Found) -> tuple[str, ...]:
    if found.situation == "none":
        return (
            "No model server answers here: the built-in rules work without one.",
            "To add a model: install Ollama, then: ollama pull qwen2.5-coder:7b",
        )
    place = destination_of(found.url) if found.url else THIS_MACHINE
    if place.local:
        return ("Next: camus doctor",)
    return (
        f"{place.name} is another machine. Your code is sent there only after:",
        f"  camus trust && camus consent grant {place.name}",
    )


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
