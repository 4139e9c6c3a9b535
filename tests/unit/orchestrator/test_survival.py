"""Every strategy over real servers: it goes on when one participant fails, and stops when told to.

The servers, engines and worker processes are real; their models are scripted, or tiny files that
replay a known answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from camus.config import StrategyName
from camus.journal import Attempted
from camus.models.llama import Llama
from camus.orchestrator import Orchestrator, Outcome
from camus.routing import Override
from support.engines import document, fenced, request, running
from support.gguf_files import babbling, replaying
from support.llama_servers import llama_server
from support.servers import Asked, Fault, Ollama, Reply, Script, Told, closed_port

from .test_faults import FAULTS, real, slots_are_free

STUB = '''def area(width: int, height: int) -> int:
    """The area of a rectangle."""
    raise NotImplementedError
'''
GOOD = STUB.replace("raise NotImplementedError", "return width * height")
AT_ONCE = 6
LIMITS = {"connect": 5.0, "first_token": 1.5, "idle": 0.8, "total": 8.0}
"""Short enough for faults to be waited for, and long enough for a busy machine."""
PIPELINES: dict[str, dict[str, Any]] = {
    "steps": {
        "strategy": "sequential",
        "steps": [{"backend": name} for name in ("broken", "well", "fine")],
    },
    "last": {
        "strategy": "sequential",
        "steps": [{"backend": name} for name in ("well", "fine", "broken")],
    },
    "critic": {
        "strategy": "sequential",
        "steps": [{"backend": "well"}, {"backend": "broken", "task": "validate"}],
    },
    "thinker": {
        "strategy": "sequential",
        "steps": [{"backend": "broken", "task": "plan"}, {"backend": "well"}],
    },
    "votes": {"strategy": "ensemble", "voting": "majority", "backends": ["broken", "well", "fine"]},
    "weights": {
        "strategy": "ensemble",
        "voting": "weighted",
        "weights": [0.4, 0.3, 0.3],
        "backends": ["broken", "well", "fine"],
    },
    "best": {"strategy": "ensemble", "backends": ["broken", "well", "fine"]},
    "talk": {"strategy": "ensemble", "voting": "consensus", "backends": ["broken", "well"]},
    "aside": {"strategy": "parallel", "backends": ["broken", "well", "fine"]},
    "two": {"strategy": "DUAL_VALIDATION", "backends": ["well", "broken"]},
    "twice": {"strategy": "DUAL_VALIDATION", "backends": ["broken", "well"]},
    "three": {"strategy": "TRIPLE_CONSENSUS", "backends": ["broken", "well", "fine"]},
    "one": {"strategy": "single", "backends": ["broken", "well"]},
    "fast": {"strategy": "SINGLE_FAST", "backends": ["broken", "well"]},
    "rungs": {"strategy": "cascade", "backends": ["broken", "well"]},
    "fit": {"strategy": "adaptive", "backends": ["broken", "well", "fine"]},
}
"""Every strategy with a broken participant, for sequences and pairs in every part."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def answering(asked: Asked) -> str:
    """A model that does its work: code, or a verdict where one is asked for."""
    if "VERDICT" in asked.text:
        return "VERDICT: accept\nREASON: none"
    return fenced(GOOD)


def flags(broken: Mapping[str, Any], spare: Ollama, **more: Any) -> dict[str, Any]:
    def well(name: str, size: str) -> dict[str, Any]:
        return {"type": "ollama", "model": name, "url": spare.url, "size": size}

    return {
        "server": {"discover": False},
        "timeouts": LIMITS,
        "models": {
            "broken": {"size": "fast", **broken},
            "well": well("well", "medium"),
            "fine": well("fine", "large"),
        },
        "pipelines": PIPELINES,
        "multi_model": {"enabled": True},
        **more,
    }


@asynccontextmanager
async def beside_others(
    root: Path, broken: Mapping[str, Any], **more: Any
) -> AsyncIterator[Orchestrator]:
    with Ollama(answering, models=[Told("well"), Told("fine")]) as spare:
        async with running(root, flags=flags(broken, spare, **more)) as engine:
            await engine.ready()
            yield engine


async def performed(
    engine: Orchestrator, root: Path, pipeline: str, *, action: str = "implement", id: str = "r1"
) -> Outcome:
    code = document(root, "shapes.py", STUB)
    wish = Override(pipeline=pipeline)
    return await engine.perform(request(code, action, "area", id=id, fresh=True, override=wish))


async def survived(engine: Orchestrator, root: Path, name: str, error: str, pipeline: str) -> str:
    """Why a strategy did not survive a fault; empty when it did."""
    outcome = await performed(engine, root, pipeline, id=name)
    after = outcome.task.document.edited(outcome.edits).text
    if (outcome.state, after) != ("done", GOOD):
        return f"{outcome.state} {outcome.message[:200]}"
    told = [e for e in engine.journal.events(id=name) if isinstance(e, Attempted)]
    lines = [e.error for e in told if e.model == name]
    spared = any(a.state == "spared" for a in outcome.decision.attempts)
    if lines != [error] and not (spared and not lines):
        return f"the journal has {lines} and not {error}"
    kept = error == "Looped"  # of words the beginning is an answer, with a note
    if lines and not kept and not any(name in warning for warning in outcome.warnings):
        return f"the user is not told: {outcome.warnings}"
    return ""


@pytest.mark.parametrize("pipeline", PIPELINES)
async def test_a_strategy_survives_every_fault_of_one_participant(
    root: Path, pipeline: str
) -> None:
    broken: dict[str, dict[str, Any]] = {}
    pipelines: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    with ExitStack() as stack:
        servers = []
        for number, (fault, _) in enumerate(FAULTS.values()):
            name = f"broken{number}"
            server = stack.enter_context(Ollama(_always(fault), models=[Told(name)]))
            servers.append(server)
            broken[name] = {"type": "ollama", "model": name, "url": server.url, "size": "fast"}
            pipelines[name] = _with(PIPELINES[pipeline], name)
        spare = stack.enter_context(Ollama(answering, models=[Told("well"), Told("fine")]))
        given = flags(broken["broken0"], spare)
        given["models"] |= broken
        given["pipelines"] = pipelines
        async with running(root, flags=given) as engine:
            await all_ready(engine)
            room = asyncio.Semaphore(AT_ONCE)

            async def one(number: int, fault: str, error: str) -> None:
                name = f"broken{number}"
                async with room:
                    found = await survived(engine, root, name, error, name)
                wrong.extend([f"{fault}: {found}"] if found else [])

            each = (one(n, fault, error) for n, (fault, (_, error)) in enumerate(FAULTS.items()))
            await asyncio.gather(*each)
            await slots_are_free(engine)
        for server in servers:
            await asyncio.to_thread(server.wait_free)
    assert not wrong, "\n".join(wrong)


async def all_ready(engine: Orchestrator) -> None:
    """Ask the servers until all have answered: a busy machine may take its time."""
    for _ in range(10):
        await engine.ready()
        if all(each.state == "ready" for each in await engine.models.refresh()):
            return
    raise AssertionError("the test's own servers do not answer")


def _always(fault: Fault) -> Script:
    return lambda _asked: fault


def _with(pipeline: dict[str, Any], name: str) -> dict[str, Any]:
    """The pipeline with another broken participant."""
    text = json.dumps(pipeline).replace('"broken"', json.dumps(name))
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("where", ["refused", "no such name"])
@pytest.mark.parametrize("pipeline", PIPELINES)
async def test_a_strategy_survives_a_participant_that_is_not_there(
    root: Path, pipeline: str, where: str
) -> None:
    with closed_port() as nothing:
        url = nothing if where == "refused" else "http://nowhere.invalid:11434"
        broken = {"type": "ollama", "model": "broken", "url": url}
        async with beside_others(root, broken) as engine:
            engine.ledger.grant("nowhere.invalid:11434", now="2026-01-01")
            outcome = await performed(engine, root, pipeline)
    in_order = PIPELINES[pipeline]["strategy"] == "sequential"
    assert outcome.state == ("no_model" if in_order else "done"), "a listed step cannot be done"
    assert "broken" in " ".join((*outcome.warnings, outcome.message))


@pytest.mark.parametrize("pipeline", ["votes", "three", "steps", "two", "aside"])
async def test_a_strategy_survives_a_participant_all_of_whose_replicas_are_out(
    root: Path, pipeline: str
) -> None:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Ollama(_always(fault), models=[Told("broken")]))
            for fault in (Fault("status"), Fault("reset"), Fault("drop"))
        ]
        urls = [server.url for server in servers]
        broken = {"type": "ollama", "model": "broken", "url": urls[0], "replicas": urls[1:]}
        async with beside_others(root, broken) as engine:
            outcome = await performed(engine, root, pipeline)
            assert outcome.state == "done"
            assert outcome.task.document.edited(outcome.edits).text == GOOD
            await slots_are_free(engine)


@real
@pytest.mark.parametrize("pipeline", ["votes", "three", "steps"])
async def test_a_strategy_survives_a_model_that_does_not_fit_into_memory(
    root: Path, tmp_path: Path, pipeline: str
) -> None:
    path = babbling(tmp_path / "big.gguf")
    broken = {"type": "llama_cpp", "path": str(path)}
    async with beside_others(root, broken, memory={"budget": 1000}) as engine:
        outcome = await performed(engine, root, pipeline)
        assert outcome.task.document.edited(outcome.edits).text == GOOD
        told = [e for e in engine.journal.events(id="r1") if isinstance(e, Attempted)]
        assert [e.error for e in told if e.model == "broken"] == ["NoMemory"]
        await slots_are_free(engine)


@pytest.mark.parametrize("fault", [*FAULTS])
async def test_a_review_survives_every_fault_of_one_reviewer(root: Path, fault: str) -> None:
    broken_by, _ = FAULTS[fault]

    def reviewing(_asked: Asked) -> str:
        return "3: warning: [correctness] nothing is computed here"

    with (
        Ollama(lambda _asked: broken_by, models=[Told("broken")]) as server,
        Ollama(reviewing, models=[Told("well"), Told("fine")]) as spare,
    ):
        broken = {"type": "ollama", "model": "broken", "url": server.url}
        async with running(root, flags=flags(broken, spare)) as engine:
            await engine.ready()
            outcome = await performed(engine, root, "aside", action="review")
            await slots_are_free(engine)
    assert outcome.state == "done"
    assert any("nothing is computed" in finding.message for finding in outcome.findings)
    assert any("broken" in warning for warning in outcome.warnings)


WORKERS = {"killed": signal.SIGKILL, "segfault": signal.SIGSEGV, "stuck": signal.SIGSTOP}


@real
@pytest.mark.parametrize("pipeline", ["votes", "three", "steps"])
@pytest.mark.parametrize("how", WORKERS)
async def test_a_strategy_survives_a_worker_that_dies(
    root: Path, tmp_path: Path, how: str, pipeline: str
) -> None:
    path = babbling(tmp_path / "babble.gguf")
    broken = {"type": "llama_cpp", "path": str(path), "parameters": {"max_tokens": 3000}}
    async with beside_others(root, broken) as engine:

        async def struck() -> None:
            while True:
                backends = (each._backend for each in engine.models._servers.values())
                llama = next((each for each in backends if isinstance(each, Llama)), None)
                if llama is not None and llama.worker is not None:
                    os.kill(llama.worker.pid, WORKERS[how])
                    return
                await asyncio.sleep(0.01)

        striking = asyncio.create_task(struck())
        outcome = await performed(engine, root, pipeline)
        await striking
        assert outcome.state == "done"
        assert outcome.task.document.edited(outcome.edits).text == GOOD
        await slots_are_free(engine)


@real
@pytest.mark.parametrize("damage", [64, 9000])
async def test_an_ensemble_survives_a_corrupt_file(root: Path, tmp_path: Path, damage: int) -> None:
    path = babbling(tmp_path / "cut.gguf")
    path.write_bytes(path.read_bytes()[:damage])
    async with beside_others(root, {"type": "llama_cpp", "path": str(path)}) as engine:
        outcome = await performed(engine, root, "votes")
        assert outcome.state == "done"
        await slots_are_free(engine)


async def cancelled_in(root: Path, pipeline: str, action: str) -> float:
    """Seconds from the cancel to the last model's socket seen closed at its server."""
    slow = Reply(fenced(GOOD * 40), pause=0.05)
    names = ("broken", "well", "fine")
    with Ollama(lambda _asked: slow, models=[Told(name) for name in names]) as server:
        broken = {"type": "ollama", "model": "broken", "url": server.url}
        given = flags(broken, server, timeouts={})
        async with running(root, flags=given) as engine:
            await engine.ready()
            code = document(root, "shapes.py", STUB)
            wish = Override(pipeline=pipeline)
            asked = request(code, action, "area", fresh=True, override=wish)
            task = asyncio.create_task(engine.perform(asked))
            async with asyncio.timeout(4):
                while not server.chats:  # noqa: ASYNC110 - a server has no event to wait for
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            start = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            busy = {asked.connection for asked in server.chats}
            closed = [await asyncio.to_thread(server.wait_closed, number=n) for n in busy]
            await slots_are_free(engine)
    return max(closed) - start


@pytest.mark.parametrize("action", ["implement", "review"])
@pytest.mark.parametrize("pipeline", PIPELINES)
async def test_a_cancel_closes_every_connection_within_200_ms(
    root: Path, pipeline: str, action: str
) -> None:
    took = [await cancelled_in(root, pipeline, action)]
    if took[0] >= 0.2:  # a busy machine; a fault of ours would show again
        took += [await cancelled_in(root, pipeline, action) for _ in range(2)]
    assert min(took) < 0.2


@real
async def test_strategies_over_real_workers(root: Path, tmp_path: Path) -> None:
    texts = {
        "broken": fenced(GOOD.replace("width * height", "height * width")),
        "well": fenced(GOOD),
        "fine": fenced(
            GOOD.replace("return width * height", "size = width * height\n    return size")
        ),
    }
    found = {
        name: {"type": "llama_cpp", "path": str(replaying(tmp_path / f"{name}.gguf", text))}
        for name, text in texts.items()
    }
    given = {
        "server": {"discover": False},
        "models": found,
        "pipelines": PIPELINES,
        "multi_model": {"enabled": True},
    }
    async with running(root, flags=given) as engine:
        for number, pipeline in enumerate(("votes", "aside", "steps", "three")):
            outcome = await performed(engine, root, pipeline, id=f"r{number}")
            assert outcome.state == "done", (pipeline, outcome.message)
            assert "raise" not in outcome.task.document.edited(outcome.edits).text
        await slots_are_free(engine)


async def test_strategies_over_real_llama_servers(root: Path, tmp_path: Path) -> None:
    other = GOOD.replace("width * height", "height * width")
    one = replaying(tmp_path / "one.gguf", fenced(other))
    two = replaying(tmp_path / "two.gguf", fenced(GOOD))
    with llama_server(one) as first, llama_server(two) as second:
        at = {"broken": (first, one), "well": (second, two), "fine": (second, two)}
        given = {
            "server": {"discover": False},
            "models": {
                name: {"type": "openai", "url": url, "model": str(path)}
                for name, (url, path) in at.items()
            },
            "pipelines": PIPELINES,
            "multi_model": {"enabled": True},
        }
        async with running(root, flags=given) as engine:
            for number, pipeline in enumerate(("best", "steps", "three")):
                outcome = await performed(engine, root, pipeline, id=f"r{number}")
                assert outcome.state == "done", (pipeline, outcome.message, outcome.decision)
                assert "raise" not in outcome.task.document.edited(outcome.edits).text
            votes = await performed(engine, root, "votes", id="again")
            assert votes.task.document.edited(votes.edits).text == GOOD
            await slots_are_free(engine)


def test_every_strategy_is_among_those_that_are_tried() -> None:
    tried = {str(each["strategy"]) for each in PIPELINES.values()}
    assert tried == set(StrategyName)
