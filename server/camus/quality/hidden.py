"""Characters that a reader of code cannot see; knows which of them make an emoji."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff]"
)
_STYLED = f"{_PICTURE}\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_VISIBLE = re.compile(
    "\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f"  # a region's flag
    "|[#*0-9]\ufe0f?\u20e3"  # a key
    f"|{_STYLED}(?:\u200d{_STYLED})*\ufe0e?"  # a picture, or several joined to one
    "|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\ufe00-\ufe02\U000e0100-\U000e01ef]"
)
"""Sequences of Unicode TS 51, and a Han character in another form."""
_SELECTORS = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def added_hidden(before: str, after: str) -> str:
    """The first invisible character that stands more often after than before; empty for none.

    Controls, marks that reorder what a reader sees (Boucher and Anderson 2021, Trojan Source),
    and selectors and joiners that select and join nothing.
    """
    found = sorted(Counter(_hidden(after)) - Counter(_hidden(before)))
    return found[0] if found else ""


def hidden_places(text: str) -> list[tuple[int, str]]:
    """Where such characters stand, and which."""
    seen = {at for match in _VISIBLE.finditer(text) for at in range(*match.span())}
    return [(at, each) for at, each in enumerate(text) if _is_hidden(each) and at not in seen]


def may_hide(text: str) -> bool:
    """Whether a text holds any such character, be it a part of an emoji or not."""
    return any(map(_is_hidden, text))


def _hidden(text: str) -> list[str]:
    seen = text if text.isascii() else _VISIBLE.sub("", text)
    return [character for character in seen if _is_hidden(character)]


def _is_hidden(character: str) -> bool:
    if character.isascii():
        return character == "\x7f" or (character < " " and character not in "\t\n\r\f")
    if unicodedata.category(character) in {"Cf", "Cc", "Cs"}:
        return True
    return _SELECTORS.fullmatch(character) is not None
