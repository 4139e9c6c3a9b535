"""Each fault of a model costs one attempt: typed, journalled once, its slot freed, the next asked.

The servers and the worker processes are real; what goes wrong is in the name of each case.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from camus.config import BackendKind
from camus.journal import Attempted, Finished
from camus.models.claims import Claim, written
from camus.models.llama import Llama
from camus.models.memory import born
from camus.models.retrying import ROUNDS
from camus.orchestrator import Orchestrator, Outcome
from camus.routing import Override
from support.engines import document, fenced, request, running
from support.gguf_files import babbling
from support.servers import Fault, Ollama, OpenAI, Script, Told, closed_port

STUB = """def area(width: int, height: int) -> int:
    \"\"\"The area of a rectangle.\"\"\"
    raise NotImplementedError
"""
GOOD = fenced(STUB.replace("raise NotImplementedError", "return width * height"))
QUICK = {"connect": 0.5, "first_token": 0.8, "idle": 0.4, "total": 2.5}
LLAMA = importlib.util.find_spec("llama_cpp") is not None
real = pytest.mark.skipif(not LLAMA, reason="the extra `llama` is not installed")
KINDS = {BackendKind.OLLAMA: Ollama, BackendKind.OPENAI: OpenAI}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def configured(broken: dict[str, Any], spare: Ollama) -> dict[str, Any]:
    """A small model that is broken, and a large one that answers."""
    large = {"type": "ollama", "model": "large", "url": spare.url, "size": "large"}
    return {
        "server": {"discover": False},
        "timeouts": QUICK,
        "models": {"small": {"size": "fast", **broken}, "large": large},
    }


@asynccontextmanager
async def broken_beside_a_spare(root: Path, broken: dict[str, Any]) -> AsyncIterator[Orchestrator]:
    with Ollama(lambda _: GOOD, models=[Told("large")]) as spare:
        async with running(root, flags=configured(broken, spare)) as engine:
            await engine.ready()
            yield engine


async def perform(engine: Orchestrator, root: Path, id: str = "r1", by: str = "") -> Outcome:
    code = document(root, "shapes.py", STUB)
    wish = Override(model=by)
    asked = request(code, "implement", "area", id=id, fresh=True, override=wish)
    return await engine.perform(asked)


def told(engine: Orchestrator, id: str = "r1") -> list[str]:
    """What the journal holds of a request: an attempt's model and error, or the end's state."""
    lines = []
    for event in engine.journal.events(id=id):
        if isinstance(event, Attempted) and event.model != "rules":
            lines.append(f"{event.model} {event.error}".strip())
        if isinstance(event, Finished):
            lines.append(event.state)
    return lines


async def slots_are_free(engine: Orchestrator) -> None:
    """Every place at every server is given back, and nobody waits."""
    servers = engine.models._servers.values()
    async with asyncio.timeout(5):
        while any(each.load.in_flight or each.unstarted for each in servers):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.02)
    assert engine.models._pool.waiting == 0


def forgets(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on no address is known for a name."""
    known = socket.getaddrinfo

    def look(host: Any, *more: Any, **other: Any) -> Any:
        if host in {name, name.encode()}:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *more, **other)

    monkeypatch.setattr(socket, "getaddrinfo", look)


async def test_a_server_whose_name_is_no_longer_known(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ollama(lambda _: GOOD, models=[Told("small")]) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        broken = {"type": "ollama", "model": "small", "url": url}
        async with broken_beside_a_spare(root, broken) as engine:
            (small, _) = engine.models.profiles()
            assert small.state == "ready"
            for idle in engine.models._servers.values():
                await idle.backend.close()  # what is connected needs no name
            forgets(monkeypatch, "localhost")
            outcome = await perform(engine, root)
            assert outcome.model == "large"
            assert any("no address is known" in each for each in outcome.warnings)
            assert told(engine) == ["small Unreachable", "large", "done"]
            await slots_are_free(engine)


def after_listing(fault: Fault) -> Script:
    return lambda _asked: fault


FAULTS: dict[str, tuple[Fault, str]] = {
    "reset": (Fault("reset"), "Unreachable"),
    "401": (Fault("status", status=401, message="no"), "Unauthorised"),
    "404 model": (Fault("status", status=404, message="model 'x' not found"), "Missing"),
    "429": (Fault("status", status=429), "RateLimited"),
    "429 with Retry-After": (Fault("status", status=429, retry_after="20"), "RateLimited"),
    "500": (Fault("status", status=500), "Failed"),
    "slow headers": (Fault("slow_headers"), "TimedOut"),
    "no headers": (Fault("silent"), "TimedOut"),
    "stalled": (Fault("stall"), "TimedOut"),
    "cut": (Fault("cut"), "Cut"),
    "cut silently": (Fault("cut", framing="close"), "Cut"),
    "dropped": (Fault("drop"), "Cut"),
    "truncated JSON": (Fault("truncated_json"), "Malformed"),
    "invalid UTF-8": (Fault("invalid_utf8"), "Malformed"),
    "endless repetition": (Fault("endless", text="one " * 9), "Looped"),
    "200 with an error": (Fault("ok_error"), "Failed"),
    "no end mark": (Fault("no_finish"), "Cut"),
}


ROUND = "It says what the window is. " + "The window is what the window is said to be by it. " * 60


@pytest.mark.parametrize("kind", KINDS)
async def test_words_that_go_round_in_circles_are_kept_up_to_there(
    root: Path, kind: BackendKind
) -> None:
    with KINDS[kind](ROUND, models=[Told("small")]) as server:
        flags = {
            "server": {"discover": False},
            "models": {"small": {"type": kind.value, "model": "small", "url": server.url}},
        }
        async with running(root, flags=flags) as engine:
            await engine.ready()
            code = document(root, "shapes.py", STUB)
            asked = request(code, "ask", "area", instruction="what is a window?")
            outcome = await engine.perform(asked)
    assert outcome.state == "done"
    assert outcome.text.count("said to be by it") == 1
    assert outcome.needs_confirmation
    assert any("repeated itself" in note for note in outcome.notes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fault", "error"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_of_a_server(root: Path, kind: BackendKind, fault: Fault, error: str) -> None:
    with KINDS[kind](after_listing(fault), models=[Told("small")]) as server:
        broken = {"type": kind.value, "model": "small", "url": server.url}
        async with broken_beside_a_spare(root, broken) as engine:
            outcome = await perform(engine, root)
            assert (outcome.state, outcome.model) == ("done", "large")
            assert any("small did not answer" in warning for warning in outcome.warnings)
            assert told(engine) == [f"small {error}", "large", "done"]
            await slots_are_free(engine)
        await asyncio.to_thread(server.wait_free)


async def test_a_server_that_went_away_after_it_listed_its_models(root: Path) -> None:
    with Ollama(models=[Told("small")]) as server:
        broken = {"type": "ollama", "model": "small", "url": server.url}
        async with broken_beside_a_spare(root, broken) as engine:
            server.stop()
            outcome = await perform(engine, root)
            assert (outcome.model, told(engine)) == (
                "large",
                ["small Unreachable", "large", "done"],
            )
            await slots_are_free(engine)


@pytest.mark.parametrize("url", ["http://nowhere.invalid:11434", ""], ids=["no name", "refused"])
async def test_a_server_that_was_never_there_is_out_of_the_plan_with_its_reason(
    root: Path, url: str
) -> None:
    with closed_port() as nothing:
        broken = {"type": "ollama", "model": "small", "url": url or nothing}
        async with broken_beside_a_spare(root, broken) as engine:
            if url:
                engine.ledger.grant("nowhere.invalid:11434", now="2026-01-01")
            (small, _) = engine.models.profiles()
            wanted = "no address is known" if url else "refused the connection"
            assert (small.state, wanted in small.problem) == ("unreachable", True)
            outcome = await perform(engine, root)
            (out,) = outcome.decision.plan.rejected
            assert out.model == "small"
            assert told(engine) == ["large", "done"]


async def test_a_simple_task_waits_no_longer_than_its_class_allows(root: Path) -> None:
    with (
        Ollama(after_listing(Fault("silent")), models=[Told("small")]) as server,
        Ollama(lambda _: GOOD, models=[Told("large")]) as spare,
    ):
        broken = {"type": "ollama", "model": "small", "url": server.url}
        flags = configured(broken, spare)
        limits = {name: {"first_token": 0.3} for name in ("simple", "medium", "complex")}
        flags["timeouts"] = {"first_token": 60.0, "total": 90.0, "by_complexity": limits}
        async with running(root, flags=flags) as engine:
            await engine.ready()
            async with asyncio.timeout(20):
                outcome = await perform(engine, root)
            assert (outcome.model, told(engine)[0]) == ("large", "small TimedOut")


async def test_a_storm_of_500s_costs_no_request_and_is_left_alone_after_three(root: Path) -> None:
    with Ollama(after_listing(Fault("status")), models=[Told("small")]) as server:
        broken = {"type": "ollama", "model": "small", "url": server.url}
        async with broken_beside_a_spare(root, broken) as engine:
            for number in range(8):
                outcome = await perform(engine, root, f"r{number}")
                assert outcome.model == "large"
                first, *_ = told(engine, f"r{number}")
                assert first in {"small Failed", "small Unreachable", "large"}
            asked = [each for each in server.chats if each.body["options"]["num_predict"] > 1]
            most = 3 * (1 + ROUNDS) + 1
            assert 0 < len(asked) <= most, "after three failed requests only a trial is let through"
            await slots_are_free(engine)
            server.script = lambda _: GOOD
            async with asyncio.timeout(5):
                while (await perform(engine, root, "again", "small")).model != "small":  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.1)


async def test_all_replicas_out_is_one_attempt(root: Path) -> None:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Ollama(after_listing(fault), models=[Told("small")]))
            for fault in (Fault("status"), Fault("reset"), Fault("drop"))
        ]
        urls = [server.url for server in servers]
        broken = {"type": "ollama", "model": "small", "url": urls[0], "replicas": urls[1:]}
        async with broken_beside_a_spare(root, broken) as engine:
            outcome = await perform(engine, root)
            assert outcome.model == "large"
            (attempt, *rest) = told(engine)
            assert attempt in {"small Failed", "small Unreachable", "small Cut"}
            assert rest == ["large", "done"]
            assert all(server.chats for server in servers), "each was tried"
            await slots_are_free(engine)
            for server in servers:
                server.stop()
            again = await perform(engine, root, "r2")
            assert (again.model, told(engine, "r2")[-1]) == ("large", "done")


def worker_pid(engine: Orchestrator) -> int:
    backends = (each._backend for each in engine.models._servers.values())
    llama = next(each for each in backends if isinstance(each, Llama))
    assert llama.worker is not None
    return llama.worker.pid


async def signalled(engine: Orchestrator, number: signal.Signals) -> None:
    """Send a signal to the worker once it runs and computes."""
    while True:
        with suppress(AssertionError, StopIteration):
            pid = worker_pid(engine)
            await asyncio.sleep(0.15)
            os.kill(pid, number)
            return
        await asyncio.sleep(0.02)


WORKERS: dict[str, tuple[signal.Signals, str]] = {
    "killed": (signal.SIGKILL, "Failed"),
    "segfault": (signal.SIGSEGV, "Failed"),
    "aborted": (signal.SIGABRT, "Failed"),
    "stuck": (signal.SIGSTOP, "TimedOut"),
}


@real
@pytest.mark.parametrize(("number", "error"), WORKERS.values(), ids=WORKERS)
async def test_a_fault_of_a_worker(
    root: Path, tmp_path: Path, number: signal.Signals, error: str
) -> None:
    path = babbling(tmp_path / "babble.gguf")
    broken = {"type": "llama_cpp", "path": str(path), "parameters": {"max_tokens": 3000}}
    async with broken_beside_a_spare(root, broken) as engine:
        task = asyncio.create_task(signalled(engine, number))
        outcome = await perform(engine, root)
        await task
        assert outcome.model == "large"
        assert told(engine) == [f"small {error}", "large", "done"]
        await slots_are_free(engine)


@real
async def test_a_file_whose_header_is_damaged_is_out_of_the_plan(
    root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 64)
    broken = {"type": "llama_cpp", "path": str(path)}
    async with broken_beside_a_spare(root, broken) as engine:
        outcome = await perform(engine, root)
        (out,) = outcome.decision.plan.rejected
        assert "no usable GGUF file" in out.reason
        assert told(engine) == ["large", "done"]


@real
async def test_a_file_whose_weights_are_cut_off(root: Path, tmp_path: Path) -> None:
    path = babbling(tmp_path / "cut.gguf")
    path.write_bytes(path.read_bytes()[:9000])
    async with broken_beside_a_spare(root, {"type": "llama_cpp", "path": str(path)}) as engine:
        outcome = await perform(engine, root)
        assert outcome.model == "large"
        first, *rest = told(engine)
        assert first in {"small Malformed", "small Failed"}
        assert rest == ["large", "done"]
        await slots_are_free(engine)


@real
@pytest.mark.parametrize("budget", [1000, 130_000_000])
async def test_a_file_that_does_not_fit_into_the_memory_budget(
    root: Path, tmp_path: Path, budget: int
) -> None:
    path = babbling(tmp_path / "big.gguf")
    broken = {"type": "llama_cpp", "path": str(path)}
    with Ollama(lambda _: GOOD, models=[Told("large")]) as spare:
        flags = {**configured(broken, spare), "memory": {"budget": budget}}
        async with running(root, flags=flags) as engine:
            await engine.ready()
            if budget > 1000:  # it would fit, if another process did not hold most of it
                other = Claim(os.getppid(), born(os.getppid()), "theirs", budget // 2)
                shared = engine.models.memory._shared
                shared.change("memory", lambda _: (written((other,)), None))
            outcome = await perform(engine, root)
            assert outcome.model == "large"
            assert told(engine) == ["small NoMemory", "large", "done"]
            words = next(each for each in outcome.warnings if "small did not answer" in each)
            assert ("can never fit" in words) == (budget == 1000)
            assert ("theirs hold too much" in words) == (budget > 1000)
            await slots_are_free(engine)
