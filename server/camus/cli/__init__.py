"""The command line: prints what the rooms return; must not import pygls."""

from __future__ import annotations


def main() -> None:
    """Run `camus`; ends the process with the command's exit code."""
    from camus.cli.app import run

    run()
