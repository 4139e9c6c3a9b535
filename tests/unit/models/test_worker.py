"""A model file's worker: the real llama.cpp where it is installed, and processes that misbehave."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from camus.config import BackendKind, Config, Model
from camus.journal import Shared
from camus.models import (
    Completion,
    Failed,
    Limits,
    Malformed,
    Missing,
    ModelError,
    Models,
    NoMemory,
    Overflow,
    Sampling,
    TimedOut,
    Unreachable,
)
from camus.models import llama as llama_room
from camus.models.llama import File, Llama
from camus.models.memory import Memory
from camus.models.worker import Worker
from camus.privacy import THIS_MACHINE
from support.gguf_files import babbling, replaying
from support.prompts import cleared, configured

ANSWER = "```python\ndef double(a):\n    return a * 2\n```\n"
PATIENT = Limits(first_token=60.0, idle=30.0, total=120.0)
real = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None,
    reason="the extra `llama` is not installed (pip install 'camus[llama]')",
)


@pytest.fixture(scope="module")
def models_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    replaying(folder / "replay.gguf", ANSWER)
    babbling(folder / "babble.gguf")
    return folder


def model(path: Path, name: str = "local", **more: Any) -> Model:
    return Model(name=name, type=BackendKind.LLAMA_CPP, path=str(path), threads=1, **more)


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Models]:
    models = Models(config, env={})
    try:
        await models.refresh()
        yield models
    finally:
        await models.close()


async def ask(
    models: Models, text: str = "hi", limits: Limits = PATIENT, **more: Any
) -> Completion:
    sampling = Sampling(**({"temperature": 0.0, "max_tokens": 64} | more))
    return await models.generate("local", cleared(text), sampling, limits)


def worker_of(models: Models) -> Worker:
    (server,) = models._servers.values()
    backend = server.backend
    assert isinstance(backend, Llama)
    assert backend.worker is not None
    return backend.worker


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@real
async def test_a_file_answers_with_exact_text_and_counts(models_made: Path) -> None:
    async with opened(configured(model(models_made / "replay.gguf"))) as models:
        (profile,) = models.profiles()
        assert (profile.state, profile.place, profile.window) == ("ready", THIS_MACHINE, 4096)
        completion = await ask(models)
        assert (completion.text, completion.finish) == (ANSWER, "stop")
        assert completion.usage.completion_tokens == 22
        assert (completion.usage.prompt_tokens or 0) > 10
        pid = worker_of(models).pid
    assert gone(pid), "closing ends the process"


@real
async def test_an_answer_is_cut_by_its_limit_and_by_a_stop_word(models_made: Path) -> None:
    async with opened(configured(model(models_made / "replay.gguf"))) as models:
        cut = await ask(models, max_tokens=3)
        assert (cut.finish, cut.usage.completion_tokens) == ("length", 3)
        assert ANSWER.startswith(cut.text)
        stopped = await ask(models, stop=("return",))
        assert (stopped.text, stopped.finish) == (ANSWER.partition("return")[0], "stop")


@real
async def test_the_same_seed_gives_the_same_answer(models_made: Path) -> None:
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        texts = [(await ask(models, temperature=1.0, seed=seed)).text for seed in (7, 7, 8)]
        assert texts[0] == texts[1] != texts[2]


@real
async def test_control_words_in_a_user_s_text_stay_text(models_made: Path) -> None:
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        plain = (await ask(models, "x" * 12)).usage.prompt_tokens or 0
        control = (await ask(models, "<|im_end|>" * 4)).usage.prompt_tokens or 0
    assert control > plain + 20, "each is many tokens, not one control token"


@real
async def test_a_prompt_over_the_window_is_refused_before_it_is_computed(
    models_made: Path,
) -> None:
    small = model(models_made / "babble.gguf", max_tokens=256)
    async with opened(configured(small)) as models:
        with pytest.raises(Overflow):
            await ask(models, "word " * 400)
        assert (await ask(models, "short", max_tokens=2)).finish == "length"


@real
async def test_cancelling_stops_the_computing_and_keeps_the_worker(models_made: Path) -> None:
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        await ask(models, max_tokens=1)
        pid = worker_of(models).pid
        for wait in (0.0, 0.02, 0.1):
            task = asyncio.create_task(ask(models, "x " * 700, max_tokens=3000))
            await asyncio.sleep(wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await ask(models, max_tokens=1)).usage.completion_tokens == 1
        assert worker_of(models).pid == pid or gone(pid)


@real
@pytest.mark.parametrize("wait", [0.0, 0.02, 0.1, 0.3, 0.6])
async def test_a_cancel_frees_the_worker_while_it_starts_and_while_it_computes(
    models_made: Path, wait: float
) -> None:
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        for _ in range(2):  # the first time its process is only starting
            task = asyncio.create_task(ask(models, "x " * 700, max_tokens=3000))
            await asyncio.sleep(wait)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert models.replicas("local")[0].in_flight == 0
            assert (await ask(models, max_tokens=1)).finish == "length"
        assert len(models.memory.held()) == 1


@real
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
async def test_a_worker_ended_by_a_signal_is_one_error_and_starts_again(
    models_made: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama_room, "FIRST_DELAY", 0.2)
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        await ask(models, max_tokens=1)
        task = asyncio.create_task(ask(models, max_tokens=3000))
        await asyncio.sleep(0.05)
        os.kill(worker_of(models).pid, number)
        with pytest.raises(Failed, match=number.name):
            await task
        with pytest.raises(Unreachable, match="starts again in"):
            await ask(models, max_tokens=1)
        await asyncio.sleep(1.2)
        assert (await ask(models, max_tokens=1)).finish == "length"


@real
async def test_a_worker_that_is_stuck_is_ended_and_the_request_fails_in_time(
    models_made: Path,
) -> None:
    async with opened(configured(model(models_made / "babble.gguf"))) as models:
        await ask(models, max_tokens=1)
        pid = worker_of(models).pid
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(TimedOut):
            await ask(models, limits=Limits(first_token=0.3, total=5))
        assert gone(pid)


@real
async def test_a_template_that_never_ends_is_an_error_of_the_request(tmp_path: Path) -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    path = babbling(tmp_path / "endless.gguf", template=endless)
    async with opened(configured(model(path))) as models:
        with pytest.raises(ModelError, match="template"):
            await ask(models)


@real
async def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w')"
    evil = "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ cycler.__init__.__globals__.os }}"
    path = babbling(tmp_path / "evil.gguf", template=evil + "{# " + code + " #}")
    async with opened(configured(model(path))) as models:
        with pytest.raises(ModelError, match="template"):
            await ask(models)
    assert not mark.exists()


@real
async def test_a_file_damaged_behind_its_header_is_an_error_with_its_name(tmp_path: Path) -> None:
    path = babbling(tmp_path / "cut.gguf")
    path.write_bytes(path.read_bytes()[:9000])
    async with opened(configured(model(path))) as models:
        with pytest.raises((Malformed, Failed), match="local"):
            await ask(models)


@real
async def test_memory_is_given_back_after_a_while(models_made: Path) -> None:
    idle = model(models_made / "babble.gguf", unload_after=0.2)
    async with opened(configured(idle)) as models:
        await ask(models, max_tokens=1)
        pid = worker_of(models).pid
        async with asyncio.timeout(5):
            while not gone(pid):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.05)
        assert (await ask(models, max_tokens=1)).finish == "length"


@real
async def test_a_folder_holds_a_model_a_file(models_made: Path) -> None:
    async with opened(configured(model(models_made, "mine"))) as models:
        names = [profile.name for profile in models.profiles()]
        assert names == ["mine/babble", "mine/replay"]
        completion = await models.generate("mine/replay", cleared("x"), Sampling(), PATIENT)
        assert completion.text == ANSWER


async def backend_states(path: Path) -> tuple[str, str]:
    async with opened(configured(model(path))) as models:
        (profile,) = models.profiles()
        return profile.state, profile.problem


@real
async def test_files_that_cannot_be_run_say_why(tmp_path: Path) -> None:
    state, problem = await backend_states(tmp_path / "none.gguf")
    assert (state, "there is no file" in problem) == ("missing", True)
    (tmp_path / "text.gguf").write_text("hello")
    state, problem = await backend_states(tmp_path / "text.gguf")
    assert (state, "no usable GGUF file" in problem) == ("unreachable", True)


async def test_without_the_extra_the_command_that_installs_it_is_named(
    models_made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama_room, "find_spec", lambda _name: None)
    state, problem = await backend_states(models_made / "babble.gguf")
    assert state == "unreachable"
    assert "pip install 'camus[llama]'" in problem


async def test_too_little_memory_is_said_before_anything_is_loaded(models_made: Path) -> None:
    file = File("big", models_made / "babble.gguf")
    backend = Llama(file, Memory(Shared(None), free=lambda: 1000, total=lambda: 10**12))
    with pytest.raises(NoMemory, match="GB are free"):
        async for _ in backend.stream("big", cleared(), Sampling(), 512, PATIENT):
            pass
    await backend.close()


SCRIPTS = {
    "dies at once": ("import sys; sys.exit(9)", Failed, "code 9"),
    "says nonsense": ("print('hello', flush=True); input()", Malformed, "nobody understands"),
    "never answers": ("import time; time.sleep(60)", TimedOut, "not loaded in time"),
    "is killed": ("import os; os.kill(os.getpid(), 11)", Failed, "SIGSEGV"),
}


@pytest.mark.parametrize(("code", "kind", "words"), SCRIPTS.values(), ids=SCRIPTS)
async def test_a_worker_that_misbehaves_is_a_typed_error(
    models_made: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    kind: type[ModelError],
    words: str,
) -> None:
    start = Worker.start

    async def other(name: str) -> Worker:
        return await start(name, [sys.executable, "-c", code])

    monkeypatch.setattr(Worker, "start", other)
    backend = Llama(File("odd", models_made / "babble.gguf"))
    with pytest.raises(kind, match=words):
        async for _ in backend.stream("odd", cleared(), Sampling(), 512, Limits(total=1.0)):
            pass
    await backend.close()


async def test_a_program_that_is_not_there_is_a_typed_error() -> None:
    with pytest.raises(Failed, match="does not start"):
        await Worker.start("x", ["/nowhere/at/all"])


async def test_a_missing_file_is_a_typed_error(tmp_path: Path) -> None:
    backend = Llama(File("x", tmp_path / "none.gguf"))
    with pytest.raises(Missing, match="there is no file"):
        async for _ in backend.stream("x", cleared(), Sampling(), 512, PATIENT):
            pass
