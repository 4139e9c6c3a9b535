"""Changes of thresholds, weights and pipelines hold from the next request on, without restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from camus.orchestrator import Orchestrator, Outcome
from camus.routing import Override
from camus.source import Document
from support.engines import LOOPBACK, document, fenced, request, running, scripted

BEFORE = "def area(width, height):\n    return width * height\n"
SUM = "def area(width, height):\n    total = width * height\n    return total\n"
OTHER = "def area(width, height):\n    return height * width\n"
MODELS = f"""\
server: {{discover: false}}
models:
  a: {{model: a, url: '{LOOPBACK}', size: fast}}
  b: {{model: b, url: '{LOOPBACK}', size: medium}}
"""


class Place:
    """A workspace whose configuration is rewritten while the engine runs."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.file = folder / "home" / "config" / "config.yml"
        self.file.parent.mkdir(parents=True)
        self.root.mkdir()

    def write(self, text: str) -> None:
        self.file.write_text(MODELS + text)

    def code(self) -> Document:
        return document(self.root, "a.py", BEFORE)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def performed(engine: Orchestrator, place: Place, id: str, **wish: Any) -> Outcome:
    asked = request(
        place.code(),
        "modify",
        "area",
        instruction="x",
        id=id,
        fresh=True,
        override=Override(**wish),
    )
    return await engine.perform(asked)


def reply(model: str, _prompt: object) -> str:
    return fenced({"a": OTHER, "b": SUM}[model])


async def test_a_threshold_holds_from_the_next_request_on(place: Place) -> None:
    undefined = BEFORE.replace("width * height", "widht * height")
    backend = scripted(lambda _model, _prompt: fenced(undefined), "a", "b")
    place.write("defaults: {quality_threshold: 0.1}\n")
    async with running(place.root, backend, {"cache": {"enabled": False}}) as engine:
        before = await performed(engine, place, "1", model="a")
        place.write("defaults: {quality_threshold: 0.99}\n")
        await engine.reload()
        after = await performed(engine, place, "2", model="a")
    assert (before.state, before.needs_confirmation) == ("done", False)
    assert before.decision.plan.threshold == 0.1
    assert after.decision.plan.threshold == 0.99
    assert after.needs_confirmation or after.state == "refused"


async def test_weights_hold_from_the_next_request_on(place: Place) -> None:
    pipeline = "pipelines:\n  p: {strategy: ensemble, voting: weighted, backends: [a, b], "
    backend = scripted(reply, "a", "b")
    place.write(pipeline + "weights: [0.9, 0.1]}\n")
    async with running(place.root, backend, {"cache": {"enabled": False}}) as engine:
        before = await performed(engine, place, "1", pipeline="p")
        place.write(pipeline + "weights: [0.1, 0.9]}\n")
        await engine.reload()
        after = await performed(engine, place, "2", pipeline="p")
    assert (before.model, after.model) == ("a", "b")


async def test_a_pipeline_holds_from_the_next_request_on_and_running_ones_end_under_the_old(
    place: Place,
) -> None:
    backend = scripted(reply, "a", "b", delay=0.05)
    place.write("pipelines: {p: {strategy: single, backends: [a]}}\n")
    async with running(place.root, backend, {"cache": {"enabled": False}}) as engine:
        await engine.ready()
        old = asyncio.create_task(performed(engine, place, "1", pipeline="p"))
        async with asyncio.timeout(5):
            while not backend.calls:  # noqa: ASYNC110 - a fake has no event to wait for
                await asyncio.sleep(0.01)
        place.write("pipelines: {p: {strategy: single, backends: [b]}}\n")
        await engine.reload()
        assert not old.done()
        new = await performed(engine, place, "2", pipeline="p")
        before = await old
        place.write("pipelines: {}\n")
        await engine.reload()
        gone = await performed(engine, place, "3", pipeline="p")
    assert (before.state, before.model) == ("done", "a")
    assert (new.state, new.model) == ("done", "b")
    assert gone.state == "unknown_pipeline"


async def test_the_strategy_and_the_voting_hold_from_the_next_request_on(place: Place) -> None:
    backend = scripted(reply, "a", "b")
    found = []
    async with running(place.root, backend, {"cache": {"enabled": False}}) as engine:
        for number, text in enumerate(
            (
                "",
                "defaults: {strategy: ensemble}\nstrategies: {members: 2}\n",
                "defaults: {strategy: ensemble}\nstrategies: {members: 2, voting: majority}\n",
                "defaults: {strategy: single}\n",
            )
        ):
            place.write(text)
            await engine.reload()
            outcome = await performed(engine, place, str(number))
            agreement = outcome.decision.agreement
            method = agreement.method if agreement else ""
            found.append((str(outcome.decision.plan.strategy), method))
    assert found == [
        ("cascade", ""),
        ("ensemble", "best_of_n"),
        ("ensemble", "majority"),
        ("single", ""),
    ]
