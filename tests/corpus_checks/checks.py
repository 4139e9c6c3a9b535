"""What must hold for each answer of the rules; every check names what went wrong."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace

from camus.actions import ACTIONS, Classified, Draft, Task, rewrite
from camus.actions.rewrites.docsections import convention_of
from camus.analysis import Finding, Tools
from camus.config import Complexity, TaskKind
from camus.source import (
    Document,
    Scope,
    Span,
    apply_edits,
    definitions,
    same_code,
    syntax_errors,
)
from support.rewriting import without_docstrings

_STYLES = ("google", "numpy", "sphinx", "auto")


@dataclass(slots=True)
class Tally:
    """What was asked and what came of it; `problems` should be empty."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)

    def wrong(self, document: Document, scope: Scope | None, what: str) -> None:
        """Note a broken promise."""
        name = scope.qualified_name if scope else "file"
        self.problems.append(f"{document.uri} {name}: {what}")
        self.counts["broken"] += 1


def task_of(
    action: str,
    document: Document,
    scope: Scope,
    target: Span,
    *,
    style: str = "auto",
    diagnostics: tuple[Finding, ...] = (),
) -> Task:
    """A request as the orchestrator would make it."""
    classified = Classified(TaskKind.GENERAL, Complexity.SIMPLE, 1.0)
    return Task(
        ACTIONS[action],
        document,
        scope,
        target,
        classified,
        diagnostics=diagnostics,
        docstring_style=style,
    )


async def check_document(
    tally: Tally, document: Document, scope: Scope, tools: Tools, number: int
) -> None:
    """Document one symbol: only comments change, once, inside the target."""
    style = _STYLES[number % len(_STYLES)]
    task = task_of("document", document, scope, scope.span, style=style)
    draft = await rewrite(task, tools)
    tally.counts["symbols"] += 1
    missing = scope.doc is None
    tally.counts["undocumented"] += missing
    if draft is None or not draft.edits:
        tally.counts["complete already" if not missing else "left without"] += 1
        return
    tally.counts["documented" if missing else "completed"] += 1
    after = Document(document.uri, apply_edits(document.text, draft.edits), document.language)
    _within(tally, document, scope, scope.span, draft)
    _sound(tally, document, scope, after)
    _same_but_words(tally, document, scope, after)
    if not missing:
        _keeps_words(tally, document, scope, draft)
    again = _again(after, document, scope, draft)
    if again is None:
        tally.wrong(document, scope, "the symbol is gone")
        return
    second = await rewrite(task_of("document", after, again, again.span, style=style), tools)
    if second is None or second.edits:
        tally.wrong(document, scope, f"a second run changes {second and second.edits}")
    tally.samples.append(f"{document.uri} {scope.qualified_name}\n{_added(draft)}")


async def check_whole_file(tally: Tally, document: Document, tools: Tools) -> None:
    """Document a whole file: only comments change, and a second run finds nothing to do."""
    scope = _module(document)
    draft = await rewrite(task_of("document", document, scope, document.span), tools)
    tally.counts["files"] += 1
    if draft is None or not draft.edits:
        return
    after = Document(document.uri, apply_edits(document.text, draft.edits), document.language)
    _sound(tally, document, None, after)
    _same_but_words(tally, document, None, after)
    if document.language == "python":
        _pleases_pydocstyle(tally, document, after)
    second = await rewrite(task_of("document", after, _module(after), after.span), tools)
    if second is None or second.edits:
        tally.wrong(document, None, "a second run over the file changes it again")


async def check_refactor(tally: Tally, document: Document, scope: Scope, tools: Tools) -> None:
    """Refactor one symbol: it parses, stays inside the target, and is finished after once."""
    draft = await rewrite(task_of("refactor", document, scope, scope.span), tools)
    tally.counts["symbols"] += 1
    if draft is None:
        tally.wrong(document, scope, "no answer at all")
        return
    if not draft.edits:
        tally.counts["nothing to simplify"] += 1
        return
    tally.counts["simplified"] += 1
    after = Document(document.uri, apply_edits(document.text, draft.edits), document.language)
    _within(tally, document, scope, scope.span, draft)
    _sound(tally, document, scope, after)
    again = _again(after, document, scope, draft)
    if again is None:
        tally.wrong(document, scope, "the symbol is gone")
        return
    second = await rewrite(task_of("refactor", after, again, again.span), tools)
    if second is None or second.edits:
        tally.wrong(document, scope, "a second run changes it again")


async def check_fixes(tally: Tally, document: Document, tools: Tools, most: int) -> None:
    """Fix findings as an editor would send them, without what Camus itself knows of them."""
    before = await tools.findings(document)
    scope = _module(document)
    for finding in before.findings[:most]:
        tally.counts["diagnostics"] += 1
        bare = (replace(finding, fix=None, source="Ruff"),)
        task = task_of("fix", document, scope, document.span, diagnostics=bare)
        draft = await rewrite(task, tools)
        if draft is None:
            tally.counts["left to a model"] += 1
            continue
        tally.counts["mended"] += 1
        after = Document(document.uri, apply_edits(document.text, draft.edits), document.language)
        _within(tally, document, scope, document.span, draft)
        _sound(tally, document, scope, after)
        left = await tools.findings(after)
        # Ending one `else` may show the next one, so that the count need not fall.
        if _count(left.findings, finding.rule) > _count(before.findings, finding.rule):
            tally.wrong(document, scope, f"{finding.rule} is there more often")


async def check_fix_all(tally: Tally, document: Document, tools: Tools) -> None:
    """Fix everything that can be fixed: it parses, and a second run has nothing left."""
    scope = _module(document)
    draft = await rewrite(task_of("fix_all", document, scope, document.span), tools)
    tally.counts["files"] += 1
    if draft is None or not draft.edits:
        return
    tally.counts["files mended at once"] += 1
    after = Document(document.uri, apply_edits(document.text, draft.edits), document.language)
    _sound(tally, document, None, after)
    second = await rewrite(task_of("fix_all", after, _module(after), after.span), tools)
    if second is not None and second.edits:
        tally.wrong(document, None, "a second run of fix_all changes it again")


async def check_texts(tally: Tally, document: Document, scope: Scope, tools: Tools) -> None:
    """Explain and review one symbol: there is an answer and it does not fall over."""
    explained = await rewrite(task_of("explain", document, scope, scope.span), tools)
    reviewed = await rewrite(task_of("review", document, scope, scope.span), tools)
    tally.counts["explained"] += explained is not None and bool(explained.text)
    tally.counts["reviewed"] += reviewed is not None
    if explained is None or scope.name not in explained.text:
        tally.wrong(document, scope, "the explanation does not name it")


def _module(document: Document) -> Scope:
    whole = document.span
    start = Span(0, 0)
    return Scope("module", "", "", whole, start, whole, start)


def _within(tally: Tally, document: Document, scope: Scope, target: Span, draft: Draft) -> None:
    """Edits lie inside the target and replace no line by itself."""
    for edit in draft.edits:
        if not target.contains(edit.span):
            tally.wrong(document, scope, f"an edit outside the target: {edit}")
        old = document.slice(edit.span).splitlines()
        new = edit.text.splitlines()
        if len(old) > 1 and len(new) > 1 and (old[0] == new[0] or old[-1] == new[-1]):
            tally.wrong(document, scope, f"an edit with an unchanged line: {edit}")


def _sound(tally: Tally, document: Document, scope: Scope | None, after: Document) -> None:
    if len(syntax_errors(after)) > len(syntax_errors(document)):
        tally.wrong(document, scope, "a syntax error was added")
    if document.language == "python" and _parses(document.text) and not _parses(after.text):
        tally.wrong(document, scope, "Python no longer parses it")


def _same_but_words(tally: Tally, document: Document, scope: Scope | None, after: Document) -> None:
    """The code is the same when documentation is not counted."""
    if document.language != "python":
        if not same_code(document, after):
            tally.wrong(document, scope, "code changed")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _parses(document.text) and without_docstrings(document.text) != without_docstrings(
            after.text
        ):
            tally.wrong(document, scope, "code changed")


def _keeps_words(tally: Tally, document: Document, scope: Scope, draft: Draft) -> None:
    """Every word of the old documentation is in the new one, in the same order."""
    if scope.doc is None:
        return
    inner = [edit for edit in draft.edits if scope.doc.contains(edit.span)]
    new = apply_edits(
        document.slice(scope.doc),
        [replace(edit, span=edit.span.shift(-scope.doc.start)) for edit in inner],
    )
    words = iter(_plain_words(new))
    if not all(word in words for word in _plain_words(document.slice(scope.doc))):
        tally.wrong(document, scope, "words of the author are gone")


def _pleases_pydocstyle(tally: Tally, document: Document, after: Document) -> None:
    """The new docstrings add no complaint about the form of docstrings."""
    style, _ = convention_of(each.doc_text for each in definitions(document) if each.doc_text)
    convention = {"numpy": "numpy", "sphinx": "pep257"}.get(style or "", "google")
    before, now = (_complaints(each.text, convention) for each in (document, after))
    for rule, count in (now - before).items():
        tally.wrong(document, None, f"{count} more {rule} in the {convention} convention")


def _complaints(text: str, convention: str) -> Counter[str]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"]
    command += ["--select", "D2,D3,D4", "--ignore", "D203,D213,D401,D407", "--preview"]
    command += ["--config", f'lint.pydocstyle.convention="{convention}"']
    done = subprocess.run(
        [*command, "--output-format", "json", "-"],
        input=text.removeprefix("\ufeff").encode(),
        capture_output=True,
        check=True,
    )
    return Counter(str(each["code"]) for each in json.loads(done.stdout))


def _plain_words(text: str) -> list[str]:
    """The words without quotes and comment marks."""
    return re.sub(r"[\"'*/#!]|--+", " ", text).split()


def _again(after: Document, document: Document, scope: Scope, draft: Draft) -> Scope | None:
    """The same symbol in the changed text: the one of that name at the moved place."""
    shift = sum(
        len(edit.text) - len(edit.span)
        for edit in draft.edits
        if edit.span.end <= scope.name_span.start
    )
    place = scope.name_span.shift(shift).start
    same = [each for each in definitions(after) if each.qualified_name == scope.qualified_name]
    return min(same, key=lambda each: abs(each.name_span.start - place), default=None)


def _added(draft: Draft) -> str:
    return "\n".join(edit.text.strip("\r\n") for edit in draft.edits)


def _count(findings: tuple[Finding, ...], rule: str) -> int:
    return sum(each.rule == rule for each in findings)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
