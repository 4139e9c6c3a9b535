"""Undoes what was done to code as a whole on its way: escapes, line numbers, one long line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from camus.actions.naming import in_comment, is_same

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34|#60|#62);")
_RAW = re.compile(r"[<>]|&(?!(?:\w{1,8}|#x?[0-9a-fA-F]{1,6});)")
_STRING = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_NUMBERED = re.compile(r"^[ \t]*(\d{1,6})(?:[ \t]?[|:│┃→][ ]?|[.)][ ]|\t|[ ])?(.*)$")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")


@dataclass(frozen=True, slots=True)
class Mended:
    """Another reading of code, whether it is surely meant, and what was undone."""

    code: str
    sure: bool
    undone: str


def mended(code: str, source: str) -> Iterator[Mended]:
    """Other readings of the code, where it looks as if it had been damaged as a whole."""
    if _is_escaped(code, source):
        yield Mended(html.unescape(code), sure=True, undone="HTML escapes")
    bare = _without_numbers(code)
    if bare is not None:
        yield Mended(bare, sure=False, undone="line numbers")
    flat = unescaped(code)
    if flat:
        yield Mended(flat, sure=False, undone="escaped line breaks")
    lines = code.split("\n")
    if lines[0].startswith(">>> ") and ">>>" not in source:
        bare = "\n".join(_PROMPT.sub("", line) for line in lines if _PROMPT.match(line))
        yield Mended(bare, sure=True, undone="the prompt of an interpreter")


def without_file_name(code: str, uri: str, source: str) -> str:
    """Code without a first line that only names its file."""
    first, mark, rest = code.lstrip("\n").partition("\n")
    named = in_comment(first)
    if mark and named and is_same(named, uri) and first.strip() not in source:
        return rest.lstrip("\n")
    return code


def _without_numbers(code: str) -> str | None:
    """The code without line numbers, when every line has the next one."""
    lines = code.strip("\n").split("\n")
    if not lines[0].lstrip()[:1].isdigit() or len(lines) < 2:
        return None
    texts: list[str] = []
    expected: int | None = None
    for line in lines:
        found = _NUMBERED.match(line)
        if found is None:
            if line.strip():
                return None
            texts.append("")
            continue
        number = int(found[1])
        if expected is not None and number != expected:
            return None
        expected = number + 1
        texts.append(found[2])
    return "\n".join(texts)


def _is_escaped(code: str, source: str) -> bool:
    """Whether a code's own marks are HTML entities, or a line of the source came back as such."""
    if "&" not in code or _ENTITY.search(source) or _RAW.search(code):
        return False
    if _ENTITY.search(_STRING.sub("", code)):
        return True
    lines = {line.strip() for line in source.splitlines()}
    escaped = (line for line in code.split("\n") if _ENTITY.search(line))
    return any(html.unescape(line).strip() in lines for line in escaped)


def unescaped(code: str) -> str:
    """A line with escapes for its breaks, and quotes around it, as the text it stands for.

    Empty for any other code.
    """
    code = code.strip()
    if "\\n" not in code or code.count("\n") > 1:
        return ""
    if len(code) > 1 and code[0] == code[-1] and code[0] in "\"'":
        code = code[1:-1]
    return re.sub(
        r"\\(.)",
        lambda found: {"n": "\n", "t": "\t", '"': '"', "'": "'", "\\": "\\"}.get(
            found[1], found.group()
        ),
        code,
    )
