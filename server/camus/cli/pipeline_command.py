"""`camus pipeline`: which pipelines there are, what holds now, and running one."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from camus.cli.exits import Exit, Failure
from camus.cli.options import Options, answering, strategy_named
from camus.cli.places import root_of
from camus.cli.render import harmless
from camus.cli.session import engine, finish, layers_of
from camus.config import (
    Config,
    Pipeline,
    StrategyName,
    Unsettable,
    folders,
    load,
    pipelines_of,
    with_value,
)
from camus.models import Profile
from camus.orchestrator import Orchestrator, Usage, usage
from camus.routing import resolve, role_of

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_ACTIONS = ("modify", "refactor", "document", "fix", "implement", "explain", "review", "ask")
_DAYS = 30


class _Name(click.ParamType[str]):
    """The name of a pipeline, completed from the configuration alone."""

    name = "pipeline"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The known names that begin so."""
        del ctx, param
        names = pipelines_of(load(layers_of(Path())).config)
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.group()
def pipeline() -> None:
    """See, choose and run pipelines: several models at work on one task."""


@pipeline.command("list")
@_JSON
def list_pipelines(as_json: bool) -> None:
    """Every pipeline with its strategy and the models that its steps come to here."""

    async def work(camus: Orchestrator, profiles: Sequence[Profile]) -> int:
        facts = [
            _facts(name, each, camus.config, profiles)
            for name, each in pipelines_of(camus.config).items()
        ]
        if as_json:
            click.echo(json.dumps(facts, indent=2))
            return Exit.DONE
        width = max(len(str(each["name"])) for each in facts)
        for each in facts:
            mark = "*" if each["default"] else " "
            steps = " → ".join(_step_words(step) for step in each["steps"])
            ready = "" if each["ready"] else click.style("  not ready", fg="yellow")
            origin = "ships" if each["ships"] else "yours"
            click.echo(
                f"{mark} {harmless(str(each['name'])):<{width}}  {each['strategy']!s:<16} "
                f"{origin}  {harmless(steps)}{ready}"
            )
        click.echo("* is the default of `camus modify`; run one: camus pipeline run NAME")
        return Exit.DONE

    _with_models(work)


@pipeline.command()
@click.argument("name", type=_Name())
@_JSON
def show(name: str, as_json: bool) -> None:
    """All of one pipeline: steps, models, roles, votes, limits, and what is missing here."""

    async def work(camus: Orchestrator, profiles: Sequence[Profile]) -> int:
        known = pipelines_of(camus.config)
        if name not in known:
            raise Failure(f"there is no pipeline '{name}'; known: {', '.join(known)}", Exit.USAGE)
        facts = _facts(name, known[name], camus.config, profiles)
        if as_json:
            click.echo(json.dumps(facts, indent=2))
            return Exit.DONE
        for key in ("name", "strategy", "voting", "rounds", "deadline"):
            if facts[key] not in ("", None):
                click.echo(f"{key:<10} {harmless(str(facts[key]))}")
        for number, step in enumerate(facts["steps"], 1):
            task = f": {step['task']}" if step["task"] else ""
            vote = f", weight {step['weight']:g}" if facts["strategy"] == "ensemble" else ""
            state = step["state"] or "not configured or not running"
            words = f"{step['role']} {_step_words(step)}{vote}{harmless(task)}"
            click.echo(f"step {number:<5} {words} [{state}]")
        return Exit.DONE if facts["ready"] else Exit.NO_MODEL

    _with_models(work)


@pipeline.command()
@_JSON
def status(as_json: bool) -> None:
    """What holds now, how each strategy did in the last 30 days, and what the cache saved."""

    async def work(camus: Orchestrator, profiles: Sequence[Profile]) -> int:
        found = usage(camus.journal.events(since=time.time() - _DAYS * 86_400))
        facts = _status(camus, profiles, found)
        if as_json:
            click.echo(json.dumps(facts, indent=2))
            return Exit.DONE
        for key in ("strategy", "pipeline", "threshold", "floor", "enhanced", "voting", "ready"):
            shown = facts[key]
            shown = ", ".join(shown) if isinstance(shown, list) else shown
            words = (
                {True: "yes", False: "no"}.get(shown, shown) if isinstance(shown, bool) else shown
            )
            click.echo(f"{key:<10} {harmless(str(words or 'none'))}")
        for row in found.strategies:
            score = f"{row.mean_score:.2f}" if row.mean_score is not None else "-"
            click.echo(
                f"  {row.strategy:<16} {row.requests} requests, {row.answered} answered, "
                f"quality {score}, {row.mean_seconds:.2f} s on average"
            )
        rate = f" ({found.hit_rate:.0%})" if found.hit_rate is not None else ""
        click.echo(f"cache      {found.cached} of {found.answers} answers{rate}")
        return Exit.DONE

    _with_models(work)


@pipeline.command("set-strategy")
@click.argument("strategy", callback=strategy_named)
@click.option("--user", is_flag=True, help="In your own file, for all workspaces.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def set_strategy(strategy: str, user: bool, dry_run: bool) -> None:
    """Change how models work together where no pipeline is named: `defaults.strategy`."""

    async def work() -> int:
        path = _file(user=user)
        before = path.read_bytes() if path.exists() else b""
        try:
            after = with_value(before, str(path), "defaults", "strategy", strategy)
        except Unsettable as error:
            raise Failure(str(error)) from None
        if after == before:
            click.echo(f"{path}: the strategy is {strategy} already")
            return Exit.NOTHING
        click.echo(f"{path}: defaults.strategy: {strategy}")
        if dry_run:
            return Exit.DONE
        _write(path, before, after)
        held = load(layers_of(Path())).config.defaults.strategy
        if held != strategy:
            click.echo(f"another file or the environment says {held}, which counts first", err=True)
        click.echo("it holds from the next request on; camus undo takes it back")
        return Exit.DONE

    finish(work)


@pipeline.command()
@click.argument("name", type=_Name())
@click.argument("instruction", default="")
@click.option("-f", "--file", "file", required=True, help="The file, or FILE:LINE for one symbol.")
@click.option("--action", type=click.Choice(_ACTIONS), default="modify", help="What is asked for.")
@answering
def run(name: str, instruction: str, file: str, action: str, **given: Any) -> None:
    """Run a pipeline on a file: an instruction to modify it, or another action."""
    options = Options(**{**given, "pipeline": name})
    if action == "modify" and not instruction.strip():
        raise click.UsageError("`modify` needs an instruction: camus pipeline run NAME '...' -f F")
    if action in {"explain", "review", "ask"}:
        from camus.cli.telling import tell

        finish(lambda: tell(action, file, instruction, options))
    else:
        from camus.cli.editing import edit

        finish(lambda: edit(action, file, instruction, options))


def _with_models(work: Any) -> None:
    """Run over the models as they are now."""

    async def with_engine() -> int:
        async with engine(root_of(Path.cwd())) as camus:
            code: int = await work(camus, await camus.ready())
            return code

    finish(with_engine)


def _facts(
    name: str, pipeline: Pipeline, config: Config, profiles: Sequence[Profile]
) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    fit = len(pipeline.weights) == len(pipeline.steps)
    in_order = pipeline.strategy is StrategyName.SEQUENTIAL
    wrote = False
    for number, step in enumerate(pipeline.steps):
        found = resolve(step.backend, profiles, config.composites)
        ready = next((each for each in found if each.state == "ready"), None)
        model = ready or next(iter(found), None)
        role = role_of(step.task, after_author=wrote) if in_order else "author"
        wrote = wrote or role == "author"
        steps.append(
            {
                "backend": step.backend,
                "model": model.name if model else "",
                "task": step.task,
                "role": str(role),
                "weight": pipeline.weights[number] if fit else 1.0,
                "state": model.state if model else "",
            }
        )
    together = pipeline.strategy not in {StrategyName.SEQUENTIAL, StrategyName.SINGLE}
    states = [step["state"] == "ready" for step in steps]
    usual = config.strategies
    return {
        "name": name,
        "strategy": str(pipeline.strategy),
        "voting": pipeline.voting if together else "",
        "rounds": (pipeline.rounds if pipeline.rounds is not None else usual.rounds)
        if together and pipeline.voting == "consensus"
        else None,
        "deadline": pipeline.deadline or usual.deadline,
        "ships": name not in config.pipelines,
        "default": name == config.defaults.pipeline,
        "v1": pipeline.v1,
        "ready": bool(states) and (any(states) if together else all(states)),
        "steps": steps,
    }


def _step_words(step: dict[str, Any]) -> str:
    model, backend = str(step["model"]), str(step["backend"])
    return backend if model in {"", backend} else f"{model} (as {backend})"


def _status(camus: Orchestrator, profiles: Sequence[Profile], found: Usage) -> dict[str, Any]:
    config = camus.config
    return {
        "strategy": str(config.defaults.strategy),
        "pipeline": config.defaults.pipeline,
        "threshold": config.defaults.quality_threshold,
        "floor": config.defaults.quality_floor,
        "enhanced": config.multi_model.enabled,
        "voting": config.strategies.voting,
        "ready": [each.name for each in profiles if each.state == "ready"],
        "strategies": [
            {
                "strategy": row.strategy,
                "requests": row.requests,
                "answered": row.answered,
                "mean_score": row.mean_score,
                "mean_seconds": row.mean_seconds,
            }
            for row in found.strategies
        ],
        "cache": {"answers": found.answers, "cached": found.cached, "hit_rate": found.hit_rate},
    }


def _file(*, user: bool) -> Path:
    """The file to change: the workspace's or one's own, the one that is read; else a new one."""
    own = folders().config
    read = [path for path in load(layers_of(Path())).files if (path.parent == own) is user]
    if read:
        return read[-1]
    folder = own if user else root_of(Path.cwd()) / ".camus"
    return folder / "config.yml"


def _write(path: Path, before: bytes, after: bytes) -> None:
    from camus.cli.writing import Change, Undo, create_file

    if not path.exists():
        create_file(path, "")
    Undo(folders().state / "undo").write(secrets.token_hex(4), [Change(path, before, after)])
