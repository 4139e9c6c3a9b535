"""Keys, prompts and answers stand in no log and no error, and keys come from where they should."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import types

import pytest

from camus.config import BackendKind
from camus.models import ModelError, Models, Sampling, Unauthorised
from camus.models.contact import Complaint, Contact, quote, refused
from camus.models.keys import Key
from support.prompts import QUICK, cleared, configured, model_at
from support.servers import Fault, Ollama, OpenAI

KEY = "sk-live-0123456789abcdef"
CODE = "def transfer(account, amount): ledger.debit(account, amount)"
SAID = (
    f"cannot do it: Bearer {KEY} with {KEY}",
    f"bad request, body was: {CODE} and more of it",
    f"Incorrect API key provided: {KEY[:12]}********",
)


def keyring_with(monkeypatch: pytest.MonkeyPatch, get: object) -> None:
    """A keyring module that answers with `get`."""
    module = types.ModuleType("keyring")
    module.get_password = get  # type: ignore[attr-defined]  # a module made by hand
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = OSError  # type: ignore[attr-defined]  # see above
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("kind", [Ollama, OpenAI])
@pytest.mark.parametrize("way", ["status", "ok_error", "error"])
async def test_neither_key_nor_code_is_in_an_error_or_a_log(
    said: str, kind: type[Ollama | OpenAI], way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    type_ = BackendKind.OLLAMA if kind is Ollama else BackendKind.OPENAI
    with kind(Fault(way, status=400, message=said), key=KEY) as server:  # type: ignore[arg-type]  # a parameter
        model = model_at(server.url, type=type_, api_key_env="MY_KEY")
        models = Models(configured(model), env={"MY_KEY": KEY})
        await models.refresh()
        with pytest.raises(ModelError) as caught:
            await models.generate("coder", cleared(CODE), Sampling(), QUICK)
        await models.close()
        assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    shown = f"{caught.value} {caught.value.advice} {caught.value!r} {caplog.text} {models!r}"
    assert KEY not in shown
    assert KEY[:12] not in shown
    assert "ledger.debit" not in shown
    assert "/chat" not in caplog.text


def test_a_quotation_is_one_short_line() -> None:
    contact = Contact(BackendKind.OLLAMA, "http://h:1")
    assert quote(contact, "a\nb\x1b[31m  c", "") == ": a b [31m c"
    assert len(quote(contact, "x" * 5000, "")) < 210
    assert quote(contact, "", "") == ""
    assert quote(contact, "short", "a short prompt that is sent") == ": short"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:11434", "Ollama at 127.0.0.1:11434"),
        ("https://gpu.example.com/secret/path", "Ollama at gpu.example.com"),
        ("http://[::1]:5", "Ollama at [::1]:5"),
    ],
)
def test_a_server_is_shown_by_host_and_port(url: str, shown: str) -> None:
    assert Contact(BackendKind.OLLAMA, url).shown == shown


def test_an_error_without_words_is_still_a_sentence() -> None:
    contact = Contact(BackendKind.OPENAI, "http://h:1/v1")
    assert str(refused(contact, 418, Complaint())).endswith("(status 418)")


async def test_a_key_is_looked_up_in_the_environment_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    def get(service: str, name: str) -> str:
        asked.append((service, name))
        return " from-keyring\n"

    keyring_with(monkeypatch, get)
    assert await Key("K", {"K": " from-env "}).value() == "from-env"
    assert not asked
    key = Key("K", {"K": "  "})
    assert [await key.value(), await key.value()] == ["from-keyring"] * 2
    assert asked == [("camus", "K")]


async def test_a_keyring_that_is_locked_missing_or_hangs_is_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_: str) -> str:
        raise OSError("locked")

    keyring_with(monkeypatch, locked)
    assert await Key("K", {}).value() == ""
    keyring_with(monkeypatch, lambda *_: None)
    assert await Key("K", {}).value() == ""
    keyring_with(monkeypatch, lambda *_: time.sleep(0.2) or "late")
    monkeypatch.setattr("camus.models.keys._KEYRING_SECONDS", 0.05)
    assert await Key("K", {}).value() == ""
    await asyncio.sleep(0.2)  # the thread ends
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert await Key("K", {}).value() == ""


async def test_a_key_in_the_keyring_opens_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring_with(monkeypatch, lambda _service, name: KEY if name == "MY_KEY" else None)
    with OpenAI("ok", key=KEY) as server:
        model = model_at(server.url, type=BackendKind.OPENAI, api_key_env="MY_KEY")
        models = Models(configured(model), env={})
        got = await models.generate("coder", cleared(), Sampling(), QUICK)
        await models.close()
    assert got.text == "ok"


async def test_a_refused_key_names_its_variable() -> None:
    with OpenAI(key="other") as server:
        model = model_at(server.url, type=BackendKind.OPENAI, api_key_env="MY_KEY")
        models = Models(configured(model), env={"MY_KEY": KEY})
        with pytest.raises(Unauthorised) as caught:
            await models.generate("coder", cleared(), Sampling(), QUICK)
        await models.close()
    assert caught.value.advice == "check the key in MY_KEY"
