"""`camus config init`: a first configuration file for what is found, or for a situation named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import click

from camus import config as settings
from camus.cli.exits import Exit, Failure
from camus.cli.places import root_of
from camus.cli.session import finish
from camus.cli.writing import create_file
from camus.config import SITUATIONS, BackendKind, Config, Known, Situation
from camus.models import Models
from camus.privacy import THIS_MACHINE, destination_of

_GGUF_FOLDERS = (".", "models")


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The workspace; this folder's project by default.",
)
@click.option(
    "--template",
    "named",
    type=click.Choice(get_args(Situation)),
    help="The situation to write for, instead of what is found; see --list.",
)
@click.option("--list", "listed", is_flag=True, help="List the situations.")
@click.option("--url", default="", help="An OpenAI-compatible server, e.g. http://localhost:8000.")
@click.option("--model", default="", help="The model's id at that server.")
@click.option("--path", default="", help="A GGUF file, for --template gguf.")
@click.option("--rules-only", is_flag=True, help="Use no model at all.")
@click.option("--dry-run", is_flag=True, help="Only print the file.")
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
def init(folder: Path, named: Situation | None, listed: bool, **wish: str | bool) -> None:
    """Write .camus/config.yml for what is found on this machine."""
    root = root_of(folder.absolute())
    file = root / ".camus" / "config.yml"
    there = file.exists() and not (wish["force"] or wish["dry_run"])
    known = Known(
        models=(str(wish["model"]),) if wish["model"] else (),
        url=str(wish["url"]),
        path=str(wish["path"]),
    )

    async def work() -> int:
        if listed:
            for name, words in SITUATIONS.items():
                click.echo(f"{name:8} {words}")
            return Exit.DONE
        if there:
            raise Failure(f"{file} is there already; --force replaces it (camus config validate)")
        if known.url and urlsplit(known.url).scheme not in {"http", "https"}:
            raise Failure(f"'{known.url}' is no address; write e.g. http://localhost:8000")
        chosen = "none" if wish["rules_only"] else named
        situation, filled = await _situation(root, chosen, known)
        text = settings.template(situation, filled)
        if wish["dry_run"]:
            click.echo(text, nl=False)
            return Exit.DONE
        create_file(file, text)
        click.echo(f"{file} written: {SITUATIONS[situation]}")
        for line in _next_steps(situation, filled):
            click.echo(line)
        return Exit.DONE

    finish(work)


async def _situation(root: Path, named: Situation | None, known: Known) -> tuple[Situation, Known]:
    """The situation to write for, and what it is filled in with.

    A server or file that was given tells by itself; otherwise the models that answer on this
    machine, then GGUF files in the workspace.
    """
    if named in {"none", "team"}:
        return named, known
    if known.url:
        return named or "server", known
    file = known.path or _gguf_in(root)
    if named == "gguf" or known.path:
        return "gguf", replace(known, path=file)
    models = Models(Config())
    try:
        ready = [p for p in await models.refresh() if p.state == "ready" and p.place.local]
    finally:
        await models.close()
    ollama = tuple(p.model for p in ready if p.backend is BackendKind.OLLAMA)
    other = next((p for p in ready if p.backend is not BackendKind.OLLAMA), None)
    if named == "ollama" or (ollama and named is None):
        return "ollama", replace(known, models=known.models or ollama)
    if other is not None:
        return "server", replace(known, models=known.models or (other.model,), url=other.url)
    if named == "server":
        return "server", known
    return ("gguf", replace(known, path=file)) if file else ("none", known)


def _gguf_in(root: Path) -> str:
    """The first GGUF file of a workspace, or empty; only where people put them."""
    for folder in _GGUF_FOLDERS:
        for path in sorted((root / folder).glob("*.gguf"))[:1]:
            return str(path)
    return ""


def _next_steps(situation: Situation, known: Known) -> tuple[str, ...]:
    if situation == "none":
        return (
            "No model server answers here: the built-in rules work without one.",
            "To add a model: install Ollama, then: ollama pull qwen2.5-coder:7b",
        )
    if situation == "gguf":
        return (
            "Running a file needs an extra; the file that was written says which.",
            "Next: camus trust, then camus doctor",
        )
    if situation == "team" and not known.url:
        return ("Fill in the server's address and model; then: camus trust, camus doctor",)
    place = destination_of(known.url) if known.url else THIS_MACHINE
    if place.local:
        return ("Next: camus doctor",)
    return (
        f"{place.name} is another machine. Your code is sent there only after:",
        f"  camus trust && camus consent grant {place.name}",
    )
