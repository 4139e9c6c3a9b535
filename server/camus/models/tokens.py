"""What can be said of token counts without a tokeniser: a sure minimum, and signs of a cut prompt.

No tokeniser in use puts two words into one token: they split at spaces, punctuation and scripts
before they merge. So the number of runs of letters and digits is a lower bound on the tokens of a
text, whatever the model; code has about 1.7 tokens to a run.
"""

from __future__ import annotations

import re
from functools import lru_cache

from camus.privacy import Message, Prompt

_WORD = re.compile(r"[^\W_]+")
_SURE = 0.9
"""A tenth is left for vocabularies that hold a few word pairs after all."""
_NEAR = 8
_SMALLEST_WINDOW = 1024


def sure_minimum(prompt: Prompt) -> int:
    """Tokens that the messages have at the very least, in any tokeniser."""
    return _sure_minimum(prompt.messages)


@lru_cache(4)  # one request asks three times
def _sure_minimum(messages: tuple[Message, ...]) -> int:
    return int(sum(len(_WORD.findall(message.content)) for message in messages) * _SURE)


def was_cut(read: int | None, sent: int, window: int, *, counts_all: bool, exact: bool) -> bool:
    """Whether a server read less of the prompt than was sent.

    `read` is the server's count, `sent` a sure minimum. When the window is `exact`, the one the
    server was told to use, a prompt that fills it to the last token was cut, and would leave no
    room for an answer if it was not.

    Else a count below the minimum tells, but is not enough: some servers leave out what they found
    in their prompt cache (Ollama before 0.2 and in 0.30 did). When the server is known to count
    all (`counts_all`) it is. Otherwise the count must also be one that cutting leaves: the window,
    or half of it and a few tokens, of the window asked for or of a power of two, which is what a
    server takes that ignored the wish.
    """
    if not read:
        return False
    if exact and window - 1 <= read <= window:
        return True
    if read >= sent:
        return False
    return counts_all or any(_leaves(whole, read) for whole in _windows(window))


def _windows(asked: int) -> set[int]:
    powers = {_SMALLEST_WINDOW << shift for shift in range(9)}
    return {asked} | {power for power in powers if power < asked}


def _leaves(window: int, read: int) -> bool:
    """Whether cutting to this window, as llama.cpp and Ollama do it, leaves so many tokens."""
    return abs(read - window) <= _NEAR or abs(read - window // 2) <= _NEAR
