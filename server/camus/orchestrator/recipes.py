"""The key under which a reply is kept: what shaped it, without what changes nothing; pure."""

from __future__ import annotations

import hashlib
import json
import re

from camus.models import Profile, Sampling
from camus.privacy import Prompt

_RUN = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_MARKS = frozenset("\"'#`")
"""What may begin a string or a comment on a line, whose blanks count too."""
_SPANNING = ('"""', "'''")
"""The quotes of text that may run over lines, in which every blank may count."""


def recipe(prompt: Prompt, profile: Profile, sampling: Sampling) -> str:
    """The key of a prompt to a model: 64 hexadecimal digits.

    The prompt holds the code slice, the action and the chunks, and nothing of where in the file the
    code stands, so that an edit elsewhere finds the same answer. Blanks at the ends of lines, empty
    lines and runs of blanks between words do not count outside of strings and comments: the answer
    is read and judged again against the text of now. The place keeps an answer of one host from
    standing for another's, the digest that of one version of a model for the next one's.
    """
    parts = [
        prompt.version,
        [[message.role, plain(message.content, prompt.tags)] for message in prompt.messages],
        [profile.name, profile.model, profile.digest, profile.place.name, profile.window],
        [sampling.temperature, sampling.top_p, sampling.max_tokens, sampling.stop, sampling.seed],
    ]
    if sampling.schema or sampling.grammar:
        parts.append([sampling.schema, sampling.grammar])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def plain(text: str, tags: tuple[str, ...] = ()) -> str:
    """A text without the layout that means nothing; `tags` are digests of the whole content."""
    for number, tag in enumerate(tags):
        text = text.replace(tag, f"tag-{number}")
    quotes = [quote for quote in _SPANNING if quote in text]
    kept: list[str] = []
    at = 0
    while (found := _spanning(text, at, quotes)) is not None:
        start, end = found
        kept += [_without_layout(text[at:start]), text[start:end]]
        at = end
    return "".join([*kept, _without_layout(text[at:])])


def _spanning(text: str, at: int, quotes: list[str]) -> tuple[int, int] | None:
    """Where the next string that may run over lines begins and ends; None: there is none."""
    starts = [(place, quote) for quote in quotes if (place := text.find(quote, at)) >= 0]
    if not starts:
        return None
    start, quote = min(starts)
    end = text.find(quote, start + 3)
    return start, len(text) if end < 0 else end + 3


def _without_layout(piece: str) -> str:
    """Without blanks at line ends, empty lines and runs of blanks; whole with a template string.

    A backtick that is not closed on its line and no fence begins one that runs over lines.
    """
    lines = piece.split("\n")
    if "`" in piece and any(line.count("`") % 2 and "```" not in line for line in lines):
        return piece
    kept = [bare for line in lines[1:-1] if (bare := line.rstrip())]
    kept = [lines[0].rstrip(), *kept, lines[-1]] if len(lines) > 1 else lines
    return "\n".join([_single_spaced(x) if "  " in x.lstrip() or "\t" in x else x for x in kept])


def _single_spaced(line: str) -> str:
    """The line with single blanks between its words; its indentation stays."""
    return line if _MARKS & set(line) or "//" in line else _RUN.sub(" ", line)
