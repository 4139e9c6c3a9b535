"""What names and addresses tell."""

from __future__ import annotations

import pytest

from camus.config import BackendKind, Capability
from camus.models import Served, addresses
from camus.models.naming import billions, guessed, rung
from camus.models.profiles import generates, same_model

OLLAMA, OPENAI = BackendKind.OLLAMA, BackendKind.OPENAI


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("qwen2.5-coder:7b", 7),
        ("deepseek-coder:1.3b-instruct", 1.3),
        ("Qwen/Qwen2.5-Coder-32B-Instruct-AWQ", 32),
        ("mixtral:8x7b", 56),
        ("qwen3:30b-a3b", 30),
        ("7.6B", 7.6),
        ("137.5M", 0.1375),
        ("smollm2:135m", 0.135),
        ("llama-3.1", 0),
        ("phi3:mini-4k", 0),
        ("a7b8c", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_parameters_are_read_from_a_name(text: str | None, parameters: float) -> None:
    assert billions(text) == pytest.approx(parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "size"),
    [
        ("x:3.9b", 0, "fast"),
        ("x:4b", 0, "medium"),
        ("x:19b", 0, "medium"),
        ("x:20b", 0, "large"),
        ("x:70b", 1.0, "fast"),
        ("phi3:mini", 0, "fast"),
        ("gpt-5-mini", 0, "fast"),
        ("gemini-3-flash", 0, "fast"),
        ("claude-opus-4", 0, "large"),
        ("gpt-4o", 0, "large"),
        ("mistral-large", 0, "large"),
        ("gemini-pro", 0, "large"),
        ("llama3", 0, "medium"),
        ("minimax", 0, "medium"),
    ],
)
def test_where_a_model_stands(name: str, parameters: float, size: str) -> None:
    assert rung(name, parameters) == size


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("qwen2.5-coder:7b", Capability.CODE_SPECIALIZED),
        ("codestral", Capability.CODE_SPECIALIZED),
        ("qwen2-math", Capability.MATH_REASONING),
        ("deepseek-r1:8b", Capability.DEEP_REASONING),
        ("qwq", Capability.DEEP_REASONING),
        ("llava:7b", Capability.VISION_INPUT),
        ("qwen2.5-vl", Capability.VISION_INPUT),
        ("nomic-embed-text", Capability.EMBEDDING),
        ("bge-m3", Capability.EMBEDDING),
        ("storyteller", Capability.CREATIVE_WRITING),
    ],
)
def test_what_a_name_promises(name: str, capability: Capability) -> None:
    assert capability in guessed(name, "medium", window=4096, local=False)


def test_size_place_and_window_add_what_they_mean() -> None:
    small = guessed("x", "fast", window=4096, local=True)
    assert small == {
        Capability.STREAMING,
        Capability.FAST_INFERENCE,
        Capability.LOCAL_INFERENCE,
    }
    large = guessed("x", "large", window=64_000, local=False)
    assert large == {
        Capability.STREAMING,
        Capability.HIGH_QUALITY,
        Capability.LARGE_CONTEXT,
    }


@pytest.mark.parametrize(
    ("served", "writes"),
    [
        (Served("qwen2.5-coder:7b"), True),
        (Served("qwen2.5-coder:7b", embedding=True), False),
        (Served("mxbai-embed-large"), False),
        (Served("all-minilm:22m"), False),
    ],
)
def test_embedding_models_do_not_write(served: Served, writes: bool) -> None:
    assert generates(served) is writes


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        (OLLAMA, "llama3", "llama3:latest", True),
        (OLLAMA, "Llama3:LATEST", "llama3", True),
        (OLLAMA, "llama3:8b", "llama3", False),
        (OLLAMA, "host:5000/llama3", "host:5000/llama3:latest", True),
        (OPENAI, "m", "m:latest", False),
        (OPENAI, "M", "m", False),
    ],
)
def test_when_two_ids_mean_the_same_model(
    kind: BackendKind, one: str, other: str, same: bool
) -> None:
    assert same_model(kind, one, other) is same


@pytest.mark.parametrize(
    ("kind", "url", "exact"),
    [
        (OLLAMA, "localhost:11434", "http://localhost:11434"),
        (OLLAMA, " http://localhost:11434/ ", "http://localhost:11434"),
        (OLLAMA, "http://h:1/api", "http://h:1"),
        (OLLAMA, "http://h:1/v1/", "http://h:1"),
        (OLLAMA, "https://h/prefix", "https://h/prefix"),
        (OLLAMA, "http://0.0.0.0:11434", "http://127.0.0.1:11434"),
        (OLLAMA, "http://[::1]:11434", "http://[::1]:11434"),
        (OPENAI, "h:8000", "http://h:8000/v1"),
        (OPENAI, "http://h:8000/v1/", "http://h:8000/v1"),
        (OPENAI, "https://api.example.com/openai/v1", "https://api.example.com/openai/v1"),
    ],
)
def test_an_address_is_made_exact(kind: BackendKind, url: str, exact: str) -> None:
    assert addresses.exact(kind, url) == exact


@pytest.mark.parametrize(
    ("kind", "env", "keyed", "url"),
    [
        (OLLAMA, {}, False, "http://127.0.0.1:11434"),
        (OLLAMA, {"OLLAMA_HOST": "0.0.0.0"}, False, "http://127.0.0.1:11434"),
        (OLLAMA, {"OLLAMA_HOST": ":1234"}, False, "http://127.0.0.1:1234"),
        (OLLAMA, {"OLLAMA_HOST": "gpu.lan"}, False, "http://gpu.lan:11434"),
        (OLLAMA, {"OLLAMA_HOST": "https://gpu.lan"}, False, "https://gpu.lan"),
        (OLLAMA, {"OLLAMA_HOST": "ftp://x"}, False, "http://127.0.0.1:11434"),
        (OPENAI, {}, False, "http://127.0.0.1:8080"),
        (OPENAI, {}, True, "https://api.openai.com/v1"),
    ],
)
def test_a_model_without_an_address_has_the_usual_one(
    kind: BackendKind, env: dict[str, str], keyed: bool, url: str
) -> None:
    assert addresses.default(kind, env, keyed=keyed) == url


def test_the_usual_places_are_all_on_this_machine() -> None:
    for env in ({}, {"OLLAMA_HOST": "http://10.1.1.1:1"}, {"OLLAMA_HOST": "localhost:77"}):
        places = [url for _, url in addresses.usual(env)]
        assert len(places) == 4
        assert all(addresses.is_loopback(url) for url in places)
    assert places[0] == "http://localhost:77"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://localhost:1", "http://127.0.0.1:1/v1", True),
        ("http://[::1]:1", "http://127.0.0.2:1", True),
        ("http://localhost:1", "http://localhost:2", False),
        ("http://gpu:1", "http://gpu:1/v1", True),
        ("http://gpu:1", "http://other:1", False),
        ("http://gpu:1", "http://127.0.0.1:1", False),
    ],
)
def test_when_two_addresses_are_one_place(one: str, other: str, same: bool) -> None:
    assert addresses.same_place(one, other) is same


def test_openais_key_goes_to_openai_alone_unless_it_is_named() -> None:
    assert addresses.key_name(OPENAI, "https://api.openai.com/v1", "") == "OPENAI_API_KEY"
    assert addresses.key_name(OPENAI, "https://api.openai.com.evil.net/v1", "") == ""
    assert addresses.key_name(OPENAI, "http://127.0.0.1:8080/v1", "") == ""
    assert addresses.key_name(OPENAI, "http://127.0.0.1:8080/v1", "MINE") == "MINE"
    assert addresses.key_name(OLLAMA, "http://api.openai.com", "") == ""
