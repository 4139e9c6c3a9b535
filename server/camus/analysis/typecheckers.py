"""Runs the project's own type checker over a text that is not on disk; knows four of them.

A checker counts as configured when the project has its configuration file or table. mypy reads the
text from a file of ours in place of the user's (`--shadow-file`); the others see the project
through links, with a real file only where the text stands. Nothing is written in the project.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from camus.analysis.findings import Finding, Findings
from camus.analysis.process import Output, Runner
from camus.analysis.sandbox import scratch
from camus.source import Document, Span, path_of

_REMEMBERED = 16
_PYTHON = frozenset({"python"})
_TYPESCRIPT = frozenset({"typescript", "typescriptreact"})
_MYPY_LINE = re.compile(r"^(.+?):(\d+)(?::(\d+))?: error: (.*?)(?:  \[([\w-]+)\])?$")
_TSC_LINE = re.compile(r"^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$")
_TY_LINE = re.compile(r"^(.+?):(\d+):(\d+): error\[([\w-]+)\]:? (.*)$")


@dataclass(frozen=True, slots=True)
class _Checker:
    """One type checker: the languages, files and tables that speak for it, and its programs."""

    name: str
    languages: frozenset[str]
    files: tuple[str, ...]
    tables: tuple[str, ...]
    programs: tuple[str, ...]


_CHECKERS = (
    _Checker("mypy", _PYTHON, ("mypy.ini", ".mypy.ini"), ("mypy",), ("mypy",)),
    _Checker(
        "pyright",
        _PYTHON,
        ("pyrightconfig.json",),
        ("pyright", "basedpyright"),
        ("basedpyright", "pyright"),
    ),
    _Checker("ty", _PYTHON, ("ty.toml",), ("ty",), ("ty",)),
    _Checker("tsc", _TYPESCRIPT, ("tsconfig.json",), (), ("tsc",)),
)


class TypeCheckers:
    """The type checkers of one process; each run is a process of its own with a time limit."""

    def __init__(self, cache: Path | None = None, *, seconds: float = 20.0) -> None:
        """Keep mypy's memory of the modules it has read in `cache`; starts nothing yet."""
        self._runner = Runner(seconds=seconds, concurrency=1)
        self._cache = cache
        self._known: OrderedDict[str, Findings] = OrderedDict()

    async def configured(self, document: Document, project: str) -> bool:
        """Whether the project configures a checker for this document, installed or not."""
        path = path_of(document.uri)
        if not project or path is None or not path.is_relative_to(project):
            return False
        return await asyncio.to_thread(_configured, Path(project), document.language) is not None

    async def errors(
        self, document: Document, project: str, *, trusted: bool = False, seconds: float = 20.0
    ) -> Findings:
        """The type errors of a text; empty and nobody named when the project has no checker.

        A program inside the project, and a configuration that names plugins, are only run when
        the workspace is trusted.
        """
        path = path_of(document.uri)
        if not project or path is None or not path.is_relative_to(project):
            return Findings()
        chosen = await asyncio.to_thread(_configured, Path(project), document.language)
        if chosen is None:
            return Findings()
        checker, reason = chosen
        if reason and not trusted:
            return Findings(absent=((checker.name, reason),))
        program = await asyncio.to_thread(_program, checker, Path(project), trusted=trusted)
        if not program:
            said = "the project configures it, but it is not installed where Camus looks"
            return Findings(absent=((checker.name, said),))
        key = hashlib.sha256(f"{program}\0{path}\0{document.text}".encode()).hexdigest()
        known = self._known.get(key)
        if known is None:
            known = await self._run(checker, program, document, path, Path(project), seconds)
            if not known.absent:
                self._known[key] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return known

    async def close(self) -> None:
        """End what still runs."""
        await self._runner.close()

    async def _run(
        self,
        checker: _Checker,
        program: str,
        document: Document,
        path: Path,
        project: Path,
        seconds: float,
    ) -> Findings:
        with scratch() as folder:
            cache = self._cache or folder / "cache"
            try:
                make = _COMMANDS[checker.name]
                work = _Work(document, path, project, folder, cache)
                command, where = await asyncio.to_thread(make, program, work)
            except OSError as error:
                return Findings(absent=((checker.name, f"no copy could be made: {error}"),))
            output = await self._runner.run(command, folder=where, seconds=seconds)
        parsed = _parsed(checker, output, document, path)
        if parsed is None:
            said = output.problem or "its output was not understood"
            return Findings(absent=((checker.name, said),))
        return Findings(parsed, (checker.name,))


@dataclass(frozen=True, slots=True)
class _Work:
    """One text to check, the folder for copies and the one that is kept between runs."""

    document: Document
    path: Path
    project: Path
    folder: Path
    cache: Path


def _configured(project: Path, language: str) -> tuple[_Checker, str] | None:
    """The project's checker, and why it may not be run without trust (empty: it may)."""
    fitting = [each for each in _CHECKERS if language in each.languages]
    if not fitting:
        return None
    tables = _tables(project / "pyproject.toml")
    for checker in fitting:
        named = any((project / name).is_file() for name in checker.files)
        if named or any(name in tables for name in checker.tables):
            return checker, _reason(checker, project, tables)
        if checker.name == "mypy" and "[mypy]" in _text(project / "setup.cfg"):
            return checker, _reason(checker, project, tables)
    return None


def _reason(checker: _Checker, project: Path, tables: Mapping[str, object]) -> str:
    """Mypy's plugins are code of the project, and so are the settings that tell where code is."""
    texts = [_text(project / name) for name in (*checker.files, "setup.cfg")]
    own = tables.get("mypy")
    runs = ("plugins", "python_executable", "custom_typeshed_dir")
    if checker.name == "mypy":
        found = [name for name in runs if isinstance(own, dict) and name in own]
        found += [name for name in runs if any(re.search(rf"(?m)^\s*{name}\s*=", t) for t in texts)]
        if found:
            return f"its configuration sets `{found[0]}`, which runs code: run `camus trust` first"
    return ""


def _tables(file: Path) -> Mapping[str, object]:
    return _tables_in(_text(file))


@lru_cache(maxsize=8)
def _tables_in(text: str) -> Mapping[str, object]:
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return {}
    return tool if isinstance(tool, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _program(checker: _Checker, project: Path, *, trusted: bool) -> str:
    """Where it is: in the project's own environment when trusted, beside this Python, on PATH."""
    own = [project / ".venv" / "bin", project / "venv" / "bin", project / "node_modules" / ".bin"]
    folders = [*(own if trusted else ()), Path(sys.executable).parent]
    for name in checker.programs:
        for folder in folders:
            if os.access(folder / name, os.X_OK):
                return str(folder / name)
        found = shutil.which(name)
        if found and (trusted or not Path(found).is_relative_to(project)):
            return found
    return ""


def _mypy(program: str, work: _Work) -> tuple[list[str], Path]:
    shadow = work.folder / "shadow.py"
    shadow.write_bytes(work.document.text.encode("utf-8"))
    named = hashlib.sha256(str(work.project).encode()).hexdigest()[:16]
    cache = work.cache / f"mypy-{named}"
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    real = str(work.path)
    flags = ("--no-pretty", "--no-color-output", "--hide-error-context", "--show-column-numbers")
    more = ("--no-error-summary", "--follow-imports=silent", "--show-error-codes")
    place = ("--cache-dir", str(cache), "--shadow-file", real, str(shadow))
    if not work.path.exists():
        return [program, *flags, *more, "--cache-dir", str(cache), str(shadow)], work.project
    return [program, *flags, *more, *place, real], work.project


def _pyright(program: str, work: _Work) -> tuple[list[str], Path]:
    mirror = _mirrored(work)
    return [program, "--outputjson", "-p", str(mirror), str(_seen(work, mirror))], mirror


def _ty(program: str, work: _Work) -> tuple[list[str], Path]:
    mirror = _mirrored(work)
    flags = ("check", "--output-format", "concise", "--color", "never", "--exit-zero")
    return [program, *flags, "--project", str(mirror), str(_seen(work, mirror))], mirror


def _tsc(program: str, work: _Work) -> tuple[list[str], Path]:
    mirror = _mirrored(work)
    flags = ("--noEmit", "--pretty", "false", "--preserveSymlinks", "--incremental", "false")
    return [program, "-p", str(mirror / "tsconfig.json"), *flags], mirror


_COMMANDS: Mapping[str, Callable[[str, _Work], tuple[list[str], Path]]] = {
    "mypy": _mypy,
    "pyright": _pyright,
    "ty": _ty,
    "tsc": _tsc,
}


def _seen(work: _Work, mirror: Path) -> Path:
    return mirror / work.path.relative_to(work.project)


def _mirrored(work: _Work) -> Path:
    """The project through links, with the text itself in the one real file."""
    mirror = work.folder / "project"
    mirror.mkdir()
    parts = work.path.relative_to(work.project).parts
    real, place = work.project, mirror
    for number, part in enumerate(parts):
        for entry in real.iterdir() if real.is_dir() else ():
            if entry.name != part:
                with suppress(FileExistsError):
                    (place / entry.name).symlink_to(entry)
        real, place = real / part, place / part
        if number < len(parts) - 1:
            place.mkdir()
    place.write_bytes(work.document.text.encode("utf-8"))
    return mirror


def _parsed(
    checker: _Checker, output: Output, document: Document, path: Path
) -> tuple[Finding, ...] | None:
    """The errors in an output; None when it is none of the checker's."""
    text = output.stdout.decode("utf-8", "replace")
    if output.problem and not (checker.name == "tsc" and output.code == 2):
        return None
    if checker.name == "pyright":
        return _of_json(text, document)
    pattern = {"mypy": _MYPY_LINE, "tsc": _TSC_LINE, "ty": _TY_LINE}[checker.name]
    found = []
    for line in text.splitlines():
        match = pattern.match(line)
        if match is None or Path(match[1]).name not in {path.name, "shadow.py"}:
            continue
        words = (match[4], match[5]) if checker.name == "mypy" else (match[5], match[4])
        place = _place(document, int(match[2]), int(match[3] or 1))
        found.append(_finding(checker.name, words[0], words[1] or "error", place))
    return tuple(found)


def _of_json(text: str, document: Document) -> tuple[Finding, ...] | None:
    try:
        entries = json.loads(text)["generalDiagnostics"]
        return tuple(
            _finding(
                "pyright",
                str(each["message"]),
                str(each.get("rule", "error")),
                _place(
                    document,
                    each["range"]["start"]["line"] + 1,
                    each["range"]["start"]["character"] + 1,
                ),
            )
            for each in entries
            if each.get("severity") == "error"
        )
    except (ValueError, KeyError, TypeError):
        return None


def _finding(tool: str, message: str, code: str, span: Span) -> Finding:
    said = " ".join(message.split())
    return Finding(f"{tool}:{code}", said, span, "error", "correctness", tool)


def _place(document: Document, line: int, column: int) -> Span:
    """The rest of the line from a place on; one past the end is the end."""
    lines = document.lines
    number = min(max(line, 1), len(lines.starts)) - 1
    span = lines.span(number)
    start = min(span.start + max(column, 1) - 1, span.end)
    return Span(start, max(start, span.start + len(document.slice(span).rstrip())))


def new_errors(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """The errors of the new text beyond those of the old, by rule and message, wherever they are.

    Numbers in a message are not compared: they are often lines.
    """
    left: dict[tuple[str, str], int] = {}
    for each in before:
        left[_kind(each)] = left.get(_kind(each), 0) + 1
    found = []
    for each in after:
        if left.get(_kind(each), 0) > 0:
            left[_kind(each)] -= 1
        else:
            found.append(each)
    return tuple(found)


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.rule, re.sub(r"\d+", "#", finding.message)
