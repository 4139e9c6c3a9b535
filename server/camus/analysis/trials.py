"""Runs old and new code in the sandbox: the affected tests, and one function on many inputs."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from camus.analysis.copies import TooMuch, affected_tests, calls_of, copied, module_name
from camus.analysis.process import Runner
from camus.analysis.sandbox import SCRIPTS, Ended, Limits, Sandbox, scratch
from camus.source import Document, minimal_edits, path_of

_MOST_REPORT = 4 << 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """What calling both forms of a function showed; `inputs` is how many told something."""

    state: Literal["same", "differs", "unable"]
    inputs: int = 0
    example: str = ""
    """`f(3, '') gave 4, now raises ValueError`"""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TestRun:
    """What the affected tests said of the new text; `broken` passed on the old one."""

    state: Literal["ran", "none", "unable"]
    passed: int = 0
    broken: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    """Those that failed before and pass now."""
    reason: str = ""
    __test__ = False  # no test of pytest's


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    failed: bool
    message: str


class Trials:
    """Trial runs for one process; at most one at a time, for they take a core each."""

    def __init__(self, *, seconds: float = 20.0) -> None:
        """`seconds` limits each run; nothing is started yet."""
        self._runner = Runner(seconds=seconds + 10, concurrency=1)
        self._sandbox = Sandbox(self._runner)

    @property
    def problem(self) -> str:
        """Why no trial can be run on this machine, or empty."""
        return self._sandbox.problem

    async def compare(
        self,
        before: Document,
        after: Document,
        function: str,
        *,
        project: str = "",
        seconds: float = 4.0,
        tries: int = 4000,
    ) -> Comparison:
        """Call a function of both texts with the same inputs; `function` is a qualified name."""
        with scratch() as folder:
            try:
                job, paths = await asyncio.to_thread(_job, before, after, project, folder)
                job["calls"] = await asyncio.to_thread(_calls, before, function, project)
            except (OSError, TooMuch, UnicodeError) as error:
                return Comparison("unable", reason=str(error))
            job |= {"function": function, "seed": 20260501, "tries": tries, "seconds": seconds}
            (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
            command = [_python(project), str(SCRIPTS / "compare.py")]
            limits = Limits(seconds=seconds + 4, memory=1 << 30, processes=4)
            ended = await self._sandbox.run(command, folder, limits=limits, paths=paths)
            return await asyncio.to_thread(_comparison, ended, folder / "result.json")

    async def test(
        self,
        before: Document,
        after: Document,
        names: Sequence[str],
        *,
        project: str,
        seconds: float = 20.0,
    ) -> TestRun:
        """Run the tests that name the file's module and one of `names` on a copy of the project.

        The old text is run too, but only when something fails on the new.
        """
        root, path = Path(project), path_of(before.uri)
        if path is None or not path.is_relative_to(root):
            return TestRun("unable", reason="the file is in no project")
        tests = await asyncio.to_thread(affected_tests, root, path, tuple(names))
        if not tests:
            return TestRun("none", reason="no test names this code")
        with scratch() as folder:
            try:
                copy = await asyncio.to_thread(copied, root, folder)
            except (OSError, TooMuch) as error:
                return TestRun("unable", reason=str(error))
            run = _Pytest(self._sandbox, folder, copy, project, seconds)
            place = copy / path.relative_to(root)
            files = [str(each.relative_to(root)) for each in tests]
            new = await run.on(place, after, files)
            if isinstance(new, str):
                return TestRun("unable", reason=new)
            failed = {each.name: each.message for each in new if each.failed}
            passed = len(new) - len(failed)
            if not failed:
                return TestRun("ran", passed)
            old = await run.on(place, before, files)
            if isinstance(old, str):
                return TestRun("unable", reason=f"on the old text: {old}")
            fine = {each.name for each in old if not each.failed}
            broken = tuple(f"{n}: {failed[n]}" for n in failed if n in fine)
            # What cannot even be collected now takes its whole file's tests away.
            if not broken and len(new) < len(old):
                broken = tuple(f"{name}: {why}" for name, why in failed.items())
            mended = {e.name for e in old if e.failed} & {e.name for e in new if not e.failed}
            return TestRun("ran", passed, broken, tuple(sorted(mended)))

    async def close(self) -> None:
        """End what still runs."""
        await self._runner.close()


@dataclass(frozen=True, slots=True)
class _Pytest:
    """One project's copy and how tests are run in it."""

    sandbox: Sandbox
    folder: Path
    copy: Path
    project: str
    seconds: float

    async def on(
        self, place: Path, document: Document, files: Sequence[str]
    ) -> tuple[_Case, ...] | str:
        """The cases of the files with a text in place, or why there are none."""
        report = self.folder / "report.xml"
        await asyncio.to_thread(_put, place, document, report)
        command = [
            *(_python(self.project), "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--rootdir", str(self.copy), f"--junitxml={report}"),
            *(str(self.copy / each) for each in files),
        ]
        source = self.copy / "src"
        paths = [self.copy, *([source] if source.is_dir() else [])]
        limits = Limits(seconds=self.seconds)
        ended = await self.sandbox.run(command, self.folder, limits=limits, paths=paths)
        if ended.problem:
            return ended.problem
        cases = await asyncio.to_thread(_read, report)
        return cases if cases is not None else _why_none(ended)


def _put(place: Path, document: Document, report: Path) -> None:
    place.write_bytes(document.text.encode("utf-8", "surrogatepass"))
    report.unlink(missing_ok=True)


def _why_none(ended: Ended) -> str:
    if "No module named pytest" in ended.output:
        return "pytest is not installed in the project's environment"
    lines = [line.strip() for line in ended.output.splitlines() if line.strip()]
    return f"pytest gave no report: {lines[-1][:200] if lines else ended.code}"


def _read(report: Path) -> tuple[_Case, ...] | None:
    """The cases of a JUnit report; None when there is none that can be read."""
    from xml.etree import ElementTree as ET

    if not report.is_file() or report.is_symlink() or report.stat().st_size > _MOST_REPORT:
        return None
    text = report.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return None  # the tests wrote it: no entities that grow
    try:
        tree = ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError:
        return None
    found = []
    for case in tree.iter("testcase"):
        wrong = case.find("failure")
        wrong = case.find("error") if wrong is None else wrong
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        message = " ".join((wrong.get("message") or "").split())[:200] if wrong is not None else ""
        found.append(_Case(name, wrong is not None, message))
    return tuple(found)


def _job(
    before: Document, after: Document, project: str, folder: Path
) -> tuple[dict[str, object], list[Path]]:
    """The two texts as files beside each other, and where the code they import is found."""
    path = path_of(before.uri)
    paths: list[Path] = []
    module, place = "camus_subject", folder
    if project and path is not None and path.is_relative_to(project):
        copy = copied(Path(project), folder)
        module, above = module_name(Path(project), path)
        place = copy / path.parent.relative_to(project)
        paths = [copy / above.relative_to(project), copy]
    lines, new_lines = _changed_lines(before, after), _changed_lines(after, before)
    job: dict[str, object] = {"module": module, "lines": lines, "new_lines": new_lines}
    for form, document in (("old", before), ("new", after)):
        file = place / f"camus_{form}.py"
        file.write_bytes(document.text.encode("utf-8"))
        job[form] = str(file)
    return job, paths


def _calls(document: Document, function: str, project: str) -> list[str]:
    """How the project's tests call a function."""
    path, name = path_of(document.uri), function.rpartition(".")[2]
    if not project or path is None or not path.is_relative_to(project):
        return []
    return list(calls_of(name, affected_tests(Path(project), path, (name,))))


def _changed_lines(before: Document, after: Document) -> list[int]:
    """The lines of the old text that are otherwise in the new, counted from 1."""
    line_of = before.lines.line_of
    found = set[int]()
    for edit in minimal_edits(before.text, after.text):
        found.update(range(line_of(edit.span.start) + 1, line_of(edit.span.end) + 2))
    return sorted(found)[:10_000]


def _comparison(ended: Ended, result: Path) -> Comparison:
    if ended.problem:
        return Comparison("unable", reason=ended.problem)
    try:
        said = json.loads("" if result.is_symlink() else _start_of(result))
        state, reason = str(said["state"]), str(said.get("reason", ""))
        inputs, example = int(said.get("useful", 0)), str(said.get("example", ""))
    except (OSError, ValueError, KeyError, TypeError):
        lines = ended.output.strip().splitlines()
        return Comparison("unable", reason=f"no result: {lines[-1][:200] if lines else ended.code}")
    if state == "differs":
        return Comparison("differs", inputs, example)
    if state == "same":
        return Comparison("same", inputs)
    return Comparison("unable", reason=reason)


def _start_of(file: Path) -> str:
    """A file that anybody may have written, up to a size."""
    with file.open("rb") as opened:
        return opened.read(_MOST_REPORT).decode("utf-8", "replace")


def _python(project: str) -> str:
    """The project's own Python where it has one, else this one."""
    for name in (".venv", "venv"):
        own = Path(project) / name / "bin" / "python" if project else None
        if own is not None and own.is_file():
            return str(own)
    return sys.executable or shutil.which("python3") or "python3"
