"""Every way a server can go wrong becomes one typed error in time, and frees its connection."""

from __future__ import annotations

import asyncio
import email.utils
import re
import time
from collections.abc import Callable

import pytest

from camus.config import BackendKind
from camus.models import (
    Cut,
    Failed,
    Limits,
    Looped,
    Malformed,
    Missing,
    ModelError,
    Models,
    Overflow,
    RateLimited,
    Rejected,
    Sampling,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI, Reply, closed_port

Start = Callable[..., Ollama | OpenAI]
KINDS = {BackendKind.OLLAMA: Ollama, BackendKind.OPENAI: OpenAI}
MOST = 10.0


async def ask(server: Ollama | OpenAI, text: str = "say it", *, limits: Limits = QUICK) -> object:
    """What one generation came to, and its seconds."""
    kind = BackendKind.OLLAMA if isinstance(server, Ollama) else BackendKind.OPENAI
    models = Models(configured(model_at(server.url, type=kind)), env={})
    try:
        return await models.generate("coder", cleared(text), Sampling(), limits)
    except ModelError as error:
        return error
    finally:
        await models.close()


FAULTS: list[tuple[str, Fault | Reply, type[ModelError], str]] = [
    ("reset", Fault("reset"), Unreachable, "went away"),
    ("no answer at all", Fault("silent"), TimedOut, "first token"),
    ("slow headers", Fault("slow_headers", seconds=1), TimedOut, "first token"),
    ("401", Fault("status", status=401, message="no"), Unauthorised, "key"),
    ("403", Fault("status", status=403, message="no"), Unauthorised, "key"),
    ("404 model", Fault("status", status=404, message="model 'x' not found"), Missing, "no model"),
    ("404 path", Fault("status", status=404, message="page not found"), Rejected, "path"),
    ("408", Fault("status", status=408), TimedOut, "gave up"),
    ("413", Fault("status", status=413), Overflow, "longer"),
    ("429", Fault("status", status=429), RateLimited, "wait"),
    ("503 busy", Fault("status", status=503, message="server busy"), RateLimited, "busy"),
    ("503 loading", Fault("status", status=503, message="Loading model"), Failed, "loading"),
    ("500", Fault("status", status=500), Failed, "something broke"),
    ("501", Fault("status", status=501), Failed, "501"),
    ("504", Fault("status", status=504), TimedOut, "gave up"),
    ("400", Fault("status", status=400, message="odd"), Rejected, "odd"),
    (
        "400 too long",
        Fault("status", status=400, message="maximum context length is 4096 tokens"),
        Overflow,
        "window",
    ),
    ("a model error as 400", Fault("status", status=400, message="unknown model"), Missing, "no m"),
    ("out of memory", Fault("status", message="requires more system memory"), Failed, "memory"),
    ("200 with an error", Fault("ok_error"), Failed, "something broke"),
    ("gzip bomb", Fault("gzip"), Malformed, "compressed"),
    ("web page", Fault("content_type"), Malformed, "web page"),
    ("redirect", Fault("redirect", location="http://127.0.0.1:1/x"), Rejected, "another address"),
    ("stall", Fault("stall"), TimedOut, "stopped answering"),
    ("stall before text", Fault("stall", after=0), TimedOut, "first token"),
    ("cut", Fault("cut"), Cut, "middle"),
    ("cut before text", Fault("cut", after=0), Unreachable, "went away"),
    ("silent cut", Fault("cut", framing="close"), Cut, "without finishing"),
    ("reset in mid-stream", Fault("drop"), Cut, "middle"),
    ("no end mark", Fault("no_finish"), Cut, "without finishing"),
    ("half a line at the end", Fault("truncated_json"), Malformed, "protocol"),
    ("half a line between", Fault("garbage"), Malformed, "protocol"),
    ("error in mid-stream", Fault("error"), Failed, "something broke"),
    (
        "overflow in mid-stream",
        Fault("error", message="input length exceeds the context length"),
        Overflow,
        "window",
    ),
    ("invalid UTF-8", Fault("invalid_utf8"), Malformed, "protocol"),
    ("one huge line", Fault("huge_line"), Malformed, "more than"),
    ("the same for ever", Fault("endless", text="one " * 9), Looped, "repeated itself"),
    ("a drip slower than the idle limit", Reply("a b c", pause=0.45), TimedOut, "stopped|first"),
    ("a drip within it, past the total", Reply("a " * 30, pause=0.2), TimedOut, "not finished"),
    ("a drip of bytes", Reply("x" * 900, size=1, gap=0.01), TimedOut, " s"),
]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [(fault, error, words) for _, fault, error, words in FAULTS],
    ids=[name for name, *_ in FAULTS],
)
async def test_a_fault_is_one_typed_error_in_time(
    kind: Start, fault: Fault | Reply, error: type[ModelError], words: str
) -> None:
    with kind(fault) as server:
        start = time.monotonic()
        got = await ask(server)
        took = time.monotonic() - start
        assert type(got) is error, got
        assert re.search(words, str(got))
        assert took < MOST
        await asyncio.to_thread(server.wait_free)


async def test_the_size_of_an_answer_is_bounded() -> None:
    with Ollama("word " * 100) as server:
        got = await ask(server, limits=Limits(characters=300))
        assert type(got) is Malformed
        assert "more than was allowed" in str(got)


async def test_thinking_counts_for_the_size_and_keeps_the_answer_alive() -> None:
    with Ollama(Reply("done", thinking="hm " * 200)) as server:
        assert type(await ask(server, limits=Limits(characters=300))) is Malformed
    with OpenAI(Reply("done", thinking="a b c d", pause=0.2)) as server:
        got = await ask(server, limits=Limits(first_token=0.5, idle=0.3))
        assert getattr(got, "text", got) == "done"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3", 3.0), ("0", 0.0), ("-1", 0.0), (None, None), ("soon", None)],
)
async def test_how_long_to_wait_is_kept(said: str | None, seconds: float | None) -> None:
    with OpenAI(Fault("status", status=429, retry_after=said)) as server:
        got = await ask(server)
        assert isinstance(got, RateLimited)
        assert got.retry_after == seconds


async def test_a_date_to_wait_for_is_seconds() -> None:
    later = email.utils.formatdate(time.time() + 60, usegmt=True)
    with Ollama(Fault("status", status=429, retry_after=later)) as server:
        got = await ask(server)
        assert isinstance(got, RateLimited)
        assert got.retry_after is not None
        assert 55 < got.retry_after <= 60


async def test_a_server_that_does_not_speak_http_is_named_so() -> None:
    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        models = Models(configured(model_at(f"http://127.0.0.1:{port}")), env={})
        (profile,) = await models.refresh()
        assert profile.state == "unreachable"
        assert "does not speak HTTP" in profile.problem
        await models.close()


async def test_a_finished_answer_stands_though_the_connection_is_lost_after_it() -> None:
    with OpenAI(Fault("cut", after=6, text="one two three four")) as server:
        got = await ask(server)
        assert getattr(got, "text", got) == "one two three four"


async def test_a_refused_connection_tells_how_to_start_the_server() -> None:
    with closed_port() as url:
        models = Models(configured(model_at(url)), env={})
        with pytest.raises(Unreachable, match="refused") as caught:
            await models.generate("coder", cleared(), Sampling(), QUICK)
        assert "ollama serve" in caught.value.advice
        await models.close()
