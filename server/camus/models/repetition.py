"""Notices a model that says the same thing for ever; pure, knows text only."""

from __future__ import annotations

TAIL = 4000
"""Characters that must be nothing but repetition."""
_PERIOD = 400
_STEP = 1000
_PROBE = 64


class Repetition:
    """Watches one answer grow.

    An answer is in a loop when its last 4,000 characters repeat a piece of at most 400, unless the
    prompt holds the same repetition (a table of zeros is to be copied as it is).
    """

    def __init__(self, sent: str) -> None:
        """Watch an answer to a prompt of this text."""
        self._sent = sent
        self._tail = ""
        self._fresh = ""

    def endless(self, text: str) -> bool:
        """Take the next piece of the answer; whether it goes round in circles."""
        self._fresh += text  # at most a step long, so that this is cheap
        if len(self._fresh) < _STEP:
            return False
        self._tail = (self._tail + self._fresh)[-TAIL:]
        self._fresh = ""
        return len(self._tail) == TAIL and is_loop(self._tail) and self._tail not in self._sent


def is_loop(text: str) -> bool:
    """Whether a text is one piece of at most 400 characters again and again."""
    before = text.rfind(text[-_PROBE:], 0, -1)
    period = len(text) - _PROBE - before
    return before >= 0 and period <= _PERIOD and text[period:] == text[:-period]
