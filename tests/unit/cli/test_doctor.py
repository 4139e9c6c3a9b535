"""From every state of a machine, doctor says that it works or names the one thing missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from support.servers import Fault, Ollama, OpenAI, Told, closed_port

Run = Callable[..., Result]


class Machine:
    """A machine in some state: its servers, its user's file and its workspace's."""

    def __init__(self, workspace: Path, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.workspace = workspace
        self.home = home
        self.patch = patch
        self.servers = ExitStack()
        self.own(None)

    def own(self, text: str | None) -> None:
        """The workspace's own file."""
        file = self.workspace / ".camus" / "config.yml"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text)

    def user(self, text: str) -> None:
        (self.home / "config").mkdir(parents=True, exist_ok=True)
        (self.home / "config" / "config.yml").write_text(text)

    def ollama(self, *models: Told, fault: Fault | None = None, key: str = "") -> Ollama:
        server = self.servers.enter_context(Ollama(fault or "ok", models=models, key=key))
        self.patch.setenv("OLLAMA_HOST", server.url)
        return server

    def openai(self, *models: Told, key: str = "") -> OpenAI:
        return self.servers.enter_context(OpenAI("ok", models=models, key=key))


@pytest.fixture
def machine(workspace: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    made = Machine(workspace, own_home, monkeypatch)
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{closed_port()}")
    with made.servers:
        yield made


def model(kind: str, url: str, id: str = "m:7b", more: str = "") -> str:
    return f"models:\n  mine: {{type: {kind}, url: '{url}', model: '{id}'{more}}}\n"


CODER = Told("qwen2.5-coder:7b")
EMBEDDER = Told("nomic-embed-text", capabilities=("embedding",))
CLOUD = Told("gpt-oss:120b-cloud", remote_host="https://ollama.com:443", remote_model="gpt-oss")


def _keyed(m: Machine) -> str:
    """A model at a server that wants a key."""
    url = m.openai(CODER, key="right").url
    return model("openai", url, CODER.id, ", api_key_env: MY_KEY")


def _corrupt_permissions(m: Machine) -> None:
    (m.home / "config").mkdir(parents=True)
    (m.home / "config" / "permissions.json").write_text("{")


def _state_is_a_file(m: Machine) -> None:
    m.home.mkdir(parents=True)
    (m.home / "state").write_text("not a folder")


def _corrupt_journal(m: Machine) -> None:
    (m.home / "state").mkdir(parents=True)
    (m.home / "state" / "journal.sqlite3").write_text("rubbish" * 500)


STATES: dict[str, tuple[Callable[[Machine], Any], int, str]] = {
    "nothing installed": (lambda m: None, 0, "built-in rules; no model is running"),
    "no configuration": (lambda m: None, 0, "camus config init"),
    "Ollama with a model": (lambda m: m.ollama(CODER), 0, "works with 1 model(s)"),
    "Ollama without models": (lambda m: m.ollama(), 2, "ollama pull"),
    "Ollama with only an embedder": (lambda m: m.ollama(EMBEDDER), 2, "has no model"),
    "Ollama with only a cloud model": (lambda m: m.ollama(CLOUD), 0, "never used until"),
    "a refused address": (
        lambda m: m.user(model("ollama", f"http://127.0.0.1:{closed_port()}")),
        2,
        "mine: unreachable",
    ),
    "a name that does not resolve": (
        lambda m: m.user(model("openai", "http://no-such-host.invalid")),
        2,
        "mine: unreachable",
    ),
    "a model that is not pulled": (
        lambda m: m.user(model("ollama", m.ollama(CODER).url, "llama3:8b")),
        2,
        "ollama pull llama3:8b",
    ),
    "a broken key": (
        lambda m: (
            m.patch.setenv("MY_KEY", "wrong"),
            m.user(
                model("openai", m.openai(CODER, key="right").url, CODER.id, ", api_key_env: MY_KEY")
            ),
        ),
        2,
        "MY_KEY",
    ),
    "a key that is not set": (
        lambda m: m.user(_keyed(m)),
        2,
        "MY_KEY",
    ),
    "a server of another kind": (
        lambda m: m.user(model("ollama", m.openai(CODER).url)),
        2,
        "mine",
    ),
    "an OpenAI server": (
        lambda m: m.user(model("openai", m.openai(CODER).url, CODER.id)),
        0,
        "works with 1 model(s)",
    ),
    "a llama.cpp file that is not there, or nothing to run it": (
        lambda m: m.user("models:\n  mine: {type: llama_cpp, path: /m.gguf}\n"),
        2,
        "→ mine",
    ),
    "broken YAML": (lambda m: m.own("models: [\n"), 2, "config.yml:"),
    "an unknown key": (lambda m: m.own("defualts: {}\n"), 2, "defaults"),
    "a wrong value": (
        lambda m: m.own("defaults: {quality_threshold: 3}\n"),
        2,
        "quality_threshold",
    ),
    "a wrong port": (lambda m: m.user(model("ollama", "http://localhost:99999")), 2, "mine"),
    "one bad model among good ones": (
        lambda m: m.user(
            model("ollama", m.ollama(CODER).url, CODER.id) + "  bad: {type: ollama, sizze: 3}\n"
        ),
        2,
        "sizze",
    ),
    "an untrusted workspace that names a host": (
        lambda m: m.own(model("openai", "https://llm.example.com")),
        0,
        "camus trust",
    ),
    "a remote model without consent": (
        lambda m: m.user(model("openai", "https://llm.invalid", "x")),
        2,
        "mine",
    ),
    "damaged permissions": (_corrupt_permissions, 2, "permissions"),
    "a state folder that is a file": (_state_is_a_file, 2, "check the folder"),
    "a damaged journal": (_corrupt_journal, 2, "check the folder"),
    "the plan's v1 file": (
        lambda m: m.user(
            f"backends:\n  - {{name: a, type: ollama, url: '{m.ollama(CODER).url}',"
            f" model: '{CODER.id}'}}\npipelines: {{default: [a]}}\n"
        ),
        0,
        "works with 1 model(s)",
    ),
    "a pipeline over an unknown model": (
        lambda m: m.own("pipelines: {default: [nope]}\n"),
        0,
        "nope",
    ),
    "a linter that is missing": (
        lambda m: m.patch.setattr("camus.analysis.ruff.find", lambda *_: None),
        2,
        "ruff (python): not installed",
    ),
    "a server that breaks": (
        lambda m: m.user(model("openai", m.openai(fault_free()).url, "gone")),
        2,
        "gone",
    ),
}


def fault_free() -> Told:
    return Told("other:1b")


@pytest.mark.parametrize("state", STATES)
def test_doctor_leads_on_from_any_state(machine: Machine, run: Run, state: str) -> None:
    arrange, code, words = STATES[state]
    arrange(machine)
    done = run("doctor")
    assert words in done.output, done.output
    assert done.exit_code == code, done.output
    assert "verdict" in done.output
    assert "Traceback" not in done.output


def test_doctor_as_json_has_the_same_lines(machine: Machine, run: Run) -> None:
    lines = json.loads(run("doctor", "--json").stdout)
    assert lines[-1]["about"] == "verdict"
    assert {line["level"] for line in lines} <= {"ok", "note", "problem"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "qwen2.5-coder:7b"),
        (("--rules-only",), "No model was found"),
        (("--url", "http://127.0.0.1:8000", "--model", "mine"), "mine"),
    ],
)
def test_init_writes_a_configuration_that_works(
    machine: Machine, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    machine.ollama(CODER)
    done = run("config", "init", *arguments)
    assert done.exit_code == 0, done.output
    assert words in (machine.workspace / ".camus" / "config.yml").read_text()
    assert run("config", "validate").exit_code == 0


def test_init_never_replaces_a_file_unasked(machine: Machine, run: Run) -> None:
    machine.own("version: 2\n")
    refused = run("config", "init", "--rules-only")
    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert run("config", "init", "--rules-only", "--force").exit_code == 0


def test_init_for_another_machine_says_what_consent_it_needs(machine: Machine, run: Run) -> None:
    done = run("config", "init", "--url", "https://llm.example.com", "--model", "x")
    assert "camus consent grant llm.example.com" in done.output


def test_init_refuses_what_is_no_address(machine: Machine, run: Run) -> None:
    done = run("config", "init", "--url", "llm.example.com")
    assert done.exit_code == 2
    assert "http://" in done.output
