"""`camus prompt` shows exactly what a server on loopback receives, and says what is not sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from support.engines import fenced
from support.servers import Ollama, OpenAI, Told

Run = Callable[..., Result]

SOURCE = """import os


class Stock:
    def total(self, items):
        t = 0
        for i in items:
            t += i.price
        return os.path.join(str(t))


def helper(stock):
    return stock.total([])
"""
SECRET = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"


@pytest.fixture
def project(workspace: Path, own_home: Path) -> Path:
    (workspace / "stock.py").write_text(SOURCE)
    (own_home / "config").mkdir(parents=True)
    return workspace


def _configure(own_home: Path, url: str, **more: Any) -> None:
    model = {"type": "ollama", "url": url, "model": "qwen2.5-coder:7b", **more}
    tree = {"models": {"coder": model}, "server": {"discover": False}}
    (own_home / "config" / "config.json").write_text(json.dumps(tree))


ASKED = [
    ("refactor", ["refactor", "stock.py:5"], ["refactor", "stock.py:5"]),
    ("document", ["document", "stock.py:12"], ["document", "stock.py:12"]),
    ("explain", ["explain", "stock.py:5"], ["explain", "stock.py:5"]),
    ("review", ["review", "stock.py"], ["review", "stock.py"]),
    ("ask", ["ask", "why?", "-f", "stock.py:5"], ["ask", "stock.py:5", "-i", "why?"]),
    (
        "modify",
        ["modify", "use sum", "-f", "stock.py"],
        ["modify", "stock.py", "-i", "use sum"],
    ),
]


@pytest.mark.parametrize(("name", "asked", "shown"), ASKED, ids=[row[0] for row in ASKED])
def test_what_is_shown_is_what_a_server_receives(
    name: str, asked: list[str], shown: list[str], project: Path, own_home: Path, run: Run
) -> None:
    with Ollama(fenced("x = 1\n"), models=[Told("qwen2.5-coder:7b", window=32768)]) as server:
        _configure(own_home, server.url)
        made = json.loads(run("prompt", *shown, "--json", "--model", "coder").stdout)
        assert server.chats == []
        dry = () if name in {"explain", "review", "ask"} else ("--dry-run",)
        run(*asked, *dry, "--model", "coder")
    body = server.chats[0].body
    assert made["messages"] == body["messages"]
    assert made["window"] == body["options"]["num_ctx"]
    assert made["temperature"] == body["options"]["temperature"]
    assert made["answer_tokens"] == body["options"]["num_predict"]
    assert (made["model"], made["family"], made["blocked"]) == ("coder", "qwen", "")


def test_an_override_is_shown_and_received(project: Path, own_home: Path, run: Run) -> None:
    with Ollama(fenced("x = 1\n"), models=[Told("qwen2.5-coder:7b", window=32768)]) as server:
        _configure(own_home, server.url)
        own = own_home / "config" / "prompts" / "refactor.python.qwen.md"
        own.parent.mkdir()
        own.write_text("Mine, {{place}}:\n{{code}}\n")
        made = json.loads(
            run("prompt", "refactor", "stock.py:5", "--json", "--model", "coder").stdout
        )
        run("refactor", "stock.py:5", "--dry-run", "--model", "coder")
    assert made["messages"] == server.chats[0].body["messages"]
    assert made["messages"][1]["content"].startswith("Mine, stock.py:\n<data-")
    assert made["templates"][1] == {
        "name": "refactor.python.qwen",
        "origin": "user",
        "file": str(own),
    }


def test_a_first_prompt_of_a_v1_pipeline_is_the_one_received(
    project: Path, own_home: Path, run: Run
) -> None:
    with Ollama(fenced("x = 1\n"), models=[Told("m")]) as server:
        v1 = f"backends: [{{name: a, type: ollama, url: '{server.url}', model: m}}]\n"
        (own_home / "config" / "config.yml").write_text(v1 + "pipelines: {p: [a]}\n")
        made = json.loads(
            run("prompt", "modify", "stock.py", "-i", "x", "--pipeline", "p", "--json").stdout
        )
        run("modify", "x", "-f", "stock.py", "--pipeline", "p", "--dry-run")
    assert made["messages"] == server.chats[0].body["messages"]
    assert "this is step 1 of 1 of the pipeline 'p'" in made["notes"]


def _remote(own_home: Path, url: str, secrets: str) -> None:
    model = {"type": "openai", "url": url, "model": "m", "remote": True}
    tree = {"models": {"far": model}, "privacy": {"secrets": secrets}}
    (own_home / "config" / "config.json").write_text(json.dumps(tree))


def test_a_secret_is_shown_as_it_would_be_sent(project: Path, own_home: Path, run: Run) -> None:
    (project / "stock.py").write_text(SOURCE.replace("t = 0", f't = "{SECRET}"'))
    with OpenAI("words", models=[Told("m")]) as server:
        _remote(own_home, server.url, "placeholder")
        place = server.url.removeprefix("http://")
        denied = run("prompt", "explain", "stock.py:5", "--model", "far")
        assert denied.exit_code == 5
        assert "blocked: " in denied.stdout
        assert "camus consent grant" in denied.stdout
        assert run("consent", "grant", place).exit_code == 0
        shown = run("prompt", "explain", "stock.py:5", "--model", "far")
        made = json.loads(run("prompt", "explain", "stock.py:5", "--model", "far", "--json").stdout)
        run("explain", "stock.py:5", "--model", "far")
        _remote(own_home, server.url, "block")
        blocked = run("prompt", "explain", "stock.py:5", "--model", "far")
    assert shown.exit_code == 0, shown.output
    assert SECRET not in shown.stdout + json.dumps(made) + blocked.stdout
    assert "1 secret(s) are replaced by placeholders" in shown.stdout
    assert made["messages"] == server.chats[0].body["messages"]
    assert made["placeholders"] == 1
    assert blocked.exit_code == 5
    assert "blocked: nothing was sent" in blocked.stdout
    assert "--- user ---" not in blocked.stdout


def test_a_target_too_large_for_the_window_is_said(project: Path, own_home: Path, run: Run) -> None:
    (project / "big.py").write_text("def f():\n" + "    x = [1, 2, 3]\n" * 2000)
    _configure(own_home, "http://127.0.0.1:1", max_tokens=2048)
    done = run("prompt", "explain", "big.py:1", "--model", "coder")
    assert done.exit_code == 5
    assert "window of 2048" in done.stdout


def test_without_any_model_a_window_is_imagined(project: Path, run: Run) -> None:
    done = run("prompt", "refactor", "stock.py:5")
    assert done.exit_code == 0
    assert "no model is known here; written for a window of 8192 tokens" in done.stdout
    assert "the rules are asked first" in done.stdout
    assert "about" in done.stdout
    assert "--- system ---" in done.stdout


def test_a_model_that_is_not_there_now_is_the_one_that_would_be_asked(
    project: Path, own_home: Path, run: Run
) -> None:
    tree = {
        "models": {name: {"type": "ollama", "url": "http://127.0.0.1:1"} for name in "ab"},
        "composites": {"code": ["b"]},
        "server": {"discover": False},
    }
    (own_home / "config" / "config.json").write_text(json.dumps(tree))
    made = json.loads(run("prompt", "explain", "stock.py:5", "--json").stdout)
    assert (made["model"], made["reason"]) == ("b", "fills 'code' in the configuration")
    assert made["messages"]
    assert len(made["notes"]) == 1
    assert made["notes"][0].startswith("b would not be asked now: ")
    unknown = run("prompt", "explain", "stock.py:5", "--model", "c")
    assert "there is no model 'c'; known: a, b" in unknown.stdout


def test_the_finding_a_fix_is_about_is_in_its_prompt(project: Path, run: Run) -> None:
    (project / "bad.py").write_text("def f():\n    return undefined_name\n")
    assert "undefined_name" in run("prompt", "fix", "bad.py:2").stdout.partition("--- user")[2]
    assert run("prompt", "fix", "stock.py:1").exit_code == 3


WRONG = [
    (["refactor"], "name an action and a place"),
    (["ask", "stock.py"], "say what you would ask for"),
    (["nonsense", "stock.py"], "nonsense"),
    (["refactor", "none.py"], "there is no such file"),
]


@pytest.mark.parametrize(("given", "says"), WRONG)
def test_a_mistake_says_what_to_do(given: list[str], says: str, project: Path, run: Run) -> None:
    done = run("prompt", *given)
    assert done.exit_code == 2
    assert says in done.output


def test_a_workspaces_templates_count_when_it_is_trusted(project: Path, run: Run) -> None:
    own = project / ".camus" / "prompts" / "refactor.md"
    own.parent.mkdir()
    own.write_text("Theirs {{code}}")
    before = run("prompt", "refactor", "stock.py:5")
    assert "Theirs" not in before.stdout
    assert "1 of its templates ignored until you trust this workspace" in before.stderr
    assert run("trust").exit_code == 0
    assert "Theirs" in run("prompt", "refactor", "stock.py:5").stdout
    own.write_text("Changed {{code}}")
    assert "Changed" not in run("prompt", "refactor", "stock.py:5").stdout


def test_templates_alone_make_a_workspace_that_can_be_trusted(project: Path, run: Run) -> None:
    (project / ".camus" / "config.yml").unlink()
    own = project / ".camus" / "prompts" / "refactor.md"
    own.parent.mkdir()
    own.write_text("Theirs {{code}}")
    assert run("trust").exit_code == 0
    assert str(own) in run("prompt", "--list").stdout


def test_a_broken_template_is_named_by_validate_and_by_every_command(
    project: Path, own_home: Path, run: Run
) -> None:
    own = own_home / "config" / "prompts" / "refactor.md"
    own.parent.mkdir()
    own.write_text("x\n{{cod}}\n")
    for done in (run("config", "validate"), run("prompt", "refactor", "stock.py:5")):
        assert done.exit_code == 0
        assert f"{own}:2: unknown placeholder {{{{cod}}}}; did you" in done.output
    assert "refactor.md (ships)" in run("prompt", "refactor", "stock.py:5").stdout


UNREADABLE = [(b"\xff", "not UTF-8"), (b"\x00 {{code}}", "control"), (b"x" * 70_000, "larger than")]


@pytest.mark.parametrize(("data", "says"), UNREADABLE, ids=["latin", "binary", "large"])
def test_a_template_that_is_no_text_is_named(
    data: bytes, says: str, project: Path, own_home: Path, run: Run
) -> None:
    own = own_home / "config" / "prompts" / "refactor.md"
    own.parent.mkdir()
    own.write_bytes(data)
    done = run("prompt", "refactor", "stock.py:5")
    assert done.exit_code == 0
    assert says in done.stderr
    assert "refactor.md (ships)" in done.stdout


def test_templates_are_exported_once_and_work_as_ones_own(
    project: Path, own_home: Path, run: Run
) -> None:
    folder = own_home / "config" / "prompts"
    plain = run("prompt", "refactor", "stock.py:5").stdout
    assert run("prompt", "--export", str(folder)).exit_code == 0
    assert "{{diagnostics}}" in (folder / "README.md").read_text()
    mine = run("prompt", "refactor", "stock.py:5")
    assert mine.stderr == ""
    assert mine.stdout.partition("--- system")[2] == plain.partition("--- system")[2]
    again = run("prompt", "--export", str(folder))
    assert again.exit_code == 2
    assert "--force" in again.output
    assert run("prompt", "--export", str(folder), "--force").exit_code == 0
