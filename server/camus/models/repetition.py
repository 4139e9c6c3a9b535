"""Notices a model that says the same thing for ever; pure, knows text only."""

from __future__ import annotations

import re
from collections.abc import Iterable

TAIL = 4000
"""Characters of nothing but repetition that are too many whatever is repeated."""
_PERIOD = 800
"""The longest piece that is looked for, in characters."""
_SENTENCE, _WORDS, _TIMES, _LEAST = 40, 5, 6, 600
"""A piece of so many characters and words that stands there so often, over so many characters, is
too much already.

Tables of zeros, rules and empty rows of a form are shorter, or have no words.
"""
_STEP = 250
_PROBE = 64
_ENDS = ".!?:;)]}`*\"'。！？"
_WORD = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u3400-\u9fff]")


ROUND = "repeated itself and was stopped"
ANOTHER = "try again, or choose a larger model"
"""What is said of it, and what would help."""


class Repetition:
    """Watches one answer grow.

    An answer goes round in circles when its end is one piece of at most 800 characters again and
    again: six times where it is a sentence or more, else over 4,000 characters. What the prompt
    holds just so may be said again (a table of zeros is to be copied as it is).
    """

    def __init__(self, sent: Iterable[str]) -> None:
        """Watch an answer to these texts."""
        self._sent = tuple(sent)
        self._tail = ""
        self._fresh = ""

    def endless(self, text: str) -> bool:
        """Take the next piece of the answer; whether it goes round in circles."""
        self._fresh += text  # at most a step long, so that this is cheap
        if len(self._fresh) < _STEP:
            return False
        self._tail = (self._tail + self._fresh)[-TAIL - _PERIOD :]
        self._fresh = ""
        again = repeated(self._tail)
        if again >= TAIL:
            return not self._was_sent(TAIL)
        period = _period(self._tail)
        sentences = period >= _SENTENCE and again >= max(_TIMES * period, _LEAST)
        if not sentences or len(_WORD.findall(self._tail[-period:])) < _WORDS:
            return False
        return not self._was_sent(again)

    def _was_sent(self, size: int) -> bool:
        return any(self._tail[-size:] in each for each in self._sent)


def repeated(text: str) -> int:
    """How many characters at the end of a text are one piece again and again, 0 for none."""
    period = _period(text)
    if not period:
        return 0
    low, high = 2 * period, len(text)
    if text[-low:-period] != text[-period:]:
        return 0
    while low < high:  # the longest end that repeats with this period
        size = (low + high + 1) // 2
        if text[-size:-period] == text[len(text) - size + period :]:
            low = size
        else:
            high = size - 1
    return low


def without_circles(text: str) -> str:
    """A text that ends in one piece again and again, with that piece once."""
    size = repeated(text)
    if not size:
        return text
    end = len(text) - size + _period(text)
    while end < len(text) and text[end] in _ENDS:  # where the piece begins is chance
        end += 1
    return text[:end].rstrip()


def _period(text: str) -> int:
    """The length of what may be repeated at the end of a text, 0 for none."""
    before = text.rfind(text[-_PROBE:], 0, -1)
    period = len(text) - min(_PROBE, len(text)) - before
    return period if before >= 0 and period <= _PERIOD else 0
