"""Real functions, edits of them, and the many ways in which models send an edit; all seeded.

An edit is known beforehand, so that what is read from a reply can be compared with what was meant.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from camus.actions import ACTIONS, Task, make_task
from camus.source import Document, definitions, newline_of

MODULES = (
    *("textwrap", "json.decoder", "json.encoder", "shlex", "configparser", "heapq", "fnmatch"),
    *("string", "difflib", "gettext", "calendar", "cmd", "copy", "csv", "dataclasses", "dis"),
    *("filecmp", "fractions", "ftplib", "functools", "getopt", "glob", "graphlib", "hmac"),
    *("html.parser", "imaplib", "inspect", "ipaddress", "mailbox", "netrc", "nntplib", "optparse"),
    *("pprint", "queue", "random", "sched", "selectors", "shelve", "shutil", "statistics"),
    *("tarfile", "tempfile", "threading", "timeit", "tokenize", "traceback", "uuid", "zipfile"),
    *(
        "click.core",
        "click.types",
        "click.utils",
        "httpx._urls",
        "httpx._models",
        "pluggy._manager",
    ),
    *("diskcache.core", "hypothesis.strategies._internal.core", "_pytest.fixtures"),
)
_MOST_LINES = 2500
_ASSIGNED = re.compile(r"^[ \t]+([a-z_]\w{2,}) = ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A function in its file, and what its text should become."""

    document: Document
    task: Task
    new: str
    """The target's new text, at its place: the first line without its indentation."""

    @property
    def indent(self) -> str:
        return self.task.scope.indent

    @property
    def old(self) -> str:
        return self.task.code

    @property
    def wanted(self) -> str:
        """The whole file as it should become."""
        text, target = self.document.text, self.task.target
        return text[: target.start] + self.new + text[target.end :]

    @property
    def whole_lines(self) -> tuple[str, str]:
        """The old and the new text with the indentation of the first line."""
        return self.indent + self.old, self.indent + self.new


@cache
def documents() -> tuple[Document, ...]:
    """The modules that are installed, can be parsed and are not too long."""
    found = []
    for name in MODULES:
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            continue
        text = Path(spec.origin).read_text(encoding="utf-8")
        if text.count("\n") <= _MOST_LINES and newline_of(Document("", text, "python")) == "\n":
            found.append(Document(f"file:///project/{Path(spec.origin).name}", text, "python"))
    return tuple(found)


def samples(rng: Random) -> Iterator[Sample]:
    """Functions with an edit, without end; one that cannot be edited is passed over."""
    files = documents()
    while True:
        document = rng.choice(files)
        scopes = [each for each in definitions(document) if _is_editable(document, each)]
        if not scopes:
            continue
        scope = rng.choice(scopes)
        task = make_task(ACTIONS["refactor"], document, scope.name_span)
        new = rng.choice((_renamed, _inserted, _commented, _both))(rng, task)
        sample = Sample(document, task, new or "")
        if new and new != task.code and _parses(sample.wanted):
            yield sample


def _is_editable(document: Document, scope: object) -> bool:
    kind, stub = getattr(scope, "kind", ""), getattr(scope, "is_stub", True)
    span = scope.span  # type: ignore[attr-defined]  # a Scope
    lines = document.slice(span).count("\n")
    alone = document.text[: span.start].rpartition("\n")[2].strip() == ""
    return kind in {"function", "method"} and not stub and 2 <= lines <= 80 and alone


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _renamed(rng: Random, task: Task) -> str:
    """A local variable under another name."""
    names = sorted(
        name
        for name in set(_ASSIGNED.findall(task.code))
        if not re.search(
            rf"[.]{name}\b|\b{name}=|[\"'{{].*\b{name}\b|\b(?:global|nonlocal)\b", task.code
        )
        and name not in {each.name for each in task.scope.parameters}
    )
    if not names:
        return ""
    name = rng.choice(names)
    return re.sub(rf"\b{name}\b", f"{name}_value", task.code)


def _inserted(_rng: Random, task: Task) -> str:
    """A statement at the beginning of the body."""
    scope = task.scope
    at = scope.body.start - task.target.start
    line = task.document.lines.span(task.document.lines.line_of(scope.body.start))
    inner = task.document.text[line.start : scope.body.start]
    if inner.strip() or scope.doc is not None:
        return ""
    return f"{task.code[:at]}checked = True\n{inner}{task.code[at:]}"


def _commented(rng: Random, task: Task) -> str:
    """A comment before one of the statements."""
    lines = task.code.split("\n")
    tree = ast.parse(
        "if 1:\n" + "\n".join([task.scope.indent + " " + lines[0], *_deeper(lines[1:])])
    )
    rows = sorted(
        {
            node.lineno - 2
            for node in ast.walk(tree)
            if isinstance(node, (ast.Assign, ast.Return, ast.Expr, ast.If, ast.For, ast.Raise))
        }
        - {0}
    )
    rows = [row for row in rows if lines[row][:1] in {" ", "\t"}]
    if not rows:
        return ""
    row = rng.choice(rows)
    before = lines[row - 1].rstrip()
    if lines[row].lstrip().startswith(("elif", "else")) or before.endswith(("\\", "(", ",", "@")):
        return ""
    blank = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    lines.insert(row, f"{blank}# Checked: step {row}.")
    return "\n".join(lines)


def _deeper(lines: Sequence[str]) -> list[str]:
    return [" " + line if line.strip() else line for line in lines]


def _both(rng: Random, task: Task) -> str:
    first = _inserted(rng, task)
    if not first:
        return ""
    lines = first.split("\n")
    returns = [at for at, line in enumerate(lines) if re.match(r"\s+return\b", line)]
    if not returns:
        return first
    at = returns[-1]
    blank = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines.insert(at, f"{blank}checked = False")
    return "\n".join(lines)
