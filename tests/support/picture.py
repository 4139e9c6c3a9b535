"""A terminal's screen as an SVG picture; reads the escape sequences that tmux writes, no others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

WIDTH, HEIGHT, SIZE = 8.43, 18.0, 14
PAPER, INK = "#14161b", "#e0e2ea"
_BASIC = (
    *("#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c4c6cd"),
    *("#5c6370", "#ff8f98", "#b5e890", "#ffd68a", "#8cc8ff", "#e0a0f5", "#7fdbe6", "#ffffff"),
)
_SGR = re.compile(r"\x1b\[([\d;:]*)m")
_OTHER = re.compile(r"\x1b(\([A-Z]|\][^\x07\x1b]*(\x07|\x1b\\))|[\x0e\x0f]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of characters looks; an empty colour is the terminal's own."""

    ink: str = ""
    paper: str = ""
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    reverse: bool = False


def svg(screen: str, title: str, columns: int) -> str:
    """The picture of what `Terminal.screen(colours=True)` gave, so many columns wide."""
    rows = _OTHER.sub("", screen).rstrip("\n").split("\n")
    shown = list(_rows(rows))
    width, height = columns * WIDTH + 16, len(rows) * HEIGHT + 16
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" role="img" font-size="{SIZE}" xml:space="preserve" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">'
    )
    parts = [
        head,
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>',
    ]
    for number, row in enumerate(shown):
        for run in row:
            parts += _run(number, run)
    return "\n".join([*parts, "</svg>", ""])


Run = tuple[int, int, str, Style]
"""First column, number of columns, text, style."""


def _rows(rows: list[str]) -> Iterator[list[Run]]:
    style = Style()
    for row in rows:
        runs: list[Run] = []
        column = place = 0
        for found in [*_SGR.finditer(row), None]:
            text = row[place : found.start() if found else len(row)]
            if text:
                runs.append((column, _columns(text), text, style))
                column += _columns(text)
            if found:
                style, place = _styled(style, found[1]), found.end()
        yield runs


def _columns(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(unicodedata.combining(each) > 0 for each in text)


_CHANGES: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    3: {"italic": True},
    4: {"underlined": True},
    7: {"reverse": True},
    22: {"bold": False},
    23: {"italic": False},
    24: {"underlined": False},
    27: {"reverse": False},
    39: {"ink": ""},
    49: {"paper": ""},
    **{30 + number: {"ink": colour} for number, colour in enumerate(_BASIC[:8])},
    **{40 + number: {"paper": colour} for number, colour in enumerate(_BASIC[:8])},
    **{90 + number: {"ink": colour} for number, colour in enumerate(_BASIC[8:])},
    **{100 + number: {"paper": colour} for number, colour in enumerate(_BASIC[8:])},
}


def _styled(style: Style, codes: str) -> Style:
    numbers = [int(each) if each else 0 for each in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        if code == 0:
            style = Style()
        elif code == 38:
            style = replace(style, ink=_colour(numbers))
        elif code == 48:
            style = replace(style, paper=_colour(numbers))
        elif code == 58:
            _colour(numbers)  # an underline's own colour
        else:
            style = replace(style, **_CHANGES.get(code, {}))
    return style


def _colour(numbers: list[int]) -> str:
    """The colour that follows 38 or 48; takes its numbers away."""
    kind = numbers.pop(0)
    if kind == 2:
        red, green, blue = (numbers.pop(0) for _ in range(3))
        return f"#{red:02x}{green:02x}{blue:02x}"
    number = numbers.pop(0)
    if number < 16:
        return _BASIC[number]
    if number > 231:
        return f"#{8 + 10 * (number - 232):02x}" + f"{8 + 10 * (number - 232):02x}" * 2
    steps = (0, 95, 135, 175, 215, 255)
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return f"#{steps[red]:02x}{steps[green]:02x}{steps[blue]:02x}"


def _run(number: int, run: Run) -> Iterator[str]:
    column, length, text, style = run
    ink, paper = style.ink or INK, style.paper
    if style.reverse:
        ink, paper = paper or PAPER, style.ink or INK
    x, y = 8 + column * WIDTH, 8 + number * HEIGHT
    if paper:
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{length * WIDTH:.1f}" '
            f'height="{HEIGHT:.1f}" fill="{paper}"/>'
        )
    if text.strip():
        more = ' font-weight="bold"' if style.bold else ""
        more += ' font-style="italic"' if style.italic else ""
        more += ' text-decoration="underline"' if style.underlined else ""
        yield (
            f'<text x="{x:.1f}" y="{y + HEIGHT - 5:.1f}" textLength="{length * WIDTH:.1f}" '
            f'fill="{ink}"{more}>{escape(text)}</text>'
        )
