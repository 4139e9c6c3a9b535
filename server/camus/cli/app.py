"""The `camus` command: which commands there are, each imported only when it is run."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping

import click

from camus import __version__

_ACTIONS = ("fix", "refactor", "document", "explain", "implement")
_COMMANDS: Mapping[str, str] = {
    **{name: f"camus.cli.answering:{name}" for name in _ACTIONS},
    "review": "camus.cli.reviewing:review",
    "check": "camus.cli.checking:check",
    "ask": "camus.cli.answering:ask",
    "modify": "camus.cli.answering:modify",
    "classify": "camus.cli.classifying:classify_command",
    "route": "camus.cli.routing:route",
    "undo": "camus.cli.housekeeping:undo",
    "feedback": "camus.cli.feedback_command:feedback",
    "lock": "camus.cli.locks_command:lock",
    "unlock": "camus.cli.locks_command:unlock",
    "learned": "camus.cli.learning:learned",
    "thresholds": "camus.cli.learning:thresholds",
    "journal": "camus.cli.journal_command:journal",
    "completion": "camus.cli.housekeeping:completion",
    "serve": "camus.cli.housekeeping:serve",
    "editor": "camus.cli.editor_command:editor",
    "demo": "camus.cli.demo_command:demo",
    "prompt": "camus.cli.prompting:prompt",
    "doctor": "camus.cli.doctor:doctor",
    "model": "camus.cli.models_command:model",
    "pipeline": "camus.cli.pipeline_command:pipeline",
    "config": "camus.cli.settings:config",
    "trust": "camus.cli.permissions:trust",
    "untrust": "camus.cli.permissions:untrust",
    "consent": "camus.cli.permissions:consent",
    "privacy": "camus.cli.permissions:privacy",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of a name."""
        del ctx
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="camus")
@click.option("-v", "--verbose", count=True, help="Show stages and timings; -vv shows everything.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="When to colour the output; auto honours NO_COLOR.",
)
@click.pass_context
def camus(ctx: click.Context, verbose: int, color: str) -> None:
    """Several language models as one careful colleague, in your editor and here."""
    from camus.cli.session import log_to_stderr

    log_to_stderr(verbose)
    wanted = "never" if color == "auto" and os.environ.get("NO_COLOR") else color
    ctx.color = {"auto": None, "always": True, "never": False}[wanted]


def run() -> None:
    """Run the command line."""
    camus(prog_name="camus")
