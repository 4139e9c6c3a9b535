"""JSON-RPC as the specification says it, over pygls; knows the protocol's rules and no feature.

What pygls 2.1 does otherwise is mended here; it rests on private names, hence the pinned version.

- Cancelling a request cancels its coroutine, commands included.
- Every request gets exactly one answer: bad parameters -32602, before initialize -32002, after
  shutdown or a second initialize -32600, cancelled -32800.
- Messages are structured once, from the top, so that no key inside them is mistaken for one.
- Neither an answer nor a log line carries a traceback or what an exception says.
- Finished handlers are forgotten, those of notifications too.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import math
import uuid
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any
from typing import Protocol as Seam

from cattrs import transform_error
from cattrs.errors import BaseValidationError
from lsprotocol import types as lsp
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method

log = logging.getLogger(__name__)

Id = str | int
Command = Callable[[lsp.ExecuteCommandParams], Awaitable[object]]

_UNSTRUCTURABLE = (
    BaseValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)

# Of these pygls would keep its own state: mutable texts with another idea of a line, and tokens.
_LEFT_TO_FEATURES = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)


class Out(Seam):
    """Where whole messages go."""

    def write(self, body: bytes) -> None:
        """Take one message's body."""


class MendedProtocol(LanguageServerProtocol):
    """The protocol of one connection; `receive` takes messages, `out` gets them."""

    def __init__(self, server: Any, converter: Any) -> None:
        """Start before `initialize`; `out` and `ended` are set by whoever owns the connection."""
        self.out: Out | None = None
        self.ended: Callable[[], None] = lambda: None
        self.execute: Command | None = None
        self.commands: Sequence[str] = ()
        self.adjust: Callable[[lsp.ServerCapabilities, lsp.InitializeParams], None] = (
            lambda _offered, _hello: None
        )
        self._initialized = False
        super().__init__(server, converter)
        converter.register_structure_hook(int, self._whole)
        converter.register_structure_hook(str, self._words)
        for method in _LEFT_TO_FEATURES:
            self.fm.builtin_features.pop(method, None)
        self.fm.add_builtin_feature(lsp.EXIT, self._exit)
        self.fm.add_builtin_feature(lsp.WORKSPACE_EXECUTE_COMMAND, self._execute_command)

    @property
    def closed_properly(self) -> bool:
        """Whether the client said `shutdown`; its exit code is then 0."""
        return self._shutdown

    # -- what comes in

    def receive(self, body: bytes) -> None:
        """Take one message; every request is answered, whatever else happens."""
        try:
            message = _DECODER.decode(body.decode())
        except (ValueError, RecursionError):
            self._refuse(None, JsonRpcParseError("the message is not JSON"))
            return
        if not isinstance(message, dict):
            self._refuse(None, JsonRpcInvalidRequest("a message is one object"))
            return
        try:
            contextvars.copy_context().run(self._take, message)
        except Exception as error:  # noqa: BLE001 - the handler boundary: the next message is taken
            log.error(  # noqa: TRY400 - a traceback would hold code
                "a message failed: %s", describe(error)
            )
            self._answer_for(message, JsonRpcInternalError(f"internal error: {describe(error)}"))

    def overlong(self, length: int) -> None:
        """Tell the client that a message of so many bytes was not read."""
        self._refuse(None, JsonRpcInvalidRequest(f"a message of {length} bytes is too long"))

    def _answer_for(self, message: dict[str, Any], error: JsonRpcException) -> None:
        """Answer a request whose handling broke down; a notification is never answered."""
        number = _valid_id(message.get("id"))
        if number is not None and "method" in message:
            self._request_futures.pop(number, None)
            self._refuse(number, error)

    def _take(self, message: dict[str, Any]) -> None:
        method, number = message.get("method"), _valid_id(message.get("id"))
        if method is None and "id" in message:
            self._take_answer(message, number)
        elif not isinstance(method, str) or message.get("jsonrpc") != self.VERSION:
            self._refuse(number, JsonRpcInvalidRequest("not a JSON-RPC 2.0 message"))
        elif "id" not in message:
            self._take_notification(method, message)
        elif number is None:
            self._refuse(None, JsonRpcInvalidRequest("an id is a number or a string"))
        else:
            self._take_request(number, method, message)

    def _take_request(self, id: Id, method: str, message: dict[str, Any]) -> None:
        try:
            self._admit(id, method)
            handler = self._get_handler(method)
            params = self._structured(message, method).params
        except JsonRpcException as error:
            self._refuse(id, error)
            return
        self._ctx_msg_id.set(id)
        done = partial(self._send_handler_result, msg_id=id)
        self._execute_handler(id, handler, done, args=(params,))

    def _admit(self, id: Id, method: str) -> None:
        if self._shutdown:
            raise JsonRpcInvalidRequest("the server was shut down")
        if method == lsp.INITIALIZE:
            if self._initialized:
                raise JsonRpcInvalidRequest("initialize was sent before")
        elif not self._initialized:
            raise JsonRpcServerNotInitialized("initialize comes first")
        if id in self._request_futures:
            raise JsonRpcInvalidRequest("a request with this id is still being answered")

    def _take_notification(self, method: str, message: dict[str, Any]) -> None:
        if method != lsp.EXIT and (self._shutdown or not self._initialized):
            return
        try:
            if method == lsp.CANCEL_REQUEST:
                self._handle_cancel_notification(message["params"]["id"])
                return
            handler = self._get_handler(method)
            params = self._structured(message, method).params
        except (JsonRpcException, KeyError, TypeError):
            log.info("ignored a notification: %s", method[:80])
            return
        self._execute_handler(
            f"notification {id(message)}", handler, self._check_handler_result, args=(params,)
        )

    def _take_answer(self, message: dict[str, Any], id: Id | None) -> None:
        if id is None or id not in self._result_types:
            return
        future = self._request_futures.get(id)
        if future is not None and not future.done():
            self._settle(future, message)
        self._forget(id)

    def _settle(self, future: Future[Any], message: dict[str, Any]) -> None:
        error = message.get("error")
        if error is not None:
            future.set_exception(_from_client(error))
            return
        try:
            future.set_result(self.structure_message(message).result)
        except JsonRpcException as problem:
            future.set_exception(problem)

    def _forget(self, id: Id) -> None:
        self._request_futures.pop(id, None)
        self._result_types.pop(id, None)

    # A client's greeting is taken as it can be: refused, nothing would work at all.

    # `kind` is the type itself or one made of it: an enumeration, or bool.

    def _whole(self, value: Any, kind: Callable[[Any], Any]) -> Any:
        if self._initialized and kind is not bool:
            if isinstance(value, bool | str) or int(value) != value:
                raise TypeError("not a whole number")
            value = int(value)
        return kind(value)

    def _words(self, value: Any, kind: Callable[[Any], Any]) -> Any:
        if self._initialized and not isinstance(value, str):
            raise TypeError("not a text")
        return kind(value)

    def _structured(self, message: dict[str, Any], method: str) -> Any:
        kind = self.get_message_type(method)
        if kind is None:
            raise JsonRpcMethodNotFound.of(method)
        try:
            return self._converter.structure(message, kind)
        except _UNSTRUCTURABLE as error:
            raise JsonRpcInvalidParams(f"bad parameters: {_where(error)}") from None

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A whole answer of the client as its type; raises `JsonRpcInvalidParams`."""
        kind = self._result_types.get(data["id"])
        try:
            return self._converter.structure(data, kind) if kind else _Answer(data.get("result"))
        except _UNSTRUCTURABLE as error:
            raise JsonRpcInvalidParams(f"bad answer: {_where(error)}") from None

    # -- running handlers

    def _execute_handler(
        self,
        msg_id: Id,
        handler: Any,
        callback: Any,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(lambda _done: self._request_futures.pop(msg_id, None))

    def _handle_cancel_notification(self, msg_id: Id) -> None:
        """Cancel the coroutine; its answer follows when it has cleaned up."""
        if msg_id not in self._result_types and (future := self._request_futures.get(msg_id)):
            future.cancel()

    def _send_handler_result(self, future: Future[Any], *, msg_id: Id) -> None:
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._refuse(msg_id, JsonRpcRequestCancelled("cancelled"))
            return
        error = future.exception()
        if error is None:
            self._send_response(msg_id, future.result())
        elif isinstance(error, JsonRpcException):
            self._refuse(msg_id, error)
        else:
            self._refuse(msg_id, JsonRpcInternalError(f"internal error: {describe(error)}"))
            log.error("a request failed: %s", describe(error))

    def _check_handler_result(self, future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("a notification failed: %s", describe(error))

    # -- what goes out

    def _refuse(self, id: Id | None, error: JsonRpcException) -> None:
        body = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": id, "error": body})

    def _send_data(self, data: Any) -> None:
        """Write one message; nothing of it is logged."""
        if self.out is None:
            return
        try:
            text = self._as_json(data)
        except (ValueError, TypeError, RecursionError) as error:
            log.error("an answer is no JSON: %s", describe(error))  # noqa: TRY400 - no code in a log
            number = getattr(data, "id", None)
            if number is None or hasattr(data, "method"):
                return
            told = {"code": JsonRpcInternalError.CODE, "message": "the answer is no JSON"}
            text = self._as_json({"jsonrpc": self.VERSION, "id": number, "error": told})
        self.out.write(text.encode("ascii"))

    def _as_json(self, data: Any) -> str:
        return json.dumps(
            data, default=self._serialize_message, separators=(",", ":"), allow_nan=False
        )

    def cancel_all(self) -> list[Any]:
        """Cancel every request, ours too; the handlers that are to be waited for."""
        futures: list[Any] = list(self._request_futures.values())
        for future in futures:
            future.cancel()
        return [future for future in futures if asyncio.isfuture(future)]

    async def ask(self, method: str, params: object) -> Any:
        """Send a request and wait for the answer; when cancelled, the client is told."""
        number = uuid.uuid4().hex
        try:
            return await asyncio.wrap_future(self.send_request(method, params, msg_id=number))
        except asyncio.CancelledError:
            self._forget(number)
            self.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(id=number))
            raise

    # -- the life of the connection

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(
        self, params: lsp.InitializeParams
    ) -> Generator[Any, Any, lsp.InitializeResult]:
        """Answer with what the server can do."""
        result = yield from super().lsp_initialize(params)
        result.capabilities.execute_command_provider = lsp.ExecuteCommandOptions(
            list(self.commands), work_done_progress=True
        )
        self.adjust(result.capabilities, params)
        self._initialized = True
        return result

    def _exit(self, *_args: object) -> None:
        self.ended()

    async def _execute_command(self, params: lsp.ExecuteCommandParams) -> object:
        """Run a command as this very request, so that cancelling it reaches the command."""
        if self.execute is None:
            raise JsonRpcInvalidParams("no commands here")
        return await self.execute(params)


class _Answer:
    """A result of which no type is known."""

    def __init__(self, result: object) -> None:
        self.result = result


def describe(error: BaseException) -> str:
    """The kind of an error and where our code raised it; never what it says, which may be code."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("camus."):
            place = f" in {name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number("a number beyond all bounds")


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)


def _valid_id(id: object) -> Id | None:
    return id if isinstance(id, str | int) and not isinstance(id, bool) else None


def _where(error: BaseException) -> str:
    if isinstance(error, BaseValidationError):
        return transform_error(error, path="$")[0][:200]
    return "they are not of the expected shape"


def _from_client(error: object) -> JsonRpcException:
    if isinstance(error, dict) and isinstance(error.get("code"), int):
        return JsonRpcException(str(error.get("message", ""))[:200], error["code"])
    return JsonRpcException("the client refused")
