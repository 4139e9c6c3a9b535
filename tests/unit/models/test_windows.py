"""A prompt that a server cut is noticed, and one that it did not cut is never called so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.config import BackendKind
from camus.models import Models, Overflow, Sampling
from camus.models.ollama import counts_cached_tokens
from camus.models.tokens import sure_minimum, was_cut
from camus.privacy import Message, Prompt
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Ollama, OpenAI, Reply, Told

LONG = "def total(price, count): return price * count  # words here\n" * 400


def prompt(text: str) -> Prompt:
    return Prompt((Message("user", text),))


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("", 0),
        ("    \n\n", 0),
        ("one two three four five six seven eight nine ten", 9),
        ("snake_case_name.method(x1, y2)  # that is nine", 8),
        ("日本語のとても長い文章", 0),
        ("=" * 500, 0),
    ],
)
def test_the_sure_minimum_counts_runs_of_letters_and_digits(text: str, least: int) -> None:
    assert sure_minimum(prompt(text)) == least


@pytest.mark.parametrize(
    ("why", "read", "sent", "window", "counts_all", "cut"),
    [
        ("all was read", 5000, 3000, 8192, True, False),
        ("no count at all", None, 3000, 8192, True, False),
        ("zero means not told", 0, 3000, 8192, True, False),
        ("less than was surely sent", 2500, 3000, 8192, True, True),
        ("perhaps all but the new part was cached", 2500, 3000, 8192, False, False),
        ("one new token, the rest cached", 1, 3000, 8192, False, False),
        ("the whole window is left", 8192, 9000, 8192, False, True),
        ("the window but one is left", 8191, 9000, 8192, False, True),
        ("half a window and two are left", 4098, 6000, 8192, False, True),
        ("half of an odd window", 2502, 6000, 5000, False, True),
        ("the default window, our wish ignored", 4096, 6000, 8192, False, True),
        ("half of the default window", 2050, 6000, 8192, False, True),
        ("a count beside every mark", 3300, 6000, 8192, False, False),
        ("exactly the minimum", 4096, 4096, 8192, False, False),
    ],
)
def test_when_a_prompt_was_cut(
    why: str, read: int | None, sent: int, window: int, counts_all: bool, cut: bool
) -> None:
    assert was_cut(read, sent, window, counts_all=counts_all, exact=False) is cut, why


@given(st.integers(0, 40_000), st.integers(0, 40_000), st.integers(256, 131_072), st.booleans())
def test_a_count_of_at_least_what_was_sent_is_never_a_cut(
    sent: int, more: int, window: int, counts_all: bool
) -> None:
    assert not was_cut(sent + more, sent, window, counts_all=counts_all, exact=False)


@pytest.mark.parametrize(
    ("read", "cut"), [(8190, False), (8191, True), (8192, True), (8193, False), (20_000, False)]
)
def test_a_prompt_that_fills_the_window_it_asked_for_was_cut(read: int, cut: bool) -> None:
    assert was_cut(read, 100, 8192, counts_all=True, exact=True) is cut


@pytest.mark.parametrize(
    ("version", "all_counted"),
    [
        ("0.1.48", False),
        ("0.2.8", False),
        ("0.3.0", True),
        ("0.12.7", True),
        ("0.30.2", False),
        ("0.32.9", True),
        ("v1.0.0-rc1", True),
        ("", False),
        ("0.0.0", False),
        ("dev", False),
    ],
)
def test_which_versions_count_cached_tokens(version: str, all_counted: bool) -> None:
    assert counts_cached_tokens(version) is all_counted


async def ask(server: Ollama | OpenAI, *, refresh: bool = True, window: int = 4096) -> object:
    kind = BackendKind.OLLAMA if isinstance(server, Ollama) else BackendKind.OPENAI
    models = Models(configured(model_at(server.url, type=kind, max_tokens=window)), env={})
    try:
        if refresh:
            await models.refresh()
        return await models.generate("coder", cleared(LONG), Sampling(), QUICK)
    except Overflow as error:
        return error
    finally:
        await models.close()


async def test_a_server_that_refuses_a_long_prompt_is_an_overflow() -> None:
    with Ollama() as server:
        got = await ask(server)
    assert type(got) is Overflow
    assert "input length exceeds" in str(got)


@pytest.mark.parametrize("halves", [False, True])
@pytest.mark.parametrize("version", ["0.1.30", "0.5.0", "0.30.1"])
async def test_a_silent_cut_is_an_overflow_in_every_version(halves: bool, version: str) -> None:
    with Ollama() as server:
        server.old, server.halves, server.version = True, halves, version
        got = await ask(server)
    assert type(got) is Overflow
    assert "tokens" in str(got)
    assert "larger window" in got.advice


@pytest.mark.parametrize("count", [-1, 0, 1, 17, 900, 1500, 3000])
@pytest.mark.parametrize("version", ["0.1.30", "0.30.1", ""])
async def test_a_count_without_cached_tokens_is_no_false_alarm(count: int, version: str) -> None:
    with Ollama(Reply("fine", prompt_tokens=count)) as server:
        server.version = version
        got = await ask(server, window=16_384)
    assert getattr(got, "text", got) == "fine"


async def test_a_count_of_cached_tokens_beside_the_total_says_that_all_are_counted() -> None:
    extra = {"prompt_eval_cached_count": 10}
    with Ollama(Reply("x", prompt_tokens=1500, extra=extra)) as server:
        server.version = "unknown"
        assert type(await ask(server, window=16_384)) is Overflow


async def test_an_openai_server_that_cut_the_prompt_is_an_overflow() -> None:
    with OpenAI(Reply("x", prompt_tokens=2050)) as server:
        assert type(await ask(server, window=16_384)) is Overflow
    with OpenAI(Reply("fine", prompt_tokens=300)) as server:
        assert getattr(await ask(server, window=16_384), "text", "") == "fine"
    with OpenAI(models=[Told("qwen2.5-coder:7b", window=2048)]) as server:
        got = await ask(server, window=16_384)
    assert type(got) is Overflow
    assert "exceeds the available context" in str(got)


async def test_a_prompt_that_surely_does_not_fit_is_not_even_sent() -> None:
    with Ollama() as server:
        got = await ask(server, window=1024)
        assert type(got) is Overflow
        assert "reads 1024" in str(got)
        assert not server.chats
