"""The Lua module in real Neovims, installed by `camus editor neovim`, driven by its own command.

`module.lua` acts as a user does and tells what came of it; models are scripted, on loopback.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.real_editors import version
from support.scene import configure
from support.servers import Asked, Fault, Ollama, Reply, Told

pytestmark = pytest.mark.skipif(
    "CAMUS_EDITORS" not in os.environ,
    reason="the stories take minutes; docs/editors/tested.md has their command",
)
DRIVE = Path(__file__).with_name("module.lua")
BOX = """

class Box:
    def __init__(self, width: int) -> None:
        self.width = width

    def grow(self, by: int) -> None:
        self.width += by
"""
AREA = "def area(width: int, height: int = 2) -> int:\n    return width * height"
BETTER = AREA.replace("width * height", "height * width")
EXPLANATION = "`area` takes a width and a height and gives their product back to whoever calls it."

Story = Callable[..., dict[str, Any]]


def _reply(asked: Asked) -> str | Reply:
    if "explain" in asked.text.lower():
        return Reply(EXPLANATION, pause=0.05)
    return f"```python\n{BETTER}\n```\n"


@pytest.fixture
def model(own_home: Path) -> Iterator[Ollama]:
    """Two models of one server, and a pipeline."""
    with Ollama(_reply, models=[Told("quick:1b"), Told("deep:9b")]) as server:
        _use(own_home, server)
        yield server


def _use(home: Path, server: Ollama, **more: Any) -> None:
    entry = {"type": "ollama", "url": server.url, **more}
    quick = {"model": "quick:1b", "size": "fast", **entry}
    deep = {"model": "deep:9b", "size": "large", **entry}
    pipelines = {"careful": {"steps": [{"backend": "quick"}, {"backend": "deep"}]}}
    configure(home, {"quick": quick, "deep": deep}, pipelines=pipelines)


@pytest.fixture
def story(neovim: str, tmp_path: Path, project: Any) -> Story:
    """Has a Neovim with the module do something with the file, and returns what it tells."""
    out = tmp_path / "out.json"
    command = json.loads(project.env["CAMUS_COMMAND"])
    install = [*command[:-1], "editor", "neovim", "--install"]
    subprocess.run(install, env=project.env, check=True, capture_output=True, timeout=30)
    start = tmp_path / "init.lua"
    words = ", ".join(json.dumps(word) for word in command)
    start.write_text(f"require('camus').setup({{ cmd = {{ {words} }} }})\n", encoding="utf-8")
    project.file.write_text(project.text + BOX, encoding="utf-8")

    def act(name: str, **more: str) -> dict[str, Any]:
        call = [neovim, "--headless", "-u", str(start), "-i", "NONE", "-n", "-S", str(DRIVE)]
        env = {**project.env, "CAMUS_OUT": str(out), "CAMUS_STORY": name, **more}
        ran = subprocess.run(
            call, env=env, cwd=project.root, timeout=170, capture_output=True, check=False
        )
        assert out.exists(), ran.stderr.decode()
        told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        assert "error" not in told, told["error"]
        assert b"stack traceback" not in ran.stderr, ran.stderr.decode()
        assert told["servers"] == 1, "one server for one workspace, however often it is asked for"
        assert told["new_maps"] == 0, "the module sets no global key maps"
        return told

    return act


def test_of_three_hunks_of_document_two_are_applied_in_one_step(story: Story) -> None:
    told = story("partly")
    assert told["shown"].count("@@ -") == 3
    assert "<CR> apply" in told["shown"]
    assert 'class Box:\n    """' in told["after"]
    assert "def __init__(self, width: int) -> None:\n        self.width" in told["after"]
    assert 'def grow(self, by: int) -> None:\n        """' in told["after"]
    assert told["undone"] == told["before"]
    assert not told["open"]
    assert any("2 of 3 hunks applied" in words for words in told["told"])


def test_a_closed_preview_applies_nothing_and_why_is_told(story: Story) -> None:
    told = story("closed")
    assert told["after"] == told["before"]
    assert "document: done by rules" in told["page"]


def test_fix_mends_the_diagnostic_of_any_source(story: Story) -> None:
    told = story("fix")
    assert '-    return f"simple"' in told["shown"]
    assert told["after"] == told["before"].replace('f"simple"', '"simple"')
    assert told["undone"] == told["before"]


def test_with_a_bang_refactor_is_applied_at_once(story: Story, model: Ollama) -> None:
    told = story("refactor")
    assert told["after"] == told["before"].replace("width * height", "height * width")
    assert told["undone"] == told["before"]
    assert not told["open"]


def test_other_files_that_the_words_name_are_changed_with_the_first(
    story: Story, own_home: Path, project: Any
) -> None:
    other = "from a import area\n\n\ndef twice(width: int) -> int:\n    return area(width, 2)\n"
    (project.root / "other.py").write_text(other, encoding="utf-8")
    turned, made = other.replace("area(width, 2)", "area(2, width)"), "VALUE = 1\n"
    reply = "".join(
        f"```python{path}\n{code}```\n"
        for path, code in (("", f"{BETTER}\n"), (" other.py", turned), (" new.py", made))
    )
    with Ollama(reply, models=[Told("quick:1b"), Told("deep:9b")]) as server:
        _use(own_home, server)
        told = story("several")
    assert "also: other.py, new.py (new)" in told["shown"]
    assert BETTER in told["after"]
    assert (told["other"], told["new"]) == (turned, made)
    assert ":wa writes them" in told["told"][-1]


def test_inlay_hints_are_shown_once_they_are_switched_on(
    story: Story, own_home: Path, project: Any, neovim: str
) -> None:
    if version(neovim).startswith("0.7."):
        pytest.skip("this Neovim knows no inlay hints")
    configure(own_home, {}, server={"discover": False, "inlay_hints": True, "hint_complexity": 1})
    text = project.file.read_text(encoding="utf-8")
    knotty = "\n\ndef sign(x: int) -> int:\n    return 1 if x > 0 else -1 if x < 0 else 0\n"
    project.file.write_text(text + knotty, encoding="utf-8")
    assert story("hinted")["hints"] == ["complexity 3"]


def test_the_workspace_is_reviewed_into_the_quickfix_list(story: Story, project: Any) -> None:
    other = project.root / "other.py"
    other.write_text("import os\n\n\ndef f(x):\n    return eval(x)\n", encoding="utf-8")
    told = story("swept")
    assert told["listed"].endswith("other.py")
    assert told["rules"]
    assert "F401" not in told["rules"]
    assert "consistency" in told["told"][-1], "an unknown aspect is told with what there is"


def test_hover_and_explanation_are_floating_windows(story: Story) -> None:
    told = story("told")
    assert "def area(width: int, height: int = 2) -> int" in told["hover"]
    assert "area" in told["page"]
    assert "quality" in told["page"]
    assert told["closed"]
    assert told["status"] == "Camus rules"


def test_model_pipeline_and_lock_are_selected_and_shown(story: Story, model: Ollama) -> None:
    told = story("selected")
    assert told["models"] == ["quick", "deep", "-"]
    assert told["pipelines"][0] == "careful"
    assert told["pipelines"][-1] == "-"
    assert not told["before"]["lock"]
    assert told["locked"]["lock"] == "quick"
    assert told["text"] == "Camus Quick (local) · locked"
    assert told["pipelined"] == "Camus Quick (local) · pipeline careful · locked"
    assert not told["cleared"]["lock"]
    assert "pipeline" not in told["free"]
    assert told["prompts"][0]["titles"][:2] == ["quick", "deep"]


def test_subcommands_are_completed(story: Story) -> None:
    told = story("completed")
    wanted = {"fix", "refactor", "document", "explain", "review", "modify", "ask", "why"}
    wanted |= {"feedback", "model", "pipeline", "clear-lock", "trust", "consent", "cancel"}
    assert wanted <= set(told["all"])
    assert told["some"] == ["refactor", "restart", "review"]
    assert told["verdicts"] == ["good", "bad"]
    assert told["reviews"] == ["security", "style"]
    assert told["ranged"] == ["modify"]


@pytest.fixture
def silent(own_home: Path, tmp_path: Path) -> Iterator[tuple[Ollama, str]]:
    """A model server that never answers, and the file it writes to when it is asked."""
    seen = tmp_path / "seen"

    def hang(_asked: Asked) -> Fault:
        with seen.open("a", encoding="utf-8") as file:
            file.write("x")
        return Fault("silent")

    with Ollama(hang, models=[Told("quick:1b"), Told("deep:9b")]) as server:
        _use(own_home, server)
        yield server, str(seen)


def test_cancel_closes_the_models_connection(
    story: Story, silent: tuple[Ollama, str], project: Any
) -> None:
    server, seen = silent
    told = story("cancelled", CAMUS_SEEN=seen)
    assert "busy" in told["busy"]
    assert told["after"] == project.text + BOX
    assert "Stopped." in told["told"]
    assert len(server.chats) == 1
    server.wait_free()


def test_closing_the_window_stops_what_it_waits_for(
    story: Story, silent: tuple[Ollama, str]
) -> None:
    server, seen = silent
    told = story("left", CAMUS_SEEN=seen)
    assert "…" in told["page"]
    assert len(server.chats) == 1
    server.wait_free()


def test_a_refused_consent_sends_nothing(story: Story, model: Ollama, own_home: Path) -> None:
    configure(own_home, _far(model))
    told = story("consent")
    assert not told["refused"]
    (prompt,) = told["prompts"]
    assert "localhost" in prompt["question"] or "127.0.0.1" in prompt["question"]
    assert prompt["titles"] == ["Allow", "Not now"]
    assert model.chats == []
    assert BETTER not in told["after"]


def test_a_granted_consent_lets_the_remote_model_answer(
    story: Story, model: Ollama, own_home: Path
) -> None:
    configure(own_home, _far(model))
    told = story("granted")
    assert len(told["prompts"]) == 1
    assert BETTER in told["after"]
    assert told["text"] == "Camus Far (remote) · locked"
    assert model.chats


def test_consent_is_offered_where_only_that_is_missing(
    story: Story, model: Ollama, own_home: Path
) -> None:
    configure(own_home, _far(model))
    told = story("offered")
    assert len(told["prompts"]) == 1
    assert BETTER in told["after"]


def _far(server: Ollama) -> dict[str, Any]:
    url = server.url.replace("127.0.0.1", "localhost")
    return {"far": {"model": "quick:1b", "type": "ollama", "url": url, "remote": True}}


def test_an_untrusted_workspace_names_no_server_until_it_is_trusted(
    story: Story, model: Ollama, own_home: Path, project: Any
) -> None:
    configure(own_home, {})
    entry = {"model": "quick:1b", "type": "ollama", "url": model.url, "size": "fast"}
    folder = project.root / ".camus"
    folder.mkdir()
    tree = {"version": 2, "models": {"near": entry}}
    (folder / "config.yml").write_text(json.dumps(tree), encoding="utf-8")
    told = story("untrusted", CAMUS_ANSWERS="Not now")
    assert told["prompts"][0]["titles"] == ["Trust", "Not now"]
    assert told["first"] == ["-"]
    assert told["second"] == ["near", "-"]


def test_a_preview_of_code_that_was_changed_is_refused(story: Story) -> None:
    told = story("stale")
    assert told["after"] == told["before"]
    assert told["before"].startswith("# changed\n")
    assert told["open"]


def test_an_answer_to_code_that_was_changed_meanwhile_is_refused(
    story: Story, own_home: Path, tmp_path: Path
) -> None:
    seen, go = tmp_path / "seen", tmp_path / "go"

    def late(_asked: Asked) -> str:
        seen.write_text("x", encoding="utf-8")
        end = time.monotonic() + 45
        while not go.exists() and time.monotonic() < end:
            time.sleep(0.02)
        return f"```python\n{BETTER}\n```\n"

    with Ollama(late, models=[Told("quick:1b"), Told("deep:9b")]) as server:
        _use(own_home, server)
        told = story("overtaken", CAMUS_SEEN=str(seen), CAMUS_GO=str(go))
        assert told["after"] == told["before"]
        assert any("changed" in words for words in told["told"]), told["told"]


def test_a_server_that_is_killed_is_started_again(story: Story) -> None:
    told = story("killed")
    assert "area" in told["page"]
    assert any("signal 9" in words for words in told["told"]), told["told"]


def test_checkhealth_tells_program_version_attachment_and_models(
    story: Story, model: Ollama
) -> None:
    told = story("health")
    assert "camus, version" in told["health"]
    assert "attached to 1 buffer" in told["health"]
    assert "model quick (Quick, local)" in told["health"]
    assert "*camus-preview*" in told["help"]


def test_an_explanation_grows_while_the_model_writes(story: Story, model: Ollama) -> None:
    seen = story("streamed")["seen"]
    assert EXPLANATION in seen[-1]


def test_the_lua_is_clean() -> None:
    """luacheck where there is one; Neovim itself has read every file in the tests above."""
    import shutil

    luacheck = shutil.which("luacheck")
    if luacheck is None:
        pytest.skip("no luacheck here: see tests/editors/setup.sh")
    folder = Path(__file__).parents[2] / "server" / "camus" / "cli" / "editors" / "neovim"
    config = Path(__file__).with_name("luacheckrc.lua")
    places = [str(folder), *map(str, Path(__file__).parent.glob("[dm]*.lua"))]
    call = [luacheck, "--no-color", "--config", str(config), *places]
    checked = subprocess.run(call, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
