"""The blackboard of one strategy: who said what to whom; a value, changed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from camus.actions import Draft, Note, Task
from camus.quality import Report
from camus.routing import Plan, Role

Opinion = Literal["accept", "minor", "reject"]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: a model in a role; `number` tells several answers of one model apart."""

    model: str
    role: Role
    number: int = 1

    def __str__(self) -> str:
        """`critic llama3`, `author small (2)`."""
        return f"{self.role} {self.model}" + (f" ({self.number})" if self.number > 1 else "")


@dataclass(frozen=True, slots=True)
class Words:
    """What a planner found or wants done."""

    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft with its judgement."""

    draft: Draft
    report: Report


@dataclass(frozen=True, slots=True)
class Critique:
    """A verdict on somebody's proposal, with the reason in a sentence."""

    of: Voice
    verdict: Opinion
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said in one round, to a role or (None) to everybody."""

    sender: Voice
    body: Words | Proposal | Critique
    to: Role | None = None
    round: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """The task, the plan, what was said so far, and until when there is time (0: no limit).

    Messages hold drafts and words by reference; nothing is copied into a text before a model
    reads it.
    """

    task: Task
    plan: Plan
    until: float = 0.0
    messages: tuple[Message, ...] = ()

    def post(self, message: Message) -> Board:
        """The board with one message more."""
        return replace(self, messages=(*self.messages, message))

    def remaining(self, now: float) -> float | None:
        """Seconds left, None without a limit."""
        return max(0.0, self.until - now) if self.until else None

    def proposals(self) -> Iterator[tuple[Voice, Proposal]]:
        """Every draft with who made it, in order."""
        for message in self.messages:
            if isinstance(message.body, Proposal):
                yield message.sender, message.body

    def critiques(self, of: Voice, round: int) -> tuple[tuple[Voice, Critique], ...]:
        """What was said of somebody's draft in a round."""
        return tuple(
            (message.sender, message.body)
            for message in self.messages
            if isinstance(message.body, Critique)
            and (message.body.of, message.round) == (of, round)
        )

    def heard(self, role: Role) -> tuple[Note, ...]:
        """What a role reads of the others' words and objections, each with its speaker."""
        found = []
        for message in self.messages:
            if message.to not in {None, role}:
                continue
            match message.body:
                case Words(text):
                    found.append(Note(str(message.sender), text))
                case Critique(_, verdict, reason) if verdict != "accept":
                    found.append(Note(str(message.sender), reason))
        return tuple(found)
