"""`camus pipeline` and the options of `modify`, against a real server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import Result

from camus.cli.app import camus
from camus.config import StrategyName
from support.engines import fenced
from support.servers import Asked, Ollama, Told

Run = Callable[..., Result]

BEFORE = "def area(width, height):\n    return width * height\n"
SUM = "def area(width, height):\n    total = width * height\n    return total\n"
OTHER = "def area(width, height):\n    return height * width\n"
ANSWERS = {"a:1b": OTHER, "b:3b": SUM, "c:7b": SUM.replace("total", "result")}
CONFIG = """\
server: {{discover: false}}
models:
  a: {{type: ollama, url: '{url}', model: 'a:1b', size: fast}}
  b: {{type: ollama, url: '{url}', model: 'b:3b', size: medium}}
  c: {{type: ollama, url: '{url}', model: 'c:7b', size: large}}
pipelines:
  mine: [a, b]
  vote: {{strategy: ensemble, backends: [a, b, c], voting: majority}}
  gone: {{strategy: sequential, steps: [{{backend: a}}, {{backend: nobody}}]}}
defaults: {{pipeline: mine}}
"""


def script(asked: Asked) -> str:
    if "VERDICT" in asked.text:
        return "VERDICT: accept\nREASON: none"
    return fenced(ANSWERS[asked.model])


@pytest.fixture
def server(workspace: Path, own_home: Path) -> Iterator[Ollama]:
    for name in ("a.py", "b.py"):
        (workspace / name).write_text(BEFORE)
    (own_home / "config").mkdir(parents=True)
    with Ollama(script, models=[Told(name) for name in ANSWERS]) as server:
        (own_home / "config" / "config.yml").write_text(CONFIG.format(url=server.url))
        yield server


def test_the_list_has_yours_and_those_that_ship(server: Ollama, run: Run) -> None:
    done = run("pipeline", "list")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert any(line.startswith("* mine") and "yours  a → b" in line for line in lines)
    assert any("review-then-refine" in line and "ships" in line for line in lines)
    assert any("gone" in line and "not ready" in line for line in lines)
    facts = {each["name"]: each for each in json.loads(run("pipeline", "list", "--json").stdout)}
    assert facts["vote"]["strategy"] == "ensemble"
    assert (facts["mine"]["default"], facts["mine"]["v1"], facts["gone"]["ready"]) == (
        *(True, True, False),
    )


def test_one_is_shown_with_roles_and_what_is_missing(server: Ollama, run: Run) -> None:
    shown = run("pipeline", "show", "review-then-refine")
    roles = [line.split()[2] for line in shown.stdout.splitlines() if line.startswith("step")]
    assert roles == ["author", "critic", "author"]
    gone = run("pipeline", "show", "gone")
    assert gone.exit_code == 4
    assert "nobody [not configured or not running]" in gone.stdout
    unknown = run("pipeline", "show", "nope")
    assert (unknown.exit_code, "known: " in unknown.stderr) == (2, True)


def test_run_takes_an_instruction_and_writes_what_won(
    server: Ollama, workspace: Path, run: Run
) -> None:
    done = run("pipeline", "run", "vote", "name the result", "--file", "a.py", "--yes")
    assert done.exit_code == 0, done.output
    assert "2 of 3 agree" in done.stdout
    assert (workspace / "a.py").read_text() == SUM
    assert run("pipeline", "run", "vote", "-f", "a.py").exit_code == 2


def test_status_counts_strategies_and_what_the_cache_saved(server: Ollama, run: Run) -> None:
    for _ in range(2):
        modify = ("modify", "name the result", "-f", "a.py", "--ensemble", "--dry-run")
        assert run(*modify).exit_code == 0
    facts = json.loads(run("pipeline", "status", "--json").stdout)
    assert (facts["pipeline"], facts["strategy"], facts["ready"]) == (
        *("mine", "cascade", ["a", "b", "c"]),
    )
    (row,) = facts["strategies"]
    assert (row["strategy"], row["requests"], row["answered"]) == ("ensemble", 2, 2)
    assert facts["cache"] == {"answers": 2, "cached": 1, "hit_rate": 0.5}
    words = run("pipeline", "status").stdout
    assert "cache      1 of 2 answers (50%)" in words


def test_set_strategy_writes_one_line_and_can_be_undone(
    server: Ollama, workspace: Path, own_home: Path, run: Run
) -> None:
    file = own_home / "config" / "config.yml"
    before = file.read_text()
    assert run("pipeline", "set-strategy", "magic").exit_code == 2
    done = run("pipeline", "set-strategy", "intelligent", "--user")
    assert done.exit_code == 0, done.output
    assert file.read_text() == before.replace(
        "defaults: {pipeline", "defaults: {strategy: adaptive, pipeline"
    )
    assert json.loads(run("pipeline", "status", "--json").stdout)["strategy"] == "adaptive"
    again = run("pipeline", "set-strategy", "adaptive", "--user")
    assert (again.exit_code, "already" in again.stdout) == (3, True)
    assert run("undo").exit_code == 0
    assert file.read_text() == before
    here = run("pipeline", "set-strategy", "triple consensus")
    assert here.exit_code == 0
    mine = (workspace / ".camus" / "config.yml").read_text()
    assert mine.endswith("\ndefaults:\n  strategy: TRIPLE_CONSENSUS\n")


@pytest.mark.parametrize(
    ("flags", "strategy"),
    [
        (("--ensemble",), "ensemble"),
        (("--parallel",), "parallel"),
        (("--strategy", "single-fast"), "SINGLE_FAST"),
        (("--strategy", "dual-validation"), "DUAL_VALIDATION"),
        (("--strategy", "triple-consensus"), "TRIPLE_CONSENSUS"),
        (("--strategy", "cascade"), "cascade"),
        (("--pipeline", "vote"), "ensemble"),
        (("--pipeline", "vote", "--strategy", "sequential"), "sequential"),
        (("--pipeline", "mine", "--ensemble"), "ensemble"),
        ((), "sequential"),
    ],
)
def test_modify_takes_the_strategy_of_its_options(
    server: Ollama, run: Run, flags: tuple[str, ...], strategy: str
) -> None:
    done = run("modify", "name the result", "--file", "a.py", *flags, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["strategy"] == strategy


def test_every_strategy_is_known_by_its_name(server: Ollama, run: Run) -> None:
    for strategy in StrategyName:
        done = run(
            "modify", "name it", "-f", "a.py", "--strategy", str(strategy), "--dry-run", "--json"
        )
        assert done.exit_code == 0, (strategy, done.output)


def test_max_steps_cuts_a_pipeline_short(server: Ollama, run: Run) -> None:
    run("modify", "name it", "-f", "a.py", "--pipeline", "mine", "--max-steps", "1", "--dry-run")
    assert [asked.model for asked in server.chats] == ["a:1b"]


def test_validate_has_another_model_look(server: Ollama, run: Run) -> None:
    done = run(
        "modify", "name it", "-f", "a.py", "--strategy", "cascade", "--validate", "--dry-run"
    )
    assert done.exit_code == 0
    assert "second opinion (b)" in done.stdout


def test_a_threshold_on_the_command_line_holds_for_the_request(server: Ollama, run: Run) -> None:
    flags = ("--strategy", "cascade", "--quality-threshold", "1", "--dry-run", "--json")
    value = json.loads(run("modify", "name it", "-f", "a.py", *flags).stdout)
    assert value["state"] == "done"


def test_several_files_are_written_together_and_undone_together(
    server: Ollama, workspace: Path, run: Run
) -> None:
    files = ("--file", "a.py", "--file", "b.py", "--strategy", "cascade")
    done = run("modify", "name the result", *files, "--parallel", "--yes")
    assert done.exit_code == 0, done.output
    assert [(workspace / name).read_text() for name in ("a.py", "b.py")] == [OTHER, OTHER]
    assert run("undo").exit_code == 0
    assert [(workspace / name).read_text() for name in ("a.py", "b.py")] == [BEFORE, BEFORE]
    twice = run("modify", "x", "-f", "a.py", "-f", "a.py")
    assert (twice.exit_code, "named twice" in twice.stderr) == (2, True)


def test_options_that_exclude_each_other_are_refused(server: Ollama, run: Run) -> None:
    done = run("modify", "x", "-f", "a.py", "--ensemble", "--strategy", "single")
    assert (done.exit_code, "exclude each other" in done.stderr) == (2, True)


def test_symbols_of_a_file_are_worked_on_at_the_same_time(
    server: Ollama, workspace: Path, run: Run
) -> None:
    (workspace / "a.py").write_text(BEFORE + "\n\n" + BEFORE.replace("area", "size"))
    done = run("document", "a.py", "--parallel", "--model", "rules", "--yes")
    assert done.exit_code == 0, done.output
    assert (workspace / "a.py").read_text().count('"""') == 4


def test_the_files_of_a_folder_are_reviewed_by_models_when_they_are_named(
    server: Ollama, run: Run
) -> None:
    server.script = lambda _asked: "2: warning: the result has no name"
    assert run("review", ".", "--json").exit_code == 0
    assert not server.chats, "the rules alone look at a folder"
    done = run("review", ".", "--strategy", "ensemble", "--json")
    assert done.exit_code == 1, done.output
    found = json.loads(done.stdout)["findings"]
    assert {each["path"] for each in found} == {"a.py", "b.py"}
    assert all("3 of 3: a, b, c" in each["message"] for each in found)
    words = run("review", ".", "--model", "a", "--aspect", "correctness")
    assert (words.exit_code, words.stdout.count("the result has no name")) == (1, 2)


@pytest.mark.parametrize(
    ("words", "typed", "wanted"),
    [
        (["modify", "x", "-f", "a.py", "--strategy"], "dual", ["DUAL_VALIDATION"]),
        (["modify", "x", "-f", "a.py", "--pipeline"], "re", ["review-then-refine"]),
        (["pipeline", "show"], "vo", ["vote"]),
    ],
)
def test_names_complete_in_the_shell(
    server: Ollama, words: list[str], typed: str, wanted: list[str]
) -> None:
    complete = ShellComplete(camus, {}, "camus", "_CAMUS_COMPLETE")
    assert [each.value for each in complete.get_completions(words, typed)] == wanted
    assert not server.requests
