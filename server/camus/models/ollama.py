"""Ollama's native protocol; always says how large a window the model must have."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator
from typing import Literal, TypeVar

import msgspec

from camus.config import Reasoning
from camus.models.answer import Answer, filled, messages_of, streamed, text_of
from camus.models.backend import Limits, Piece, Sampling, Served, Usage
from camus.models.contact import Complaint, malformed
from camus.models.embedding import Vectors, checked
from camus.models.errors import ModelError, Rejected
from camus.models.naming import billions
from camus.models.transport import Call, Http, Pace
from camus.privacy import Cleared, Prompt

_T = TypeVar("_T")

LIST_SECONDS = 3.0
LOAD_SECONDS, UNLOAD_SECONDS = 300.0, 30.0
_SHOW_AT_ONCE = 8
_MOST_SHOWN = 100


class _Message(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None


class _Line(msgspec.Struct):
    message: _Message | None = None
    response: str | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    prompt_eval_cached_count: int | None = None
    eval_count: int | None = None
    error: Complaint | str | None = None
    remote_host: str | None = None


class _Details(msgspec.Struct):
    parameter_size: str | None = None


class _Tag(msgspec.Struct):
    name: str
    size: int = 0
    size_vram: int = 0
    digest: str | None = None
    details: _Details | None = None
    remote_host: str | None = None
    remote_model: str | None = None


class _Tags(msgspec.Struct):
    models: list[_Tag] | None


class _Running(msgspec.Struct):
    models: list[_Tag] | None


class _Shown(msgspec.Struct):
    model_info: dict[str, object] | None = None
    capabilities: list[str] | None = None
    license: str | None = None
    remote_host: str | None = None


class _Embeddings(msgspec.Struct):
    embeddings: list[list[float]]
    prompt_eval_count: int | None = None


class _Version(msgspec.Struct):
    version: str = ""


class Ollama:
    """One Ollama server.

    It is told not to cut a prompt (`truncate` and `shift` false, known since 0.12.7); older ones
    cut silently, so their count of what they read is compared with what was surely sent.
    """

    def __init__(self, http: Http, *, reasoning: Reasoning | None = None) -> None:
        """Use a connection that is this server's own; `reasoning`: how much models are to think."""
        self._http = http
        self._reasoning = reasoning
        self._shown: dict[tuple[str, str], _Shown] = {}
        self._counts_all = False

    async def catalogue(self) -> tuple[Served, ...]:
        """The models pulled here, each with what `/api/show` tells of it."""
        tags, version = await asyncio.gather(self._tags(), self._version())
        self._counts_all = counts_cached_tokens(version)
        room = asyncio.Semaphore(_SHOW_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            shown = [group.create_task(self._show(tag, room)) for tag in tags[:_MOST_SHOWN]]
            loaded = group.create_task(self._loaded())
        return tuple(
            _served(tag, task.result() if task else _Shown(), loaded.result())
            for tag, task in itertools.zip_longest(tags, shown)
        )

    def stream(
        self, model: str, prompt: Cleared, sampling: Sampling, window: int, limits: Limits
    ) -> AsyncGenerator[Piece, None]:
        """Chat; thinking is waited for and dropped."""
        pace = Pace(limits)
        body = _request(model, prompt.prompt, sampling, window, self._reasoning)
        path = "/api/chat" if prompt.prompt.fill is None else "/api/generate"
        call = Call(path, body, model=model, sent=text_of(prompt.prompt))
        answer = Answer(self._http, call, limits, pace)
        reader = _Reader(answer, prompt, sampling, window, counts_all=self._counts_all)
        return streamed(self._http, limits, answer, reader)

    async def embed(self, model: str, texts: Cleared, limits: Limits) -> Vectors:
        """A vector for each message; a text over the window is an error, not cut."""
        contents = [message.content for message in texts.prompt.messages]
        body = msgspec.json.encode({"model": model, "input": contents, "truncate": False})
        call = Call("/api/embed", body, model=model, sent="\n".join(contents))
        made = await self._ask(call, _Embeddings, limits.total, "embed")
        vectors = checked(made.embeddings, len(contents), self._http.contact.shown)
        return Vectors(vectors, made.prompt_eval_count)

    async def load(self, model: str, window: int) -> None:
        """Have a model in memory with its window; raises `ModelError`."""
        body = {"model": model, "stream": False, "options": {"num_ctx": window}}
        await self._http.ask(_managing(body), LOAD_SECONDS)

    async def unload(self, model: str) -> None:
        """Take a model out of memory once its answers are done; raises `ModelError`."""
        await self._http.ask(
            _managing({"model": model, "stream": False, "keep_alive": 0}), UNLOAD_SECONDS
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _tags(self) -> list[_Tag]:
        try:
            return (await self._ask(Call("/api/tags"), _Tags)).models or []
        except Rejected as error:
            raise malformed(self._http.contact, "is there, but is no Ollama") from error

    async def _ask(
        self, call: Call, kind: type[_T], seconds: float = LIST_SECONDS, what: str = "list models"
    ) -> _T:
        body = await self._http.ask(call, seconds)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise malformed(self._http.contact, f"does not {what} as Ollama does") from error

    async def _version(self) -> str:
        try:
            return (await self._ask(Call("/api/version"), _Version)).version
        except ModelError:
            return ""

    async def _loaded(self) -> dict[str, _Tag] | None:
        """The models in memory now, by name, with what they take; None when it does not tell."""
        try:
            running = await self._ask(Call("/api/ps"), _Running)
        except ModelError:
            return None
        return {tag.name: tag for tag in running.models or ()}

    async def _show(self, tag: _Tag, room: asyncio.Semaphore) -> _Shown:
        """What the server tells of one model; nothing when it does not answer."""
        known = (tag.name, tag.digest or "")
        if known not in self._shown:
            body = msgspec.json.encode({"model": tag.name})
            try:
                async with room:
                    self._shown[known] = await self._ask(Call("/api/show", body), _Shown)
            except ModelError:
                return _Shown()
        return self._shown[known]


class _Reader:
    """Reads NDJSON; after the line with `done` nothing counts."""

    def __init__(
        self,
        answer: Answer,
        prompt: Cleared,
        sampling: Sampling,
        window: int,
        *,
        counts_all: bool,
    ) -> None:
        self._answer = answer
        self._prompt = prompt
        self._sampling = sampling
        self._window = window
        self._counts_all = counts_all
        self._done: _Line | None = None

    def read(self, line: bytes) -> str:
        if self._done is not None:
            return ""
        try:
            read = _LINES.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._answer.strange() from error
        if read.error or read.remote_host:
            self._refuse(read)
        message = read.message or _NOTHING
        if message.thinking:
            self._answer.think(message.thinking)
        if read.done:
            self._done = read
            self._answer.pace.finish()
        return read.response or message.content or ""

    def last(self) -> Piece:
        done = self._done
        if done is None:
            raise self._answer.cut_short()
        self._answer.check_read(
            self._prompt.prompt,
            done.prompt_eval_count,
            self._window,
            counts_all=self._counts_all or done.prompt_eval_cached_count is not None,
            exact=True,
        )
        usage = Usage(done.prompt_eval_count, done.eval_count)
        return Piece("", _finish(done, self._sampling), usage)

    def _refuse(self, read: _Line) -> None:
        """Raise what a line tells: an error, or that the model runs elsewhere."""
        if read.error:
            raise self._answer.complained(read.error)
        if self._prompt.destination.local:
            raise Rejected(
                f"{self._answer.contact.shown} forwards {self._answer.call.model!r} elsewhere",
                advice="choose a model that runs on this machine",
            )


_LINES = msgspec.json.Decoder(_Line)
_NOTHING = _Message()


def counts_cached_tokens(version: str) -> bool:
    """Whether `prompt_eval_count` of this version is of the whole prompt, cached or not.

    It was not before 0.2 nor in 0.30 (pull requests 5371 and 16428 of ollama/ollama); an unknown
    version counts as one that does not.
    """
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None:
        return False
    number = (int(found[1]), int(found[2]))
    return number >= (0, 3) and number != (0, 30)


def _request(
    model: str, prompt: Prompt, sampling: Sampling, window: int, reasoning: Reasoning | None = None
) -> bytes:
    options: dict[str, object] = {
        "num_ctx": window,
        "num_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.stop:
        options["stop"] = sampling.stop
    if sampling.seed is not None:
        options["seed"] = sampling.seed
    raw = filled(prompt)
    return msgspec.json.encode(
        {
            "model": model,
            **({"messages": messages_of(prompt)} if raw is None else {"prompt": raw, "raw": True}),
            "stream": True,
            "truncate": False,
            "shift": False,
            "options": options,
            **(_thinking(model, reasoning) if raw is None else {}),
            **({"format": msgspec.Raw(sampling.schema.encode())} if sampling.schema else {}),
        }
    )


def _managing(body: dict[str, object]) -> Call:
    """A generation of nothing, which only loads or unloads."""
    return Call("/api/generate", msgspec.json.encode(body), model=str(body["model"]))


def _thinking(model: str, reasoning: Reasoning | None) -> dict[str, object]:
    """Ollama's switch for thinking; only gpt-oss takes a level."""
    if reasoning is None:
        return {}
    if "gpt-oss" in model and reasoning != "none":
        return {"think": reasoning}
    return {"think": reasoning != "none"}


def _finish(last: _Line, sampling: Sampling) -> Literal["stop", "length"]:
    """Old versions give no reason; a full allowance then means that it was cut."""
    if last.done_reason is None:
        return "length" if (last.eval_count or 0) >= sampling.max_tokens else "stop"
    return "length" if last.done_reason == "length" else "stop"


def _served(tag: _Tag, shown: _Shown, loaded: dict[str, _Tag] | None) -> Served:
    running = (loaded or {}).get(tag.name, _Tag(tag.name))
    info = shown.model_info or {}
    windows = [n for key, n in info.items() if key.endswith(".context_length")]
    window = windows[0] if windows and isinstance(windows[0], int) else 0
    host = tag.remote_host or shown.remote_host or ("ollama.com" if tag.remote_model else "")
    can = shown.capabilities
    licence = next(
        (line.strip() for line in (shown.license or "").splitlines() if line.strip()), ""
    )
    return Served(
        id=tag.name,
        window=max(0, window),
        memory_bytes=max(0, running.size or tag.size),
        cards_bytes=max(0, running.size_vram),
        parameters_billions=billions(tag.details.parameter_size if tag.details else None),
        remote_host=host,
        licence=licence[:80],
        embedding=can is not None and "embedding" in can and "completion" not in can,
        loaded=None if loaded is None else tag.name in loaded,
        digest=tag.digest or "",
    )
