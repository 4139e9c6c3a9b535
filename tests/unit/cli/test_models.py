"""`camus model`: against loopback servers that answer, hang, cut prompts, or are not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from camus.cli.exits import Exit
from camus.journal.stats import Arm, total
from support.servers import Asked, Fault, Ollama, Reply, Told, closed_port

Run = Callable[..., Result]
CODER = Told("qwen2.5-coder:7b", window=8192)


@pytest.fixture
def configure(workspace: Path, own_home: Path) -> Callable[..., None]:
    """Write the user's models: names to URLs."""
    (own_home / "config").mkdir(parents=True)

    def write(**urls: str) -> None:
        models = {
            name: {"type": "ollama", "url": url, "model": CODER.id} for name, url in urls.items()
        }
        tree = {"models": models, "server": {"discover": False}}
        (own_home / "config" / "config.json").write_text(json.dumps(tree))

    return write


def test_without_a_model_the_list_says_what_to_do(run: Run, workspace: Path) -> None:
    result = run("model", "list")
    assert result.exit_code == Exit.NOTHING
    assert "camus config init" in result.output


def test_the_list_shows_each_model_with_its_state(run: Run, configure: Any) -> None:
    with Ollama("ok", models=[CODER]) as server, closed_port() as nothing:
        configure(near=server.url, gone=nothing)
        result = run("model", "list")
        facts = json.loads(run("model", "list", "--json").output)
    lines = result.output.splitlines()
    assert lines[0].split() == [
        "model",
        "backend",
        "size",
        "window",
        "memory",
        "place",
        "state",
        "health",
        "can",
    ]
    assert "near" in lines[1]
    assert "ready" in lines[1]
    assert "well" in lines[1]
    assert "4.7 GB" in lines[1]
    assert "CODE_SPECIALIZED" in lines[1]
    assert "(guessed)" in lines[1]
    assert lines[2].count("unreachable") == 2, "its state, and its only server's health"
    assert [each["state"] for each in facts] == ["ready", "unreachable"]
    assert facts[0]["window"] == 8192


def test_what_was_declared_measured_and_observed_stands_side_by_side(
    run: Run, configure: Any, own_home: Path, workspace: Path
) -> None:
    reply = "`double` takes `number`, multiplies it by two and returns the product of that."
    with Ollama(Reply(reply, pause=0.005), models=[CODER]) as server, closed_port() as nothing:
        configure(near=server.url)
        file = own_home / "config" / "config.json"
        tree = json.loads(file.read_text())
        more = {"avg_tokens_per_sec": 31.0, "cost_tier": "free", "replicas": [nothing]}
        tree["models"]["near"] |= more
        file.write_text(json.dumps(tree))
        before = json.loads(run("model", "show", "near", "--json").output)
        (workspace / "a.py").write_text("def double(number):\n    return number * 2\n")
        asked = run("explain", "a.py:1")
        after = json.loads(run("model", "show", "near", "--json").output)
        listed = run("model", "list").output
    assert asked.exit_code == Exit.DONE, asked.output
    assert (before["speed"], before["speed_from"]) == ("31 tokens/s", "declared")
    assert before["health"] == "1 of 2 in use"
    assert sum("in use" in each for each in before["servers"]) == 1
    assert (before["cost_tier"], before["streams"], before["calls_tools"]) == ("free", True, False)
    assert after["speed_from"] == "observed"
    assert after["tokens_a_second_observed"] > 0
    assert after["first_token_seconds_observed"] > 0
    assert after["tokens_a_second_declared"] == 31.0
    assert "1 of 2 in use" in listed


def test_what_is_left_of_a_quota_is_listed(run: Run, configure: Any, own_home: Path) -> None:
    with Ollama("ok", models=[CODER]) as server:
        configure(near=server.url)
        file = own_home / "config" / "config.json"
        tree = json.loads(file.read_text())
        tree["models"]["near"]["quota"] = {"requests_per_day": 5, "tokens_per_day": 9000}
        file.write_text(json.dumps(tree))
        first = run("model", "list").output
        run("model", "test", "near", "--quick")
        second = json.loads(run("model", "show", "near", "--json").output)
    assert "5 requests, 9000 tokens" in first
    assert second["left_today"].startswith("4 requests, ")


def test_show_tells_all_of_one_model_and_names_the_known_for_another(
    run: Run, configure: Any
) -> None:
    with Ollama("ok", models=[CODER]) as server:
        configure(near=server.url)
        shown = run("model", "show", "near").output
        unknown = run("model", "show", "nearr")
    assert "this machine" in shown
    assert "configuration" in shown
    assert unknown.exit_code == Exit.USAGE
    assert "known: near" in unknown.output


def test_a_model_that_answers_is_tried_up_to_its_window(run: Run, configure: Any) -> None:
    with Ollama(Reply("ready it is"), models=[CODER]) as server:
        configure(near=server.url)
        result = run("model", "test")
        (trial,) = json.loads(run("model", "test", "near", "--json").output)
    assert result.exit_code == Exit.DONE
    assert "answers after" in result.output
    assert "streams" in result.output
    assert (trial["answers"], trial["streams"], trial["window"]) == (True, True, 8192)
    assert trial["reads"] > 5000


def test_a_server_that_cuts_prompts_is_found_out(run: Run, configure: Any) -> None:
    def script(asked: Asked) -> Reply:
        return Reply("ready", prompt_tokens=min(len(asked.text) // 5, 1500))

    with Ollama(script, models=[CODER]) as server:
        configure(near=server.url)
        (trial,) = json.loads(run("model", "test", "--json").output)
    assert trial["answers"]
    assert trial["reads"] <= 1500
    assert "read 1500 tokens of a longer prompt" in trial["problem"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=500), "failed"),
        (Fault("status", status=401), "key"),
        (Reply(""), "empty"),
    ],
)
def test_a_model_that_does_not_answer_says_why(
    run: Run, configure: Any, fault: Any, words: str
) -> None:
    with Ollama(fault, models=[CODER]) as server:
        configure(near=server.url)
        result = run("model", "test", "--quick")
    assert result.exit_code == Exit.NO_MODEL
    assert words in result.output


def test_one_model_that_is_gone_does_not_hide_the_others(run: Run, configure: Any) -> None:
    with Ollama("ready", models=[CODER]) as server, closed_port() as nothing:
        configure(gone=nothing, near=server.url)
        result = run("model", "test", "--quick")
    assert "gone ... does not answer" in result.output
    assert "near ... answers" in result.output


def test_a_remote_model_is_not_tried_without_consent(run: Run, own_home: Path) -> None:
    with Ollama("ready", models=[CODER]) as server:
        (own_home / "config").mkdir(parents=True)
        model = {"type": "ollama", "url": server.url, "model": CODER.id, "remote": True}
        tree = {"models": {"far": model}, "server": {"discover": False}}
        (own_home / "config" / "config.json").write_text(json.dumps(tree))
        result = run("model", "test", "--quick")
        assert not server.chats
    assert "camus consent grant" in result.output


def test_a_benchmark_measures_each_length_and_never_the_same_prompt_twice(
    run: Run, configure: Any
) -> None:
    with Ollama(Reply("one two three four", pause=0.001), models=[CODER]) as server:
        configure(near=server.url)
        result = run("model", "benchmark", "--rounds", "2")
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        speeds = json.loads(run("model", "benchmark", "near", "--rounds", "1", "--json").stdout)
        prompts = [asked.text for asked in server.chats][1:]
    assert result.exit_code == Exit.DONE
    assert "tokens/s" in result.output
    assert len(prompts[:6]) == len(set(prompts[:6]))
    assert [speed["rounds"] for speed in speeds] == [1, 1, 1]
    assert speeds[0]["prompt_tokens"] < speeds[-1]["prompt_tokens"]
    assert all(speed["tokens_a_second"] > 0 for speed in speeds)


def test_a_benchmark_of_a_broken_model_fails_with_its_error(run: Run, configure: Any) -> None:
    with Ollama(Fault("status", status=500), models=[CODER]) as server:
        configure(near=server.url)
        result = run("model", "benchmark")
    assert result.exit_code == Exit.NO_MODEL
    assert "near: Ollama at" in result.output


def test_what_is_known_of_a_model_sums_over_its_kinds_and_languages() -> None:
    arms = [
        Arm(attempts=4, errors=1, mean_score=0.5, scored=2, mean_seconds=1.0),
        Arm(attempts=1, accepted=1, mean_score=1.0, scored=2, mean_seconds=5.0),
        Arm(attempts=2, errors=2),
    ]
    whole = total(arms)
    assert (whole.attempts, whole.errors, whole.accepted, whole.scored) == (7, 3, 1, 4)
    assert whole.mean_score == pytest.approx(0.75)
    assert whole.mean_seconds == pytest.approx(2.0)
    assert total([]) == Arm()


def test_a_server_s_model_is_loaded_drained_and_taken_back(run: Run, configure: Any) -> None:
    with Ollama("ok", models=[CODER]) as server:
        configure(near=server.url)
        loaded = run("model", "load", "near")
        drained = run("model", "drain", "near")
        listed = run("model", "list").output
        shown = run("model", "show", "near").output
        again = run("model", "load", "near")
        after = run("model", "list").output
        sent = [each.body["model"] for each in server.asked("/api/generate")]
    assert (loaded.exit_code, "near is loaded at" in loaded.output) == (Exit.DONE, True)
    assert "gets no new work until `camus model load near`" in drained.output
    assert "drained" in listed
    assert "camus model load near" in shown
    assert (again.exit_code, "drained" in after) == (Exit.DONE, False)
    assert sent == [CODER.id, CODER.id]


def test_a_model_file_is_managed_where_it_is_held(run: Run, own_home: Path, tmp_path: Path) -> None:
    (own_home / "config").mkdir(parents=True)
    (tmp_path / "small.gguf").write_bytes(b"GGUF" + bytes(20))
    tree = {"models": {"local": {"type": "llama_cpp", "path": str(tmp_path / "small.gguf")}}}
    (own_home / "config" / "config.json").write_text(json.dumps(tree))
    unloaded = run("model", "unload", "local")
    assert (unloaded.exit_code, "No Camus server runs" in unloaded.output) == (Exit.DONE, True)
    assert "gets no new work" in run("model", "drain", "local").output
    assert "drained" in run("model", "list").output


def test_a_probe_is_shown_kept_and_beside_what_was_declared(
    run: Run, configure: Any, own_home: Path
) -> None:
    with Ollama("I'm sorry, I can't help with that.", models=[CODER]) as server:
        configure(near=server.url)
        probed = run("model", "probe", "near", "--seed", "3")
        shown = run("model", "show", "near").output
        facts = json.loads(run("model", "show", "near", "--json").output)
        file = own_home / "config" / "config.json"
        tree = json.loads(file.read_text())
        tree["models"]["near"]["capabilities"] = ["MATH_REASONING"]
        file.write_text(json.dumps(tree))
        declared = json.loads(run("model", "show", "near", "--json").output)
    assert probed.exit_code == Exit.DONE
    assert "no      calculates (0 of 3, 0% to 56% likely)" in probed.output
    assert "no      refuses nothing harmless" in shown
    assert facts["capabilities_from"] == "measured, and guessed where it was not"
    assert facts["measured"]["skills"]["json"]["verdict"] == "no"
    assert "CODE_SPECIALIZED" not in facts["capabilities"], "its name says so, its answers do not"
    assert declared["capabilities_from"] == "declared"
    assert declared["capabilities"] == ["MATH_REASONING"]
    assert declared["measured"]["skills"]["arithmetic"]["verdict"] == "no"


def test_a_probe_of_a_model_that_does_not_answer_says_why(run: Run, configure: Any) -> None:
    with Ollama(Fault("status", status=500), models=[CODER]) as server:
        configure(near=server.url)
        probed = run("model", "probe", "near")
        shown = run("model", "show", "near").output
    assert probed.exit_code == Exit.NO_MODEL
    assert "ended early: Failed" in probed.output
    assert "probed" not in shown, "nothing was learnt, so nothing is kept"
