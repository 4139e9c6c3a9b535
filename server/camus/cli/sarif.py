"""Findings as SARIF 2.1.0 (OASIS), which code scanning services read; prints nothing itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from camus import __version__
from camus.analysis import Finding
from camus.cli.reports import place_of
from camus.source import Document

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, slots=True)
class Result:
    """One finding in one file; `state` is `new`, `unchanged` or `absent` beside an older text."""

    finding: Finding
    document: Document
    path: str
    state: str = ""


def sarif(results: Sequence[Result], notices: Iterable[str] = ()) -> dict[str, object]:
    """A SARIF log with one run; `notices` are what could not be looked at."""
    rules = list(dict.fromkeys(each.finding.rule for each in results))
    first = {each.finding.rule: each.finding for each in reversed(results)}
    driver: dict[str, object] = {
        "name": "Camus",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, first[rule]) for rule in rules],
    }
    told = [{"level": "note", "message": {"text": each}} for each in notices]
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The folder of the command."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "results": [_result(each, rules.index(each.finding.rule)) for each in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: str, finding: Finding) -> dict[str, object]:
    found: dict[str, object] = {
        "id": rule,
        "shortDescription": {"text": finding.message or rule},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"tags": [finding.aspect]},
    }
    return {**found, "helpUri": finding.url} if finding.url else found


def _result(result: Result, index: int) -> dict[str, object]:
    finding = result.finding
    place = place_of(result.document, finding.span)
    line = result.document.slice(result.document.lines.span(place.line - 1)).strip()
    mark = f"{finding.rule}\0{' '.join(line.split())}".encode("utf-8", "replace")
    found: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message or finding.rule},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(result.path), "uriBaseId": "ROOT"},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
        "partialFingerprints": {"camus/v1": hashlib.sha256(mark).hexdigest()[:32]},
        "properties": {"aspect": finding.aspect},
    }
    return {**found, "baselineState": result.state} if result.state else found
