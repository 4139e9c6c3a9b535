"""Takes a model's thinking out of its reply; knows the marks models use, not what they think."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|analysis|seed:think"
_OPEN = re.compile(rf"<(?P<angle>{_WORDS})>|\[(?P<square>THINK)\]|◁(?P<kimi>think)▷", re.IGNORECASE)
_CLOSE = re.compile(rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷", re.IGNORECASE)
_CHANNEL = re.compile(r"<\|channel\|>\s*(?P<name>\w+)[^<]*<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")
_FENCE = re.compile(r"^[ \t]*(?P<run>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)
_OPEN_LINE = re.compile(
    rf"^[ \t]*(?:<(?P<angle>{_WORDS})>|\[(?P<square>THINK)\]|◁(?P<kimi>think)▷)",
    re.IGNORECASE | re.MULTILINE,
)
_HINTS = ("think", "thought", "reasoning", "reflection", "analysis", "<|channel|>")
"""One of these is in any reply that has a mark: most have none and are done at once."""
_MOST = 32
"""Most think blocks of one reply."""
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is left of a reply without the thinking; `unclosed` when the thinking never ended."""

    text: str
    unclosed: bool = False


def final_answer(reply: str, source: str = "") -> Answer:
    """The reply without its think blocks, wherever they stand outside fenced code.

    A closing mark without an opening one ends a block that the model's template began. A mark
    that stands in `source` counts only at the very start of the reply, for it may be code.
    """
    lower = reply.lower()
    if not any(hint in lower for hint in _HINTS):
        return Answer(reply)
    if _CHANNEL.search(reply) and "<|channel|>" not in source:
        return _final_channel(reply)
    kept, rest = "", reply
    for _ in range(_MOST):
        opening = _next_opening(rest, at_start=not kept.strip(), source=source)
        if opening is None:
            return Answer(_after_lone_closing(kept + rest, source))
        kept += rest[: opening.start()]
        closing = _closing(rest, opening)
        if closing is None:
            break
        rest = rest[closing.end() :]
    return Answer(kept.strip("\n"), unclosed=True)


def _final_channel(reply: str) -> Answer:
    """The `final` channel of a reply in the channel format of OpenAI's open models (harmony)."""
    parts = list(_CHANNEL.finditer(reply))
    final = [part for part in parts if part["name"] == "final"]
    if not final:
        return Answer("", unclosed=True)
    rest = reply[final[-1].end() :]
    end = _CHANNEL_END.search(rest)
    return Answer(rest[: end.start()] if end else rest)


def _next_opening(text: str, *, at_start: bool, source: str) -> re.Match[str] | None:
    first = _OPEN.search(text)
    if first is None:
        return None
    if at_start and not text[: first.start()].strip():
        return first
    code = _fenced(text)
    return next(
        (
            match
            for match in _OPEN_LINE.finditer(text)
            if not _inside(code, match.start()) and match.group().strip() not in source
        ),
        None,
    )


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """The mark that ends a block: the first at the end of a line, for thoughts may quote it."""
    word = opening["angle"] or opening["square"] or opening["kimi"]
    first: re.Match[str] | None = None
    for match in _CLOSE.finditer(text, opening.end()):
        if match.group().strip("</>[]◁▷").lower() == word.lower():
            if _LINE_END.match(text, match.end()):
                return match
            first = first or match
    return first


def _after_lone_closing(text: str, source: str) -> str:
    """What follows the last closing mark: outside code, or on a line of its own in a fence that
    the thoughts may have left open.
    """
    code = _fenced(text)
    marks = {match.group() for match in _CLOSE.finditer(text)}
    held = {mark for mark in marks if mark in source}
    last = None
    for match in _CLOSE.finditer(text):
        alone = _LINE_END.match(text, match.end()) and text[
            max(match.start() - 1, 0) : match.start()
        ] in {"", "\n"}
        if (alone or not _inside(code, match.start())) and match.group() not in held:
            last = match
    return text[last.end() :] if last else text


def _inside(parts: list[tuple[int, int]], place: int) -> bool:
    at = bisect_right(parts, place, key=lambda part: part[0]) - 1
    return at >= 0 and place < parts[at][1]


def _fenced(text: str) -> list[tuple[int, int]]:
    """The fenced parts of a text; a fence left open reaches to the end."""
    parts: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match["run"].startswith(opened["run"]) and not match["info"].strip():
            parts.append((opened.start(), match.end()))
            opened = None
    if opened is not None:
        parts.append((opened.start(), len(text)))
    return parts
