"""Runs a program of the user's own over a text: the file in, the better file out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from camus.analysis.process import Runner
from camus.source import Document


@dataclass(frozen=True, slots=True)
class Filtered:
    """The text a program gave back, or why it gave none."""

    text: str = ""
    problem: str = ""


class Filters:
    """Starts the user's programs; what they print on standard output is the new text."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._runner = Runner(seconds=10, concurrency=2)

    async def run(
        self, command: Sequence[str], document: Document, *, folder: str = "", seconds: float = 5.0
    ) -> Filtered:
        """The text after a program; an exit code other than 0 or no output is a problem."""
        place = Path(folder) if folder else None
        data = document.text.encode("utf-8", "surrogatepass")
        output = await self._runner.run(command, data, folder=place, seconds=seconds)
        if output.problem or output.code:
            return Filtered(problem=output.problem or f"ended with {output.code}")
        text = output.stdout.decode("utf-8", "replace")
        if not text.strip():
            return Filtered(problem="printed nothing")
        return Filtered(text)

    async def close(self) -> None:
        """End what still runs."""
        await self._runner.close()
