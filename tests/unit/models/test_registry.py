"""Which models there are, where, in which state, and which server answers for one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from camus.config import BackendKind, Capability, Config, Model, TaskKind
from camus.models import (
    Completion,
    Cut,
    Limits,
    Missing,
    ModelError,
    Models,
    Overflow,
    Profile,
    Rejected,
    Sampling,
    Scripted,
    Served,
    Unauthorised,
    Unreachable,
    addresses,
)
from camus.models.asking import ask_for_models
from camus.models.replicas import Server as Replica
from camus.privacy import THIS_MACHINE, Destination
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI, Reply, Told, closed_port

OPENAI = BackendKind.OPENAI


@pytest.fixture(autouse=True)
def nothing_on_the_usual_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs on this machine is no business of the tests."""
    for name in ("OLLAMA", "LLAMA_SERVER", "LM_STUDIO", "VLLM"):
        monkeypatch.setattr(addresses, name, "http://127.0.0.1:9")


@asynccontextmanager
async def opened(config: Config, env: dict[str, str] | None = None) -> AsyncIterator[Models]:
    models = Models(config, env=env or {})
    try:
        yield models
    finally:
        await models.close()


async def refreshed(config: Config, env: dict[str, str] | None = None) -> tuple[Profile, ...]:
    async with opened(config, env) as models:
        return await models.refresh()


async def ask(models: Models, name: str = "coder", **more: Any) -> Completion:
    return await models.generate(name, cleared(**more), Sampling(), QUICK)


async def test_a_configured_model_is_unknown_until_its_server_was_asked() -> None:
    with Ollama() as server:
        async with opened(configured(model_at(server.url))) as models:
            assert [profile.state for profile in models.profiles()] == ["unknown"]
            assert not server.connections
            (profile,) = await models.refresh()
    assert (profile.state, profile.problem) == ("ready", "")
    assert profile == models.profiles()[0]
    assert profile.place == THIS_MACHINE


async def test_a_declaration_wins_over_what_is_told_and_guessed() -> None:
    with Ollama() as server:
        model = model_at(
            server.url,
            capabilities=(Capability.HIGH_QUALITY,),
            strengths=(TaskKind.REFACTORING,),
            weaknesses=(TaskKind.CREATIVE,),
            max_tokens=3000,
            size="large",
            licence="mit",
        )
        (profile,) = await refreshed(configured(model))
    assert profile.capabilities == {Capability.HIGH_QUALITY}
    assert profile.strengths == {TaskKind.REFACTORING}
    assert profile.weaknesses == {TaskKind.CREATIVE}
    assert (profile.window, profile.size, profile.licence) == (3000, "large", "mit")


@pytest.mark.parametrize(
    ("told", "window", "size"),
    [
        (Told("m:7b", window=32768, parameters="7.6B"), 16384, "medium"),
        (Told("m:7b", window=2048, parameters="7.6B"), 2048, "medium"),
        (Told("m:70b", window=131072, parameters="70.6B"), 8192, "large"),
        (Told("m:1b", window=0, parameters="980M"), 4096, "fast"),
    ],
)
async def test_the_window_told_by_ollama_is_capped_for_memory(
    told: Told, window: int, size: str
) -> None:
    with Ollama(models=[told]) as server:
        (profile,) = await refreshed(configured(model_at(server.url, model=told.id)))
    assert (profile.window, profile.size) == (window, size)


@pytest.mark.parametrize(
    ("flavour", "told", "window"),
    [
        ("vllm", Told("m", window=12345), 12345),
        ("llama-server", Told("m", window=40960, loaded_window=6144), 6144),
        ("lmstudio", Told("m", window=131072, loaded_window=9000), 9000),
        ("lmstudio", Told("m", window=131072), 4096),
        ("hosted", Told("m", window=131072), 8192),
    ],
)
async def test_an_openai_server_tells_its_window_in_its_own_way(
    flavour: Any, told: Told, window: int
) -> None:
    with OpenAI(models=[told]) as server:
        server.flavour = flavour
        (profile,) = await refreshed(configured(model_at(server.url, type=OPENAI, model="m")))
    assert (profile.window, profile.state) == (window, "ready")


async def test_ollamas_latest_tag_may_be_left_out_and_its_licence_is_told() -> None:
    told = Told("Phi3:latest", licence="\n  MIT License  \n\nPermission is hereby ...")
    with Ollama(models=[told]) as server:
        (profile,) = await refreshed(configured(model_at(server.url, model="phi3")))
    assert (profile.state, profile.model, profile.licence) == (
        "ready",
        "Phi3:latest",
        "MIT License",
    )


STATES: list[tuple[str, Any, dict[str, Any], dict[str, str], str, str]] = [
    ("no such model", Ollama, {"model": "gone:1b"}, {}, "missing", "run `ollama pull gone:1b`"),
    ("no such name", OpenAI, {"model": "gone"}, {}, "missing", "set `model` to one of its names"),
    ("its names are shown", OpenAI, {"model": "gone"}, {}, "missing", "it has qwen2.5-coder:7b"),
    ("key not set", OpenAI, {"api_key_env": "KEY"}, {}, "unauthorised", "set KEY"),
    ("key refused", OpenAI, {"api_key_env": "KEY"}, {"KEY": "bad"}, "unauthorised", "key in KEY"),
    ("no key named", OpenAI, {}, {}, "unauthorised", "`api_key_env`"),
    (
        "a key with a line break",
        OpenAI,
        {"api_key_env": "KEY"},
        {"KEY": "a\nb"},
        "unauthorised",
        "without quotes or line breaks",
    ),
    ("the right key", OpenAI, {"api_key_env": "KEY"}, {"KEY": " right\n"}, "ready", ""),
]


@pytest.mark.parametrize(
    ("kind", "settings", "env", "state", "words"),
    [case[1:] for case in STATES],
    ids=[case[0] for case in STATES],
)
async def test_a_model_that_is_not_ready_says_what_to_do(
    kind: Any, settings: dict[str, Any], env: dict[str, str], state: str, words: str
) -> None:
    locked = kind is OpenAI and settings.get("model") is None
    with kind(key="right" if locked else "") as server:
        protocol = OPENAI if kind is OpenAI else BackendKind.OLLAMA
        model = model_at(server.url, type=protocol, **settings)
        (profile,) = await refreshed(configured(model), env)
        assert (profile.state, words in profile.problem) == (state, True), profile.problem
        if words == "set KEY":
            assert not server.requests


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host", "must begin with http"),
        ("http://", "names no host"),
        ("http://host:notaport", "not an address"),
        ("http://user:secret@host", "must not hold a password"),
        ("http://host/v1?key=secret", "must not hold a query"),
        ("http://ho st", "a character that no address has"),
        ("http://a\\@b", "a character that no address has"),
    ],
)
async def test_a_wrong_url_is_named_and_shown_without_its_secret(url: str, words: str) -> None:
    with Ollama() as server:
        good = model_at(server.url, "good")
        bad, ready = await refreshed(configured(model_at(url, "bad"), good))
    assert (bad.state, ready.state) == ("unreachable", "ready")
    assert words in bad.problem
    assert "secret" not in bad.problem


async def test_a_server_of_another_protocol_is_named() -> None:
    with OpenAI() as server:
        (profile,) = await refreshed(configured(model_at(server.url)))
    assert profile.state == "unreachable"
    assert "is no Ollama; check that `url`" in profile.problem


async def test_a_server_that_is_not_there_says_how_to_start_it() -> None:
    (profile,) = await refreshed(configured(model_at("http://127.0.0.1:9")))
    assert profile.state == "unreachable"
    assert "ollama serve" in profile.problem


async def test_a_server_that_lists_nothing_by_itself_may_still_answer() -> None:
    class Unlisted(OpenAI):
        async def inform(self, asked: Any, wire: Any) -> None:
            await wire.json(404, self.error_body("no such path", 404))

    with Unlisted("ok") as server:
        async with opened(configured(model_at(server.url, type=OPENAI))) as models:
            (profile,) = await models.refresh()
            assert profile.state == "ready"
            assert (await ask(models)).text == "ok"


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"data": 3}', b"\xff", b'{"models": [{}]}'])
@pytest.mark.parametrize("kind", [Ollama, OpenAI])
async def test_a_list_that_is_none_is_not_of_the_protocol(kind: Any, body: bytes) -> None:
    class Odd(kind):  # type: ignore[misc, valid-type]  # a parameter is a base here
        async def inform(self, asked: Any, wire: Any) -> None:
            await wire.head(200, {"Content-Type": "application/json"}, length=len(body))
            await wire.write(body)

    protocol = OPENAI if kind is OpenAI else BackendKind.OLLAMA
    with Odd() as server:
        (profile,) = await refreshed(configured(model_at(server.url, type=protocol)))
    assert profile.state == "unreachable"
    assert "does not list models" in profile.problem


async def test_a_hanging_server_does_not_hold_the_others_up() -> None:
    class Hanging(Ollama):
        async def inform(self, asked: Any, wire: Any) -> None:
            await wire.gone()

    with Hanging() as slow, Ollama() as quick:
        start = time.monotonic()
        bad, good = await refreshed(configured(model_at(slow.url, "a"), model_at(quick.url, "b")))
        assert time.monotonic() - start < 4
    assert (bad.state, good.state) == ("unreachable", "ready")
    assert "did not answer within" in bad.problem


async def test_llama_cpp_without_a_path_says_what_is_missing() -> None:
    model = Model(name="local", type=BackendKind.LLAMA_CPP)
    async with opened(configured(model)) as models:
        (profile,) = await models.refresh()
        assert (profile.state, profile.problem) == ("unsupported", "`path` names no GGUF file")
        with pytest.raises(Missing, match="names no GGUF file"):
            await ask(models, "local")


async def test_a_configured_embedding_model_is_unsupported() -> None:
    told = Told("nomic-embed-text:latest", capabilities=("embedding",))
    with Ollama(models=[told]) as server:
        (profile,) = await refreshed(configured(model_at(server.url, model="nomic-embed-text")))
    assert (profile.state, "embeddings" in profile.problem) == ("unsupported", True)


async def test_an_unknown_name_lists_the_known_ones() -> None:
    async with opened(configured(model_at("http://127.0.0.1:9"))) as models:
        with pytest.raises(Missing, match="'nobody'") as caught:
            await ask(models, "nobody")
        assert "coder" in caught.value.advice


async def test_discovery_finds_ollamas_models_and_leaves_embeddings_out() -> None:
    told = [
        Told("qwen2.5-coder:1.5b", parameters="1.5B"),
        Told("gpt-oss:120b-cloud", remote_host="https://ollama.com", remote_model="gpt-oss:120b"),
        Told("renamed:latest", remote_host="https://ollama.com", remote_model="x"),
        Told("nomic-embed-text:latest", capabilities=("embedding",)),
    ]
    with Ollama("ok", models=told) as server:
        async with opened(configured(discover=True), {"OLLAMA_HOST": server.url}) as models:
            small, cloud, renamed = await models.refresh()
            assert (small.name, small.found, small.state) == ("qwen2.5-coder:1.5b", True, "ready")
            assert (small.place, small.size) == (THIS_MACHINE, "fast")
            assert Capability.CODE_SPECIALIZED in small.capabilities
            for remote in (cloud, renamed):
                assert remote.found
                assert not remote.place.local
                assert Capability.LOCAL_INFERENCE not in remote.capabilities
            assert (await ask(models, small.name)).text == "ok"
            with pytest.raises(ValueError, match="this machine"):
                await ask(models, renamed.name)


async def test_discovery_finds_openai_servers_and_tells_two_of_one_name_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        OpenAI("one", models=[Told("m-7b")]) as first,
        OpenAI("two", models=[Told("m-7b"), Told("text-embedding-bge")]) as second,
    ):
        monkeypatch.setattr(addresses, "LLAMA_SERVER", first.url)
        monkeypatch.setattr(addresses, "VLLM", second.url)
        async with opened(configured(discover=True)) as models:
            one, two = await models.refresh()
            assert one.name == "m-7b"
            assert two.name == f"m-7b@{second.port}"
            assert (await ask(models, one.name)).text == "one"
            assert (await ask(models, two.name)).text == "two"


async def test_a_configured_model_is_not_found_again() -> None:
    told = [Told("qwen2.5-coder:7b"), Told("other:3b"), Told("coder:1b")]
    with Ollama(models=told) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        profiles = await refreshed(
            configured(model_at(url), discover=True), {"OLLAMA_HOST": server.url}
        )
        assert [(p.name, p.found) for p in profiles] == [
            ("coder", False),
            ("other:3b", True),
            ("coder:1b", True),
        ]


async def test_discovery_looks_at_this_machine_only_and_only_when_told() -> None:
    assert await refreshed(configured(discover=True), {"OLLAMA_HOST": "http://10.0.0.9"}) == ()
    with Ollama() as server:
        assert await refreshed(configured(), {"OLLAMA_HOST": server.url}) == ()
        assert not server.requests


async def test_something_else_on_a_usual_port_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with OpenAI(key="x") as locked, Ollama() as other:
        monkeypatch.setattr(addresses, "LLAMA_SERVER", locked.url)
        monkeypatch.setattr(addresses, "VLLM", f"{other.url}/nothing")
        assert await refreshed(configured(discover=True)) == ()


async def test_a_prompt_cleared_for_another_place_is_refused() -> None:
    with Ollama() as server:
        async with opened(configured(model_at(server.url))) as models:
            with pytest.raises(ValueError, match=r"api\.example\.com"):
                await ask(models, to=Destination("api.example.com", local=False))
        assert not server.chats


async def test_a_model_that_turns_out_to_be_forwarded_gets_nothing() -> None:
    told = Told("qwen2.5-coder:7b", remote_host="https://ollama.com")
    with Ollama(models=[told]) as server:
        async with opened(configured(model_at(server.url))) as models:
            with pytest.raises(Rejected, match=r"ollama\.com") as caught:
                await ask(models)
            assert "camus consent grant" in caught.value.advice
        assert not server.chats


async def test_an_answer_that_comes_from_elsewhere_is_refused() -> None:
    with Ollama(Reply("hi", extra={"remote_host": "https://ollama.com"})) as server:
        async with opened(configured(model_at(server.url))) as models:
            with pytest.raises(Rejected, match="forwards"):
                await ask(models)


async def test_the_next_replica_answers_when_one_cannot_be_reached() -> None:
    with closed_port() as down, Ollama("second") as up:
        model = model_at(down, replicas=(up.url,))
        async with opened(configured(model)) as models:
            (profile,) = await models.refresh()
            assert profile.state == "ready"
            for _ in range(2):
                got = await ask(models)
                assert (got.text, got.replica) == ("second", up.url)


async def test_a_lost_replica_is_replaced_unless_somebody_read_its_answer_already() -> None:
    with Ollama(Fault("reset")) as first, Ollama("second") as second:
        model = model_at(first.url, replicas=(second.url,))
        async with opened(configured(model)) as models:
            await models.refresh()
            assert (await ask(models)).text == "second"
            assert len(first.chats) == 1
            assert (await ask(models)).text == "second"
            assert len(first.chats) == 1, "a replica that failed is left alone for a while"
    with Ollama(Fault("cut")) as first, Ollama("second") as second:
        model = model_at(first.url, replicas=(second.url,))
        async with opened(configured(model)) as models:
            assert (await ask(models)).text == "second"
        read: list[str] = []
        async with opened(configured(model)) as models:
            with pytest.raises(Cut, match="middle"):
                await models.generate("coder", cleared(), Sampling(), QUICK, read.append)
        assert read
        assert len(second.chats) == 1


async def test_a_replica_at_another_place_is_never_asked() -> None:
    forwarded = Told("qwen2.5-coder:7b", remote_host="https://ollama.com")
    with Ollama("here") as here, Ollama("leak", models=[forwarded]) as elsewhere:
        model = model_at(here.url, replicas=(elsewhere.url,))
        async with opened(configured(model)) as models:
            await models.refresh()
            here.stop()
            with pytest.raises(Unreachable):
                await ask(models)
        assert not elsewhere.chats


async def test_an_alias_made_after_the_models_were_listed_gets_nothing_if_it_is_forwarded() -> None:
    with Ollama("leak", models=[]) as server:
        async with opened(configured(model_at(server.url))) as models:
            assert (await models.refresh())[0].state == "missing"
            with pytest.raises(Missing, match="no model"):
                await ask(models)
            server.models = [Told("qwen2.5-coder:7b", remote_host="https://ollama.com")]
            with pytest.raises(Rejected, match="no longer runs on this machine"):
                await ask(models)
            server.models = [Told("qwen2.5-coder:7b")]
            await models.refresh()
            assert (await ask(models)).text == "leak"
        assert len(server.chats) == 1


async def test_a_server_with_very_many_models_lists_them_all() -> None:
    told = [Told(f"m{n}:1b") for n in range(130)]
    with Ollama("ok", models=told) as server:
        profiles = await refreshed(
            configured(model_at(server.url, model="m129:1b"), discover=True),
            {"OLLAMA_HOST": server.url},
        )
        assert len(profiles) == 130
        assert len(server.asked("/api/show")) == 100
        assert profiles[0].state == "ready"


async def test_a_server_that_refused_is_not_waited_for_again_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Ollama("back") as server:
        async with opened(configured(model_at(server.url))) as models:
            await models.refresh()
            server.stop()
            with pytest.raises(Unreachable):
                await ask(models)
            assert models.profiles()[0].state == "unreachable"
            seen = len(server.connections)
            server.start()
            with pytest.raises(Unreachable, match="refused"):
                await ask(models)
            assert len(server.connections) == seen
            (profile,) = await models.refresh()
            assert profile.state == "ready"
            assert (await ask(models)).text == "back"


async def answers(models: Models) -> bool:
    try:
        await ask(models)
    except ModelError:
        return False
    return True


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault("status", status=401), "unauthorised"),
        (Fault("status", status=404, message="model 'x' not found"), "missing"),
        (Fault("status", status=500), "ready"),
    ],
)
async def test_what_an_answer_tells_is_kept_in_the_profile(fault: Fault, state: str) -> None:
    with Ollama(fault) as server:
        async with opened(configured(model_at(server.url))) as models:
            await models.refresh()
            with pytest.raises(Exception, match="Ollama at"):
                await ask(models)
            assert models.profiles()[0].state == state
            server.script = lambda _asked: "ok"
            async with asyncio.timeout(5):
                while not await answers(models):  # noqa: ASYNC110 - out of use until a probe ended
                    await asyncio.sleep(0.05)
            assert (models.profiles()[0].state, models.profiles()[0].problem) == ("ready", "")


async def test_a_fake_needs_to_list_no_models_and_is_found_once() -> None:
    fake = Scripted(lambda model, _prompt: f"by {model}")
    config = configured(Model(name="a", model="x"), discover=True)
    models = Models(config, backends=lambda _kind, _url: fake, env={})
    assert [profile.state for profile in await models.refresh()] == ["ready"]
    assert (await ask(models, "a")).text == "by x"
    listing = Scripted(lambda *_: "", models=[Served("x"), Served("y")])
    models = Models(config, backends=lambda _kind, _url: listing, env={})
    assert [profile.name for profile in await models.refresh()] == ["a", "y"]


async def test_a_fake_that_never_finishes_is_cut_and_its_errors_pass() -> None:
    async def forever(*_: Any) -> AsyncIterator[Any]:
        return
        yield

    class Endless(Scripted):
        stream = forever

    models = Models(configured(Model(name="a")), backends=lambda *_: Endless(lambda *_: ""), env={})
    with pytest.raises(Exception, match="without finishing"):
        await ask(models, "a")
    sorry = Overflow("too long")
    models = Models(
        configured(Model(name="a")), backends=lambda *_: Scripted(lambda *_: sorry), env={}
    )
    with pytest.raises(Overflow):
        await ask(models, "a")


async def test_a_catalogue_that_hangs_is_given_up() -> None:
    class Hanging(Scripted):
        async def catalogue(self) -> tuple[Served, ...]:
            await asyncio.sleep(60)
            return ()

    server = Replica(OPENAI, "http://h", lambda: Hanging(lambda *_: ""))
    await ask_for_models(server, seconds=0.05)
    assert isinstance(server.told, Unreachable)
    assert "did not list its models" in str(server.told)


async def test_a_missing_key_of_openai_itself_is_named_without_a_connection() -> None:
    model = model_at("https://api.openai.com/v1", type=OPENAI, model="gpt-5-mini")
    async with opened(configured(model)) as models:
        (profile,) = await models.refresh()
        assert (profile.state, "set OPENAI_API_KEY" in profile.problem) == ("unauthorised", True)
        with pytest.raises(Unauthorised):
            await ask(models, to=profile.place)


async def test_closing_ends_what_is_in_flight_and_may_be_repeated() -> None:
    with Ollama(Fault("stall")) as server:
        async with opened(configured(model_at(server.url))) as models:
            await models.refresh()
            task = asyncio.create_task(
                models.generate("coder", cleared(), Sampling(), Limits(first_token=3, idle=3))
            )
            await asyncio.to_thread(server.wait_requests, 1, path="/api/chat")
            await models.close()
            await models.close()
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
            await asyncio.to_thread(server.wait_free)
            assert isinstance(ended, ModelError | asyncio.CancelledError)
            assert server.open_connections == 0
