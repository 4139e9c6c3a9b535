"""Shows where a request stands, in the editor's own progress, and lets the user stop it there."""

from __future__ import annotations

import asyncio
import uuid
from types import TracebackType
from typing import Self, assert_never

from lsprotocol import types as lsp

from camus.lsp.client import Client, Refused
from camus.lsp.naming import RULES_IN_WORDS, called
from camus.models import Profile
from camus.orchestrator import Stage
from camus.routing import RULES

PATIENCE = 0.15
"""Seconds before progress is shown at all; what is done sooner does not flicker."""


class Progress:
    """Progress of the task that enters it, which a cancellation by the user ends.

    `token` is the client's own, shown at once; without one the server makes its own, when the
    client knows that, after `PATIENCE`.
    """

    def __init__(self, client: Client, title: str, token: lsp.ProgressToken | None = None) -> None:
        """Prepare to show `title`."""
        self._client = client
        self._title = title
        self._given = token is not None
        self._token: lsp.ProgressToken = token if token is not None else uuid.uuid4().hex
        self._message = ""
        self._percentage: int | None = None
        self._latest: tuple[Stage, Profile | None] | None = None
        self._shown = False
        self._over = False
        self._opening: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Start showing, and remember whom to cancel."""
        task = asyncio.current_task()
        if task is not None:
            self._client.running[self._token] = task
        if self._given:
            self._begin()
        elif self._client.can.progress:
            loop = asyncio.get_running_loop()
            self._opening = loop.call_later(PATIENCE, lambda: self._client.spawn(self._open()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what is shown."""
        self._over = True
        if self._opening is not None:
            self._opening.cancel()
        self._client.running.pop(self._token, None)
        if self._shown:
            self._send(lsp.WorkDoneProgressEnd())

    def report(self, stage: Stage, profile: Profile | None = None) -> None:
        """Show a stage in words, with its model (whose `profile` tells what it is good at)."""
        if stage.steps:
            self._percentage = 100 * (stage.step - 1) // stage.steps
        self._latest = stage, profile
        if self._shown:  # most requests are done before anything is
            self._tell_latest()

    def _tell_latest(self) -> None:
        if self._latest is not None:
            stage, profile = self._latest
            message = in_words(stage, profile)
            steps = f"{stage.step}/{stage.steps} " if stage.steps else ""
            self.say(f"{steps}{message}", self._percentage)

    def say(self, message: str, percentage: int | None) -> None:
        """Show words, and how much is done in percent where that is known."""
        self._message, self._percentage, self._latest = message, percentage, None
        if self._shown:
            self._send(
                lsp.WorkDoneProgressReport(
                    cancellable=True, message=self._message, percentage=self._percentage
                )
            )

    async def _open(self) -> None:
        if self._over:
            return
        create = lsp.WorkDoneProgressCreateParams(self._token)
        try:
            await self._client.request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, create)
        except Refused:
            return
        if not self._over:
            self._begin()

    def _begin(self) -> None:
        self._tell_latest()
        self._shown = True
        self._send(
            lsp.WorkDoneProgressBegin(
                self._title,
                cancellable=True,
                message=self._message or None,
                percentage=self._percentage,
            )
        )

    def _send(self, value: object) -> None:
        self._client.notify(lsp.PROGRESS, lsp.ProgressParams(self._token, value))


def in_words(stage: Stage, profile: Profile | None = None) -> str:
    """`asking the code specialist qwen2.5-coder:7b`, `escalating to ...: two new errors`."""
    name = RULES_IN_WORDS if stage.model == RULES else called(stage.model, profile)
    match stage.name:
        case "planning":
            return "planning"
        case "reading":
            return "reading the project"
        case "rules":
            return f"trying {RULES_IN_WORDS}"
        case "asking":
            return f"asking {name}"
        case "checking":
            return f"checking the answer of {name}" if stage.model else "checking"
        case "repairing":
            return _because(f"asking {name} for one repair", stage.detail)
        case "escalating":
            return _because(f"escalating to {name}", stage.detail)
        case "comparing":
            return f"comparing: {stage.step} of {stage.steps} answers are there"
        case _:
            assert_never(stage.name)


def _because(words: str, detail: str) -> str:
    return f"{words}: {detail}" if detail else words
