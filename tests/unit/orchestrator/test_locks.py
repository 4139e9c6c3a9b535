"""A model locked for a document or a workspace: who it holds for, who sees it, how it ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from camus.orchestrator import Locks
from camus.routing import Override
from support.household import by_model, household, implement, living

ROOT = Path("/home/ada/project")
URI = "file:///home/ada/project/a.py"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "locks.json"


def test_a_document_s_lock_wins_over_its_workspace_s(file: Path) -> None:
    locks = Locks(file)
    locks.lock("big", "workspace", str(ROOT))
    locks.lock("small", "document", URI)
    assert locks.applied(Override(), URI, [ROOT]) == Override(model="small", locked="document")
    other = locks.applied(Override(), "file:///home/ada/project/b.py", [ROOT])
    assert other == Override(model="big", locked="workspace")
    assert locks.applied(Override(), "file:///else/c.py", [Path("/else")]) == Override()


def test_what_is_asked_for_by_name_wins_over_a_lock(file: Path) -> None:
    locks = Locks(file)
    locks.lock("small", "document", URI)
    assert locks.applied(Override(model="big"), URI, [ROOT]).model == "big"
    assert locks.applied(Override(pipeline="p"), URI, [ROOT]).model == ""


def test_another_process_sees_a_lock_within_a_second(file: Path) -> None:
    clock = Clock()
    server, command = Locks(file, clock=clock), Locks(file)
    assert server.of(URI, [ROOT]) is None
    command.lock("small", "document", URI)
    assert server.of(URI, [ROOT]) is None
    clock.now += 1.5
    found = server.of(URI, [ROOT])
    assert found is not None
    assert found.model == "small"
    command.unlock([URI])
    clock.now += 1.5
    assert server.of(URI, [ROOT]) is None


def test_locks_of_two_processes_do_not_undo_each_other(file: Path) -> None:
    one, other = Locks(file), Locks(file)
    one.lock("a", "document", "file:///1")
    other.lock("b", "document", "file:///2")
    one.lock("c", "document", "file:///3")
    assert [lock.model for lock in Locks(file).every()] == ["a", "b", "c"]


def test_the_file_is_private_and_a_foreign_one_is_passed_over(file: Path) -> None:
    Locks(file).lock("a", "workspace", str(ROOT))
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
    for text in ("3", "[1, [2], {}, ['a', 'planet', 'x']]", '[["", "document", "u"]]', "{"):
        file.write_text(text)
        assert Locks(file).every() == ()


def test_unlocking_says_what_was_locked(file: Path) -> None:
    locks = Locks(file)
    locks.lock("a", "workspace", str(ROOT))
    locks.lock("b", "document", URI)
    assert [lock.model for lock in locks.unlock([URI, "nothing"])] == ["b"]
    assert [lock.model for lock in locks.unlock()] == ["a"]
    assert locks.unlock() == ()


async def test_a_locked_model_answers_and_the_decision_says_why(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    with household(by_model()) as server:
        async with living(root, server) as engine:
            engine.locks.lock("deep", "workspace", str(root))
            locked = await engine.perform(implement(root, "r1", fresh=True))
        async with living(root, server) as engine:
            kept = await engine.perform(implement(root, "r2", fresh=True))
            engine.locks.unlock()
            free = await engine.perform(implement(root, "r3", fresh=True))
    assert (locked.model, kept.model, free.model) == ("deep", "deep", "coder")
    assert "locked for this workspace" in locked.decision.plan.choices[0].reason
