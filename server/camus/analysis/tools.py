"""Runs the tools that fit a document, off the loop and within a time limit."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from camus.analysis import mending, ruff
from camus.analysis.findings import Finding, Findings, Fix
from camus.analysis.git import Committed, committed
from camus.analysis.outside import Outside, every_program, found
from camus.analysis.process import Runner
from camus.analysis.rulebook import MENDS
from camus.analysis.rulefiles import FAMILIES, Ruleset, language_named
from camus.analysis.settings import Lookup, Settings, file_name
from camus.source import Document, Edit, Span, apply_edits, minimal_edits


@dataclass(frozen=True, slots=True)
class _Question:
    """What the analysers are asked: their usual findings, or rewrites; and rules by name too."""

    modernise: bool = False
    named: tuple[str, ...] = ()


MAX_CHARACTERS = 4_000_000
"""A text longer than this is not analysed."""

_ROUNDS = 40
_REMEMBERED = 32
_FORMATTED = 8
_SHORT = 10_000  # bytes of an output that is read at once: a thread of its own would cost more


@dataclass(frozen=True, slots=True)
class Tool:
    """What is known of one tool on this machine; `problem` says why it is not to be had."""

    name: str
    version: str = ""
    languages: tuple[str, ...] = ()
    problem: str = ""
    optional: bool = False
    """Asked where it is installed, and not missed elsewhere."""


class Tools:
    """All tools; one instance a process. Cancelling a call ends the tool's process."""

    def __init__(
        self,
        *,
        seconds: float = 10.0,
        concurrency: int = 4,
        trusts: Callable[[str], bool] = lambda _project: False,
    ) -> None:
        """Start no tool yet; `seconds` limits each single run.

        `trusts` says of a project's folder whether tools may run the code in it.
        """
        self._runner = Runner(seconds=seconds, concurrency=concurrency)
        self._program: str | None = None
        self._outside = Outside(self._runner, trusts)
        self._settings = Lookup()
        self._finding = asyncio.Lock()
        self._known: OrderedDict[tuple[object, ...], Findings] = OrderedDict()
        self._formatted: OrderedDict[tuple[object, ...], str] = OrderedDict()

    async def inventory(self) -> tuple[Tool, ...]:
        """Every tool Camus knows, with its version here or why it is missing."""
        own = (await self._ruff_itself(), await asyncio.to_thread(_ast_grep_itself))
        return (*own, *_others())

    async def findings(self, document: Document, project: str = "") -> Findings:
        """What the analysers say of the text as it is in memory.

        `project` is a folder whose own linter configuration holds; empty: the defaults.
        Spans are in characters of `document`.
        """
        if document.language != "python" or _unreadable(document):
            return await self._look(document, project, _Question())
        linted, shaped = await asyncio.gather(
            self._look(document, project, _Question()), self._structure(document)
        )
        return _together(document, linted, shaped)

    async def fixes(
        self, document: Document, within: Span, rules: tuple[str, ...] = (), project: str = ""
    ) -> Findings:
        """The findings inside `within` that carry a safe fix, of the named rules or of all."""
        looked = await self._look(document, project, _Question(named=rules))
        chosen = _mendable(looked.findings, document.text, within, rules)
        return replace(looked, findings=chosen)

    async def fixed(
        self, document: Document, within: Span, rules: tuple[str, ...] = (), project: str = ""
    ) -> tuple[Edit, ...]:
        """Edits that apply all those fixes together, until none is left, wholly inside `within`."""
        return await self._settle(document, within, project, _Question(named=rules))

    async def modernise(
        self, document: Document, within: Span, project: str = ""
    ) -> tuple[Edit, ...]:
        """Simplifying and modernising rewrites by well-kept engines, wholly inside `within`.

        The result keeps behaviour and parses; empty when there is nothing to do.
        """
        return await self._settle(document, within, project, _Question(modernise=True))

    async def formatted(
        self, document: Document, within: Span, project: str = ""
    ) -> tuple[Edit, ...]:
        """Edits that format the lines of `within` as the project's formatter would.

        Empty also where there is no formatter for the language; see `formatter`.
        """
        if not self.formatter(document.language) or _unreadable(document):
            return ()
        lines = document.lines
        first, last = lines.line_of(within.start), lines.line_of(max(within.start, within.end - 1))
        whole = Span(lines.starts[first], lines.span(last).end)
        if document.language == "python":
            text = await self._ruff_formatted(document, project, (first, last))
        else:
            text = await self._outside.formatted(document, project, (first, last))
        if text is None:
            return ()
        edits = await asyncio.to_thread(minimal_edits, document.text, text)
        if document.language != "python":  # these format the whole file
            edits = tuple(each for each in edits if each.span.overlaps(whole))
        # A statement that begins or ends outside was formatted whole; half of that is no format.
        return edits if all(whole.contains(edit.span) for edit in edits) else ()

    async def _ruff_formatted(
        self, document: Document, project: str, lines: tuple[int, int]
    ) -> str | None:
        settings = await self._settings.of(document, project)
        name, data = file_name(document), _data(document.text)
        key = (hashlib.sha256(data).digest(), name, settings, lines)
        if key in self._formatted:  # what finishes a draft asks, and then who judges it
            return self._formatted[key]
        command = ruff.format_lines(await self._find(), name, settings, (lines[0], lines[1] + 1))
        output = await self._runner.run(command, data)
        if output.problem or output.code:
            return None
        text = _bom(document.text) + output.stdout.decode("utf-8")
        self._formatted[key] = text
        while len(self._formatted) > _FORMATTED:
            self._formatted.popitem(last=False)
        return text

    def formatter(self, language: str) -> str:
        """The name of the formatter for a language id, empty when there is none."""
        return "ruff" if language == "python" else self._outside.formatter(language)

    async def committed(self, path: Path, revision: str = "HEAD") -> Committed:
        """A file's text as git has it at a revision; None with the reason where git has none."""
        return await committed(self._runner, path, revision)

    async def close(self) -> None:
        """End every process still running."""
        await self._runner.close()

    async def _look(self, document: Document, project: str, question: _Question) -> Findings:
        """The findings for a question, from memory when this very text was looked at before."""
        problem = _unreadable(document)
        if problem:
            return Findings(absent=(("analysis", problem),))
        settings = await self._settings.of(document, project)
        place = (project, self._outside.trusted(project)) if document.language != "python" else ()
        key = (_digest(document), file_name(document), document.language, place, settings, question)
        known = self._known.get(key)
        if known is None:
            known = await self._ask(document, settings, question, project)
            if _is_both(document, settings, question):
                # The judge asks next what is usually found here: that is answered already.
                self._remember((*key[:-1], _Question()), _part(known, ruff.usual))
                known = _part(known, ruff.modernising)
            self._remember(key, known)
        else:
            self._known.move_to_end(key)
        return known

    async def _structure(self, document: Document) -> Findings:
        """What the structural rules say beside the linter of a language."""
        key = (_digest(document), "structure")
        known = self._known.get(key)
        if known is None:
            known = await _ask_structure(document, _Question())
            self._remember(key, known)
        else:
            self._known.move_to_end(key)
        return known

    def _remember(self, key: tuple[object, ...], found: Findings) -> None:
        if found.absent:
            return
        self._known[key] = found
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    async def _ask(
        self, document: Document, settings: Settings, question: _Question, project: str
    ) -> Findings:
        if document.language == "python":
            return await self._ask_ruff(document, settings, question)
        if language_named(document.language):
            shaped = await _ask_structure(document, question)
            if question.modernise or not self._outside.linters(document.language):
                return shaped
            linted = await self._outside.findings(document, project, question.named)
            return _together(document, shaped, linted)  # our rules' names hold on every machine
        return Findings(absent=(("analysis", f"no analyser for {document.language}"),))

    async def _ask_ruff(
        self, document: Document, settings: Settings, question: _Question
    ) -> Findings:
        program = await self._find()
        if not program:
            return Findings(absent=(("ruff", "not installed; run `pip install ruff`"),))
        command = ruff.check(
            program,
            file_name(document),
            settings,
            modernise=question.modernise,
            named=question.named,
        )
        folder = settings.file.parent if settings.file else None
        output = await self._runner.run(command, _data(document.text), folder=folder)
        if output.code == 2 and question.named:
            # A name that only looks like one of ruff's: what is known can still be asked.
            return await self._ask_ruff(document, settings, replace(question, named=()))
        if output.code == 2 and settings.file is not None:
            looked = await self._ask_ruff(document, Settings(), question)
            problem = ("the project's ruff configuration", output.problem)
            return replace(looked, absent=(*looked.absent, problem))
        if output.problem:
            return Findings(absent=(("ruff", output.problem),))
        try:
            short = len(output.stdout) < _SHORT
            parse = partial(ruff.parse, output.stdout, document)
            found = parse() if short else await asyncio.to_thread(parse)
        except ValueError as error:
            return Findings(absent=(("ruff", str(error)),))
        return Findings(found, ("ruff",))

    async def _settle(
        self,
        document: Document,
        within: Span,
        project: str,
        question: _Question,
    ) -> tuple[Edit, ...]:
        """Apply what fits, look again, until nothing is left; a step that breaks is taken back."""
        text, span, banned, mend = document, within, frozenset[str](), not question.modernise
        looked = await self._look(text, project, question)
        for _ in range(_ROUNDS):
            fixable = _mendable(looked.findings, text.text, span, question.named, mend=mend)
            fixable = tuple(finding for finding in fixable if finding.rule not in banned)
            if not fixable:
                break
            for batch in (fixable, fixable[:1]):
                edits = mending.compatible(batch)
                after = Document(text.uri, apply_edits(text.text, edits), text.language)
                seen = await self._look(after, project, question)
                if seen.ran and not _broken(seen) > _broken(looked):
                    text, span, looked = after, mending.moved(span, edits), seen
                    break
            else:
                banned |= {fixable[0].rule}
        if text is document:
            return ()
        changed = await asyncio.to_thread(minimal_edits, document.slice(within), text.slice(span))
        return tuple(Edit(edit.span.shift(within.start), edit.text) for edit in changed)

    async def _ruff_itself(self) -> Tool:
        program = await self._find()
        if not program:
            return Tool("ruff", languages=("python",), problem="not installed")
        output = await self._runner.run([program, "--version"])
        words = output.stdout.decode("utf-8", "replace").split()
        return Tool("ruff", words[-1] if words else "", ("python",), output.problem)

    async def _find(self) -> str:
        # One at a time: sysconfig, which ruff asks, is not safe in two threads at its first use.
        async with self._finding:
            if self._program is None:
                self._program = await asyncio.to_thread(ruff.find)
        return self._program


def _is_both(document: Document, settings: Settings, question: _Question) -> bool:
    """Whether one run of ruff answers this question and the usual one; see `ruff.check`."""
    python = document.language == "python"
    return python and question.modernise and settings.file is None


def _part(found: Findings, of: Callable[[Iterable[Finding]], tuple[Finding, ...]]) -> Findings:
    return replace(found, findings=of(found.findings))


async def _ask_structure(document: Document, question: _Question) -> Findings:
    from camus.analysis import structural

    rulesets: list[Ruleset] = ["rewrites" if question.modernise else "findings"]
    if question.named:
        rulesets.append("rewrites")  # they carry the fixes of the rules of the same name
    try:
        found = await asyncio.to_thread(structural.look, document, *rulesets)
    except structural.Unavailable as error:
        return Findings(absent=(("ast-grep", str(error)),))
    return Findings(found, ("ast-grep",))


def _ast_grep_itself() -> Tool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Tool("ast-grep", version("ast-grep-py"), tuple(FAMILIES))
    except PackageNotFoundError:
        return Tool("ast-grep", "", tuple(FAMILIES), "not installed")


def _others() -> tuple[Tool, ...]:
    """The languages' own programs; one that is not here is no problem."""
    return tuple(
        Tool(name, "" if found(name) else "not installed", languages, optional=True)
        for name, languages in dict(every_program()).items()
    )


def _together(document: Document, linted: Findings, shaped: Findings) -> Findings:
    """What the linter and the structural rules say; a hole that both see is the first one's."""
    line_of = document.lines.line_of
    known = {line_of(each.span.start) for each in linted.findings if each.aspect == "security"}
    own = [
        each
        for each in shaped.findings
        if each.aspect != "security" or line_of(each.span.start) not in known
    ]
    found = sorted((*linted.findings, *own), key=lambda finding: (finding.span, finding.rule))
    return Findings(tuple(found), linted.ran + shaped.ran, linted.absent + shaped.absent)


def _mendable(
    findings: Iterable[Finding],
    text: str,
    within: Span,
    rules: tuple[str, ...],
    *,
    mend: bool = True,
) -> tuple[Finding, ...]:
    """The findings of the rules whose whole fix lies inside, each with a fix that is defended."""
    chosen: list[Finding] = []
    for finding in findings:
        if (rules and finding.rule not in rules) or not mending.inside(finding, within):
            continue
        fix: Fix | None = ruff.defended(finding, text, MENDS if mend else ())
        if fix is None and finding.fix and rules and finding.source == "shellcheck":
            fix = replace(finding.fix, safe=True)  # asked for by its name
        if fix is not None:
            chosen.append(replace(finding, fix=fix))
    return tuple(chosen)


def _broken(findings: Findings) -> int:
    return sum(finding.rule == "invalid-syntax" for finding in findings.findings)


def _unreadable(document: Document) -> str:
    """Why no tool can be asked about a text; empty when it can."""
    if len(document.text) > MAX_CHARACTERS:
        return f"the text is longer than {MAX_CHARACTERS:,} characters"
    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError:
        return "the text holds half of a surrogate pair, which no tool reads"
    return ""


def _digest(document: Document) -> bytes:
    """A text's fingerprint, kept with the snapshot: several questions are asked of each."""
    known = document.memo.get("digest")
    if not isinstance(known, bytes):
        known = document.memo["digest"] = hashlib.sha256(_data(document.text)).digest()
    return known


def _bom(text: str) -> str:
    return ruff.BOM if text.startswith(ruff.BOM) else ""


def _data(text: str) -> bytes:
    return text.removeprefix(ruff.BOM).encode("utf-8")
