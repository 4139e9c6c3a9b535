"""Runs the tools that fit a document, off the loop and within a time limit."""

from __future__ import annotations

from dataclasses import dataclass

from camus.analysis.findings import Findings
from camus.source import Document, Edit, Span


@dataclass(frozen=True, slots=True)
class Tool:
    """What is known of one tool on this machine; `problem` says why it is not to be had."""

    name: str
    version: str = ""
    languages: tuple[str, ...] = ()
    problem: str = ""


class Tools:
    """All tools; one instance a process. Cancelling a call ends the tool's process."""

    def __init__(self, *, seconds: float = 10.0, concurrency: int = 4) -> None:
        """Prepare the tools; none is started yet. `seconds` limits each single run."""
        raise NotImplementedError

    async def inventory(self) -> tuple[Tool, ...]:
        """Every tool Camus knows, with its version here or why it is missing."""
        raise NotImplementedError

    async def findings(self, document: Document, project: str = "") -> Findings:
        """What the analysers say of the text as it is in memory.

        `project` is a folder whose own linter configuration holds; empty: the defaults.
        Spans are in characters of `document`.
        """
        raise NotImplementedError

    async def fixes(
        self, document: Document, within: Span, rules: tuple[str, ...] = ()
    ) -> Findings:
        """The findings inside `within` that carry a safe fix, of the named rules or of all."""
        raise NotImplementedError

    async def modernise(self, document: Document, within: Span) -> tuple[Edit, ...]:
        """Simplifying and modernising rewrites by well-kept engines, wholly inside `within`.

        The result keeps behaviour and parses; empty when there is nothing to do.
        """
        raise NotImplementedError

    async def formatted(
        self, document: Document, within: Span, project: str = ""
    ) -> tuple[Edit, ...]:
        """Edits that format the lines of `within` as the project's formatter would."""
        raise NotImplementedError

    async def close(self) -> None:
        """End every process still running."""
        raise NotImplementedError
