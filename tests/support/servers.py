"""Model servers on loopback for everyone's tests: real HTTP, scripted answers, every known fault.

They speak Ollama's native protocol and OpenAI's as their public documentation describes them, run
in a thread with a loop of its own (so a subprocess can use them too), and record what they saw.

    from support.servers import Fault, Ollama, OpenAI, Reply, Told

    def test_it() -> None:
        with Ollama(lambda asked: "pass", models=[Told("qwen2.5-coder:7b")]) as server:
            ...  # point the configuration at server.url
        assert server.chats[0].body["options"]["num_ctx"] == 8192

- A *script* is a function of the parsed request (`Asked`: `.model`, `.text`, `.messages`, `.body`,
  `.headers`) that returns a `str`, a `Reply` (finish reason, thinking, token counts, pauses, how
  bytes are split) or a `Fault`; a `str`, `Reply` or `Fault` alone is a script too. It runs in the
  server's thread; what it raises is raised again when the server closes.
  `by_turn("a", Fault("reset"), "b")` answers in turn and repeats the last.
- Faults before the answer: `reset`, `silent` (no answer at all), `slow_headers`, `status` (401,
  404, 429 with `retry_after`, 500, ...), `ok_error` (200 with only an error), `gzip` (a compression
  bomb), `content_type` (an HTML page), `redirect`.
  In mid-stream, after `after` pieces: `stall`, `cut` (no end mark; `framing` "close" is the silent
  kind), `drop` (RST), `truncated_json`, `garbage` (a line that is no JSON), `error`,
  `invalid_utf8`, `huge_line`, `no_finish` (clean end without the end mark), `endless` (repeats).
  A drip is `Reply("...", pause=1.0)`. A refused connection is `closed_port()`, or `server.stop()`.
- Recorded: `server.requests`, `server.chats` (generations only), `server.connections`,
  `server.open_connections`; `server.wait_free()` waits for none, `server.wait_closed()` gives the
  `time.monotonic()` at which the server's own socket saw the client go.
- For tests through the real discovery in a subprocess set `OLLAMA_HOST` to `server.url`.
- Fixtures `ollama` and `openai` (one plain server each, with one model): put
  `pytest_plugins = ["support.servers"]` into the test module.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from support.loopback import Asked, Loopback, Wire, closed_port

__all__ = [
    "Asked",
    "Fault",
    "Ollama",
    "OpenAI",
    "Reply",
    "Script",
    "Told",
    "by_turn",
    "closed_port",
    "count_tokens",
]

Kind = Literal[
    "reset",
    "silent",
    "slow_headers",
    "status",
    "ok_error",
    "gzip",
    "content_type",
    "redirect",
    "stall",
    "cut",
    "drop",
    "truncated_json",
    "garbage",
    "error",
    "invalid_utf8",
    "huge_line",
    "no_finish",
    "endless",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """How an answer goes wrong; see the module. `after` counts pieces of `text` sent before it."""

    kind: Kind
    after: int = 2
    text: str = "one two three four "
    seconds: float = 30.0
    status: int = 500
    message: str = "something broke"
    retry_after: str | None = None
    location: str = ""
    size: int = 8_000_000
    framing: Literal["chunked", "close"] = "chunked"


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer, sent word by word with `pause` seconds before each.

    `prompt_tokens`: None counts what was sent, -1 leaves the number out. `pieces` replaces the
    split into words. `size` writes so many bytes at a time, `gap` seconds apart. `first`
    is the pause before the first piece, headers already sent.
    """

    text: str = ""
    finish: Literal["stop", "length"] = "stop"
    thinking: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    pause: float = 0.0
    first: float = 0.0
    pieces: tuple[str, ...] = ()
    size: int = 0
    gap: float = 0.0
    framing: Literal["chunked", "close"] = "chunked"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A model as a server tells of it."""

    id: str
    window: int = 32768
    parameters: str = "7.6B"
    bytes: int = 4_700_000_000
    remote_host: str = ""
    remote_model: str = ""
    capabilities: tuple[str, ...] = ("completion",)
    licence: str = ""
    loaded_window: int = 0
    loaded: bool = False
    on_cards: int = 0


Script = Callable[[Asked], str | Reply | Fault]


def by_turn(*answers: str | Reply | Fault) -> Script:
    """A script that gives these answers in turn, then the last one for ever."""
    left = list(answers)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]


def count_tokens(text: str) -> int:
    """The servers' own count: words and punctuation marks, near what real tokenisers give."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def vector(text: str) -> list[float]:
    """A vector of a text's words: texts that share words are near each other."""
    made = [0.0] * 32
    for word in re.findall(r"\w+", text.lower()):
        made[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 32] += 1.0
    length = sum(each * each for each in made) ** 0.5 or 1.0
    return [each / length for each in made]


@functools.cache
def _bomb(size: int) -> bytes:
    return gzip.compress(b'{"x": "' + b"a" * size, compresslevel=1)


class _ModelServer(Loopback):
    generating: tuple[str, ...] = ()

    def __init__(
        self,
        script: Script | str | Reply | Fault = "ok",
        *,
        models: Iterable[Told] = (Told("qwen2.5-coder:7b"),),
        key: str = "",
        port: int = 0,
    ) -> None:
        """Answer with `script`, offering `models`; with a `key`, only to who sends it."""
        super().__init__(port=port)
        self.script: Script = script if callable(script) else by_turn(script)
        self.models = list(models)
        self.key = key

    @property
    def chats(self) -> list[Asked]:
        """The requests for a generation, in order."""
        return [request for request in self.requests if request.path in self.generating]

    def told(self, id: str) -> Told | None:
        """The model of that id."""
        return next((model for model in self.models if model.id == id), None)

    async def handle(self, asked: Asked, wire: Wire) -> None:
        """Check the key, then answer by path."""
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            await wire.json(401, self.error_body("Incorrect API key provided", 401))
            return
        if asked.path in self.generating and asked.method == "POST":
            await self._generate(asked, wire)
        else:
            await self.inform(asked, wire)

    async def inform(self, asked: Asked, wire: Wire) -> None:
        """Answer a question about the server or its models."""
        raise NotImplementedError

    def error_body(self, message: str, status: int) -> dict[str, Any]:
        """An error as this protocol spells it."""
        raise NotImplementedError

    def missing(self, id: str) -> str:
        """What the server says when it has no such model."""
        raise NotImplementedError

    def lines(self, asked: Asked, reply: Reply, words: list[str]) -> Iterator[bytes]:
        """The body, piece by piece; the last ones carry the finish."""
        raise NotImplementedError

    def failure(self, message: str) -> bytes:
        """An error in mid-stream."""
        raise NotImplementedError

    def refusal(self, asked: Asked, tokens: int) -> tuple[int, object] | None:
        """What the server answers by itself instead of the script, such as a prompt too long."""
        return None

    content_type = "application/json"

    async def _generate(self, asked: Asked, wire: Wire) -> None:
        if self.told(asked.model) is None:
            await wire.json(404, self.error_body(self.missing(asked.model), 404))
            return
        answer = self.script(asked)
        if isinstance(answer, Fault):
            await self._fault(asked, wire, answer)
            return
        if refused := self.refusal(asked, count_tokens(asked.text)):
            await wire.json(*refused)
            return
        reply = Reply(answer) if isinstance(answer, str) else answer
        await self._reply(asked, wire, reply)

    async def _reply(self, asked: Asked, wire: Wire, reply: Reply) -> None:
        words = list(reply.pieces) or re.findall(r"\S+\s*|\s+", reply.text)
        await self._open(wire, reply.framing)
        await asyncio.sleep(reply.first)
        for line in self.lines(asked, reply, words):
            if reply.pause:
                await asyncio.sleep(reply.pause)
            await wire.part(line, size=reply.size, gap=reply.gap)
        await wire.end()

    async def _open(self, wire: Wire, framing: str) -> None:
        await wire.head(200, {"Content-Type": self.content_type}, length=None, framing=framing)

    async def _fault(self, asked: Asked, wire: Wire, fault: Fault) -> None:
        match fault.kind:
            case "reset":
                wire.reset()
            case "silent":
                await wire.gone()
            case "slow_headers":
                await asyncio.sleep(fault.seconds)
                await self._reply(asked, wire, Reply(fault.text))
            case "status":
                wait = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
                await wire.json(fault.status, self.error_body(fault.message, fault.status), wait)
            case "ok_error":
                await wire.json(200, self.error_body(fault.message, 200))
            case "gzip":
                body = _bomb(fault.size)
                kind = {"Content-Type": self.content_type, "Content-Encoding": "gzip"}
                await wire.head(200, kind, length=len(body))
                await wire.write(body)
            case "content_type":
                page = b"<!doctype html><title>Welcome</title><p>sign in first</p>"
                await wire.head(200, {"Content-Type": "text/html"}, length=len(page))
                await wire.write(page)
            case "redirect":
                await wire.head(307, {"Location": fault.location}, length=0)
            case _:
                await self._break_off(asked, wire, fault)

    async def _break_off(self, asked: Asked, wire: Wire, fault: Fault) -> None:
        words = re.findall(r"\S+\s*|\s+", fault.text)
        whole = list(self.lines(asked, Reply(fault.text), words))
        good = whole[: fault.after]
        await self._open(wire, fault.framing)
        for line in good:
            await wire.part(line)
        match fault.kind:
            case "stall":
                await wire.gone()
            case "cut":
                wire.drop()
            case "drop":
                await asyncio.sleep(0.05)  # a reset would overtake what was sent
                wire.reset()
            case _:
                for part in self._spoilt(whole, good, fault):
                    await wire.part(part)
                await wire.end()

    def _spoilt(self, whole: list[bytes], good: list[bytes], fault: Fault) -> Iterator[bytes]:
        """What follows the good part of a body that ends as HTTP asks."""
        spoken = next(line for line in whole if b"one" in line)
        match fault.kind:
            case "truncated_json":
                yield spoken[: len(spoken) // 2]
            case "garbage":
                yield spoken[: len(spoken) // 2] + b"\n\n"
                yield from whole
            case "error":
                yield self.failure(fault.message)
            case "invalid_utf8":
                yield spoken.replace(b"one", b"\xff\xfe\xe2\x82")
                yield from whole
            case "huge_line":
                yield from (b"x" * 65536 for _ in range(fault.size // 65536))
            case "endless":
                while True:
                    yield spoken
            case _:
                pass


class Ollama(_ModelServer):
    """Ollama's native protocol, and its OpenAI-compatible list of models.

    A request longer than `num_ctx` is refused with 400 when it says `truncate: false`; otherwise
    it is cut silently and answered, `prompt_eval_count` telling what was kept: the whole window,
    or half of it when `halves`. `old` is a version that does not know `truncate`.
    """

    content_type = "application/x-ndjson"
    generating = ("/api/chat", "/api/generate")

    version = "0.32.9"
    old = False
    halves = False

    async def inform(self, asked: Asked, wire: Wire) -> None:
        """Version, tags, show, ps."""
        match asked.path:
            case "/":
                await wire.head(200, {"Content-Type": "text/plain"}, length=17)
                await wire.write(b"Ollama is running")
            case "/api/version":
                await wire.json(200, {"version": self.version})
            case "/api/tags":
                await wire.json(200, {"models": [self._tag(model) for model in self.models]})
            case "/api/ps":
                running = [
                    self._tag(model) | {"size_vram": model.on_cards}
                    for model in self.models
                    if model.loaded
                ]
                await wire.json(200, {"models": running})
            case "/api/show":
                if model := self.told(asked.model):
                    await wire.json(200, self._show(model))
                else:
                    await wire.json(404, self.error_body(self.missing(asked.model), 404))
            case "/api/embed":
                texts = asked.body["input"]
                body = {"embeddings": [vector(text) for text in texts], "prompt_eval_count": 7}
                await wire.json(200, body)
            case "/v1/models":
                entries = [{"id": model.id, "object": "model"} for model in self.models]
                await wire.json(200, {"object": "list", "data": entries})
            case _:
                page = b"404 page not found"
                await wire.head(404, {"Content-Type": "text/plain"}, length=len(page))
                await wire.write(page)

    def error_body(self, message: str, status: int) -> dict[str, Any]:
        """`{"error": "..."}`."""
        return {"error": message}

    def missing(self, id: str) -> str:
        """Ollama's own words."""
        return f"model '{id}' not found"

    def failure(self, message: str) -> bytes:
        """A line with only `error`, under status 200."""
        return json.dumps({"error": message}).encode() + b"\n"

    def refusal(self, asked: Asked, tokens: int) -> tuple[int, object] | None:
        """Refuse a prompt too long when asked not to cut it."""
        if self.old or asked.body.get("truncate", True) or tokens <= self._window(asked):
            return None
        return 400, self.error_body("the input length exceeds the context length", 400)

    def lines(self, asked: Asked, reply: Reply, words: list[str]) -> Iterator[bytes]:
        """NDJSON; thinking first, text then, and a last object with `done` and the counts."""
        chat = asked.path == "/api/chat"
        base = {"model": asked.model, "created_at": "2026-01-01T00:00:00.000000001Z"}

        def line(text: str = "", thinking: str = "", **more: Any) -> bytes:
            if chat:
                message = {"role": "assistant", "content": text}
                body = {"message": message | ({"thinking": thinking} if thinking else {})}
            else:
                body = {"response": text} | ({"thinking": thinking} if thinking else {})
            return json.dumps({**base, **body, **more}, ensure_ascii=False).encode() + b"\n"

        for word in re.findall(r"\S+\s*", reply.thinking):
            yield line(thinking=word, done=False)
        for word in words:
            yield line(word, done=False)
        read = min(count_tokens(asked.text), self._window(asked))
        if count_tokens(asked.text) > read and self.halves:
            read = self._window(asked) // 2 + 2
        counts: dict[str, Any] = {
            "prompt_eval_count": read if reply.prompt_tokens is None else reply.prompt_tokens,
            "eval_count": len(words)
            if reply.completion_tokens is None
            else reply.completion_tokens,
            "total_duration": 5_000_000,
        }
        if counts["prompt_eval_count"] == -1:
            del counts["prompt_eval_count"]
        yield line(done=True, done_reason=reply.finish, **counts, **reply.extra)

    def _window(self, asked: Asked) -> int:
        told = self.told(asked.model)
        asked_for = int(asked.body.get("options", {}).get("num_ctx", 4096))
        return min(asked_for, told.window if told else asked_for)

    def _tag(self, model: Told) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "name": model.id,
            "model": model.id,
            "modified_at": "2026-01-01T00:00:00Z",
            "size": model.bytes,
            "digest": hashlib.sha256(repr(model).encode()).hexdigest(),
            "details": {"family": "x", "parameter_size": model.parameters, "format": "gguf"},
        }
        if model.remote_host:
            entry |= {"remote_host": model.remote_host, "remote_model": model.remote_model}
        return entry

    def _show(self, model: Told) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "details": {"family": "x", "parameter_size": model.parameters},
            "model_info": {"general.architecture": "x", "x.context_length": model.window},
            "capabilities": list(model.capabilities),
        }
        if model.licence:
            answer["license"] = model.licence
        if model.remote_host:
            answer |= {"remote_host": model.remote_host, "remote_model": model.remote_model}
        return answer


class OpenAI(_ModelServer):
    """OpenAI's protocol, in the flavour of one of the servers that speak it.

    `flavour` changes what can be asked besides: llama-server tells its window at `/props`, vLLM in
    `max_model_len`, LM Studio at `/api/v0/models`, a hosted one nowhere. `loading` makes a
    llama-server answer 503 as it does while it reads its model.
    """

    content_type = "text/event-stream"
    generating = ("/v1/chat/completions", "/v1/completions")
    completes = True
    """Whether it takes a text without a conversation too."""

    flavour: Literal["hosted", "llama-server", "vllm", "lmstudio"] = "hosted"
    loading = False
    sends_usage = True
    slots = 1

    async def inform(self, asked: Asked, wire: Wire) -> None:
        """Models, and what the flavour has besides."""
        path = asked.path
        if self.loading and path != "/v1/models":
            await wire.json(503, self.error_body("Loading model", 503))
        elif path == "/v1/models":
            await wire.json(200, {"object": "list", "data": [self._entry(m) for m in self.models]})
        elif path == "/v1/embeddings":
            texts = enumerate(asked.body["input"])
            data = [{"index": at, "embedding": vector(text)} for at, text in texts]
            await wire.json(200, {"data": data[::-1], "usage": {"prompt_tokens": 7}})
        elif path == "/health" and self.flavour in {"llama-server", "vllm"}:
            await wire.json(200, {"status": "ok"})
        elif path == "/props" and self.flavour == "llama-server":
            window = self.models[0].loaded_window or self.models[0].window
            settings = {"n_ctx": window, "params": {}}
            told = {"default_generation_settings": settings, "total_slots": self.slots}
            await wire.json(200, told)
        elif path == "/api/v0/models" and self.flavour == "lmstudio":
            await wire.json(200, {"object": "list", "data": [self._studio(m) for m in self.models]})
        else:
            await wire.json(404, self.error_body(f"Unknown path {path}", 404))

    async def handle(self, asked: Asked, wire: Wire) -> None:
        """As every server, but a loading one generates nothing."""
        if self.loading and asked.path in self.generating:
            await wire.json(503, self.error_body("Loading model", 503))
            return
        if asked.path == "/v1/completions" and not self.completes:
            await wire.json(404, self.error_body(f"Unknown path {asked.path}", 404))
            return
        await super().handle(asked, wire)

    def error_body(self, message: str, status: int) -> dict[str, Any]:
        """`{"error": {"message", "type", "code"}}`."""
        kinds = {401: "invalid_request_error", 429: "rate_limit_error", 503: "unavailable_error"}
        kind = kinds.get(status, "invalid_request_error" if status < 500 else "server_error")
        return {"error": {"message": message, "type": kind, "code": status}}

    def missing(self, id: str) -> str:
        """The words of a hosted server."""
        return f"The model `{id}` does not exist."

    def failure(self, message: str) -> bytes:
        """An event with only `error`."""
        return b"data: " + json.dumps(self.error_body(message, 500)).encode() + b"\n\n"

    def refusal(self, asked: Asked, tokens: int) -> tuple[int, object] | None:
        """Refuse a prompt too long, as llama-server words it."""
        told = self.told(asked.model)
        window = (told.loaded_window or told.window) if told else tokens
        if tokens <= window:
            return None
        message = f"request ({tokens} tokens) exceeds the available context size ({window} tokens)"
        error = {"code": 400, "message": message, "type": "exceed_context_size_error"}
        return 400, {"error": error | {"n_prompt_tokens": tokens, "n_ctx": window}}

    def lines(self, asked: Asked, reply: Reply, words: list[str]) -> Iterator[bytes]:
        """Server-sent events: role, reasoning, text, finish, usage when asked for, `[DONE]`."""
        base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": asked.model}

        def event(delta: dict[str, str], finish: str | None = None, **more: Any) -> bytes:
            said: dict[str, Any] = {"delta": delta}
            if asked.path == "/v1/completions":
                said = {"text": delta.get("content", "")}
            choices = [{"index": 0, **said, "finish_reason": finish}]
            body = json.dumps({**base, "choices": choices, **more}, ensure_ascii=False)
            return b"data: " + body.encode() + b"\n\n"

        yield event({"role": "assistant", "content": ""})
        for word in re.findall(r"\S+\s*", reply.thinking):
            yield event({"reasoning_content": word})
        for word in words:
            yield event({"content": word})
        yield event({}, reply.finish)
        options = asked.body.get("stream_options") or {}
        if options.get("include_usage") and self.sends_usage and reply.prompt_tokens != -1:
            read = count_tokens(asked.text) if reply.prompt_tokens is None else reply.prompt_tokens
            made = len(words) if reply.completion_tokens is None else reply.completion_tokens
            usage = {"prompt_tokens": read, "completion_tokens": made, "total_tokens": read + made}
            last = {**base, "choices": [], "usage": usage, **reply.extra}
            yield b"data: " + json.dumps(last).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"

    def _entry(self, model: Told) -> dict[str, Any]:
        entry: dict[str, Any] = {"id": model.id, "object": "model", "owned_by": self.flavour}
        if self.flavour == "vllm":
            entry["max_model_len"] = model.window
        if self.flavour == "llama-server":
            entry["meta"] = {"n_ctx_train": model.window, "size": model.bytes}
        return entry

    def _studio(self, model: Told) -> dict[str, Any]:
        entry = {
            "id": model.id,
            "object": "model",
            "type": "embeddings" if "embedding" in model.capabilities else "llm",
            "state": "loaded" if model.loaded_window else "not-loaded",
            "max_context_length": model.window,
        }
        return entry | (
            {"loaded_context_length": model.loaded_window} if model.loaded_window else {}
        )


@pytest.fixture
def ollama() -> Iterator[Ollama]:
    """A plain Ollama with one model; set `.script` and `.models` as needed."""
    with Ollama() as server:
        yield server


@pytest.fixture
def openai() -> Iterator[OpenAI]:
    """A plain hosted OpenAI-compatible server with one model."""
    with OpenAI() as server:
        yield server
