"""How ruff is called and what its JSON means; pure but for finding the program."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from camus.analysis.findings import Finding, Fix
from camus.analysis.rulebook import (
    BOOLEAN_RESULT,
    COMMENTS_ONLY,
    DEFAULT,
    DEFAULT_IGNORED,
    MODERNISE,
    MODERNISE_IGNORED,
    NET,
    asks_for,
    aspect_of,
    certainly_bool,
    severity_of,
)
from camus.analysis.settings import Settings
from camus.source import Document, Edit, Lines, Span

BOM = "\ufeff"

_CODE = re.compile(r"[A-Z]{1,6}\d{2,4}")
_LOOKING = threading.Lock()


def find() -> str:
    """The ruff of our own installation, else one on the PATH; empty when there is none."""
    try:
        from ruff import find_ruff_bin

        with _LOOKING:  # sysconfig's first use is not thread-safe up to Python 3.11.7
            return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        beside = Path(sys.executable).with_name("ruff")
        return str(beside) if beside.is_file() else shutil.which("ruff") or ""


def check(
    program: str,
    name: str,
    settings: Settings,
    *,
    modernise: bool = False,
    named: Iterable[str] = (),
) -> list[str]:
    """The command that prints the findings of standard input as JSON and changes nothing.

    With `modernise` and no file of settings both questions are asked in one run; `usual` and
    `modernising` tell the answers apart. `named` are rules to ask for beside the usual ones; what
    cannot be a code of ruff's is left out.
    """
    command = [program, "check", "--no-cache", "--no-fix", "--exit-zero", "--quiet"]
    command += ["--output-format", "json", "--stdin-filename", name]
    command += _configuration(settings)
    if modernise and settings.file is None:
        command += ["--select", ",".join(dict.fromkeys((*DEFAULT, *MODERNISE)))]
        # Only what neither wants: a selector ignored by one may be what the other asks for.
        both = [each for each in DEFAULT_IGNORED if each in MODERNISE_IGNORED]
        command += ["--ignore", ",".join(both)] if both else []
    elif modernise:
        command += ["--select", ",".join(MODERNISE)]
        command += ["--ignore", ",".join((*MODERNISE_IGNORED, *settings.ignored))]
    elif settings.file is None:
        command += ["--select", ",".join(DEFAULT), "--ignore", ",".join(DEFAULT_IGNORED)]
    else:
        net = [rule for rule in NET if not rule.startswith(settings.ignored)]
        command += ["--extend-select", ",".join(net)] if net else []
    codes = [rule for rule in named if _CODE.fullmatch(rule)]
    command += ["--extend-select", ",".join(codes)] if codes else []
    return [*command, "-"]


def format_lines(program: str, name: str, settings: Settings, lines: tuple[int, int]) -> list[str]:
    """The command that prints the text with the lines (from 0, the last one excluded) formatted."""
    command = [program, "format", "--no-cache", "--quiet", "--stdin-filename", name]
    command += ["--range", f"{lines[0] + 1}:1-{lines[1] + 1}:1"]
    return [*command, *_configuration(settings), "-"]


def parse(output: bytes, document: Document) -> tuple[Finding, ...]:
    """The findings in ruff's JSON, spans in characters of the text, in its order.

    Raises ValueError for anything that is not the JSON ruff documents.
    """
    places = _Places(document.text, document.lines)
    try:
        found = [_finding(entry, places) for entry in json.loads(output)]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError("not the output of ruff") from error
    return tuple(sorted(found, key=lambda finding: (finding.span, finding.rule)))


def defended(finding: Finding, text: str, also: Iterable[str] = ()) -> Fix | None:
    """The finding's fix, when ruff vouches for it or this room's rulebook defends it here."""
    fix = finding.fix
    if fix is None or fix.safe:
        return fix
    if finding.rule in COMMENTS_ONLY or finding.rule in also:
        kept = not _drops_comment(fix.edits, text)
    else:
        kept = finding.rule in BOOLEAN_RESULT and all(
            certainly_bool(edit.text.strip()) for edit in fix.edits if edit.text
        )
        kept = kept and not _drops_comment(fix.edits, text)
    return Fix(fix.message, fix.edits) if kept else None


def usual(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of the findings of both questions, those that a project without settings is told."""
    return tuple(each for each in findings if asks_for(each.rule, DEFAULT, DEFAULT_IGNORED))


def modernising(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of the findings of both questions, those that modernise and simplify."""
    return tuple(each for each in findings if asks_for(each.rule, MODERNISE, MODERNISE_IGNORED))


def _configuration(settings: Settings) -> list[str]:
    if settings.file is not None:
        return ["--config", str(settings.file)]
    target = ["--target-version", settings.target] if settings.target else []
    return ["--isolated", *target]


def _drops_comment(edits: Sequence[Edit], text: str) -> bool:
    """Whether a `#` is gone afterwards; one inside a string counts too, to be on the safe side."""
    before = sum(text[edit.span.start : edit.span.end].count("#") for edit in edits)
    return before > sum(edit.text.count("#") for edit in edits)


class _Places:
    """Turns ruff's rows and columns (from 1, in characters, a BOM not counted) into offsets."""

    def __init__(self, text: str, lines: Lines) -> None:
        self._lines = lines
        self._first = len(BOM) if text.startswith(BOM) else 0

    def offset(self, row: int, column: int) -> int:
        line = row - 1
        if line >= len(self._lines):
            return self._lines.length
        start = self._lines.starts[line] + (self._first if line == 0 else 0)
        return min(start + column - 1, self._lines.length)

    def span(self, start: dict[str, int], end: dict[str, int]) -> Span:
        first = self.offset(start["row"], start["column"])
        return Span(first, max(first, self.offset(end["row"], end["column"])))


def _finding(entry: dict[str, object], places: _Places) -> Finding:
    rule = str(entry["code"] or "invalid-syntax")
    fix = entry.get("fix")
    return Finding(
        rule,
        str(entry["message"]),
        _span(entry, places),
        severity_of(rule),
        aspect_of(rule),
        "ruff",
        _fix(fix, places) if isinstance(fix, dict) else None,
        str(entry.get("url") or ""),
    )


def _fix(fix: dict[str, object], places: _Places) -> Fix | None:
    edits = fix["edits"]
    if fix["applicability"] == "display" or not isinstance(edits, list):
        return None
    made = tuple(Edit(_span(edit, places), str(edit["content"])) for edit in edits)
    return Fix(str(fix["message"] or "Fix"), made, fix["applicability"] == "safe")


def _span(entry: dict[str, object], places: _Places) -> Span:
    start, end = entry["location"], entry["end_location"]
    if not isinstance(start, dict) or not isinstance(end, dict):
        raise TypeError("a finding without a place")
    return places.span(start, end)
