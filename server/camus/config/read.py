"""From the bytes of a YAML, JSON or TOML file to nodes with lines; a hostile one is a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from camus.config.nodes import Node, Scalar, labelled
from camus.config.problems import Problem

MAX_BYTES = 128 * 1024
MAX_DEPTH = 32
MAX_NODES = 10_000

_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9][0-9_]{0,18}")
_BASED = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,3})?")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Unreadable(Exception):
    """Raised when a file as a whole cannot be used; `problem` says why and where."""

    def __init__(self, message: str, file: str, line: int = 0) -> None:
        """Keep the problem."""
        super().__init__(message)
        self.problem = Problem("error", message, file, line)


def read(data: bytes, file: str) -> Node:
    """The mapping a file holds; an empty file is an empty mapping. Raises `Unreadable`."""
    text = _decode(data, file)
    if file.endswith(".toml"):
        from camus.config.toml import toml_nodes

        return labelled(toml_nodes(text, file))
    if file.endswith(".json"):
        text = _json_as_yaml(text, file)
    root = _Builder(file).document(_events(text, file))
    if root.value is None:
        return Node({}, file, 1)
    if not isinstance(root.value, dict):
        raise Unreadable("the file must hold `key: value` pairs", file, root.line)
    return labelled(root)


def readable(data: bytes, file: str) -> tuple[str, str]:
    """The byte order mark, or nothing, and the text after it. Raises `Unreadable`."""
    return ("\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""), _decode(data, file)


def plain_scalar(text: str) -> Scalar:
    """What an unquoted word of YAML 1.2 means; anything that is no number or word is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES // 1024} KiB; not read", file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable("not UTF-8 text; save the file as UTF-8", file, line) from error
    odd = _NOT_TEXT.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise Unreadable(f"holds the control character {odd[0]!r}; not a text file", file, line)
    return text


def _json_as_yaml(text: str, file: str) -> str:
    # Valid JSON is YAML but for tabs, which JSON allows between tokens only.
    if not text.strip():
        return ""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg}", file, error.lineno) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply", file, 1) from error
    except ValueError as error:
        raise Unreadable("not JSON: a number is too long", file, 1) from error
    return text.replace("\t", " ")


def _events(text: str, file: str) -> Iterator[Any]:
    # Events rather than documents: depth and size are checked while nothing is built yet.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = _advice(str(error.problem or error.context or "not YAML"))
        raise Unreadable(message, file, mark.line + 1 if mark else 0) from error
    except YAMLError as error:
        raise Unreadable(f"not YAML: {str(error).splitlines()[0]}", file) from error


def _advice(problem: str) -> str:
    if "'\\t'" in problem or "\t" in problem:
        return "a tab is used for indentation; use spaces"
    if "another document" in problem:
        return "more than one document; keep one and no further `---`"
    if "mapping values are not allowed" in problem:
        return "a second `: ` on one line, or wrong indentation; put quotes around the value"
    return f"not YAML: {problem}"


@dataclass
class _Builder:
    """Builds nodes from events; `sizes` counts what a node unfolds to, aliases included."""

    file: str
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)

    def document(self, events: Iterator[Any]) -> Node:
        """The only document of the stream."""
        root: Node | None = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                raise self._stop("more than one document; keep one and no further `---`", event)
            if kind not in {"StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent"}:
                if kind == "StreamEndEvent":
                    break
                root, _ = self._node(event, events, 0)
        return root or Node(None, self.file, 1)

    def _stop(self, message: str, event: Any) -> Unreadable:
        return Unreadable(message, self.file, event.start_mark.line + 1)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Node, int]:
        kind = type(event).__name__
        if depth > MAX_DEPTH:
            raise self._stop(f"nested more than {MAX_DEPTH} deep", event)
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise self._stop(f"`*{event.anchor}` names nothing written before", event)
            return self.anchors[event.anchor]
        if kind == "ScalarEvent":
            built = Node(self._scalar(event), self.file, event.start_mark.line + 1), 1
        elif kind == "SequenceStartEvent":
            built = self._sequence(event, events, depth)
        else:
            built = self._mapping(event, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = built
        return built

    def _grown(self, size: int, event: Any) -> int:
        if size > MAX_NODES:
            raise self._stop(f"unfolds to more than {MAX_NODES} values", event)
        return size

    def _text(self, event: Any) -> str:
        text = str(event.value)
        if not any("\ud800" <= char <= "\udfff" for char in text):
            return text
        try:  # JSON writes characters beyond the first 65,536 as two escapes
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise self._stop("half a character (a lone surrogate escape)", event) from error

    def _scalar(self, event: Any) -> Scalar:
        text = self._text(event)
        self._known_tag(event, ("str", "int", "float", "bool", "null"))
        if event.tag in {None, ""} and event.implicit[0]:
            return plain_scalar(text)
        if event.tag in {None, "", "!", f"{_CORE}str"}:
            return text
        return plain_scalar(text)

    def _known_tag(self, event: Any, names: tuple[str, ...]) -> None:
        known = {None, "", "!", *(_CORE + name for name in names)}
        if event.tag not in known:
            raise self._stop(f"the tag `{event.tag}` is not read; only plain values are", event)

    def _sequence(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Node, int]:
        self._known_tag(event, ("seq",))
        items: list[Node] = []
        size = 1
        for part in events:
            if type(part).__name__ == "SequenceEndEvent":
                break
            node, weight = self._node(part, events, depth + 1)
            items.append(node)
            size = self._grown(size + weight, event)
        return Node(tuple(items), self.file, event.start_mark.line + 1), size

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> tuple[Node, int]:
        self._known_tag(event, ("map",))
        entries: dict[str, Node] = {}
        inherited: dict[str, Node] = {}
        size = 1
        for part in events:
            if type(part).__name__ == "MappingEndEvent":
                break
            key, line = self._key(part), part.start_mark.line + 1
            node, weight = self._node(next(events), events, depth + 1)
            size = self._grown(size + weight, event)
            if key == "<<" and part.implicit[0]:
                inherited = self._merge(node, part) | inherited
            elif key in entries:
                raise self._stop(f"the key `{key}` is written twice", part)
            else:
                entries[key] = Node(node.value, self.file, line)
        return Node(inherited | entries, self.file, event.start_mark.line + 1), size

    def _key(self, event: Any) -> str:
        if type(event).__name__ != "ScalarEvent":
            raise self._stop("a key must be a plain word", event)
        self._known_tag(event, ("str", "int", "float", "bool", "null"))
        return self._text(event)

    def _merge(self, node: Node, event: Any) -> dict[str, Node]:
        sources = node.value if isinstance(node.value, tuple) else (node,)
        result: dict[str, Node] = {}
        for source in sources:
            if not isinstance(source.value, dict):
                raise self._stop("`<<` merges mappings only", event)
            result = source.value | result
        return result
