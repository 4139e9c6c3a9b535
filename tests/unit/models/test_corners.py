"""The rarer sides of the protocols and of the connection."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from camus.config import BackendKind
from camus.models import (
    Completion,
    Cut,
    Failed,
    Limits,
    Malformed,
    ModelError,
    Models,
    Sampling,
    TimedOut,
    Unreachable,
)
from camus.models.loads import START
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI, Reply, closed_port

OPENAI = BackendKind.OPENAI


@asynccontextmanager
async def models_at(url: str, **more: Any) -> AsyncIterator[Models]:
    models = Models(configured(model_at(url, **more)), env={})
    try:
        yield models
    finally:
        await models.close()


async def ask(url: str, limits: Limits = QUICK, **more: Any) -> Completion:
    async with models_at(url, **more) as models:
        place = models.profiles()[0].place
        return await models.generate("coder", cleared(to=place), Sampling(max_tokens=3), limits)


def said(text: str | None, finish: str | None, reasoning: str = "") -> bytes:
    """One event."""
    choice = {"delta": {"content": text, "reasoning": reasoning}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


class Raw(OpenAI):
    """A server that streams exactly these bytes."""

    def __init__(self, body: bytes, kind: str = "text/event-stream") -> None:
        super().__init__("x")
        self.body = body
        self.kind = kind

    async def _generate(self, asked: Any, wire: Any) -> None:
        await wire.head(200, {"Content-Type": self.kind}, length=len(self.body))
        await wire.write(self.body)


class RawOllama(Ollama):
    """The same for Ollama."""

    def __init__(self, body: bytes) -> None:
        super().__init__("x")
        self.body = body

    async def _generate(self, asked: Any, wire: Any) -> None:
        await wire.head(200, {"Content-Type": "application/x-ndjson"}, length=len(self.body))
        await wire.write(self.body)


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        (b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n', "a", "stop"),
        (b'data:{"choices":[{"delta":{"content":"a"}}]}\r\n\r\ndata:[DONE]\r\n', "a", "stop"),
        (
            b": WORKING ON IT\n\nevent: message\nid: 1\nretry: 3\n" + said("a", "eos"),
            "a",
            "stop",
        ),
        (
            b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"max_tokens"}]}\n\n',
            "a",
            "length",
        ),
        (
            b'data: {"choices":[]}\n\n' + said(None, "", "hm") + said("b", "tool_calls"),
            "b",
            "stop",
        ),
        (
            b'{\n "choices": [\n {"message": {"content": "whole"}, "finish_reason": "length"}]\n}',
            "whole",
            "length",
        ),
        (b'{"choices": [{"message": {"content": "whole"}}]}', "whole", "stop"),
    ],
)
async def test_openais_protocol_in_its_dialects(body: bytes, text: str, finish: str) -> None:
    with Raw(body) as server:
        got = await ask(server.url, type=OPENAI)
    assert (got.text, got.finish) == (text, finish)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", Cut),
        (b"hello\n", Malformed),
        (b'{"choices": []}', Malformed),
        (b'{"object": "list"}', Malformed),
        (b"data: \n\n", Malformed),
        (b'data: {"choices": "none"}\n', Malformed),
        (b'event: error\ndata: {"error": "overloaded"}\n\n', Failed),
        (b'data: {"choices":[{"delta":{"content":"\\ud800"}}]}\n', Malformed),
    ],
)
async def test_what_openais_protocol_is_not(body: bytes, error: type[ModelError]) -> None:
    with Raw(body) as server, pytest.raises(error):
        await ask(server.url, type=OPENAI)


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        (b'{"message":{"content":"a"},"done":true,"eval_count":1}\n', "a", "stop"),
        (b'{"message":{"content":"a"},"done":true,"eval_count":3}\n', "a", "length"),
        (b'{"message":{"content":"a"},"done":true}\n{"message":{"content":"b"}}\n', "a", "stop"),
        (b'{"message":{"content":"a"}}\n{"done":true,"done_reason":"unload"}', "a", "stop"),
    ],
)
async def test_ollamas_protocol_in_its_versions(body: bytes, text: str, finish: str) -> None:
    with RawOllama(body) as server:
        got = await ask(server.url)
    assert (got.text, got.finish) == (text, finish)


async def test_a_model_that_cannot_be_shown_is_listed_all_the_same() -> None:
    class Shy(Ollama):
        async def inform(self, asked: Any, wire: Any) -> None:
            if asked.path in {"/api/show", "/api/version"}:
                await wire.json(500, {"error": "no"})
            else:
                await super().inform(asked, wire)

    with Shy("ok") as server:
        async with models_at(server.url) as models:
            (profile,) = await models.refresh()
            assert (profile.state, profile.window) == ("ready", 4096)
            assert (await models.generate("coder", cleared(), Sampling(), QUICK)).text == "ok"


async def test_a_list_without_end_is_refused() -> None:
    class Boundless(Ollama):
        async def inform(self, asked: Any, wire: Any) -> None:
            await wire.head(200, {"Content-Type": "application/json"}, length=None)
            for _ in range(400):
                await wire.part(b" " * 65536)
            await wire.end()

    with Boundless() as server:
        async with models_at(server.url) as models:
            (profile,) = await models.refresh()
    assert "more than any answer needs" in profile.problem


async def test_a_request_waits_for_its_turn_no_longer_than_its_total() -> None:
    with Ollama(Fault("stall", after=0)) as server:
        async with models_at(server.url) as models:
            await models.refresh()
            hanging = [
                asyncio.create_task(models.generate("coder", cleared(), Sampling(), Limits()))
                for _ in range(int(START))
            ]
            await asyncio.to_thread(server.wait_requests, int(START), path="/api/chat")
            with pytest.raises(TimedOut, match="busy with other requests"):
                await models.generate("coder", cleared(), Sampling(), Limits(total=0.1))
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_server_that_broke_since_it_was_listed_is_not_trusted_blindly() -> None:
    with Ollama("x", models=[]) as server:
        async with models_at(server.url) as models:
            await models.refresh()
            server.key = "now wanted"
            with pytest.raises(ModelError, match="wants a key"):
                await models.generate("coder", cleared(), Sampling(), QUICK)
        assert not server.chats


async def test_an_unreachable_server_is_not_retried_by_a_caller_that_got_text() -> None:
    with Ollama(Reply("word " * 50, pause=0.01)) as server:
        async with models_at(server.url) as models:
            got: list[str] = []

            def listen(text: str) -> None:
                got.append(text)
                if len(got) == 3:
                    raise Unreachable("as if the backend said so late")

            with pytest.raises(Unreachable, match="late"):
                await models.generate("coder", cleared(), Sampling(), QUICK, listen)
        assert len(server.chats) == 1


async def test_a_proxy_that_is_down_is_named() -> None:
    with closed_port() as proxy, pytest.raises(Unreachable, match=r"refused|proxy"):
        await ask("http://model.internal:1/v1", type=OPENAI, proxy=proxy, remote=False)


async def test_a_host_name_that_is_none_is_named() -> None:
    async with models_at("http://\u2603-.example:1", type=OPENAI) as models:
        (profile,) = await models.refresh()
    assert (profile.state, profile.place.local) == ("unreachable", False)
    assert "address" in profile.problem


async def test_a_port_that_never_accepts_is_given_up_after_the_connect_limit() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = []
        for _ in range(3):  # fills the queue, so that the kernel answers no further knock
            knock = socket.socket()
            knock.setblocking(False)
            knock.connect_ex(listening.getsockname())
            waiting.append(knock)
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with pytest.raises(Unreachable, match=r"did not accept"):
                await ask(url, Limits(connect=0.2), type=OPENAI)
        finally:
            for knock in waiting:
                knock.close()


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate for 127.0.0.1 signed by itself."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request.split(), *names, *files], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_a_certificate_is_checked_against_the_ca_file_that_was_named(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    await asyncio.to_thread(make_certificate, certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    body = b'{"choices": [{"message": {"content": "over TLS"}}]}'

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        answer = body if b"POST" in head else b'{"data": [{"id": "qwen2.5-coder:7b"}]}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(answer))
        writer.write(b"Connection: close\r\n\r\n" + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        with pytest.raises(Unreachable, match="certificate that is not trusted"):
            await ask(url, type=OPENAI)
        got = await ask(url, type=OPENAI, ca_bundle=str(certificate))
    assert got.text == "over TLS"
