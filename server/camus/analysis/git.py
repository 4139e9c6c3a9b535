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
    fresh: bool = False
    """Whether the revision is there and only has no such file."""


async def committed(runner: Runner, path: Path, revision: str) -> Committed:
    """A file as a revision has it.

    The blob itself is read: no filter, pager or hook that a repository may configure is run.
    """
    program = shutil.which("git")
    if not program:
        return Committed(None, "git is not installed")
    if revision.startswith("-") or ":" in revision:
        return Committed(None, f"`{revision}` is no revision")
    command = (program, "--no-pager", "-c", "core.fsmonitor=false")
    blob = (*command, "cat-file", "blob", f"{revision}:./{path.name}")
    output = await runner.run(blob, folder=path.parent)
    if output.problem or output.code:
        commit = (*command, "cat-file", "-e", f"{revision}^{{commit}}")
        known = await runner.run(commit, folder=path.parent)
        fresh = not known.problem and known.code == 0
        return Committed(None, output.problem or "not in git", fresh)
    try:
        return Committed(output.stdout.decode("utf-8"))
    except UnicodeDecodeError:
        return Committed(None, "not UTF-8 there")
