"""Reads answers in JSON: code under one of the usual keys, edits by old and new text, files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from camus.actions.diffs import Change, Misfit, changes_in
from camus.actions.fences import blocks

_OLD = (
    *("search", "old", "old_code", "old_text", "old_string", "old_str", "oldText", "oldCode"),
    *("find", "before", "original", "original_code", "originalCode"),
)
_NEW = (
    *("replace", "new", "new_code", "new_text", "new_string", "new_str", "newText", "newCode"),
    *("replacement", "replace_with", "after", "updated", "updated_code"),
)
_CODE = (
    *("code", "new_code", "newCode", "updated_code", "updatedCode", "fixed_code", "fixedCode"),
    *("refactored_code", "refactoredCode", "corrected_code", "modified_code", "improved_code"),
    *("documented_code", "implementation", "replacement", "new_content", "content", "contents"),
    *("file_text", "file_content", "new_text", "newText", "function", "method", "class"),
    *("docstring", "documentation", "solution", "answer", "result", "output", "text", "source"),
)
_PATH = ("path", "file", "filename", "file_path", "filePath", "file_name", "uri")
_DIFF = ("diff", "patch")
_MOST_NODES, _MOST_DEPTH = 2000, 12
_LONGEST = 2_000_000
_MOST_QUOTES = 20
_KEY = re.compile(r'"(\w+)"\s*:')
_KNOWN = frozenset((*_OLD, *_NEW, *_CODE, *_DIFF, "edits", "files", "changes", "arguments"))
_COMMA = re.compile(r",(\s*[}\]])")
_TRIPLE = re.compile(r':\s*"""(.*?)"""\s*([,}])', re.DOTALL)
_FENCED = re.compile(
    r"^[ \t]*```[ \t]*(?:json[5c]?)?[ \t]*\n\s{0,40}[\[{]", re.IGNORECASE | re.MULTILINE
)
_CALL = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """Code in a reply and the file it is said to be for, if any."""

    code: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer in JSON holds."""

    pieces: tuple[Piece, ...] = ()
    changes: tuple[Change, ...] = ()


def told_in(text: str) -> Told | Misfit | None:
    """What a reply in JSON holds; None when it is no such reply, a misfit when it is cut."""
    bare = _body(text)
    if bare is None or not any(key in _KNOWN for key in _KEY.findall(bare[:2000])):
        return None
    value = _loaded(bare)
    if value is None:
        return Misfit("cut") if _is_cut(bare) else None
    told = _told(value)
    return told if told.pieces or told.changes else None


def _body(text: str) -> str | None:
    """The JSON of a reply: the whole of it, its only block, or what a tool is called with."""
    bare = text.strip()
    if bare.startswith("<tool_call>"):
        found = _CALL.search(bare)
        bare = found[1].strip() if found else bare
    elif not bare.startswith(("{", "[")) and _FENCED.search(bare):
        held = [each for each in blocks(bare) if each.code.strip()]
        if len(held) != 1 or held[0].info.lower() not in {"", "json", "json5", "jsonc"}:
            return None
        bare = held[0].code.strip()
    fits = bare.startswith(("{", "[")) and len(bare) <= _LONGEST
    return bare if fits else None


def _loaded(text: str) -> object:
    """The value of JSON as models write it: bare line breaks, commas too many, triple quotes."""
    quoted = _TRIPLE.sub(_quoted, text) if 0 < text.count('"""') <= _MOST_QUOTES else text
    for tried in dict.fromkeys((text, _COMMA.sub(r"\1", text), quoted)):
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(tried)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, (dict, list)) and not re.search(r'[{}"]', tried[end:]):
            return value
    return None


def _quoted(found: re.Match[str]) -> str:
    return f": {json.dumps(found[1])}{found[2]}"


def _is_cut(text: str) -> bool:
    """Whether JSON ends before its last bracket closes."""
    return not text.rstrip().endswith(("}", "]"))


def _told(value: object) -> Told:
    pieces: list[Piece] = []
    changes: list[Change] = []
    for found in _objects(value):
        path = _string(found, _PATH)
        old, new = _string(found, _OLD), _string(found, _NEW)
        diff = _string(found, _DIFF)
        if old is not None and new is not None:
            changes.append(Change(_lines(old), _lines(new), path or ""))
        elif diff:
            read = changes_in(diff)
            changes += read if not isinstance(read, Misfit) else ()
        else:
            pieces += (Piece(code, path or "") for code in _codes(found))
    return Told(tuple(pieces), tuple(changes))


def _objects(value: object) -> Iterator[dict[str, object]]:
    """The objects of a JSON value from the outside in, as far as an answer can be deep."""
    work: list[tuple[object, int]] = [(value, 0)]
    for _ in range(_MOST_NODES):
        if not work:
            return
        each, depth = work.pop(0)
        if isinstance(each, dict):
            yield each
        inner: Sequence[object] = list(each.values()) if isinstance(each, dict) else []
        inner = each if isinstance(each, list) else inner
        if depth < _MOST_DEPTH:
            work += [(one, depth + 1) for one in inner[:200] if isinstance(one, (dict, list))]


def _string(found: dict[str, object], keys: Sequence[str]) -> str | None:
    for key in keys:
        value = found.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            return "\n".join(str(each) for each in value)
    return None


def _codes(found: dict[str, object]) -> Iterator[str]:
    """The code under the first key that holds some: bare or fenced."""
    code = _string(found, _CODE)
    if code is not None and code.strip():
        fenced = [each.code for each in blocks(code) if each.code.strip()]
        yield from fenced or [code]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removesuffix("\n").split("\n")) if text else ()
