"""Takes a model's thinking out of its reply; knows the marks models use, not what they think."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|analysis|seed:think"
_OPEN = re.compile(rf"<(?P<angle>{_WORDS})>|\[(?P<square>THINK)\]|◁(?P<kimi>think)▷", re.IGNORECASE)
_CLOSE = re.compile(rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷", re.IGNORECASE)
_CHANNEL = re.compile(r"<\|channel\|>\s*(?P<name>\w+)[^<]*<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")
_FENCE = re.compile(r"^[ \t]*(?P<run>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)
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
    if _CHANNEL.search(reply) and "<|channel|>" not in source:
        return _final_channel(reply)
    kept, rest = "", reply
    while (opening := _next_opening(rest, at_start=not kept.strip(), source=source)) is not None:
        kept += rest[: opening.start()]
        closing = _closing(rest, opening)
        if closing is None:
            return Answer(kept.strip("\n"), unclosed=True)
        rest = rest[closing.end() :]
    return Answer(_after_lone_closing(kept + rest, source))


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
    code = _fenced(text)
    for match in _OPEN.finditer(text):
        leading = at_start and not text[: match.start()].strip()
        if leading:
            return match
        own_line = not text[: match.start()].rpartition("\n")[2].strip()
        inside = any(start <= match.start() < end for start, end in code)
        if own_line and not inside and match.group() not in source:
            return match
    return None


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """The mark that ends a block: the first at the end of a line, for thoughts may quote it."""
    word = opening["angle"] or opening["square"] or opening["kimi"]
    marks = [
        match
        for match in _CLOSE.finditer(text, opening.end())
        if match.group().strip("</>[]◁▷").lower() == word.lower()
    ]
    ends = (match for match in marks if _LINE_END.match(text, match.end()))
    return next(ends, marks[0] if marks else None)


def _after_lone_closing(text: str, source: str) -> str:
    last = None
    code = _fenced(text)
    for match in _CLOSE.finditer(text):
        inside = any(start <= match.start() < end for start, end in code)
        if (not inside or _opens_nothing(text, match)) and match.group() not in source:
            last = match
    return text[last.end() :] if last else text


def _opens_nothing(text: str, match: re.Match[str]) -> bool:
    """Whether the fence around a mark is one that thoughts left open: nothing closes it later."""
    return len(_FENCE.findall(text[: match.start()])) % 2 == 1 and bool(
        _LINE_END.match(text, match.end())
    )


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
