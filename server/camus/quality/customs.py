"""Whether new code does as its file does: names of variables, quotes, errors, what is printed."""

from __future__ import annotations

import re

from camus.quality.change import Change
from camus.source import names_bound

_SNAKE = re.compile(r"_*[a-z0-9]+(?:_[a-z0-9]+)+_*")
_CAMEL = re.compile(r"_*[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]*)+")
_ENOUGH = 3
"""So many times something must have been done one way, and never another, to be a custom."""
_BROAD = re.compile(
    r"\b(?:raise\s+(?:Base)?Exception\b|throw\s+new\s+(?:\w+\.)*(?:Error|Exception|RuntimeException)\()"
)
_NARROW = re.compile(
    r"\b(?:raise|throw\s+new)\s+(?:\w+\.)*([A-Z]\w*(?:Error|Exception|Problem|Failure))\b"
)
_BROAD_NAMES = frozenset({"Exception", "BaseException", "Error", "RuntimeException"})
_LITERAL = re.compile(r"""(?<![\w\\'"])(['"])(?!\1)(?:(?!\1)[^\n\\]|\\.)*\1(?!['"])""")
_ALIKE = frozenset({"javascript", "typescript", "python", "lua"})
"""Languages in which both quotation marks mean the same."""
_PRINTS = re.compile(
    r"(?<![\w.])(?:print|puts|echo|println)\s*\(|\bconsole\.log\(|\bSystem\.out\.print|\bfmt\.Print"
    r"|\bConsole\.Write|\bprintln!"
)
_LOGS = re.compile(
    r"\b_?(?:log|logger|logging|LOG|LOGGER|slog)\.(?:debug|info|warn|warning|error|exception|log|Info\w*"
    r"|Warn\w*|Error\w*|Debug\w*|Log\w+)\s*\("
)


def odd_variable(change: Change) -> str:
    """A new variable in camelCase among snake_case ones, or the other way round."""
    text = change.before.text
    bound = (name for span in change.changed for name in names_bound(change.after, span))
    # A name that the text holds is not new; the whole file is read only when one really is.
    fresh = [
        name
        for name in bound
        if name not in text and (_SNAKE.fullmatch(name) or _CAMEL.fullmatch(name))
    ]
    if not fresh:
        return ""
    known = names_bound(change.before, change.before.span)
    snakes = sum(_SNAKE.fullmatch(each) is not None for each in known)
    camels = sum(_CAMEL.fullmatch(each) is not None for each in known)
    odd = None
    if snakes >= _ENOUGH and not camels:
        odd = _CAMEL
    elif camels >= _ENOUGH and not snakes:
        odd = _SNAKE
    return next((each for each in fresh if odd and odd.fullmatch(each)), "")


def odd_quotes(change: Change) -> str:
    """A new text in quotes that the file never uses, though it could be in the usual ones."""
    if change.before.language not in _ALIKE:
        return ""
    new = [each for span in change.changed for each in _LITERAL.finditer(change.after.slice(span))]
    if not new:
        return ""
    usual = {match[1] for match in _LITERAL.finditer(change.before.text)}
    if len(usual) != 1 or len(_LITERAL.findall(change.before.text)) < _ENOUGH:
        return ""
    (mark,) = usual
    odd = (each[0] for each in new if each[1] != mark and mark not in each[0])
    return next(odd, "")


def odd_error(change: Change) -> str:
    """A new error of the broadest kind where the file has errors that say what is wrong."""
    before = change.before.text
    narrow = [each for each in _NARROW.findall(before) if each not in _BROAD_NAMES]
    if len(narrow) < _ENOUGH - 1 or _BROAD.search(before):
        return ""
    return _first(change, _BROAD)


def odd_output(change: Change) -> str:
    """Something new that prints where the file logs."""
    before = change.before.text
    if len(_LOGS.findall(before)) < _ENOUGH - 1 or _PRINTS.search(before):
        return ""
    return _first(change, _PRINTS)


def _first(change: Change, pattern: re.Pattern[str]) -> str:
    """The first new line that a pattern is in."""
    old = set(change.before.text.splitlines())
    lines = change.after.lines
    for span in change.changed:
        for row in range(lines.line_of(span.start), lines.line_of(span.end) + 1):
            line = change.after.slice(lines.span(row)).rstrip("\r\n")
            if line not in old and pattern.search(line):
                return line.strip()
    return ""
