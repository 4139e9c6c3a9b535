"""Choosing hunk by hunk what of a change is taken."""

from __future__ import annotations

import click

from camus.cli import render
from camus.source import Edit, apply_edits, minimal_edits, unified_diff


def chosen(before: str, after: str, name: str) -> str:
    """The text with those hunks that the user takes, asked one by one."""
    edits = minimal_edits(before, after)
    taken: list[Edit] = []
    for number, edit in enumerate(edits, 1):
        for line in render.diff_lines(unified_diff(before, apply_edits(before, [edit]), name)):
            click.echo(line)
        answer = click.prompt(
            f"Hunk {number}/{len(edits)}: [y]es, [n]o, [a]ll the rest, [q]uit here",
            type=click.Choice(["y", "n", "a", "q"]),
            default="n",
        )
        if answer == "a":
            taken.extend(edits[number - 1 :])
            break
        if answer == "q":
            break
        if answer == "y":
            taken.append(edit)
    return apply_edits(before, taken)
