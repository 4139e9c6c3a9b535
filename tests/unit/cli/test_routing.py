"""`camus route`, `journal`, `learned` and `feedback --correction`, against a loopback server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from camus.config import folders
from camus.journal import Attempted, Feedback, Journal, Mended
from support.servers import Asked, Ollama, Told

Run = Callable[..., Result]
BEFORE = "def area(width, height):\n    return width * height\n"
WORDS = "name the result"
ANSWER = "def area(width, height):\n    result = width * height\n    return result\n"


def answer(_asked: Asked) -> str:
    return f"```python\n{ANSWER}```"


@pytest.fixture
def server() -> Iterator[Ollama]:
    with Ollama(answer, models=[Told("small:1b", parameters="1B"), Told("big:32b")]) as running:
        yield running


@pytest.fixture
def configured(workspace: Path, server: Ollama) -> Path:
    """Two models of the user's own on one server, and a file to work on."""
    own = folders().config / "config.yml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(
        "models:\n"
        f"  small: {{model: 'small:1b', url: '{server.url}', size: fast}}\n"
        f"  big: {{model: 'big:32b', url: '{server.url}', size: large}}\n"
    )
    (workspace / "a.py").write_text(BEFORE)
    return workspace


def written_id(run: Run) -> str:
    """Let a model answer and write; the answer's id."""
    done = run("modify", WORDS, "-f", "a.py:1", "--model", "small", "-y", "--json")
    assert done.exit_code == 0, done.output
    found: str = json.loads(done.stdout)["id"]
    return found


def test_a_route_is_shown_without_any_model_being_asked(
    configured: Path, server: Ollama, run: Run
) -> None:
    done = run("route", "rename this variable", "-f", "a.py:1")
    assert done.exit_code == 0, done.output
    assert "1. small" in done.stdout
    assert "2. big" in done.stdout
    assert "selection by rules" in done.stdout
    assert "score" in done.stdout
    assert "×" not in done.stdout
    assert server.chats == []
    assert list(Journal(folders().state / "journal.sqlite3").events()) == []


def test_an_explained_route_takes_each_score_apart(configured: Path, run: Run) -> None:
    done = run("route", "rename this variable", "-f", "a.py:1", "--explain")
    for part in ("capability", "quality", "speed", "memory", "licence"):
        assert part in done.stdout


def test_a_route_as_json_has_candidates_reasons_and_rules(configured: Path, run: Run) -> None:
    (folders().config / "models.yml").write_text(
        "models: {far: {type: openai, url: 'https://llm.example.com', model: x}}\n"
    )
    told = json.loads(run("route", "what is a mutex", "--json").stdout)
    assert [choice["model"] for choice in told["choices"]] == ["small", "big"]
    assert {part["name"] for part in told["candidates"][0]["parts"]} >= {"quality", "health"}
    assert told["rejected"][0]["rule"] == "consent"
    assert told["selection"] == "rule"


def test_a_route_for_an_unknown_model_is_a_mistake(configured: Path, run: Run) -> None:
    done = run("route", "what is a mutex", "--model", "nope")
    assert done.exit_code == 2
    assert "known: small, big" in done.stdout


def test_a_route_without_any_model_says_so(workspace: Path, run: Run) -> None:
    done = run("route", "what is a mutex")
    assert done.exit_code == 4
    assert "camus doctor" in done.stdout


def test_a_route_needs_something_to_route(run: Run) -> None:
    assert run("route").exit_code == 2


def test_the_journal_tells_what_was_considered_tried_and_thought(
    configured: Path, run: Run
) -> None:
    answered = written_id(run)
    assert run("feedback", answered, "good").exit_code == 0
    lines = run("journal", "show", answered).stdout
    for word in ("decided", "small: score", "attempt", "finished", "feedback  good"):
        assert word in lines
    listed = run("journal", "list", "--what", "attempts", "--model", "small").stdout
    assert listed.count("attempt") == 1
    assert run("journal", "list", "--model", "nobody").exit_code == 3
    assert run("journal", "show", "nope").exit_code == 3


def test_the_journal_is_exported_as_lines_of_json_and_deleted(
    configured: Path, run: Run, tmp_path: Path
) -> None:
    written_id(run)
    out = tmp_path / "out.jsonl"
    assert run("journal", "export", "-o", str(out)).exit_code == 0
    kinds = [json.loads(line)["type"] for line in out.read_text().splitlines()]
    assert kinds == ["Decided", "Attempted", "Finished"]
    assert run("journal", "export", "-o", str(out)).exit_code == 2
    assert run("journal", "clear").exit_code == 6
    assert "3 events deleted" in run("journal", "clear", "--yes").stdout
    assert run("journal", "list").exit_code == 3
    assert "nothing yet" in run("learned").stdout


def test_an_age_that_is_none_is_named(run: Run) -> None:
    assert "90m, 12h" in run("journal", "list", "--since", "yesterday").output


def test_what_was_learnt_is_shown_by_kind_and_model(configured: Path, run: Run) -> None:
    written_id(run)
    rows = json.loads(run("learned", "--json").stdout)
    assert [(row["model"], row["answers"]) for row in rows] == [("small", 1)]
    assert 0.5 < rows[0]["confidence"] < 0.6
    assert "small" in run("learned").stdout
    assert run("learned", "--kind", "nonsense").exit_code == 2


def test_a_correction_is_judged_typed_and_its_text_is_not_kept(configured: Path, run: Run) -> None:
    answered = written_id(run)
    (configured / "a.py").write_text(ANSWER.replace("result", "secret_name"))
    done = run("feedback", answered, "bad", "--correction", "a.py")
    assert done.exit_code == 0, done.output
    assert "wrong" in done.stdout
    journal = Journal(folders().state / "journal.sqlite3")
    mended = [event for event in journal.events(id=answered) if isinstance(event, Mended)]
    journal.close()
    assert mended[0].kept < 0.5
    assert mended[0].score > 0.8
    raw = (folders().state / "journal.sqlite3").read_bytes()
    assert b"secret_name" not in raw


def test_the_kind_of_a_correction_can_be_said(configured: Path, run: Run) -> None:
    answered = written_id(run)
    done = run("feedback", answered, "bad", "--correction", "a.py", "--fault", "unsafe")
    assert "unsafe" in done.stdout
    assert run("feedback", answered, "bad", "--fault", "unsafe").exit_code == 2


def test_a_correction_that_does_not_parse_teaches_nothing(configured: Path, run: Run) -> None:
    answered = written_id(run)
    (configured / "a.py").write_text("def area(width, height:\n")
    done = run("feedback", answered, "bad", "--correction", "a.py")
    assert done.exit_code == 5
    journal = Journal(folders().state / "journal.sqlite3")
    assert not any(isinstance(event, Mended) for event in journal.events(id=answered))
    journal.close()


def test_a_correction_of_an_answer_whose_text_is_not_here_says_where_it_goes(
    configured: Path, run: Run
) -> None:
    journal = Journal(folders().state / "journal.sqlite3")
    journal.append(
        Attempted(
            id="elsewhere", at=1e12, model="m", action="fix", kind="BUG_FIXING",
            complexity="simple", language="python",
        )
    )  # fmt: skip
    journal.close()
    done = run("feedback", "elsewhere", "bad", "--correction", "a.py")
    assert done.exit_code == 3
    assert "camus.feedback" in done.output


def test_a_model_is_locked_listed_shown_and_unlocked(configured: Path, run: Run) -> None:
    assert "nothing is locked" in run("lock").stdout
    assert run("lock", "nope").exit_code == 2
    assert run("lock", "big").exit_code == 0
    assert run("lock", "small", "--file", "a.py").exit_code == 0
    assert "big answers in the workspace" in run("lock").stdout
    inside = run("route", "rename this variable", "-f", "a.py:1").stdout
    assert "1. small  locked for this document" in inside
    (configured / "b.py").write_text(BEFORE)
    beside = run("route", "rename this variable", "-f", "b.py:1").stdout
    assert "1. big  locked for this workspace" in beside
    done = run("unlock")
    assert done.stdout.count("no longer") == 2
    assert run("unlock").exit_code == 3
    assert "locked" not in run("route", "rename this variable", "-f", "a.py:1").stdout


def test_the_kind_of_a_request_is_mended_by_its_id_and_learnt_from(
    configured: Path, run: Run
) -> None:
    answered = written_id(run)
    before = json.loads(run("classify", WORDS, "-f", "a.py", "--json").stdout)
    assert before["kind"] != "SECURITY_REVIEW"
    done = run("feedback", answered, "bad", "--kind", "security_review")
    assert (done.exit_code, "SECURITY_REVIEW: noted" in done.stdout) == (0, True), done.output
    journal = Journal(folders().state / "journal.sqlite3")
    (made,) = journal.stats().corrections
    journal.close()
    assert (made.id, made.kind) == (answered, "SECURITY_REVIEW")
    after = json.loads(run("classify", WORDS, "-f", "a.py", "--json").stdout)
    assert share(after) > share(before)


def share(told: dict[str, object]) -> float:
    """How likely a request is thought to be about security."""
    ranked = told["ranked"]
    assert isinstance(ranked, list)
    return sum(row["confidence"] for row in ranked if row["kind"] == "SECURITY_REVIEW")


def test_what_is_kept_to_mend_a_kind_holds_no_words(configured: Path, run: Run) -> None:
    written_id(run)
    file = folders().state / "asked.json"
    assert file.stat().st_mode & 0o077 == 0
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert all(isinstance(each, int) for row in kept.values() for each in row)
    file.write_text("[broken", encoding="utf-8")
    (configured / "a.py").write_text(BEFORE)
    done = run("feedback", written_id(run), "good", "--kind", "REFACTORING")
    assert done.exit_code == 0, done.output


def test_a_kind_for_a_request_that_is_not_known_here_or_is_no_kind_is_refused(
    configured: Path, run: Run
) -> None:
    answered = written_id(run)
    assert "is no kind of work; known:" in run("feedback", answered, "bad", "--kind", "x").output
    (folders().state / "asked.json").unlink()
    done = run("feedback", answered, "bad", "--kind", "REFACTORING")
    assert done.exit_code == 3
    assert "camus classify" in done.output
    journal = Journal(folders().state / "journal.sqlite3")
    assert not any(isinstance(event, Feedback) for event in journal.events(id=answered))
    journal.close()
