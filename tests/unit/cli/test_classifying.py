"""`camus classify`: one request, many as JSON lines, and teaching it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from camus.config import folders
from camus.journal import Corrected, Journal

Run = Callable[..., Result]


def _piped(data: bytes) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, "-m", "camus", "classify", "--jsonl"],
        input=data,
        capture_output=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_request_is_told_with_kind_evidence_and_rank(run: Run) -> None:
    done = run("classify", "fix the crash when the list is empty")
    assert done.exit_code == 0
    assert done.output.startswith("BUG_FIXING")
    assert "because it says “fix”" in done.output
    assert "CODE_SPECIALIZED" in done.output


def test_json_holds_everything(run: Run) -> None:
    told = json.loads(run("classify", "write a haiku", "--json").output)
    assert told["kind"] == "CREATIVE"
    assert {"complexity", "confidence", "evidence", "ranked", "domain", "latency"} <= set(told)
    assert {"capabilities", "tokens", "warning", "unsure"} <= set(told)


def test_a_place_counts(workspace: Path, run: Run) -> None:
    (workspace / "a.py").write_text("def area(w):\n    pass\n")
    told = json.loads(run("classify", "", "--file", "a.py:1", "--json").output)
    assert told["kind"] == "CODE_GENERATION"
    assert "`area` is a stub" in told["evidence"]


def test_high_stakes_are_warned_of(run: Run) -> None:
    assert "ask a doctor" in run("classify", "what dosage of ibuprofen may I take?").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a request"),
        (("x", "--as", "NOPE"), "no kind of work"),
        (("x", "--as", "EMBEDDING"), "no kind of work"),
        (("x", "--jsonl"), "give nothing else"),
    ],
)
def test_wrong_use_is_told(run: Run, arguments: tuple[str, ...], message: str) -> None:
    done = run("classify", *arguments)
    assert done.exit_code == 2
    assert message in done.output


def test_it_learns_from_a_correction_and_keeps_no_text(run: Run) -> None:
    before = json.loads(run("classify", "zorble the frobnitz", "--json").output)
    assert before["kind"] != "SECURITY_REVIEW"
    for _ in range(3):
        assert run("classify", "zorble the frobnitz", "--as", "security").exit_code == 0
    after = json.loads(run("classify", "zorble the frobnitz", "--json").output)
    assert after["kind"] == "SECURITY_REVIEW"
    file = folders().state / "journal.sqlite3"
    assert b"zorble" not in file.read_bytes()
    journal = Journal(file)
    kept = [each for each in journal.events() if isinstance(each, Corrected)]
    journal.close()
    assert len(kept) == 3
    assert kept[0].kind == "SECURITY_REVIEW"


def test_learning_can_be_switched_off(workspace: Path, run: Run) -> None:
    (folders().config / "config.yml").parent.mkdir(parents=True, exist_ok=True)
    (folders().config / "config.yml").write_text("classification: {learn: false}\n")
    done = run("classify", "zorble", "--as", "creative")
    assert done.exit_code == 5
    assert "switched off" in done.output
    assert not (folders().state / "journal.sqlite3").exists()


def test_lines_are_answered_in_order_and_a_bad_one_in_its_place(workspace: Path) -> None:
    code, told = _piped(
        b'{"instruction": "fix the crash"}\n'
        b"nonsense\n"
        b"\n"
        b'{"instruction": "write a haiku", "code": null, "diagnostics": null}\r\n'
        b'{"text": "x"}\n'
        b"[1]\n"
        b'{"instruction": 7}\n'
        b"\xff\xfe\n"
        b'{"instruction": "", "diagnostics": [{"message": "undefined name", "code": "F821"}]}\n'
        b'{"instruction": "x", "diagnostics": [7]}\n'
        b'{"instruction": "solve 3x = 9"}'
    )
    assert code == 2
    kinds = [each.get("kind") for each in told]
    assert kinds == [
        *("BUG_FIXING", None, "CREATIVE", None, None, None, None, "BUG_FIXING", None),
        "MATHEMATICAL",
    ]
    errors = [(each["line"], each["error"]) for each in told if "error" in each]
    assert [line for line, _ in errors] == [2, 5, 6, 7, 8, 10]
    assert "needs `instruction`" in str(errors[1][1])


@pytest.mark.parametrize(
    "instruction", ["", "\x00\x01\x1b[31m", "\ud800 fix \udfff", "a" * 100_000, "fix it; " * 12_500]
)
def test_hostile_lines_are_answered(workspace: Path, instruction: str) -> None:
    code, told = _piped(json.dumps({"instruction": instruction}).encode() + b"\n")
    assert code == 0
    assert "kind" in told[0]


def test_each_line_is_answered_before_the_next_is_read(workspace: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "camus", "classify", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(b'{"instruction": "add a docstring"}\n')
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["kind"] == "DOCUMENTATION"
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_rule_of_the_user_names_its_kind(workspace: Path, run: Run) -> None:
    (workspace / ".camus" / "config.yml").write_text(
        "classification: {rules: [{kind: api_docs, like: DOCUMENTATION, keywords: [openapi]}]}\n"
    )
    done = run("classify", "openapi for the orders")
    assert done.output.startswith("api_docs (like DOCUMENTATION)")
