"""Makes Markdown from a model safe to show: words and code only, nothing that loads or runs.

Images, links, raw HTML and control characters are how an answer can leak or mislead (CamoLeak,
EchoLeak, Trojan Source); a link keeps its text, a bare address becomes code.
"""

from __future__ import annotations

import re

from camus.actions.fences import blocks, fenced

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LONGEST = 100_000
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])?")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])")
_DEFINITION = re.compile(r"^[ \t>]{0,8}\[[^\]\n]{1,200}\]:[^\n]*$\n?", re.MULTILINE)
_AUTOLINK = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,31}:|[\w.+-]+@)[^<>\s]*)>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,31}://|\bwww\.)[^\s<>`)\]]+", re.IGNORECASE)
_TARGET = re.compile(r"\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])")
_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)


def sanitised(text: str) -> str:
    """The Markdown without images, links, raw HTML and control characters; code stays code.

    Every fence is written anew, longer than anything inside it, and closed.
    """
    text = text[:_LONGEST]
    clean = _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = clean.split("\n")
    parts: list[str] = []
    at = 0
    for block in blocks(clean):
        parts += [_prose("\n".join(lines[at : block.first])), _block(block.code, block.info)]
        at = block.last
    parts.append(_prose("\n".join(lines[at:])))
    return "\n".join(part for part in parts if part).strip("\n")


def plain(text: str) -> str:
    """One line of text without control characters, for a message."""
    return " ".join(_CONTROL.sub("", _ANSI.sub("", text)).split())


def _block(code: str, info: str) -> str:
    word = re.sub(r"[^\w+#.\-]", "", info.split(maxsplit=1)[0]) if info.split() else ""
    return fenced(code, word)


def _prose(text: str) -> str:
    """Prose with its code spans left as they are; half-open constructs cannot reach over them."""
    done: list[str] = []
    at = 0
    for span in _CODE.finditer(text):
        done += [_words(text[at : span.start()]), span.group()]
        at = span.end()
    done.append(_words(text[at:]))
    return _defused("".join(done))


def _words(text: str) -> str:
    text = _DEFINITION.sub("", text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"`\1`", text)
    parts = re.split(r"(`[^`]*`)", text)
    parts[::2] = [_ADDRESS.sub(_as_code, part) for part in parts[::2]]
    parts[::2] = [_TAG.sub("&lt;", part) for part in parts[::2]]
    return "".join(parts)


def _as_code(found: re.Match[str]) -> str:
    address = found.group().rstrip(".,;:!?*_'\"")
    return f"`{address}`{found.group()[len(address) :]}"


def _defused(text: str) -> str:
    """Text in which a link or image around a code span, which the pieces did not show, is none."""
    return _TARGET.sub("]", text)
