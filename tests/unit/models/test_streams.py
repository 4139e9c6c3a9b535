"""What is sent and what comes back: the protocols, pieces, usage, cancelling, many at once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from camus.config import BackendKind
from camus.models import Completion, Limits, ModelError, Models, Rejected, Sampling, Usage
from camus.models.loads import START
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI, Reply, Told, by_turn

BOTH = pytest.mark.parametrize("kind", [Ollama, OpenAI])
Start = type[Ollama] | type[OpenAI]


def kind_of(server: Ollama | OpenAI) -> BackendKind:
    return BackendKind.OLLAMA if isinstance(server, Ollama) else BackendKind.OPENAI


@asynccontextmanager
async def models_at(server: Ollama | OpenAI, **more: Any) -> AsyncIterator[Models]:
    env = more.pop("env", {})
    models = Models(configured(model_at(server.url, type=kind_of(server), **more)), env=env)
    try:
        yield models
    finally:
        await models.close()


async def say(server: Ollama | OpenAI, text: str = "say it", **more: Any) -> Completion:
    async with models_at(server, **more) as models:
        return await models.generate("coder", cleared(text), Sampling(), Limits(total=30))


@BOTH
async def test_an_answer_comes_in_pieces_with_usage_and_times(kind: Start) -> None:
    pieces: list[str] = []
    with kind(Reply("four words are here", pause=0.01)) as server:
        async with models_at(server) as models:
            got = await models.generate("coder", cleared(), Sampling(), QUICK, pieces.append)
    assert got.text == "four words are here"
    assert pieces == ["four ", "words ", "are ", "here"]
    assert got.finish == "stop"
    assert got.usage == Usage(2, 4)
    assert got.model == "coder"
    assert got.replica.startswith(server.url)
    assert 0 < got.first_token_seconds < got.seconds < 1


@BOTH
async def test_a_cut_by_length_says_so(kind: Start) -> None:
    with kind(Reply("half an ans", finish="length")) as server:
        assert (await say(server)).finish == "length"


@BOTH
async def test_thinking_is_dropped(kind: Start) -> None:
    with kind(Reply("the answer", thinking="let me see")) as server:
        assert (await say(server)).text == "the answer"


@BOTH
@pytest.mark.parametrize("size", [1, 3, 7])
async def test_characters_split_over_writes_arrive_whole(kind: Start, size: int) -> None:
    text = "naïve 日本語 🙂 \u2028 \x0c \x85 \u200b end"
    with kind(Reply(pieces=(text[:9], text[9:]), size=size)) as server:
        assert (await say(server)).text == text


@BOTH
async def test_an_answer_without_a_length_or_chunks_is_read_to_its_end(kind: Start) -> None:
    with kind(Reply("all of it", framing="close")) as server:
        assert (await say(server)).text == "all of it"


@BOTH
async def test_an_empty_answer_is_an_answer(kind: Start) -> None:
    with kind(Reply("")) as server:
        assert (await say(server)).text == ""


async def test_ollama_is_told_the_window_and_not_to_cut() -> None:
    sampling = Sampling(temperature=0.5, top_p=0.8, max_tokens=77, stop=("END",), seed=3)
    with Ollama("ok") as server:
        async with models_at(server, max_tokens=5000) as models:
            await models.generate("coder", cleared("hi", system="be kind"), sampling, QUICK)
        body = server.chats[0].body
    assert body["options"] == {
        "num_ctx": 5000,
        "num_predict": 77,
        "temperature": 0.5,
        "top_p": 0.8,
        "stop": ["END"],
        "seed": 3,
    }
    assert (body["truncate"], body["shift"], body["stream"]) == (False, False, True)
    assert body["messages"] == [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "hi"},
    ]


async def test_openai_gets_its_own_names_for_the_same() -> None:
    sampling = Sampling(temperature=0.5, top_p=0.8, max_tokens=77, stop=("END",), seed=3)
    with OpenAI("ok") as server:
        async with models_at(server) as models:
            await models.generate("coder", cleared(), sampling, QUICK)
        body = server.chats[0].body
    assert {name: body[name] for name in ("temperature", "top_p", "max_tokens", "seed")} == {
        "temperature": 0.5,
        "top_p": 0.8,
        "max_tokens": 77,
        "seed": 3,
    }
    assert body["stop"] == ["END"]
    assert body["stream_options"] == {"include_usage": True}


@BOTH
async def test_nothing_asks_for_compression_or_carries_a_query(kind: Start) -> None:
    with kind("ok") as server:
        async with models_at(server) as models:
            await models.refresh()
            await models.generate("coder", cleared(), Sampling(), QUICK)
        assert {asked.headers["accept-encoding"] for asked in server.requests} == {"identity"}
        assert {asked.query for asked in server.requests} == {""}


@BOTH
async def test_the_proxy_of_the_environment_is_not_used(
    kind: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with kind("ok") as server:
        assert (await say(server)).text == "ok"


async def test_a_configured_proxy_is_used() -> None:
    with OpenAI("ok", models=[Told("m")]) as proxy:
        there = model_at(
            "http://model.internal:9999",
            type=BackendKind.OPENAI,
            model="m",
            proxy=proxy.url,
            remote=False,
        )
        models = Models(configured(there), env={})
        (profile,) = await models.refresh()
        got = await models.generate("coder", cleared(to=profile.place), Sampling(), QUICK)
        await models.close()
        assert got.text == "ok"
        assert proxy.requests[0].headers["host"] == "model.internal:9999"


@pytest.mark.parametrize("proxy", ["ftp://x", "not a proxy", "socks5://127.0.0.1:1"])
async def test_a_useless_proxy_is_named(proxy: str) -> None:
    models = Models(configured(model_at("http://127.0.0.1:9", proxy=proxy)), env={})
    (profile,) = await models.refresh()
    await models.close()
    assert profile.state == "unreachable"
    assert "`proxy`" in profile.problem


async def test_an_unreadable_ca_file_is_named() -> None:
    there = model_at("https://127.0.0.1:9", type=BackendKind.OPENAI, ca_bundle="/no/such/file.pem")
    models = Models(configured(there), env={})
    (profile,) = await models.refresh()
    await models.close()
    assert "`ca_bundle`" in profile.problem


async def test_a_server_that_does_not_stream_answers_whole() -> None:
    class Whole(OpenAI):
        async def _reply(self, asked: Any, wire: Any, reply: Reply) -> None:
            assert asked.body["stream"] is False
            assert "stream_options" not in asked.body
            choice = {"message": {"role": "assistant", "content": reply.text}}
            usage = {"prompt_tokens": 5, "completion_tokens": 2}
            answer = {"choices": [{**choice, "finish_reason": "stop"}], "usage": usage}
            await wire.json(200, answer)

    with Whole("all at once") as server:
        got = await say(server, supports_streaming=False)
    assert got.text == "all at once"
    assert got.usage == Usage(5, 2)


@pytest.mark.parametrize(
    ("refusal", "left"),
    [
        (
            {"error": {"message": "Unsupported parameter", "param": "max_tokens", "code": "x"}},
            {"max_completion_tokens", "temperature", "top_p", "stream_options"},
        ),
        (
            {"error": {"message": "'temperature' does not support 0.2 with this model."}},
            {"max_tokens", "top_p", "stream_options"},
        ),
        (
            {"detail": [{"loc": ["body", "stream_options"], "msg": "extra inputs"}]},
            {"max_tokens", "temperature", "top_p"},
        ),
    ],
)
async def test_an_optional_parameter_that_is_refused_is_left_out_from_then_on(
    refusal: dict[str, Any], left: set[str]
) -> None:
    class Picky(OpenAI):
        def refusal(self, asked: Any, tokens: int) -> tuple[int, object] | None:
            return None if set(asked.body) - {"model", "messages", "stream"} == left else refused

    refused = (400, refusal)
    with Picky("ok") as server:
        async with models_at(server) as models:
            for _ in range(2):
                got = await models.generate("coder", cleared(), Sampling(), QUICK)
                assert got.text == "ok"
        assert len(server.chats) == 3


async def test_a_parameter_refused_again_is_an_error() -> None:
    class Stubborn(OpenAI):
        def refusal(self, asked: Any, tokens: int) -> tuple[int, object] | None:
            return 400, {"error": {"message": "no", "param": "temperature"}}

    with Stubborn("ok") as server, pytest.raises(Rejected, match="refused the request"):
        await say(server)
    assert len(server.chats) == 2


async def test_a_content_filter_is_no_answer() -> None:
    class Filtered(OpenAI):
        def lines(self, asked: Any, reply: Reply, words: list[str]) -> Any:
            choice = {"delta": {"content": "no"}, "finish_reason": "content_filter"}
            yield b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    with Filtered("x") as server, pytest.raises(Rejected, match="content filter"):
        await say(server)


SAID: dict[Start, tuple[bytes, bytes]] = {
    Ollama: (b'{"message": {"content": "%b"}}\n', b'{"error": "out of memory"}\n'),
    OpenAI: (
        b'data: {"choices": [{"delta": {"content": "%b"}}]}\n\n',
        b'data: {"error": {"message": "out of memory"}}\n\n',
    ),
}
"""A piece, and an error in the middle of an answer."""


@BOTH
async def test_what_comes_together_is_one_piece_and_is_told_before_an_error_in_it(
    kind: Start,
) -> None:
    piece, error = SAID[kind]

    class Together(kind):  # type: ignore[misc, valid-type]  # either of the two
        def lines(self, asked: Any, reply: Reply, words: list[str]) -> Any:
            yield piece % b"so " + piece % b"far" + error

    told: list[str] = []
    with Together("x") as server:
        async with models_at(server) as models:
            with pytest.raises(ModelError, match="out of memory"):
                await models.generate("coder", cleared(), Sampling(), QUICK, told.append)
    assert told[0] == "so far"


@BOTH
async def test_cancelling_in_mid_stream_closes_the_connection_within_200_ms(kind: Start) -> None:
    with kind(by_turn(Reply("word " * 500, pause=0.02), "ok")) as server:
        async with models_at(server) as models:
            begun = asyncio.Event()
            task = asyncio.create_task(
                models.generate("coder", cleared(), Sampling(), Limits(), lambda _: begun.set())
            )
            await begun.wait()
            number = server.chats[0].connection
            start = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            closed = await asyncio.to_thread(server.wait_closed, number=number)
            assert closed - start < 0.2
            assert server.open_connections <= 2  # those the models were listed by may idle
            assert (await models.generate("coder", cleared(), Sampling(), Limits())).finish


@BOTH
@pytest.mark.parametrize("fault", ["silent", "stall"])
async def test_cancelling_while_waiting_closes_the_connection_within_200_ms(
    kind: Start, fault: Any
) -> None:
    with kind(Fault(fault, after=0)) as server:
        async with models_at(server) as models:
            task = asyncio.create_task(models.generate("coder", cleared(), Sampling(), Limits()))
            path = "/api/chat" if kind is Ollama else "/v1/chat/completions"
            await asyncio.to_thread(server.wait_requests, 1, path=path)
            await asyncio.sleep(0.05)
            number = server.chats[0].connection
            start = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.wait_closed, number=number) - start < 0.2


async def test_a_listener_that_fails_ends_the_stream() -> None:
    def fail(_text: str) -> None:
        raise KeyError("mine")

    with Ollama(Reply("word " * 500, pause=0.02)) as server:
        async with models_at(server) as models:
            with pytest.raises(KeyError):
                await models.generate("coder", cleared(), Sampling(), Limits(), fail)
            number = server.chats[0].connection
            await asyncio.to_thread(server.wait_closed, 0.3, number=number)


@BOTH
async def test_a_finished_answer_leaves_its_connection_for_the_next(kind: Start) -> None:
    with kind("ok") as server:
        async with models_at(server) as models:
            for _ in range(5):
                await models.generate("coder", cleared(), Sampling(), QUICK)
        assert len({chat.connection for chat in server.chats}) == 1


@BOTH
async def test_a_hundred_at_once_all_answer_and_few_are_in_flight(kind: Start) -> None:
    now = most = 0

    def script(asked: Any) -> Reply:
        return Reply(f"echo {asked.text}", pause=0.002)

    class Counting(kind):  # type: ignore[valid-type, misc]  # a parameter is a base here
        async def _reply(self, asked: Any, wire: Any, reply: Reply) -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await super()._reply(asked, wire, reply)
            now -= 1

    with Counting(script) as server:
        async with models_at(server) as models:
            await models.refresh()
            answers = await asyncio.gather(
                *(
                    models.generate("coder", cleared(f"n{n}"), Sampling(), Limits())
                    for n in range(100)
                )
            )
        assert [answer.text for answer in answers] == [f"echo n{n}" for n in range(100)]
        assert 4 <= most <= 16
        assert len(server.connections) <= 20


async def test_hanging_generations_do_not_hide_the_server() -> None:
    with Ollama(Fault("stall", after=0)) as server:
        async with models_at(server) as models:
            tasks = [
                asyncio.create_task(models.generate("coder", cleared(), Sampling(), Limits()))
                for _ in range(30)
            ]
            await asyncio.to_thread(server.wait_requests, int(START), path="/api/chat")
            assert len(server.asked("/api/tags")) == 1, "the first of them asked for all"
            (profile,) = await models.refresh()
            assert profile.state == "ready"
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_answers_by_turn_are_told_apart() -> None:
    with OpenAI(by_turn("a", Fault("status", status=400), "b")) as server:
        async with models_at(server) as models:
            texts = []
            for _ in range(3):
                try:
                    texts.append(
                        (await models.generate("coder", cleared(), Sampling(), QUICK)).text
                    )
                except Exception as error:  # noqa: BLE001  the kind is what is asserted
                    texts.append(type(error).__name__)
    assert texts == ["a", "Rejected", "b"]


def test_importing_the_room_does_not_import_httpcore() -> None:
    code = "import sys, camus.models; sys.exit('httpcore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
