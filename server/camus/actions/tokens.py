"""Estimates how many tokens a text takes; knows no tokenizer and errs on the high side."""

from __future__ import annotations

import re

_PER_ASCII = 1 / 3
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_LETTERS = re.compile(r"[\u0080-\u10ff\u1200-\u2bff]")
_PER_LETTER = 0.75
_PER_OTHER = 3.0
MESSAGE_OVERHEAD = 8
"""Tokens a chat template puts around one message, at most, in the templates in common use."""


def estimate_tokens(text: str) -> int:
    """An upper estimate of the tokens of a text, from its scripts alone.

    Assumes 3 characters a token for ASCII (byte-pair vocabularies of 32,000 to 152,000 entries
    take 3.2 to 4 characters of source code a token), 4 tokens for 3 letters of another alphabet,
    one token for a Chinese, Japanese or Korean character, and 3 for anything rarer (emoji).
    """
    if text.isascii():
        return _ceil(len(text) * _PER_ASCII)
    wide = len(_WIDE.findall(text))
    letters = len(_LETTERS.findall(text))
    plain = len(text.encode("ascii", "ignore"))
    other = len(text) - plain - wide - letters
    return _ceil(plain * _PER_ASCII + letters * _PER_LETTER + wide + other * _PER_OTHER)


def _ceil(number: float) -> int:
    return int(number) + (number > int(number))
