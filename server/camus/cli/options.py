"""The options that several commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from camus.config import StrategyName, canonical, load, pipelines_of
from camus.routing import Override

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Options:
    """How a command is to answer."""

    yes: bool = False
    dry_run: bool = False
    compare: bool = False
    json: bool = False
    fresh: bool = False
    model: str = ""
    pipeline: str = ""
    strategy: str = ""
    quality_threshold: float | None = None
    max_steps: int = 0
    verbose: int = 0
    validate: bool = False
    parallel: bool = False
    """Several targets at the same time; one target by several models at the same time."""

    @property
    def override(self) -> Override:
        """What of it concerns routing."""
        strategy = canonical(StrategyName, self.strategy) if self.strategy else None
        return Override(self.model, self.pipeline, strategy, self.max_steps, self.validate)

    @property
    def flags(self) -> dict[str, object]:
        """What of it is a setting for this one run, in the spelling of the file."""
        given: dict[str, object] = {}
        if self.quality_threshold is not None:
            given["defaults"] = {"quality_threshold": self.quality_threshold}
        if self.validate:
            given["checks"] = {"types": True}
        return given


def strategy_named(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """A strategy in its own spelling, by any of its names; empty stays empty."""
    del ctx, param
    found = canonical(StrategyName, value) if value else None
    if value and found is None:
        known = ", ".join(StrategyName)
        raise click.BadParameter(f"'{value}' is no strategy; known: {known}")
    return str(found or "")


def _strategies(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    del ctx, param
    return [str(each) for each in StrategyName if each.casefold().startswith(incomplete.casefold())]


def _pipelines(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """From the configuration alone: no server is asked while somebody types."""
    del ctx, param
    from camus.cli.session import layers_of

    return [
        each for each in pipelines_of(load(layers_of(Path())).config) if each.startswith(incomplete)
    ]


_ANSWERING = (
    click.option("-y", "--yes", is_flag=True, help="Write without asking."),
    click.option("--dry-run", is_flag=True, help="Only show the diff."),
    click.option("--compare", is_flag=True, help="Show all drafts side by side."),
    click.option("--parallel", is_flag=True, help="Use parallel execution where possible."),
    click.option("--validate", is_flag=True, help="Enable enhanced validation."),
)
_ASKING = (
    click.option("--json", is_flag=True, help="Print one JSON object."),
    click.option("--fresh", is_flag=True, help="Do not answer from the cache."),
    click.option("--model", default="", help="Ask this model, composite or role, and no other."),
    click.option(
        "--pipeline",
        default="",
        shell_complete=_pipelines,
        help="Use named pipeline from config.",
    ),
    click.option(
        "--strategy",
        default="",
        callback=strategy_named,
        shell_complete=_strategies,
        help="Override pipeline strategy.",
    ),
    click.option(
        "--quality-threshold",
        type=click.FloatRange(0, 1),
        help="Set minimum quality threshold.",
    ),
    click.option("--max-steps", type=click.IntRange(0), default=0, help="Limit pipeline steps."),
    click.option("-v", "--verbose", count=True, help="Show stages and timings."),
)


def answering(command: _F) -> _F:
    """Add the options of a command that may write."""
    for option in reversed((*_ANSWERING, *_ASKING)):
        command = option(command)
    return command


def asking(command: _F) -> _F:
    """Add the options of a command that only tells."""
    for option in reversed(_ASKING):
        command = option(command)
    return command
