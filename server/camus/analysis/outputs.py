"""What the languages' own linters print, as findings; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from camus.analysis.findings import Aspect, Finding, Fix, Severity
from camus.analysis.programs import Parser
from camus.source import Document, Edit, Span

_KEEPS_MEANING = frozenset({"SC2003", "SC2004", "SC2006", "SC2007", "SC2196", "SC2197", "SC2219"})
"""ShellCheck's fixes that write the same command another way; quoting changes what is split."""
_ASPECTS: Mapping[str, Aspect] = {
    "Layout": "style",
    "Style": "style",
    "Naming": "consistency",
    "Metrics": "style",
    "Security": "security",
    "Performance": "performance",
}
_LEVELS: Mapping[str, Severity] = {
    "fatal": "error",
    "error": "error",
    "warning": "warning",
    "refactor": "info",
    "convention": "info",
    "note": "info",
    "help": "info",
    "info": "info",
    "style": "info",
}


def parse(parser: Parser, output: bytes, document: Document) -> tuple[Finding, ...]:
    """The findings in a linter's output, in order of place.

    Raises ValueError for anything that is not what this linter documents.
    """
    readers = {
        "shellcheck": _shellcheck,
        "rubocop": _rubocop,
        "eslint": _eslint,
        "vet": _vet,
        "clippy": _clippy,
    }
    try:
        found = list(readers[parser](output, document))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"not the output of {parser}") from error
    return tuple(sorted(found, key=lambda finding: (finding.span, finding.rule)))


def with_corrections(
    findings: Iterable[Finding], document: Document, edits: Iterable[Edit]
) -> tuple[Finding, ...]:
    """The findings with the corrections on their own lines, for a linter that says only both."""
    changes = list(edits)
    found = []
    for finding in findings:
        lines = _lines(document, finding.span)
        own = tuple(each for each in changes if _touch(lines, _lines(document, each.span)))
        told = finding.fix is not None and bool(own)
        found.append(replace(finding, fix=Fix(finding.message, own) if told else None))
    return tuple(found)


def _shellcheck(output: bytes, document: Document) -> Iterator[Finding]:
    for each in json.loads(output)["comments"]:
        rule = f"SC{each['code']}"
        edits = [
            Edit(_span(document, one, "line", "column", "endLine", "endColumn"), one["replacement"])
            for one in (each.get("fix") or {}).get("replacements", ())
        ]
        yield Finding(
            rule,
            each["message"],
            _span(document, each, "line", "column", "endLine", "endColumn"),
            _LEVELS[each["level"]],
            "style" if each["level"] == "style" else "correctness",
            "shellcheck",
            Fix(each["message"], tuple(edits), rule in _KEEPS_MEANING) if edits else None,
            f"https://www.shellcheck.net/wiki/{rule}",
        )


def _rubocop(output: bytes, document: Document) -> Iterator[Finding]:
    for each in json.loads(output)["files"][0]["offenses"]:
        place = each["location"]
        start = _offset(document, place["start_line"], place["start_column"])
        end = _offset(document, place["last_line"], place["last_column"]) + 1
        cop, message = each["cop_name"], each["message"]
        yield Finding(
            cop,
            message,
            Span(start, max(start, min(end, len(document.text)))),
            _LEVELS[each["severity"]],
            _ASPECTS.get(cop.partition("/")[0], "correctness"),
            "rubocop",
            Fix(message, ()) if each["correctable"] else None,
        )


def _eslint(output: bytes, document: Document) -> Iterator[Finding]:
    units = _Units(document.text)
    for each in json.loads(output)[0]["messages"]:
        rule = each["ruleId"] or "invalid-syntax"
        start = _offset(document, each["line"], each["column"])
        end = _offset(document, each.get("endLine", each["line"]), each.get("endColumn", 0) or 1)
        fix = each.get("fix")
        edit = Edit(units.span(*fix["range"]), fix["text"]) if fix else None
        yield Finding(
            rule,
            each["message"],
            Span(start, max(start, end)),
            "error" if each["severity"] == 2 else "warning",
            "correctness",
            "eslint",
            Fix(each["message"], (edit,)) if edit else None,
        )


def _vet(output: bytes, document: Document) -> Iterator[Finding]:
    """Lines of `# package` around one JSON object a package: analyser to findings."""
    text = "\n".join(
        line for line in output.decode("utf-8", "replace").splitlines() if line[:1] != "#"
    )
    at, decoder = 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        packages, at = decoder.raw_decode(text, at)
        for analysers in packages.values():
            for rule, found in analysers.items():
                if isinstance(found, list):
                    yield from _vetted(rule, found, document)


def _vetted(rule: str, found: list[dict[str, str]], document: Document) -> Iterator[Finding]:
    for each in found:
        file, line, column = each["posn"].rsplit(":", 2)
        if document.uri.rpartition("/")[2] != file.replace("\\", "/").rpartition("/")[2]:
            continue
        row = document.lines.span(min(int(line), len(document.lines)) - 1)
        data = document.slice(row).encode("utf-8", "surrogatepass")[: int(column) - 1]
        start = row.start + len(data.decode("utf-8", "ignore"))
        end = row.start + len(document.slice(row).rstrip())
        place = Span(start, max(start, end))
        yield Finding(rule, each["message"], place, "warning", "correctness", "go vet")


def _clippy(output: bytes, document: Document) -> Iterator[Finding]:
    data = document.text.encode("utf-8", "surrogatepass")
    name = document.uri.rpartition("/")[2]
    for line in output.splitlines():
        told = json.loads(line) if line.startswith(b"{") else {}
        message = told.get("message") if told.get("reason") == "compiler-message" else None
        spans = message["spans"] if message else ()
        own = [s for s in spans if s["is_primary"] and s["file_name"].rpartition("/")[2] == name]
        if message is None or not own or not message.get("code"):
            continue
        place = _bytes(data, own[0])
        yield Finding(
            message["code"]["code"],
            message["message"],
            place,
            _LEVELS.get(message["level"], "warning"),
            "correctness",
            "clippy",
            _applicable(message, data, name),
        )


def _applicable(message: dict[str, Any], data: bytes, name: str) -> Fix | None:
    """The suggestions that rustc and clippy call machine-applicable."""
    edits = [
        Edit(_bytes(data, span), span["suggested_replacement"])
        for child in message["children"]
        for span in child["spans"]
        if span["suggestion_applicability"] == "MachineApplicable"
        and span["file_name"].rpartition("/")[2] == name
    ]
    return Fix(message["message"], tuple(edits)) if edits else None


def _bytes(data: bytes, span: dict[str, Any]) -> Span:
    start = len(data[: span["byte_start"]].decode("utf-8", "ignore"))
    return Span(start, start + len(data[span["byte_start"] : span["byte_end"]].decode("utf-8")))


def _span(document: Document, place: dict[str, Any], *names: str) -> Span:
    line, column, end_line, end_column = (place[name] for name in names)
    start = _offset(document, line, column)
    return Span(start, max(start, _offset(document, end_line, end_column)))


def _offset(document: Document, line: int, column: int) -> int:
    """The offset of a place counted from 1; a place past the end is the end."""
    if line > len(document.lines):
        return len(document.text)
    return min(document.lines.starts[max(0, line - 1)] + max(1, column) - 1, len(document.text))


def _lines(document: Document, span: Span) -> tuple[int, int]:
    return document.lines.line_of(span.start), document.lines.line_of(max(span.start, span.end - 1))


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


class _Units:
    """Turns offsets in UTF-16 code units into characters."""

    def __init__(self, text: str) -> None:
        self._data = text.encode("utf-16-le", "surrogatepass")

    def span(self, start: int, end: int) -> Span:
        first = len(self._data[: 2 * start].decode("utf-16-le", "ignore"))
        inner = self._data[2 * start : 2 * end].decode("utf-16-le", "ignore")
        return Span(first, first + len(inner))
