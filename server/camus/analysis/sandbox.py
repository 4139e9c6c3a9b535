"""Runs a program that anybody may have written: a folder to write in, no network, limits.

Linux alone can hold what is promised (see `sandboxed/confine.py`); elsewhere nothing is run, and
the reason is said. Nothing of the caller's environment is handed on but the language.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from camus.analysis.process import Runner

SCRIPTS = Path(__file__).parent / "sandboxed"
_CANNOT, _STOPPED = 125, 124
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/opt", "/proc", "/nix/store")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds by the clock and of processor time, bytes, processes."""

    seconds: float = 20.0
    memory: int = 1 << 30
    processes: int = 48


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code, the end of what it printed, or why nothing can be told."""

    code: int = 0
    output: str = ""
    problem: str = ""


class Sandbox:
    """Starts programs that may write in one folder and reach nothing else."""

    def __init__(self, runner: Runner) -> None:
        """Use a runner; starts nothing yet."""
        self._runner = runner

    @property
    def problem(self) -> str:
        """Why nothing can be run here, or empty."""
        if sys.platform != "linux":
            return "running code safely needs Linux (Landlock and seccomp)"
        return ""

    async def run(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        limits: Limits = Limits(),
        readable: Sequence[Path] = (),
        paths: Sequence[Path] = (),
    ) -> Ended:
        """Run a command in `folder`, the only place it may write in.

        It reads that folder, the system's, its own Python's and `readable`; `paths` are where it
        finds modules. Cancelling ends it with everything that it started.
        """
        if self.problem:
            return Ended(problem=self.problem)
        spec = {
            "folder": str(folder),
            "seconds": limits.seconds,
            "memory": limits.memory,
            "processes": limits.processes,
            "readable": [*_SYSTEM, *_prefixes(command[0]), *map(str, readable)],
            "command": list(command),
        }
        starter = [sys.executable, "-I", "-S", "-B", str(SCRIPTS / "confine.py"), json.dumps(spec)]
        output = await self._runner.run(
            starter,
            folder=folder,
            seconds=limits.seconds + 5.0,
            environment=_environment(folder, paths),
        )
        return _ended(output.code, output.problem, folder, limits)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of one's own that goes away with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="camus-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        (folder / "tmp").mkdir()
        yield folder


def _prefixes(program: str) -> list[str]:
    """Where this Python and the program's have their libraries."""
    linked, real = Path(program).absolute(), Path(program).resolve()
    return sorted(
        {sys.prefix, sys.base_prefix, str(SCRIPTS)}
        | {str(each.parent.parent) for each in (linked, real) if len(each.parts) > 3}
    )


def _ended(code: int, problem: str, folder: Path, limits: Limits) -> Ended:
    refused = folder / "refused.txt"
    if code == _CANNOT and refused.exists():
        said = refused.read_text(encoding="utf-8", errors="replace")[:300]
        return Ended(code, problem=f"nothing was run: {said}")
    if code == _STOPPED:
        size = limits.memory >> 20
        most = f"{limits.seconds:g} s, {size} MB or {limits.processes} processes"
        return Ended(code, problem=f"ended because it passed {most}")
    output = folder / "output.txt"
    printed = ""
    if output.is_file() and not output.is_symlink():
        with output.open("rb") as file:
            file.seek(max(0, output.stat().st_size - 20_000))
            printed = file.read().decode("utf-8", "replace")
    # An exit code above 1 is the program's own word; a problem without one is the runner's.
    return Ended(code, printed, problem if code == 0 else "")


def _environment(folder: Path, paths: Sequence[Path]) -> dict[str, str]:
    """Nothing that is the user's: no keys, no home, no proxies."""
    made = {
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "NO_COLOR": "1",
    }
    if paths:
        made["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    return made
