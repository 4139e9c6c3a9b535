"""Puts code and other people's words into Markdown so that they stay code and words."""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~!&])")
_RUNS = re.compile(r"`+")


def code(text: str, limit: int = 120) -> str:
    """An inline code span of any text on one line, cut to `limit` characters."""
    flat = " ".join(text.split())
    flat = flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
    if "`" not in flat:
        return f"`{flat}`" if flat else ""
    fence = "`" * (max(len(run) for run in _RUNS.findall(flat)) + 1)
    return f"{fence} {flat} {fence}"


def fenced(text: str, language: str = "") -> str:
    """A fenced block whose fence is longer than any inside."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def words(text: str, limit: int = 600) -> str:
    """Prose from a source file as plain text: no markup, no link, no image, no HTML.

    Addresses are defanged too, since many editors turn bare ones into links.
    """
    flat = " ".join(text.split())
    flat = flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
    return _ACTIVE.sub(r"\\\1", flat).replace("://", ":\u200b//").replace("www.", "www\u200b.")


def listed(names: tuple[str, ...] | list[str], most: int = 12) -> str:
    """Code spans separated by commas, the rest counted."""
    shown = [code(name, 60) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return ", ".join(shown)
