"""What every command shares: the engine over a workspace, the log to stderr, how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import click

from camus.cli.exits import Exit, Failure
from camus.cli.places import root_of
from camus.cli.render import harmless
from camus.config import Layers, Problem, folders
from camus.orchestrator import Orchestrator, Settings, assemble
from camus.privacy import Ledger


def new_id() -> str:
    """A request's name, short enough to type."""
    return secrets.token_hex(4)


def engine(
    root: Path, flags: Mapping[str, object] | None = None
) -> AbstractAsyncContextManager[Orchestrator]:
    """The engine over a workspace folder, closed at the end; says what is wrong in its config."""
    return _engine(root, flags or {})


@asynccontextmanager
async def _engine(root: Path, flags: Mapping[str, object]) -> AsyncIterator[Orchestrator]:
    orchestrator = assemble(Settings(roots=(root,), flags=flags))
    try:
        for problem in orchestrator.loaded.problems:
            click.echo(problem_line(problem), err=True)
        for words in orchestrator.problems:
            click.secho(f"warning: {words}", fg="yellow", err=True)
        yield orchestrator
    finally:
        await orchestrator.close()


def layers_of(folder: Path) -> Layers:
    """Where the settings of a folder's workspace come from."""
    return Layers(
        folders(),
        root_of(folder.absolute()),
        env=os.environ,
        trusted=Ledger(folders().config).trusted,
    )


def problem_line(problem: Problem) -> str:
    """A problem of the configuration, coloured by how bad it is."""
    colour = "red" if problem.severity == "error" else "yellow"
    return click.style(f"{problem.severity}: {harmless(str(problem))}", fg=colour)


def finish(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Run a command's work and end the process with its exit code."""
    try:
        code = asyncio.run(work())
    except Failure as failure:
        click.secho(f"error: {failure}", fg="red", err=True)
        code = failure.code
    except KeyboardInterrupt:
        click.echo("interrupted: nothing was written", err=True)
        code = Exit.INTERRUPTED
    sys.exit(code)


def log_to_stderr(verbosity: int) -> None:
    """Show stages with timings on stderr: `-v` the requests, `-vv` everything of Camus."""
    level = {0: logging.ERROR, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    handler = logging.StreamHandler(sys.stderr)
    requests = logging.getLogger("camus.request")  # its stages are details for an editor's log
    requests.setLevel(logging.DEBUG if verbosity else logging.NOTSET)
    # The server lowers the logger's own level for its client.
    handler.setLevel(logging.DEBUG if verbosity else level)
    handler.setFormatter(logging.Formatter("%(relativeCreated)7.0f ms  %(message)s"))
    logger = logging.getLogger("camus")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()
