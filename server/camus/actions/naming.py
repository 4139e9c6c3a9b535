"""File names in replies: how models say which file a piece is for; reads no files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_PATH = r"[\w.@+\-]+(?:[/\\][\w.@+\-]+)*\.[A-Za-z]\w{0,9}"
_ONLY = re.compile(rf"(?:[ab]/)?({_PATH})(?:\t.*)?$")
_MARKED = re.compile(rf"(?:\*\*|`|__)(?:\./|/)?({_PATH})(?:\*\*|`|__)")
_TITLE = re.compile(
    rf"^\s*(?:#+\s*|[-*]\s+|\d+[.)]\s+)?(?:(?:File|Filename|Path|Datei|Archivo|Fichier)\s*:?\s*)?"
    rf"(?:\./|/)?({_PATH})\s*:?\s*$",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    rf"^\s*(?:#|//|--|;+|/\*+|<!--)\s*(?:(?:file|filename|path)\s*:?\s*)?(?:\./|/)?({_PATH})"
    r"\s*(?:\*/|-->)?\s*$",
    re.IGNORECASE,
)
_INFO = re.compile(rf"""(?:(?:title|file|filename|path)=)?["']?({_PATH})["']?(?::\d+(?:-\d+)?)?$""")


_NAMED = re.compile(rf"(?<![\w./\\:@+-])(?:\./)?({_PATH})(?![\w/\\(])")
_MOST_NAMED = 8


def in_words(instruction: str) -> tuple[str, ...]:
    """The files that a user's own words name, each once; addresses and calls are none."""
    return tuple(dict.fromkeys(_NAMED.findall(instruction)))[:_MOST_NAMED]


def in_info(info: str) -> str:
    """The file a fence's info string names, as `python:src/a.py`, `py title="a.py"` or `a.py`."""
    for word in re.split(r"[\s{},]+", info):
        for part in (word, word.partition(":")[2]):
            found = _INFO.match(part)
            if found:
                return found[1]
    return ""


def in_lead(lead: str) -> str:
    """The file that the last line of prose before a piece names, alone or set apart."""
    line = next((each for each in reversed(lead.split("\n")) if each.strip()), "")
    bare = line.strip().strip("*_`# ").removesuffix(":").strip("*_` ")
    title = _TITLE.match(bare) if len(line) < 200 else None
    if title:
        return title[1]
    found = _MARKED.findall(line[-300:])
    return found[-1] if found else ""


def in_comment(line: str) -> str:
    """The file that a comment names, when that is all it says."""
    found = _COMMENT.match(line) if len(line) < 200 else None
    return found[1] if found else ""


def of_header(text: str) -> str:
    """The file of a diff's header line, without `a/` or `b/` and a date; empty for no file."""
    found = _ONLY.match(text.strip().strip('"'))
    return found[1] if found else ""


def is_same(path: str, uri: str) -> bool:
    """Whether a path, as a model writes it, means the document: it ends as the document's does."""
    given = [part for part in re.split(r"[/\\]", path.lower()) if part not in {"", "."}]
    mine = PurePosixPath(unquote(urlsplit(uri).path).lower()).parts
    size = min(len(given), len(mine))
    return bool(size) and list(mine[-size:]) == given[-size:]


def other_files(paths: Sequence[str], uri: str) -> tuple[str, ...]:
    """Those of the paths in a reply that mean other files than the document, each once.

    A single name for everything is not believed unless it is the document's: models make names up.
    """
    named = list(dict.fromkeys(path for path in paths if path))
    if len(named) <= 1 and all(paths):
        return ()
    same = [path for path in named if is_same(path, uri)]
    if not same:
        # A model is told the file's name and not its folder.
        last = _last(urlsplit(uri).path)
        alike = [path for path in named if _last(path) == last]
        same = alike if len(alike) == 1 else []
    return tuple(path for path in named if path not in same)


def _last(path: str) -> str:
    return re.split(r"[/\\]", unquote(path).lower())[-1]
