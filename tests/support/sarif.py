"""What SARIF 2.1.0 (OASIS, section 3) requires of a log, as far as Camus writes it."""

from __future__ import annotations

from typing import Any

_LEVELS = {"none", "note", "warning", "error"}
_STATES = {"new", "unchanged", "updated", "absent"}


def assert_sarif(log: Any) -> None:
    """Fail where a log lacks what the schema requires or has a value that it does not allow."""
    assert set(log) <= {"$schema", "version", "runs", "inlineExternalProperties", "properties"}
    assert log["version"] == "2.1.0"
    assert isinstance(log["runs"], list)
    for run in log["runs"]:
        _run(run)


def _run(run: Any) -> None:
    driver = run["tool"]["driver"]
    assert isinstance(driver["name"], str)
    assert driver["name"]
    rules = driver.get("rules", [])
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        _message(rule["shortDescription"])
        assert rule["defaultConfiguration"]["level"] in _LEVELS
        assert rule.get("helpUri", "https://").startswith("https://")
    assert run.get("columnKind", "utf16CodeUnits") in {"utf16CodeUnits", "unicodeCodePoints"}
    for invocation in run.get("invocations", []):
        assert isinstance(invocation["executionSuccessful"], bool)
        for notice in invocation.get("toolExecutionNotifications", []):
            _message(notice["message"])
            assert notice["level"] in _LEVELS
    for result in run.get("results", []):
        _result(result, rules)


def _result(result: Any, rules: list[Any]) -> None:
    _message(result["message"])
    assert result["level"] in _LEVELS
    assert result.get("baselineState", "new") in _STATES
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert all(isinstance(each, str) for each in result["partialFingerprints"].values())
    for location in result["locations"]:
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert uri
        assert " " not in uri
        assert "\\" not in uri
        region = physical["region"]
        assert min(region.values()) >= 1
        start = region["startLine"], region["startColumn"]
        assert start <= (region["endLine"], region["endColumn"])


def _message(value: Any) -> None:
    assert isinstance(value["text"], str)
    assert value["text"]
