"""Programs that are missing, slow, broken or cancelled."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from camus.analysis import Tools
from camus.analysis.process import Runner
from camus.source import Document

DOCUMENT = Document("untitled:a.py", "x = missing\n", "python")


def _runner(seconds: float = 5.0, concurrency: int = 2) -> Runner:
    return Runner(seconds=seconds, concurrency=concurrency)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_text_goes_in_and_the_output_comes_out() -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read().upper())"
    output = await _runner().run(_python(code), b"abc")
    assert (output.stdout, output.code, output.problem) == (b"ABC", 0, "")


async def test_two_first_calls_at_once_look_for_ruff_once(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[int] = []
    most: list[int] = []

    def look() -> str:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return ""

    monkeypatch.setattr("ruff.find_ruff_bin", look)
    other = Document("untitled:b.py", "y = missing\n", "python")
    await asyncio.gather(tools.findings(DOCUMENT), tools.findings(other))
    assert most == [1]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import time; time.sleep(60)", "longer than 0.3 s"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("import sys; print('\\nbad option', file=sys.stderr); sys.exit(2)", "bad option"),
        ("raise SystemExit(2)", "without a word"),
    ],
)
async def test_a_program_that_gives_no_answer_says_why(code: str, words: str) -> None:
    output = await _runner(0.3 if "60" in code else 5.0).run(_python(code))
    assert words in output.problem
    assert output.stdout == b""


async def test_a_missing_program_is_a_problem() -> None:
    output = await _runner().run(["/nowhere/at/all"])
    assert "does not start" in output.problem


async def test_cancelling_ends_the_process(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"import os,time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(_runner().run(_python(code)))
    for _ in range(500):
        if note.exists() and note.read_text():
            break
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _alive(int(note.read_text()))


async def test_closing_ends_what_runs_and_starts_nothing_more() -> None:
    runner = _runner()
    task = asyncio.create_task(runner.run(_python("import time; time.sleep(60)")))
    await asyncio.sleep(0.1)
    await runner.close()
    assert "signal" in (await task).problem
    assert "closed" in (await runner.run(_python("pass"))).problem


async def test_no_more_than_the_limit_run_at_once(tmp_path: Path) -> None:
    code = (
        "import os,sys,time\n"
        f"folder = {str(tmp_path)!r}\n"
        "mine = os.path.join(folder, str(os.getpid()))\n"
        "open(mine, 'w').close()\n"
        "time.sleep(0.1)\n"
        "print(len(os.listdir(folder)))\n"
        "os.remove(mine)\n"
    )
    runner = _runner(concurrency=2)
    outputs = await asyncio.gather(*(runner.run(_python(code)) for _ in range(5)))
    assert max(int(output.stdout) for output in outputs) <= 2


async def test_without_ruff_everything_is_empty_and_says_so(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camus.analysis.ruff.find", lambda: "")
    looked = await tools.findings(DOCUMENT)
    assert looked.findings == ()
    assert [name for name, _ in looked.absent] == ["ruff"]
    assert (await tools.inventory())[0].problem == "not installed"
    assert await tools.formatted(DOCUMENT, DOCUMENT.span) == ()


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\necho rubbish\n", "#!/bin/sh\nexit 3\n", "no program at all"]
)
async def test_a_ruff_that_fails_is_absent(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    program = tmp_path / "ruff"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setattr("camus.analysis.ruff.find", lambda: str(program))
    looked = await tools.findings(DOCUMENT)
    assert (looked.findings, looked.ran) == ((), ("ast-grep",))
    ((name, why),) = looked.absent
    assert name == "ruff"
    assert why


async def test_the_same_text_is_looked_at_once(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[bytes] = []
    run = Runner.run

    async def counted(
        self: Runner, command: list[str], data: bytes = b"", **more: object
    ) -> object:
        runs.append(data)
        return await run(self, command, data, **more)  # type: ignore[arg-type]  # a pass-through

    monkeypatch.setattr(Runner, "run", counted)
    again = Document("untitled:a.py", DOCUMENT.text, "python")
    assert await tools.findings(DOCUMENT) == await tools.findings(again)
    await tools.findings(Document("untitled:a.py", "y = missing\n", "python"))
    assert len(runs) == 2


async def test_the_memory_of_looked_at_texts_is_small(tools: Tools) -> None:
    for number in range(40):
        await tools.findings(Document("untitled:a.py", f"x = {number}\n", "python"))
    assert len(tools._known) == 32


async def test_the_inventory_names_ruff_with_its_version(tools: Tools) -> None:
    ruff = (await tools.inventory())[0]
    assert (ruff.name, ruff.languages, ruff.problem) == ("ruff", ("python",), "")
    assert ruff.version[0].isdigit()
