"""What a repository may set: nothing that redirects code, reads files, runs long or spends."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.config import Config, Layers, load
from camus.config.trust import is_usual_loopback

from .conftest import Place

MINE = """
models:
  mine: {model: x}
  away: {type: openai, url: "https://api.example.com/v1", api_key_env: MY_KEY}
  cloud: {model: gpt-oss:120b-cloud}
  elsewhere: {url: "http://127.0.0.1:11434", remote: true}
  lan: {url: "http://10.0.0.5:11434", remote: false}
  keyed: {type: openai, url: "http://127.0.0.1:4000", api_key_env: MY_KEY}
composites:
  best: [away, mine]
  loop: [loop, mine]
pipelines:
  sent: [away]
  kept: [mine]
"""

ALLOWED = {
    "pipelines": "pipelines: {p: [mine, fast], q: {steps: [{backend: mine, task: t}]}}",
    "composites": "composites: {c: {bases: [mine, large], parameters: {temperature: 0}}}",
    "a loop": "pipelines: {p: [loop]}",
    "defaults": "defaults: {pipeline: kept, strategy: single, quality_threshold: 0.9}",
    "rules": "multi_model: {enabled: true, intelligent_selection: "
    "{rules: [{task: ANALYSIS, preferred_backends: [mine]}]}}",
    "kinds": "classification: {rules: [{kind: K, like: GENERAL, keywords: [k]}]}",
    "actions": "actions: {docstring_style: numpy, disabled: [review]}",
    "ollama": "models: {new: {type: ollama, model: y}}",
    "ports": 'models: {new: {url: "http://localhost:11434", replicas: ["http://[::1]:8080"]}}',
    "vllm": "models: {new: {type: vllm, capabilities: [HIGH_QUALITY], max_tokens: 32768}}",
    "stricter": "models: {new: {remote: true}}\nprivacy: {secrets: block, allow_external: false}",
    "less": "server: {discover: false}\ncache: {enabled: false}\nretrieval: {enabled: false}",
    "a model the user vouches for": "pipelines: {p: [lan]}",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=list(ALLOWED))
def test_an_untrusted_workspace_may_set(text: str, place: Place) -> None:
    place.write_user(MINE)
    place.write(text)
    untrusted, trusted = place.load(trusted=False), place.load(trusted=True)
    assert untrusted.problems == ()
    assert untrusted.config == trusted.config
    assert untrusted.config != Config()
    assert (untrusted.trusted, trusted.trusted) == (False, True)


IGNORED = {
    "another host": ('models: {new: {url: "http://10.0.0.1:11434"}}', "models.new.url"),
    "https": ('models: {new: {url: "https://127.0.0.1:11434"}}', "models.new.url"),
    "another port": ('models: {new: {url: "http://127.0.0.1:9200"}}', "models.new.url"),
    "no port": ('models: {new: {url: "http://127.0.0.1"}}', "models.new.url"),
    "a user in front": (
        'models: {new: {url: "http://127.0.0.1:11434@evil.example"}}',
        "models.new.url",
    ),
    "no url at all": ('models: {new: {url: "http://[::1"}}', "models.new.url"),
    "a replica": (
        'models: {new: {replicas: ["http://127.0.0.1:8000", "http://evil.example:8000"]}}',
        "models.new.replicas[1]",
    ),
    "a model file": ("models: {new: {type: direct, path: /x.gguf}}", "models.new.path"),
    "a model of one's own": ("models: {away: {max_tokens: 512}}", "models.away"),
    "a huge window": ("models: {new: {max_tokens: 1000000}}", "models.new.max_tokens"),
    "a path": ("models: {new: {path: /etc/passwd}}", "models.new.path"),
    "a key": ("models: {new: {api_key_env: HOME}}", "models.new.api_key_env"),
    "a pattern": (
        "classification: {rules: [{kind: GENERAL, patterns: ['a.b$']}]}",
        "classification.rules[0].patterns",
    ),
    "timeouts": ("timeouts: {total: 1000000}", "timeouts"),
    "cache": ("cache: {size_mb: 100000}", "cache"),
    "journal": ("journal: {enabled: false}", "journal"),
    "server": ("server: {log_level: debug}", "server"),
    "retrieval": ("retrieval: {max_files: 10000000}", "retrieval"),
    "a pipeline away": ("pipelines: {p: [mine, away]}", "pipelines.p[1]"),
    "a forwarded model": ("pipelines: {p: [cloud]}", "pipelines.p[0]"),
    "a declared one": ("pipelines: {p: [elsewhere]}", "pipelines.p[0]"),
    "a keyed proxy": ("pipelines: {p: [keyed]}", "pipelines.p[0]"),
    "by a composite": ("pipelines: {p: [best]}", "pipelines.p[0]"),
    "a composite away": ("composites: {c: [away]}", "composites.c[0]"),
    "the user's pipeline": ("defaults: {pipeline: sent}", "defaults.pipeline"),
    "a rule": (
        "multi_model: {intelligent_selection: {rules: [{task: MATH, preferred_backends: away}]}}",
        "multi_model.intelligent_selection.rules[0].preferred_backends",
    ),
    "a rule's pipeline": (
        "multi_model: {intelligent_selection: {rules: [{task: MATH, pipeline: sent}]}}",
        "multi_model.intelligent_selection.rules[0].pipeline",
    ),
}


@pytest.mark.parametrize(("text", "key"), IGNORED.values(), ids=list(IGNORED))
def test_an_untrusted_workspace_may_not_set(text: str, key: str, place: Place) -> None:
    place.write_user(MINE)
    place.write(text)
    loaded = place.load(trusted=False)
    problem = next(problem for problem in loaded.problems if "camus trust" in problem.message)
    assert (problem.key, problem.severity) == (key, "warning")
    assert not any("camus trust" in p.message for p in place.load(trusted=True).problems)
    assert place.load(trusted=True).config != loaded.config


HARMFUL = ("url", "path", "api_key_env", "proxy", "ca_bundle", "replicas")


@pytest.mark.parametrize(("text", "key"), IGNORED.values(), ids=list(IGNORED))
def test_what_is_ignored_leaves_no_trace(text: str, key: str, place: Place) -> None:
    place.write_user(MINE)
    before = place.load().config
    place.write(text)
    after = place.load(trusted=False).config
    for name, model in after.models.items():
        if name in before.models:
            assert model == before.models[name]
        else:
            assert not any(getattr(model, field) for field in HARMFUL), key
    assert after.timeouts == before.timeouts
    assert after.server == before.server
    assert after.journal == before.journal
    assert not any(
        step.backend != "mine"
        for p in after.pipelines.values()
        for step in p.steps
        if p not in before.pipelines.values()
    )


OWN_HAND = {
    "proxy": ("models: {new: {proxy: 'http://evil.example'}}", "models.new.proxy"),
    "certificates": ("models: {new: {ca_bundle: /tmp/ca.pem}}", "models.new.ca_bundle"),
    "vouching": ("models: {new: {remote: false}}", "models.new.remote"),
    "opting in": ("privacy: {allow_external: true}", "privacy.allow_external"),
    "anywhere": ("privacy: {default_location: any}", "privacy.default_location"),
    "secrets": ("privacy: {secrets: placeholder}", "privacy.secrets"),
    "money": ("limits: {cost_a_day: 100}", "limits.cost_a_day"),
}


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(("text", "key"), OWN_HAND.values(), ids=list(OWN_HAND))
def test_only_the_users_own_file_may_set(text: str, key: str, trusted: bool, place: Place) -> None:
    place.write(text)
    loaded = place.load(trusted=trusted)
    (problem,) = loaded.problems
    assert (problem.key, problem.severity) == (key, "warning")
    assert str(place.folders.config / "config.yml") in problem.message
    assert loaded.config.privacy == Config().privacy

    (place.workspace / ".camus" / "config.yml").unlink()
    place.write_user(text)
    assert not any("your own file" in p.message for p in place.load().problems)
    assert place.load().config != Config()


def test_a_trusted_workspace_may_name_its_servers(place: Place) -> None:
    place.write(
        "models: {team: {type: vllm, url: 'https://llm.example:8443', api_key_env: TEAM_KEY}}\n"
        "timeouts: {total: 600}"
    )
    loaded = place.load()
    assert loaded.problems == ()
    assert loaded.config.models["team"].api_key_env == "TEAM_KEY"
    assert loaded.config.timeouts.total == 600


def test_trust_is_asked_with_the_folder_found_and_its_digest(place: Place) -> None:
    place.write("models: {a: {path: /x}}")
    asked: list[tuple[Path, str]] = []

    def trusted(folder: Path, digest: str) -> bool:
        asked.append((folder, digest))
        return False

    deep = place.workspace / "src"
    deep.mkdir()
    loaded = load(Layers(place.folders, deep, trusted=trusted))
    assert asked == [(place.workspace, loaded.digest)]
    assert len(loaded.digest) == 64


def test_trust_is_not_asked_for_a_workspace_without_files(place: Place) -> None:
    place.workspace.mkdir()

    def trusted(_folder: Path, _digest: str) -> bool:
        raise AssertionError

    assert not load(Layers(place.folders, place.workspace, trusted=trusted)).trusted


def test_without_an_answer_a_workspace_is_untrusted(place: Place) -> None:
    place.write("timeouts: {total: 1}")
    assert load(Layers(place.folders, place.workspace)).config == Config()


def test_editor_settings_are_never_trusted(place: Place) -> None:
    settings = {
        "models": {"new": {"type": "openai", "url": "https://evil.example"}},
        "privacy": {"secrets": "placeholder"},
        "defaults": {"quality_threshold": 0.7},
    }
    loaded = place.load(trusted=True, editor=settings)
    assert loaded.config.models == {}
    assert loaded.config.privacy == Config().privacy
    assert loaded.config.defaults.quality_threshold == 0.7
    own = str(place.folders.config / "config.yml")
    assert [problem.key for problem in loaded.problems] == ["privacy.secrets", "models.new.url"]
    assert all(own in problem.message for problem in loaded.problems)


def test_flags_are_the_users_own_hand(place: Place) -> None:
    models = {"new": {"type": "openai", "url": "https://mine.example", "remote": False}}
    loaded = place.load(flags={"models": models})
    assert loaded.problems == ()
    assert loaded.config.models["new"].remote is False


@pytest.mark.parametrize(
    ("url", "usual"),
    [
        ("http://127.0.0.1:11434", True),
        ("http://localhost:1234/v1", True),
        ("http://[::1]:8000", True),
        ("http://127.0.0.1:11434\\@evil.example", False),
        ("http://127.0.0.1.evil.example:11434", False),
        ("http://2130706433:11434", False),
        ("http://0.0.0.0:11434", False),
        ("file:///etc/passwd", False),
        ("http://127.0.0.1:99999", False),
        ("127.0.0.1:11434", False),
        ("", False),
    ],
)
def test_a_usual_loopback_url_is(url: str, usual: bool) -> None:
    assert is_usual_loopback(url) is usual
