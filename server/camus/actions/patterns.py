"""Looks for users' own regular expressions in a request; shows each of them little text."""

from __future__ import annotations

from camus.config import compiled_pattern

_LINE, _LINES = 200, 10


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in one of the text's first lines; a refused one never is."""
    compiled, problem = compiled_pattern(pattern)
    if compiled is None or problem:
        return False
    lines = (" ".join(line.split())[:_LINE] for line in text.splitlines()[:_LINES])
    return any(compiled.search(line) for line in lines)
