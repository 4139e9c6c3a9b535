"""What Camus itself sees in a text of any language: secrets, hidden letters, grave commands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from camus.analysis import Aspect, Finding, Severity
from camus.privacy import scan
from camus.quality.hidden import hidden_places, may_hide
from camus.source import Document, Span

_WORD = re.compile(r"[^\W\d_]\w*")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
"""Alphabets whose letters are taken for each other's (Unicode TR 39, confusables)."""
_ONES = (
    r"\brm\s+(?:-\w+\s+)*-\w*[rR]\w*\s+(?:-\w+\s+|--[\w-]+\s+)*"
    r"(?:/(?:\*|(?=[\s\"';)]|$))|~/?(?=[\s\"';)]|$)|/(?:etc|usr|bin|boot|lib|var|home)\b|\$HOME\b)"
)
_COMMANDS: tuple[tuple[re.Pattern[str], str, Severity], ...] = (
    (re.compile(_ONES), "this removes far more than a project's files", "error"),
    (
        re.compile(
            r"\b(?:curl|wget)\b[^|\n;&]{1,300}\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b"
            r"|\b(?:ba)?sh\s+-c\s+[\"']?\$\((?:curl|wget)\b"
        ),
        "what was fetched is run without a look at it",
        "error",
    ),
    (
        re.compile(r"\bchmod\s+(?:-\w+\s+)*0?777\b"),
        "everyone on the machine may write this",
        "warning",
    ),
    (
        re.compile(r"\bmkfs(?:\.\w+)?\s+/dev/|\bdd\s[^\n]{0,200}of=/dev/(?:sd|hd|nvme|disk)"),
        "this destroys what is on the device",
        "error",
    ),
    (re.compile(r":\s*\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:"), "this is a fork bomb", "error"),
    (
        re.compile(
            r"\b(?i:drop)\s+(?i:table|database|schema)\s+(?!(?i:if\s+exists\s+)?(?:tmp|temp|test))"
        ),
        "this removes tables with all they hold",
        "warning",
    ),
    (
        re.compile(
            r"\b(?i:truncate\s+table)\s+\w|\b(?i:delete\s+from)\s+[\w.`\"\[\]]+\s*(?:;|[\"'`]\s*[;,)]|$)"
        ),
        "this empties a whole table",
        "warning",
    ),
    (
        re.compile(
            r"\bgit\s+push\s+(?:[^\n]{0,80}\s)?(?:--force|-f)(?![\w-])|\bgit\s+reset\s+--hard\b"
        ),
        "this throws away what others or you have done",
        "warning",
    ),
    (
        re.compile(
            r"(?i)\b(?:Remove-Item|del|rd|rmdir)\s[^\n]{0,80}(?:-Recurse[^\n]{0,40}-Force|/s\s+/q)\s+[a-z]:\\(?:\s|$|\*)"
        ),
        "this removes a whole drive",
        "error",
    ),
    (
        re.compile(r"\b(?:shutdown|reboot|halt|poweroff)\s+(?:-h|-r|now|/s|/r)\b"),
        "this stops the machine",
        "warning",
    ),
)
_SOME_COMMAND = re.compile(
    r"\brm\s|\bcurl\b|\bwget\b|\bchmod\b|\bmkfs|\bdd\s|:\s*\(\)|(?i:drop|truncate|delete\s+from)\s"
    r"|\bgit\s+(?:push|reset)|Remove-Item|\bdel\s|\brd\s|\brmdir\s|\bshutdown\b|\breboot\b|\bhalt\b|\bpoweroff\b"
)


def spoken(document: Document, within: Iterable[Span] | None = None) -> tuple[Finding, ...]:
    """The findings of these checks, in order; of the whole text, or of the lines given spans touch.

    Shell scripts' commands are left to the structural rules, which know what is a command there.
    """
    spans = [document.span] if within is None else _lines_of(document, within)
    found = [finding for span in spans for finding in _in(document, span)]
    return tuple(sorted(found, key=lambda each: (each.span, each.rule)))


def _in(document: Document, span: Span) -> Iterator[Finding]:
    text = document.slice(span)
    if may_hide(text):
        for at, character in hidden_places(text):
            name = unicodedata.name(character, "CONTROL CHARACTER")
            said = f"an invisible character, U+{ord(character):04X} ({name})"
            yield _finding("hidden-unicode", said, Span(at, at + 1).shift(span.start), "error")
    if not text.isascii():
        for start, end, said in _lookalikes(text):
            yield _finding("homoglyph", said, Span(start, end).shift(span.start), "error")
    for secret in scan(text):
        said = f"a secret stands in the text ({secret.kind})"
        yield _finding("hardcoded-secret", said, secret.span.shift(span.start), "warning")
    if document.language not in {"bash", "shellscript"} and _SOME_COMMAND.search(text):
        for pattern, said, severity in _COMMANDS:
            for match in pattern.finditer(text):
                place = Span(*match.span()).shift(span.start)
                yield _finding("dangerous-command", said, place, severity)


def _lookalikes(text: str) -> Iterator[tuple[int, int, str]]:
    """Words of letters of several alphabets that look alike."""
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii():
            continue
        scripts = {script for letter in word if (script := _script(letter))}
        if len(scripts) > 1 and "LATIN" in scripts:
            other = next(letter for letter in word if _script(letter) not in {"", "LATIN"})
            name = unicodedata.name(other, "unknown")
            yield match.start(), match.end(), f"letters of two alphabets in one word ({name})"


def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "")


def _lines_of(document: Document, spans: Iterable[Span]) -> list[Span]:
    """The whole lines that spans touch, those that follow each other as one."""
    lines, rows = document.lines, set[int]()
    for span in spans:
        rows |= set(range(lines.line_of(span.start), lines.line_of(span.end) + 1))
    found: list[Span] = []
    for row in sorted(rows):
        line = lines.span(row)
        if found and found[-1].end == line.start:
            found[-1] = Span(found[-1].start, line.end)
        else:
            found.append(line)
    return found


def _finding(rule: str, said: str, span: Span, severity: Severity) -> Finding:
    aspect: Aspect = "security"
    return Finding(rule, said, span, severity, aspect, "camus")
