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
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
_TARGET = r"(?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"
_IMAGE = re.compile(rf"!\[([^\]\n]{{0,500}})\]{_TARGET}?")
_LINK = re.compile(rf"\[([^\[\]\n]{{0,500}})\]{_TARGET}")
_DEFINITION = re.compile(r"^[ \t>]{0,8}\[[^\]\n]{1,200}\]:[^\n]*$\n?", re.MULTILINE)
_ACTIVE = re.compile(
    r"<(?P<link>(?:[a-z][a-z0-9+.-]{1,31}:|[\w.+-]{1,64}@)[^<>\s\ue000]*)>"
    r"|(?P<address>(?:\b[a-z][a-z0-9+.-]{1,31}://|\bwww\.)[^\s<>)\]&\ue000]+)"
    r"|(?P<tag><)(?=[a-z/!?])",
    re.IGNORECASE,
)
_KEPT = re.compile("\ue000(\\d+)\ue001")


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
    """Prose without what loads or runs; its code spans are taken out and put back as they are.

    A span ends on its line, though CommonMark lets it go on within the paragraph: where a paragraph
    ends is not read here, and a tick that belongs to no span becomes a character.
    """
    spans: list[str] = []

    def kept(code: str) -> str:
        spans.append(code)
        return f"\ue000{len(spans) - 1}\ue001"

    def inert(found: re.Match[str]) -> str:
        if found["tag"]:
            return "&lt;"
        if found["link"]:
            return kept(f"`{found['link']}`")
        address = found["address"].rstrip(".,;:!?*_'\"")
        return kept(f"`{address}`") + found["address"][len(address) :]

    masked = _CODE.sub(
        lambda found: kept(found.group()), text.replace("\ue000", "").replace("\ue001", "")
    )
    masked = masked.replace("`", "&#96;")
    for pattern, by in ((_IMAGE, r"\1"), (_LINK, r"\1"), (_DEFINITION, "")):
        masked = pattern.sub(by, masked)
    masked = masked.replace("](", "] (").replace("][", "] [")
    masked = _ACTIVE.sub(inert, masked).replace("\ue001\ue000", "\ue001 \ue000")
    return _KEPT.sub(lambda found: spans[int(found[1])], masked)
