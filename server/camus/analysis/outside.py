"""Asks the languages' own linters and formatters, where they are installed and may be asked."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from camus.analysis.findings import Finding, Findings
from camus.analysis.outputs import parse, with_corrections
from camus.analysis.process import Runner
from camus.analysis.programs import FORMATTERS, LINTERS, Formatter, Linter, formatters, linters
from camus.source import Document, minimal_edits, path_of

_SHELLS = ("bash", "dash", "ksh", "sh")
_NEUTRAL = Path(tempfile.gettempdir())


@dataclass(frozen=True, slots=True)
class _Place:
    """A document's own file, its project's folder and whether that is trusted."""

    path: Path
    project: Path | None
    trusted: bool

    @property
    def folder(self) -> Path:
        """Where a program stands while it runs: in the project only when that is trusted."""
        if not self.trusted:
            return _NEUTRAL
        return self.path.parent if self.path.parent.is_dir() else self.project or _NEUTRAL


class Outside:
    """The programs of `programs`; holds nothing but the runner and whom the user trusts."""

    def __init__(self, runner: Runner, trusts: Callable[[str], bool]) -> None:
        """`trusts` says of a project's folder whether its own code may run."""
        self._runner = runner
        self._trusts = trusts

    def formatter(self, language: str) -> str:
        """The first installed formatter of a language, empty when there is none."""
        return next((each.program for each in formatters(language) if found(each.program)), "")

    def trusted(self, project: str) -> bool:
        """Whether tools may run the code of a project."""
        return bool(project) and self._trusts(project)

    def linters(self, language: str) -> tuple[str, ...]:
        """The installed linters of a language."""
        return tuple(each.program for each in linters(language) if found(each.program))

    async def findings(
        self, document: Document, project: str, named: tuple[str, ...] = ()
    ) -> Findings:
        """What the installed linters say that may be asked here; who failed is named with why."""
        place = self._place(document, project)
        asked = [each for each in linters(document.language) if named or not each.slow]
        said = await asyncio.gather(*(self._lint(each, document, place) for each in asked))
        listed = sorted(
            (finding for each in said for finding in each.findings),
            key=lambda finding: (finding.span, finding.rule),
        )
        ran = tuple(name for each in said for name in each.ran)
        return Findings(tuple(listed), ran, tuple(why for each in said for why in each.absent))

    async def formatted(
        self, document: Document, project: str, lines: tuple[int, int]
    ) -> str | None:
        """The text as its formatter has it; None when none may be asked or it refuses.

        `lines` are the first and the last line, from 0, for a formatter that can keep to them.
        """
        place = self._place(document, project)
        for each in formatters(document.language):
            program = _program(each.program, place)
            if not program or _problem(each, place):
                continue
            values = {"name": str(place.path), "lines": f"{lines[0] + 1}:{lines[1] + 1}"}
            values["config"] = str(_configured(each.project, place) or _NEUTRAL)
            arguments = (*each.arguments, *([each.lines] if each.lines else []))
            command = [program, *(part.format(**values) for part in arguments)]
            output = await self._runner.run(command, _data(document.text), folder=place.folder)
            if output.problem or output.code:
                return None
            return output.stdout.decode("utf-8")
        return None

    async def _lint(self, linter: Linter, document: Document, place: _Place) -> Findings:
        program = _program(linter.program, place)
        if not program or _problem(linter, place) or _unsaved(linter, document, place):
            return Findings()  # a fact of this place, which `camus doctor` and the manual tell
        command = [program, *_arguments(linter, linter.arguments, document, place)]
        data = _data(document.text) if linter.where == "stdin" else b""
        output = await self._runner.run(command, data, folder=place.folder)
        said = output.stderr if linter.parser == "vet" else output.stdout
        if output.problem and not said:
            return Findings(absent=((linter.program, output.problem),))
        try:
            read = await asyncio.to_thread(parse, linter.parser, said, document)
        except ValueError as error:
            return Findings(absent=((linter.program, str(error)),))
        if linter.rewrites and any(each.fix for each in read):
            again = [program, *_arguments(linter, linter.rewrites, document, place)]
            read = await self._corrected(again, document, place, read)
        return Findings(read, (linter.program,))

    async def _corrected(
        self, command: list[str], document: Document, place: _Place, read: tuple[Finding, ...]
    ) -> tuple[Finding, ...]:
        """The findings with their fixes, from the text that the linter corrects as a whole."""
        output = await self._runner.run(command, _data(document.text), folder=place.folder)
        text = output.stdout.decode("utf-8", "replace") if output.stdout else document.text
        edits = await asyncio.to_thread(minimal_edits, document.text, text)
        return with_corrections(read, document, edits)

    def _place(self, document: Document, project: str) -> _Place:
        path = path_of(document.uri)
        folder = Path(project) if project else None
        name = document.uri.rpartition("/")[2] or "untitled"
        return _Place(path or _NEUTRAL / name, folder, self.trusted(project))


@cache
def found(program: str) -> str:
    """The program on the PATH; empty when it is not there."""
    return shutil.which(program) or ""


def every_program() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The programs of the tables with their languages."""
    named = [(each.program, each.languages) for each in FORMATTERS]
    return (*named, *((each.program, each.languages) for each in LINTERS))


def _program(name: str, place: _Place) -> str:
    """A program: the project's own one where it is trusted, else that on the PATH."""
    if place.trusted and place.project is not None:
        own = place.project / "node_modules" / ".bin" / name
        if own.is_file():
            return str(own)
    return found(name)


def _problem(program: Formatter | Linter, place: _Place) -> str:
    """Why a program is not asked here; empty when it is."""
    if program.trusted and not place.trusted:
        return "it runs the project's code: only in a trusted workspace"
    optional = isinstance(program, Linter) and bool(program.untrusted)
    if program.project and not optional and not _configured(program.project, place):
        return f"the project has no {program.project[0]}"
    return ""


def _configured(names: tuple[str, ...], place: _Place) -> Path | None:
    """The folder with a file of one of the names: the document's, or one above in the project."""
    if place.project is None:
        return None
    for folder in (place.path.parent, *place.path.parent.parents):
        if any((folder / name).is_file() for name in names):
            return folder
        if folder == place.project:
            break
    return None


def _unsaved(linter: Linter, document: Document, place: _Place) -> str:
    if linter.where == "stdin":
        return ""
    if not place.path.is_file():
        return "it reads packages from disk, and this text has no file"
    if place.path.read_bytes() != _data(document.text):
        return "it reads from disk, and the text there is another one"
    return ""


def _arguments(
    linter: Linter, arguments: tuple[str, ...], document: Document, place: _Place
) -> list[str]:
    first = document.text.partition("\n")[0]
    shell = next((each for each in _SHELLS if first.startswith("#!") and each in first), "bash")
    values = {"name": str(place.path), "shell": shell}
    keeps_out = not (place.trusted and _configured(linter.project, place))
    extra = linter.untrusted if keeps_out else ()
    return [*(part.format(**values) for part in arguments), *extra]


def _data(text: str) -> bytes:
    return text.encode("utf-8")
