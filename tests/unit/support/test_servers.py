"""The loopback servers do what their description says; everyone's tests rest on that."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from support.servers import Fault, Kind, Ollama, OpenAI, Reply, Told, by_turn, closed_port

CHAT = {"model": "qwen2.5-coder:7b", "messages": [{"role": "user", "content": "say it"}]}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client


async def test_ollama_streams_lines_and_counts(http: httpx.AsyncClient) -> None:
    with Ollama(Reply("two words", thinking="hm")) as server:
        answer = await http.post(f"{server.url}/api/chat", json=CHAT)
        lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["message"].get("thinking", "") for line in lines] == ["hm", "", "", ""]
    assert "".join(line["message"]["content"] for line in lines) == "two words"
    assert lines[-1]["done_reason"] == "stop"
    assert (lines[-1]["prompt_eval_count"], lines[-1]["eval_count"]) == (2, 2)
    assert server.chats[0].text == "say it"


async def test_ollama_generate_speaks_response(http: httpx.AsyncClient) -> None:
    with Ollama("yes") as server:
        body = {"model": "qwen2.5-coder:7b", "prompt": "say it"}
        answer = await http.post(f"{server.url}/api/generate", json=body)
    assert json.loads(answer.text.splitlines()[0])["response"] == "yes"


async def test_openai_streams_events_and_usage(http: httpx.AsyncClient) -> None:
    with OpenAI("two words") as server:
        body = {**CHAT, "stream_options": {"include_usage": True}}
        answer = await http.post(f"{server.url}/v1/chat/completions", json=body)
    events = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    assert json.loads(events[-2])["usage"]["completion_tokens"] == 2
    assert json.loads(events[-3])["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("kind", ["reset", "cut", "drop"])
async def test_a_broken_connection_is_seen_by_the_client(
    kind: Kind, http: httpx.AsyncClient
) -> None:
    with Ollama(Fault(kind)) as server, pytest.raises(httpx.TransportError):
        await http.post(f"{server.url}/api/chat", json=CHAT)


@pytest.mark.parametrize(
    ("fault", "ending"),
    [
        (Fault("cut", framing="close"), b'"done": false}\n'),
        (Fault("truncated_json"), b"created_at"),
        (Fault("error", message="oh"), b'{"error": "oh"}\n'),
        (Fault("ok_error", message="oh"), b'{"error": "oh"}'),
        (Fault("no_finish"), b'"done": false}\n'),
        (Fault("content_type"), b"sign in first</p>"),
        (Fault("gzip", size=1000), b"aaaa"),
    ],
)
async def test_a_spoilt_body_ends_so(fault: Fault, ending: bytes, http: httpx.AsyncClient) -> None:
    with Ollama(fault) as server:
        answer = await http.post(f"{server.url}/api/chat", json=CHAT)
    assert ending in answer.content[-120:]


async def test_a_refusing_port_and_a_stopped_server_refuse(http: httpx.AsyncClient) -> None:
    with closed_port() as url, pytest.raises(httpx.ConnectError):
        await http.get(url)
    with Ollama() as server:
        server.stop()
        with pytest.raises(httpx.ConnectError):
            await http.get(server.url)
        server.start()
        assert (await http.get(f"{server.url}/api/version")).status_code == 200


async def test_a_disconnect_is_seen_at_once(http: httpx.AsyncClient) -> None:
    with Ollama(Fault("stall")) as server:
        task = asyncio.create_task(http.post(f"{server.url}/api/chat", json=CHAT))
        await asyncio.to_thread(server.wait_requests, 1)
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.wait_closed) - start < 0.1
        assert server.open_connections == 0


async def test_a_long_prompt_is_refused_or_cut_as_ollama_does(http: httpx.AsyncClient) -> None:
    long = {"model": "m", "messages": [{"role": "user", "content": "word " * 3000}]}
    with Ollama(models=[Told("m", window=2048)]) as server:
        refused = await http.post(f"{server.url}/api/chat", json={**long, "truncate": False})
        cut = await http.post(f"{server.url}/api/chat", json=long)
    assert refused.status_code == 400
    assert json.loads(cut.text.splitlines()[-1])["prompt_eval_count"] == 2048


async def test_a_key_is_asked_for(http: httpx.AsyncClient) -> None:
    with OpenAI(key="right") as server:
        assert (await http.get(f"{server.url}/v1/models")).status_code == 401
        right = {"Authorization": "Bearer right"}
        assert (await http.get(f"{server.url}/v1/models", headers=right)).status_code == 200


async def test_answers_come_by_turn(http: httpx.AsyncClient) -> None:
    with Ollama(by_turn("a", Fault("status", status=429, retry_after="3"), "b")) as server:
        got = [await http.post(f"{server.url}/api/chat", json=CHAT) for _ in range(4)]
    assert [answer.status_code for answer in got] == [200, 429, 200, 200]
    assert got[1].headers["retry-after"] == "3"


def test_a_failing_script_fails_the_test() -> None:
    def script(_asked: object) -> str:
        raise KeyError("typo")

    with (
        pytest.raises(AssertionError, match="script"),
        Ollama(script) as server,
        pytest.raises(httpx.TransportError),
    ):
        httpx.post(f"{server.url}/api/chat", json=CHAT, trust_env=False)
