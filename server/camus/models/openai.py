"""OpenAI's chat protocol as vLLM, llama-server, LM Studio, LiteLLM and hosted services speak it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Literal, TypeVar

import msgspec

from camus.models.answer import Answer, filled, messages_of, streamed, text_of
from camus.models.backend import Limits, Piece, Sampling, Served, Usage
from camus.models.contact import OPTIONAL, Complaint, malformed
from camus.models.dialects import PLAIN, Dialect
from camus.models.embedding import Vectors, checked
from camus.models.errors import ModelError, Rejected
from camus.models.naming import billions
from camus.models.transport import Call, Http, Pace
from camus.privacy import Cleared, Prompt

_T = TypeVar("_T")

LIST_SECONDS = 3.0
LOAD_SECONDS, UNLOAD_SECONDS = 300.0, 30.0
_UNLOADED_WINDOW = 4096
COMPLETIONS = "/completions"
_FORM = frozenset({"response_format", "grammar"})
"""What binds an answer; a server that cannot do one speaks of the other."""


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Counts(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Counts | None = None
    error: Complaint | str | None = None


class _Meta(msgspec.Struct):
    n_ctx: int | None = None
    n_ctx_train: int | None = None
    size: int | None = None
    n_params: int | None = None


class _Entry(msgspec.Struct):
    id: str
    type: str | None = None
    max_model_len: int | None = None
    context_length: int | None = None
    context_window: int | None = None
    loaded_context_length: int | None = None
    max_context_length: int | None = None
    owned_by: str | None = None
    meta: _Meta | None = None


class _List(msgspec.Struct):
    data: list[_Entry] | None


class _Embedding(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]
    usage: _Counts | None = None


class _Settings(msgspec.Struct):
    n_ctx: int | None = None


class _Props(msgspec.Struct):
    default_generation_settings: _Settings | None = None
    total_slots: int | None = None


class OpenAI:
    """One OpenAI-compatible server.

    Servers differ in the optional parameters they take. One that is refused by name is left out
    (`max_tokens` becomes `max_completion_tokens`) and the request is sent again, and that model is
    asked so from then on.
    """

    def __init__(self, http: Http, *, streams: bool = True, dialect: Dialect = PLAIN) -> None:
        """Use a connection that is this server's own; `streams` False asks for whole answers."""
        self._http = http
        self._dialect = dialect
        self._streams = streams
        self._refused: dict[str, frozenset[str]] = {}

    async def catalogue(self) -> tuple[Served, ...]:
        """The models listed, with the window where the server tells it in its own way."""
        if not self._dialect.lists:
            return ()
        listed = await self._ask(Call("/models"), _List)
        entries = listed.data or []
        props, window = _Props(), 0
        studio: Mapping[str, _Entry] = {}
        near = self._http.contact.url.startswith("http:")
        if near and not any(map(_window, entries)):
            props, studio = await asyncio.gather(self._props(), self._studio())
        elif near and any(entry.owned_by == "llamacpp" for entry in entries):
            props = await self._props()
        if (settings := props.default_generation_settings) is not None:
            window = settings.n_ctx or 0
        slots = max(0, props.total_slots or 0)
        return tuple(_served(studio.get(entry.id, entry), window, slots) for entry in entries)

    async def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Chat; reasoning is waited for and dropped."""
        pace = Pace(limits)
        sent = text_of(prompt.prompt)
        while True:
            body = self._request(model, prompt.prompt, sampling)
            path = self._dialect.path if prompt.prompt.fill is None else COMPLETIONS
            call = Call(path, body, model=model, sent=sent)
            answer = Answer(self._http, call, limits, pace)
            reader = _Reader(answer, prompt.prompt, window)
            try:
                async with aclosing(streamed(self._http, limits, answer, reader)) as pieces:
                    async for piece in pieces:
                        yield piece
            except Rejected as error:
                if pace.started or not self._adjusted(model, error):
                    raise
            else:
                return

    async def embed(self, model: str, texts: Cleared, limits: Limits) -> Vectors:
        """A vector for each message."""
        contents = [message.content for message in texts.prompt.messages]
        body = msgspec.json.encode({"model": model, "input": contents})
        call = Call("/embeddings", body, model=model, sent="\n".join(contents))
        made = await self._ask(call, _Embeddings, limits.total, "embed")
        ordered = sorted(made.data, key=lambda each: each.index)
        shown = self._http.contact.shown
        vectors = checked([each.embedding for each in ordered], len(contents), shown)
        return Vectors(vectors, made.usage.prompt_tokens if made.usage else None)

    async def load(self, model: str, window: int) -> None:
        """Have a model in memory, where the server is a llama-server that runs several."""
        del window  # it is the server's own setting
        await self._managed("/models/load", model, LOAD_SECONDS)

    async def unload(self, model: str) -> None:
        """Take a model out of memory, where the server is a llama-server that runs several."""
        await self._managed("/models/unload", model, UNLOAD_SECONDS)

    async def _managed(self, path: str, model: str, seconds: float) -> None:
        body = msgspec.json.encode({"model": model})
        try:
            await self._http.ask(Call(path, body, at_root=True), seconds)
        except Rejected as error:
            raise Rejected(
                f"{self._http.contact.shown} does not load and unload models on request",
                advice="load and unload it with the server's own tools",
            ) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    def _request(self, model: str, prompt: Prompt, sampling: Sampling) -> bytes:
        refused = self._refused.get(model, frozenset())
        tokens = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
        optional: dict[str, object] = {
            tokens: sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
        }
        if self._streams:
            optional["stream_options"] = {"include_usage": True}
        if sampling.stop:
            optional["stop"] = sampling.stop
        if sampling.seed is not None:
            optional["seed"] = sampling.seed
        if sampling.schema:
            form = {"name": "answer", "schema": msgspec.Raw(sampling.schema.encode())}
            optional["response_format"] = {"type": "json_schema", "json_schema": form}
        elif sampling.grammar:
            optional["grammar"] = sampling.grammar
        without, names = refused | self._dialect.left_out, self._dialect.renamed
        kept = {names.get(name, name): v for name, v in optional.items() if name not in without}
        raw = filled(prompt)
        said = {"messages": messages_of(prompt)} if raw is None else {"prompt": raw}
        body: dict[str, object] = {"model": model, **said, "stream": self._streams}
        return msgspec.json.encode({**body, **kept, **self._dialect.extra})

    def _adjusted(self, model: str, error: Rejected) -> bool:
        """Leave out from now on what was refused; False when that is nothing optional."""
        refused = self._refused.get(model, frozenset())
        if error.parameter not in OPTIONAL or error.parameter in refused:
            return False
        form = _FORM if error.parameter in _FORM else {error.parameter}
        self._refused[model] = refused | form
        return True

    async def _ask(
        self, call: Call, kind: type[_T], seconds: float = LIST_SECONDS, what: str = "list models"
    ) -> _T:
        body = await self._http.ask(call, seconds)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise malformed(self._http.contact, f"does not {what} as OpenAI does") from error

    async def _props(self) -> _Props:
        """What a llama-server tells of how it was started."""
        try:
            return await self._ask(Call("/props", at_root=True), _Props)
        except ModelError:
            return _Props()

    async def _studio(self) -> Mapping[str, _Entry]:
        """What LM Studio tells of its models."""
        try:
            listed = await self._ask(Call("/api/v0/models", at_root=True), _List)
        except ModelError:
            return {}
        return {entry.id: entry for entry in listed.data or ()}


class _Reader:
    """Reads server-sent events, or the one JSON of a server that does not stream."""

    def __init__(self, answer: Answer, prompt: Prompt, window: int) -> None:
        self._answer = answer
        self._prompt = prompt
        self._window = window
        self._finish: Literal["", "stop", "length"] = ""
        self._usage = _Counts()
        self._whole: list[bytes] = []
        self._events = False

    def read(self, line: bytes) -> str:
        if line.startswith(b"data:"):
            self._events = True
            data = line[5:].strip()
            return self._ended() if data == b"[DONE]" else self._heard(self._parsed(data))
        if not line.startswith(_FIELDS):
            self._whole.append(line)
        return ""

    def last(self) -> Piece:
        text = ""
        if self._whole and not self._events:
            event = self._parsed(b"\n".join(self._whole))
            if not event.choices:
                raise self._answer.strange()
            text = self._answer.take(self._heard(event)) + self._ended()
        if not self._finish:
            raise self._answer.cut_short()
        read = self._usage.prompt_tokens
        self._answer.check_read(self._prompt, read, self._window, counts_all=False, exact=False)
        return Piece(text, self._finish, Usage(read, self._usage.completion_tokens))

    def _ended(self) -> str:
        self._finish = self._finish or "stop"
        self._answer.pace.finish()
        return ""

    def _heard(self, event: _Event) -> str:
        self._usage = event.usage or self._usage
        text = ""
        for choice in event.choices or ():
            said = choice.delta or choice.message or _NOTHING
            self._answer.think(said.reasoning_content or said.reasoning)
            text += said.content or choice.text or ""
            self._finish = self._finish or self._meant(choice.finish_reason)
        if self._finish:
            self._answer.pace.finish()
        return text

    def _meant(self, reason: str | None) -> Literal["", "stop", "length"]:
        if reason == "content_filter":
            raise Rejected(
                f"{self._answer.contact.shown} stopped the answer by its content filter",
                advice="choose another model",
            )
        if not reason:
            return ""
        return "length" if reason in {"length", "max_tokens"} else "stop"

    def _parsed(self, data: bytes) -> _Event:
        try:
            event = _EVENTS.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._answer.strange() from error
        if event.error:
            raise self._answer.complained(event.error)
        return event


_EVENTS = msgspec.json.Decoder(_Event)
_NOTHING = _Delta()
_FIELDS = (b":", b"event:", b"id:", b"retry:")


def _window(entry: _Entry) -> int:
    """The window a server says it really gives; a model's own maximum does not count here."""
    told = (entry.max_model_len, entry.context_length, entry.context_window)
    loaded = entry.meta.n_ctx if entry.meta else None
    return next((window for window in (*told, loaded) if window and window > 0), 0)


def _served(entry: _Entry, window: int, slots: int = 0) -> Served:
    if entry.max_context_length:  # LM Studio loads with a small window unless told otherwise
        window = entry.loaded_context_length or min(entry.max_context_length, _UNLOADED_WINDOW)
    meta = entry.meta or _Meta()
    return Served(
        id=entry.id,
        window=_window(entry) or window,
        memory_bytes=meta.size or 0,
        parameters_billions=(meta.n_params or 0) / 1e9 or billions(entry.id),
        embedding="embedding" in (entry.type or ""),
        slots=slots,
    )
