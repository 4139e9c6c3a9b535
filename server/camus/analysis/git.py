"""What git last committed of a file; asks git itself and changes nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from camus.analysis.process import Runner


@dataclass(frozen=True, slots=True)
class Committed:
    """The text of a file at a revision; None with the reason in `problem`."""

    text: str | None
    problem: str = ""


async def committed(runner: Runner, path: Path, revision: str) -> Committed:
    """A file as a revision has it.

    The blob itself is read: no filter, pager or hook that a repository may configure is run.
    """
    program = shutil.which("git")
    if not program:
        return Committed(None, "git is not installed")
    if revision.startswith("-") or ":" in revision:
        return Committed(None, f"`{revision}` is no revision")
    command = (program, "--no-pager", "-c", "core.fsmonitor=false", "cat-file", "blob")
    output = await runner.run((*command, f"{revision}:./{path.name}"), folder=path.parent)
    if output.problem or output.code:
        return Committed(None, output.problem or "not in git")
    try:
        return Committed(output.stdout.decode("utf-8"))
    except UnicodeDecodeError:
        return Committed(None, "not UTF-8 there")
