"""`camus model`: which models there are, what they really do, and how fast they are."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from camus.analysis import Trials
from camus.cli.exits import Exit, Failure
from camus.cli.model_facts import COLUMNS, facts_of, row_of
from camus.cli.places import root_of
from camus.cli.probed import probed_facts, probed_lines
from camus.cli.render import harmless
from camus.cli.session import engine, finish
from camus.models import Deed, ModelError, Profile
from camus.orchestrator import (
    Budget,
    Orchestrator,
    Probe,
    Speed,
    Trial,
    asker,
    embedder,
    sandboxed,
    timed,
    tried,
)

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
Work = Callable[[Orchestrator, tuple[Profile, ...]], Coroutine[Any, Any, int]]


class _Name(click.ParamType[str]):
    """The name of a model, completed from the configuration alone: no server is asked."""

    name = "model"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The configured names that begin so."""
        del ctx, param
        from camus.cli.session import layers_of
        from camus.config import load

        names = load(layers_of(Path())).config.models
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


_NAMES = click.argument("names", nargs=-1, type=_Name())


@click.group()
def model() -> None:
    """See, try and manage the models."""


@model.command("list")
@_JSON
def list_models(as_json: bool) -> None:
    """Every model known here: what it is, what it can do, how it is, what was seen of it."""

    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        if as_json:
            click.echo(json.dumps([facts_of(camus, each) for each in profiles], indent=2))
        elif profiles:
            rows = [row_of(camus, each) for each in profiles]
            shown = [at for at, _ in enumerate(COLUMNS) if any(row[at] for row in rows)]
            kept = [tuple(row[at] for at in shown) for row in rows]
            _table(tuple(COLUMNS[at] for at in shown), kept)
        else:
            click.echo("No model was found. The built-in rules answer what they can.")
            click.echo("To add one: camus config init, or start Ollama and pull a model.")
        return Exit.DONE if profiles else Exit.NOTHING

    _with_models(work)


@model.command()
@click.argument("name", type=_Name())
@_JSON
def show(name: str, as_json: bool) -> None:
    """All that is known of one model, and where it is known from."""

    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        (profile,) = _chosen(profiles, (name,))
        facts = facts_of(camus, profile)
        if as_json:
            click.echo(json.dumps(facts, indent=2))
            return Exit.DONE
        for key, value in facts.items():
            if key == "measured":
                continue
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            if shown not in ("", None):
                click.echo(f"{key.replace('_', ' '):<20} {harmless(str(shown))}")
        for line in probed_lines(profile):
            click.echo(f"{'measured':<20} {harmless(line)}")
        return Exit.DONE

    _with_models(work)


@model.command("test")
@_NAMES
@click.option("--quick", is_flag=True, help="Do not look how long a prompt it reads.")
@_JSON
def test_models(names: tuple[str, ...], quick: bool, as_json: bool) -> None:
    """Ask models: does it answer, does it stream, how long a prompt does it really read."""

    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        found: list[Trial] = []
        for profile in _chosen(profiles, names):
            if not as_json:
                click.echo(f"{profile.name} ... ", nl=False)
            trial = await tried(profile, asker(camus), far=not quick)
            found.append(trial)
            if not as_json:
                _say(trial, quick=quick)
        if as_json:
            click.echo(json.dumps([asdict(trial) for trial in found], indent=2))
        return Exit.DONE if all(trial.answers for trial in found) else Exit.NO_MODEL

    _with_models(work)


@model.command()
@_NAMES
@click.option("--rounds", default=3, type=click.IntRange(1, 100), help="Calls at each length.")
@_JSON
def benchmark(names: tuple[str, ...], rounds: int, as_json: bool) -> None:
    """Time to the first token and tokens a second, at several prompt lengths."""

    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        chosen = _chosen([each for each in profiles if names or each.state == "ready"], names)
        speeds: list[Speed] = []
        failed = False
        for profile in chosen:
            with click.progressbar(length=100, label=profile.name, file=sys.stderr) as bar:

                def told(done: int, of: int, bar: Any = bar) -> None:
                    bar.update(max(0, 100 * done // max(of, 1) - bar.pos))

                try:
                    speeds += await timed(profile, asker(camus), rounds=rounds, told=told)
                except ModelError as error:
                    failed = True
                    click.secho(f"{profile.name}: {error}", fg="red", err=True)
        if as_json:
            click.echo(json.dumps([asdict(speed) for speed in speeds], indent=2))
        else:
            columns = ("model", "prompt tokens", "first token", "tokens/s", "rounds")
            _table(columns, [_speed_row(speed) for speed in speeds])
        return Exit.NO_MODEL if failed or not speeds else Exit.DONE

    _with_models(work)


@model.command()
@_NAMES
@click.option("--seconds", default=600, type=click.IntRange(10), help="Most time for a model.")
@click.option("--tokens", default=200_000, type=click.IntRange(500), help="Most tokens for one.")
@click.option("--seed", type=int, help="Choose the tasks; the same again with the same number.")
@_JSON
def probe(
    names: tuple[str, ...], seconds: int, tokens: int, seed: int | None, as_json: bool
) -> None:
    """Find out what models can do, with small tasks whose answers are checked; kept for later."""
    budget = Budget(float(seconds), tokens)
    chosen_seed = seed if seed is not None else int(time.time())

    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        trials, found = Trials(), list[Profile]()
        able = [each for each in profiles if each.state == "ready"]
        for profile in _chosen(able if not names else profiles, names):
            run, embed = sandboxed(trials), embedder(camus)
            one = Probe(profile, asker(camus), run, embed, budget=budget, seed=chosen_seed)
            measured = await one.measure(partial(_progress, profile.name), at=time.time())
            found.append(
                await camus.models.measured(profile.name, measured)
                if measured.skills
                else replace(profile, measured=measured)
            )
            if not as_json:
                _tell(found[-1])
        await trials.close()
        if as_json:
            facts = [{"name": each.name, **probed_facts(each)} for each in found]
            click.echo(json.dumps(facts, indent=2))
        ended = [each for each in found if each.measured and not each.measured.skills]
        return Exit.NO_MODEL if ended or not found else Exit.DONE

    _with_models(work)


def _progress(name: str, what: str) -> None:
    click.echo(f"{name}: {what} ...", err=True)


def _tell(profile: Profile) -> None:
    """What a probe came to, and what follows from it."""
    click.secho(profile.name, bold=True)
    for line in probed_lines(profile):
        click.echo(f"  {harmless(line)}")


@model.command()
@click.argument("name", type=_Name())
def load(name: str) -> None:
    """Have a model in memory before it is asked; one that was drained is used again."""
    _manage(name, "load")


@model.command()
@click.argument("name", type=_Name())
def unload(name: str) -> None:
    """Take a model out of memory; the next request loads it again."""
    _manage(name, "unload")


@model.command()
@click.argument("name", type=_Name())
def reload(name: str) -> None:
    """Load a model anew, when its answers under way are done: for a file that was replaced."""
    _manage(name, "reload")


@model.command()
@click.argument("name", type=_Name())
def drain(name: str) -> None:
    """Give a model no new work; a model file leaves memory when its answers are done."""
    _manage(name, "drain")


def _manage(name: str, do: Deed) -> None:
    async def work(camus: Orchestrator, profiles: tuple[Profile, ...]) -> int:
        (profile,) = _chosen(profiles, (name,))
        try:
            said = await camus.models.manage(profile.name, do)
        except ModelError as error:
            raise Failure(f"{error}; {error.advice}" if error.advice else f"{error}") from error
        for sentence in said:
            click.echo(harmless(sentence))
        if not said and do == "drain":
            click.echo(f"{name} gets no new work until `camus model load {name}`")
        elif not said:
            click.echo(f"No Camus server runs that could {do} {name}; a request loads it.")
        return Exit.DONE

    _with_models(work)


def _with_models(work: Work) -> None:
    """Run work with the engine of the folder and the models its servers have now."""

    async def inside() -> int:
        async with engine(root_of(Path.cwd())) as camus:
            return await work(camus, await camus.ready())

    finish(inside)


def _chosen(profiles: Iterable[Profile], names: tuple[str, ...]) -> list[Profile]:
    """The models of these names, or all; an unknown name is an error that lists the known."""
    by_name = {profile.name: profile for profile in profiles}
    for name in names:
        if name not in by_name:
            known = ", ".join(by_name) or "none"
            raise Failure(f"there is no model `{name}` here; known: {known}", Exit.USAGE)
    return [by_name[name] for name in names] if names else list(by_name.values())


def _say(trial: Trial, *, quick: bool) -> None:
    """One trial on one line, and what to do about what is wrong on the next."""
    if not trial.answers:
        click.secho("does not answer", fg="red")
    else:
        words = [f"answers after {trial.first_token:.2f} s"]
        words += ["streams" if trial.streams else "does not stream"]
        if not quick:
            words += [f"read {trial.reads} of {trial.window} tokens"]
        click.secho(", ".join(words), fg="yellow" if trial.problem else "green")
    if trial.problem:
        click.echo(f"  {harmless(trial.problem)}")
    if trial.advice:
        click.echo(f"  → {harmless(trial.advice)}")


def _speed_row(speed: Speed) -> tuple[str, ...]:
    rate = f"{speed.tokens_a_second:.1f}" if speed.tokens_a_second else "not counted"
    first = f"{speed.first_token:.2f} s"
    return speed.name, f"{speed.prompt_tokens}", first, rate, f"{speed.rounds}"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as their longest entry."""
    every = [columns, *[tuple(map(harmless, row[: len(columns)])) for row in rows]]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    for number, row in enumerate(every):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.secho("  ".join(cells).rstrip(), bold=number == 0)
