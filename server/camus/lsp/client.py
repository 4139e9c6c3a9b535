"""What can be asked of the editor and told to it; knows what it can do, and nothing of code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from camus.lsp.capabilities import Capabilities
from camus.lsp.protocol import MendedProtocol, describe

Level = Literal["error", "warning", "info", "debug"]

_KINDS: dict[Level, lsp.MessageType] = {
    "error": lsp.MessageType.Error,
    "warning": lsp.MessageType.Warning,
    "info": lsp.MessageType.Info,
    "debug": lsp.MessageType.Log,
}
_log = logging.getLogger(__name__)


QUESTION = "camus/question"


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: a place that code would go to, or a workspace's folder.

    `model` is one at that place, so that what it would be sent can be shown.
    """

    kind: Literal["consent", "trust"]
    about: str
    model: str = ""


class Refused(Exception):
    """Raised when the client answers a request of ours with an error."""


class Client:
    """The editor at the other end; also the supervisor of what runs in the background for it."""

    def __init__(self, protocol: MendedProtocol, can: Capabilities) -> None:
        """Talk to the client of `protocol`, which can do what `can` says."""
        self._protocol = protocol
        self.can = can
        self.running: dict[lsp.ProgressToken, asyncio.Task[Any]] = {}
        """The tasks that the user can stop, by their progress token."""
        self._background: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the requests; its failure is logged and ends nothing else."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a background task failed: %s", describe(error))

    async def close(self) -> None:
        """End what runs in the background."""
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def from_any_thread(self, say: Callable[[Level, str], None], level: Level, text: str) -> None:
        """Call `say` on the loop, from wherever this is called."""
        if threading.get_ident() == self._thread:
            say(level, text)
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended; nobody is there to hear
            self._loop.call_soon_threadsafe(say, level, text)

    def show(self, level: Level, message: str) -> None:
        """Tell the user."""
        self.notify(lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(_KINDS[level], message))

    def tell_result(self, message: str) -> None:
        """Tell what a command's result says too, unless the client does that in its own words."""
        if not self.can.results:
            self.show("info", message)

    def log(self, level: Level, message: str) -> None:
        """Write a line into the editor's log of this server."""
        self.notify(lsp.WINDOW_LOG_MESSAGE, lsp.LogMessageParams(_KINDS[level], message))

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._protocol.notify(method, params)

    async def request(self, method: str, params: object) -> Any:
        """Send a request and wait for its result; raises `Refused`."""
        try:
            return await self._protocol.ask(method, params)
        except JsonRpcException as error:
            raise Refused(f"{method}: {error.code}") from None

    async def ask(self, method: str, params: object) -> Any:
        """Send a request; None when the client refuses it."""
        try:
            return await self.request(method, params)
        except Refused as error:
            _log.info("the client refused %s", error)
            return None

    async def choose(
        self, question: str, options: Sequence[str], about: About | None = None
    ) -> str:
        """Let the user choose one of the options; empty when they close the question.

        A client that asks in its own words is told what the question is `about`.
        """
        if self.can.questions and about is not None:
            asked = {**asdict(about), "question": question, "options": list(options)}
            answer = await self.ask(QUESTION, asked)
            return answer if isinstance(answer, str) and answer in options else ""
        actions = [lsp.MessageActionItem(option) for option in options]
        answer = await self.ask(
            lsp.WINDOW_SHOW_MESSAGE_REQUEST,
            lsp.ShowMessageRequestParams(lsp.MessageType.Info, question, actions),
        )
        title = getattr(answer, "title", "")
        return title if title in options else ""

    async def apply(self, edit: lsp.WorkspaceEdit, label: str) -> bool:
        """Let the editor apply an edit; whether it did."""
        if not self.can.applies_edits:
            return False
        answer = await self.ask(
            lsp.WORKSPACE_APPLY_EDIT, lsp.ApplyWorkspaceEditParams(edit, label=label)
        )
        return bool(getattr(answer, "applied", False))

    async def open(self, uri: str) -> bool:
        """Let the editor show a document; whether it did."""
        if not self.can.documents:
            return False
        answer = await self.ask(
            lsp.WINDOW_SHOW_DOCUMENT, lsp.ShowDocumentParams(uri, take_focus=False)
        )
        return bool(getattr(answer, "success", False))

    async def register(self, method: str, options: object = None) -> None:
        """Ask the client to send more than it announced."""
        registration = lsp.Registration(f"camus {method}", method, options)
        await self.ask(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams([registration]))

    async def unregister(self, method: str) -> None:
        """Take a registration back."""
        gone = lsp.Unregistration(f"camus {method}", method)
        await self.ask(lsp.CLIENT_UNREGISTER_CAPABILITY, lsp.UnregistrationParams([gone]))
