"""A stranger's Markdown rewritten so that nothing in it loads, hides or leads anywhere.

Not a filter that looks for what is bad: code blocks and code spans are written anew, so that what
is taken for code here is code for every renderer (CommonMark 0.31, sections 4.5 and 6.1), and in
all other text each bracket, angle bracket and address is made plain.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<run>`{3,}|~{3,})(?P<info>.*)$")
_INFO = re.compile(r"[\w+#.-]*")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)
_MOST_FOR_SPANS = 4000
"""Characters of a line beyond which its ticks are only ticks: pairing them takes n² steps."""
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPAN = re.compile(r"(?P<run>`+)(?!`)(?P<code>.+?)(?<!`)(?P=run)(?!`)")
_IMAGE = re.compile(r"!\[(?P<words>[^\[\]\\\n]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
_LINK = re.compile(r"\[(?P<words>[^\[\]\\\n]*)\]\((?P<address>[^()\n`|]*)\)")
_DEFINITION = re.compile(r"^[ \t]*\[[^\[\]\n]+\]:.*$")
_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.|(?:mailto|command|javascript|data|vscode):)[^\s<>`|]*"
    r"|//[\w-]+(?:\.[\w-]+)+[^\s<>`|]*|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)
_TABLE = re.compile(
    r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE
)
_ALNUM = re.compile(r"[^\W_]")


def harmless(markdown: str) -> str:
    """Markdown without images, links, raw HTML and hidden characters.

    Code stays as it is, in a fence longer than any inside. An image keeps its description, a link
    its words with the address beside them, an address in the text becomes code.
    """
    text = _HIDDEN.sub("", markdown.replace("\r\n", "\n").replace("\r", "\n"))
    tables = _TABLE.search(text) is not None
    lines = text.split("\n")
    done: list[str] = []
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening and not (opening["run"][0] == "`" and "`" in opening["info"]):
            block, at = _block(lines, at + 1, opening)
            done += block
        else:
            done.append("" if _DEFINITION.match(lines[at]) else _plain(lines[at], tables))
            at += 1
    return "\n".join(done)


def _block(lines: list[str], at: int, opening: re.Match[str]) -> tuple[list[str], int]:
    """A code block written anew at the margin, where only its own fence can end it."""
    run = opening["run"]
    closing = re.compile(rf"^[ \t]*{re.escape(run)}{run[0]}*[ \t]*$")
    indent = len(opening["indent"])
    code: list[str] = []
    while at < len(lines) and not closing.match(lines[at]):
        line = lines[at]
        code.append(line[min(indent, len(line) - len(line.lstrip(" \t"))) :])
        at += 1
    longest = max((len(found) for found in re.findall("`+", "\n".join(code))), default=0)
    fence = "`" * max(3, longest + 1)
    info = _INFO.match(opening["info"].strip())
    return [f"{fence}{info[0] if info else ''}", *code, fence], at + 1


def _plain(line: str, tables: bool) -> str:
    """A line of words: its code spans kept, everything else made plain.

    Where there are `tables`, a bar ends a cell even inside a span, which then is none.
    """
    done: list[str] = []
    at = 0
    while at < len(line):
        piece, at = _next(line, at, tables)
        if piece.startswith("`") and done and done[-1].endswith("`"):
            done.append(" ")  # two runs of ticks beside each other would be one
        done.append(piece)
    return "".join(done)


def _next(line: str, at: int, tables: bool) -> tuple[str, int]:
    """What stands at a place, made harmless, and where the next begins."""
    character = line[at]
    if character == "\\":
        following = line[at + 1 : at + 2]
        return (line[at : at + 2], at + 2) if following in _PUNCTUATION else ("\\\\", at + 1)
    if character == "`":
        return _code(line, at, tables)
    if character == "!" and (image := _IMAGE.match(line, at)):
        return _plain(image["words"], tables), image.end()
    if character == "[" and (link := _LINK.match(line, at)):
        address = link["address"].strip()
        return f"{_plain(link['words'], tables)} ({_as_code(address)})", link.end()
    starts_word = at == 0 or not _ALNUM.match(line[at - 1])
    if starts_word and (address := _ADDRESS.match(line, at)):
        return _as_code(address[0]), address.end()
    if character == "<" and line[at + 1 : at + 2] not in {"", " ", "=", "<"}:
        return "&lt;", at + 1
    if line.startswith("//", at):
        return "/\\/", at + 2
    return (f"\\{character}" if character in "[]" else character), at + 1


def _code(line: str, at: int, tables: bool) -> tuple[str, int]:
    span = _SPAN.match(line, at) if len(line) <= _MOST_FOR_SPANS else None
    if span is not None and not (tables and "|" in span[0]):
        return span[0], span.end()
    end = at
    while line[end : end + 1] == "`":
        end += 1
    return "\\`" * (end - at), end


def _as_code(text: str) -> str:
    return f"`{text}`" if text else "``"
