"""The pieces of a reply that may be the code asked for; knows how replies are laid out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from camus.actions.fences import Block, blocks
from camus.actions.fitting import complete, too_long
from camus.actions.mending import unescaped
from camus.actions.naming import in_comment, in_info, in_lead
from camus.actions.placing import by_itself, parses
from camus.actions.reindent import dedented
from camus.actions.targets import is_definition
from camus.actions.tasks import Task
from camus.actions.wrapping import tagged
from camus.source import language_for, outline

_NOT_SOURCE = frozenset(
    (
        *("bash", "sh", "shell", "zsh", "console", "terminal", "text", "txt", "output"),
        *("plaintext", "json", "diff", "markdown", "md", "log"),
    )
)
_PATCHES = frozenset(("diff", "patch", "udiff"))
_MOST, _MOST_PARSES = 8, 40
_LONGEST_LEAD = 300
_CODE_LINE = re.compile(r"[;{}()\[\]=<>:]|^\s*(?:@|#|//|\*|return\b|import\b|from\b|pass$|else\b)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One piece of code: whether its fence was closed, whether it is unsound, what led to it.

    `path` is the file that the reply names for it, `foreign` the other language that it is in.
    """

    code: str
    closed: bool = True
    broken: bool = False
    lead: str = ""
    path: str = ""
    foreign: str = ""


def candidates_in(task: Task, text: str) -> tuple[Candidate, ...]:
    """The blocks in the document's language, or all of them; the reply itself without a fence."""
    found = blocks(text, _limited(lambda code: complete(task, code)))
    filled = [block for block in found if block.code.strip()]
    if not filled:
        inner = tagged(text, task.document.text).strip("\n")
        bare = inner if inner.strip() else _unfenced(task, text)
        if not bare and (flat := unescaped(text)):
            bare = _unfenced(task, flat)
        return (Candidate(bare),) if bare else ()
    fitting = [block for block in filled if speaks(block.info, task.document.language)]
    chosen = fitting or [block for block in filled if block.info.lower() not in _PATCHES]
    if len(chosen) > 2 * _MOST:
        chosen = [*chosen[:_MOST], *chosen[-_MOST:]]
    lines = text.split("\n")
    several = len(chosen) > 1
    return tuple(
        Candidate(
            block.code,
            block.closed,
            several and not complete(task, block.code),
            " ".join(lead),
            _path(block, lead),
            "" if fitting else _title(block.info),
        )
        for block in chosen
        for lead in [_lead(lines, found, block)]
    )


def _path(block: Block, lead: list[str]) -> str:
    """The file a block is for, as its info string, its first line or the prose before it says."""
    first = block.code.lstrip("\n").partition("\n")[0]
    return in_info(block.info) or in_comment(first) or in_lead("\n".join(lead))


def _title(info: str) -> str:
    words = info.split()
    row = language_for(words[0]) if words else None
    return row.title if row is not None else ""


def _limited(check: Callable[[str], bool]) -> Callable[[str], bool]:
    """A check that says yes once it was asked too often: it parses, and a reply may be hostile."""
    asked = iter(range(_MOST_PARSES))
    return lambda code: next(asked, None) is None or check(code)


def _lead(lines: list[str], found: tuple[Block, ...], block: Block) -> list[str]:
    """The last lines of prose between a block and the one before it."""
    before = max((each.last for each in found if each.last <= block.first), default=0)
    return [line[-_LONGEST_LEAD:] for line in lines[max(before, block.first - 6) : block.first]]


def speaks(info: str, language: str) -> bool:
    """Whether a fence's info word names the language, or nothing that is known to be another."""
    words = re.split(r"[\s{},:=]+", info.strip().lower().lstrip("{."))
    word = words[0].lstrip(".") if words else ""
    if not word:
        return True
    row, mine = language_for(word), language_for(language)
    if row is None:
        return word not in _NOT_SOURCE or word == language
    return mine is None or row.id == mine.id or (bool(mine.family) and row.family == mine.family)


def _unfenced(task: Task, text: str) -> str:
    """The reply itself when it is code: it defines the target, or parses in its place."""
    bare = text.strip("\n")
    if too_long(task, bare):
        return ""
    if is_definition(task.scope) and task.target == task.scope.span:
        return _with_definition(task, bare)
    mine = {line.strip() for line in task.code.splitlines() if len(line.strip()) > 3}
    lines = [line for line in bare.split("\n") if line.strip()]
    shared = any(line.strip() in mine for line in lines)
    codelike = sum(bool(_CODE_LINE.search(line)) for line in lines)
    if (shared or 10 * codelike >= 8 * len(lines)) and parses(task, bare):
        return bare
    return ""


def _with_definition(task: Task, text: str) -> str:
    """The text from the line where the definition begins, without prose around it."""
    if complete(task, text) and _defines(task, text):
        return text
    alone = by_itself(task, dedented(text))
    lines = alone.text.split("\n")
    for scope in outline(alone):
        if scope.name != task.scope.name:
            continue
        first = alone.lines.line_of(scope.span.start)
        last = alone.lines.line_of(max(scope.span.start, scope.span.end - 1))
        code = "\n".join(lines[first : last + 1])
        if parses(task, code):
            return code
    if task.scope.is_stub or task.action.id == "document":
        codelike = [bool(_CODE_LINE.search(line)) for line in lines if line.strip()]
        if 10 * sum(codelike) >= 6 * len(codelike) or _is_documentation(text):
            return text
    return ""


def _defines(task: Task, text: str) -> bool:
    alone = by_itself(task, dedented(text))
    return any(each.name == task.scope.name for each in outline(alone))


def _is_documentation(text: str) -> bool:
    bare = text.strip()
    return (bare.startswith(('"""', "'''", 'r"""')) and bare.endswith(('"""', "'''"))) or (
        bare.startswith("/**") and bare.endswith("*/")
    )
