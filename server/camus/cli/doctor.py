"""`camus doctor`: what was found here, and what to do about what was not."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click

from camus import __version__
from camus.cli.exits import Exit
from camus.cli.places import root_of
from camus.cli.session import finish
from camus.models import Profile
from camus.orchestrator import Orchestrator, Settings, assemble

Level = Literal["ok", "note", "problem"]
EDITORS = {"nvim": "Neovim", "hx": "Helix", "code": "VS Code", "emacs": "Emacs"}
_MARKS = {"ok": ("✓", "green"), "note": ("·", "blue"), "problem": ("✗", "red")}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: what was found, and what to do when that is not enough."""

    about: str
    level: Level
    found: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
def doctor(as_json: bool, folder: Path) -> None:
    """Say what works here; exits with 2 when something needs mending."""
    root = root_of(folder.absolute())

    async def work() -> int:
        engine = assemble(Settings(roots=(root,)))
        try:
            lines = await examine(engine)
        finally:
            await engine.close()
        _print(lines, as_json=as_json)
        return Exit.USAGE if any(line.level == "problem" for line in lines) else Exit.DONE

    finish(work)


async def examine(engine: Orchestrator) -> tuple[Line, ...]:
    """Everything that is looked at, in the order in which a user would mend it."""
    profiles = await engine.ready()
    lines = [
        Line("camus", "ok", f"{__version__} on Python {platform.python_version()}"),
        *_configuration(engine),
        *_state(engine),
        *[line async for line in _tools(engine)],
        *_models(engine, profiles),
        *_permissions(engine),
        *_editors(),
    ]
    consents = {consent.destination for consent in engine.ledger.consents()}
    allowed = (p.name for p in profiles if p.place.local or p.place.name in consents)
    return (*lines, _summary(lines, profiles, frozenset(allowed)))


def _configuration(engine: Orchestrator) -> Iterable[Line]:
    loaded = engine.loaded
    for file in loaded.files:
        yield Line("configuration", "ok", str(file))
    if not loaded.files:
        yield Line("configuration", "note", "none: the defaults hold", "camus config init")
    for problem in loaded.problems:
        level: Level = "problem" if problem.severity == "error" else "note"
        yield Line("configuration", level, str(problem))


def _state(engine: Orchestrator) -> Iterable[Line]:
    for problem in engine.problems:
        yield Line("state", "problem", problem, "check the folder's owner, mode and free space")


async def _tools(engine: Orchestrator) -> AsyncIterator[Line]:
    tools = await engine.tools.inventory()
    missing = [tool.name for tool in tools if tool.optional and tool.version == "not installed"]
    if missing:
        yield Line("tool", "note", f"not installed, and not needed: {', '.join(missing)}")
    for tool in tools:
        if tool.name in missing:
            continue
        where = ", ".join(tool.languages)
        if tool.problem:
            yield Line("tool", "problem", f"{tool.name} ({where}): {tool.problem}")
        else:
            named = " ".join(each for each in (tool.name, tool.version) if each)
            yield Line("tool", "ok", f"{named} ({where})")


def _models(engine: Orchestrator, profiles: Iterable[Profile]) -> Iterable[Line]:
    for profile in profiles:
        place = profile.place.name
        if profile.state == "ready":
            words = f"{profile.name}: {profile.size}, {place}, window {profile.window}"
            granted = profile.place.local or any(
                consent.destination == place for consent in engine.ledger.consents()
            )
            advice = "" if granted else f"never used until: camus consent grant {place}"
            yield Line("model", "ok" if granted else "note", words, advice)
        else:
            level: Level = "note" if profile.found else "problem"
            yield Line("model", level, f"{profile.name}: {profile.state}", profile.problem)
    for url in engine.models.idle_servers():
        found = f"{url} answers but has no model"
        yield Line("server", "problem", found, "ollama pull qwen2.5-coder:7b, or load one there")


def _permissions(engine: Orchestrator) -> Iterable[Line]:
    loaded = engine.loaded
    if loaded.digest and not loaded.trusted:
        yield Line(
            "trust",
            "note",
            "its configuration is not trusted: paths, hosts and keys in it are ignored",
            "read it, then: camus trust",
        )
    for consent in engine.ledger.consents():
        yield Line("consent", "note", f"code may be sent to {consent.destination}")


def _editors() -> Iterable[Line]:
    found = [name for program, name in EDITORS.items() if shutil.which(program)]
    if found:
        yield Line("editors", "ok", ", ".join(found), "camus editor NAME prints how to connect one")


def _summary(lines: Iterable[Line], profiles: Iterable[Profile], usable: frozenset[str]) -> Line:
    """The one sentence that somebody in a hurry reads."""
    wrong = [line for line in lines if line.level == "problem"]
    ready = [p.name for p in profiles if p.state == "ready" and p.name in usable]
    if wrong:
        first = wrong[0]
        what = f"{first.about}: {first.found}"
        return Line("verdict", "note", f"to mend first: {what}", first.advice)
    if ready:
        return Line("verdict", "ok", f"works with {len(ready)} model(s) and the built-in rules")
    return Line(
        "verdict",
        "ok",
        "works with the built-in rules; no model is running",
        "for Implement and free instructions start Ollama: ollama pull qwen2.5-coder:7b",
    )


def _print(lines: Iterable[Line], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
        return
    for line in lines:
        mark, colour = _MARKS[line.level]
        click.echo(f"{click.style(mark, fg=colour)} {line.about:14} {line.found}")
        if line.advice:
            click.echo(f"{'':17}→ {line.advice}")
