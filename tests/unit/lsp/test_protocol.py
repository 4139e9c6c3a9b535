"""The protocol's rules, each mended in pygls: one answer to every request, cancelling that cancels,
and no word of user code in an error or a log.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from support.editor import Failed, capabilities
from support.fake_engine import FakeEngine, in_process, outcome_for

CAN = capabilities("minimal")
PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
SECRET = "def password(): return 'hunter2'"


def _code_action(**changes: Any) -> dict[str, Any]:
    params: dict[str, Any] = {
        "textDocument": {"uri": "file:///a.py"},
        "range": PLACE,
        "context": {"diagnostics": []},
    }
    params.update(changes)
    return params


BAD_PARAMETERS = {
    "no range": _code_action(range=None),
    "a negative line": _code_action(
        range={"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}
    ),
    "a line that is no number": _code_action(
        range={"start": {"line": "x", "character": 0}, "end": {"line": 0, "character": 0}}
    ),
    "an unknown tag": _code_action(
        context={"diagnostics": [{"range": PLACE, "message": SECRET, "tags": [77]}]}
    ),
    "an unknown trigger": _code_action(context={"diagnostics": [], "triggerKind": 9}),
    "a list": [],
    "nothing": None,
    "a text": SECRET,
}


@pytest.mark.parametrize("params", BAD_PARAMETERS.values(), ids=BAD_PARAMETERS.keys())
async def test_bad_parameters_get_one_answer(params: object) -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        with pytest.raises(Failed) as refused:
            await editor.request("textDocument/codeAction", params)
        assert refused.value.code == -32602
        assert "hunter2" not in json.dumps(editor.seen)
        assert await editor.request("textDocument/codeAction", _code_action()) == []
        answers = [message for message in editor.seen if "method" not in message]
        assert len(answers) == 3  # initialize, the bad one, the good one


async def test_a_jsonrpc_key_inside_parameters_is_only_a_key() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        item = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "x"}
        editor.notify("textDocument/didOpen", {"textDocument": {**item, "jsonrpc": "2.0"}})
        params = _code_action(
            context={
                "diagnostics": [
                    {"range": PLACE, "message": "m", "data": {"jsonrpc": "2.0", "id": 4}}
                ]
            }
        )
        (first, *_rest) = await editor.request("textDocument/codeAction", params)
        assert first["diagnostics"][0]["data"] == {"jsonrpc": "2.0", "id": 4}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"1", -32600),
        (b'{"jsonrpc":"2.0"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":[],"method":"shutdown"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600),
    ],
)
async def test_what_is_no_message_is_refused_and_survived(body: bytes, code: int) -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        handle, refused = editor._handle, []

        async def caught(message: dict[str, Any]) -> None:
            if "error" in message:
                refused.append(message["error"]["code"])
            else:
                await handle(message)

        editor._handle = caught  # type: ignore[method-assign]  # its id may be null
        editor.raw(body)
        assert await editor.request("textDocument/codeAction", _code_action()) == []
        assert refused == [code]


async def test_requests_before_initialize_are_refused() -> None:
    async with in_process(FakeEngine()) as editor:
        with pytest.raises(Failed) as refused:
            await editor.request("textDocument/codeAction", _code_action())
        assert refused.value.code == -32002
        editor.notify("textDocument/didOpen", {})
        await editor.initialize(CAN)


async def test_a_second_initialize_is_refused() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        with pytest.raises(Failed) as refused:
            await editor.initialize(CAN)
        assert refused.value.code == -32600


async def test_requests_after_shutdown_are_refused() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        await editor.request("shutdown")
        for method in ("shutdown", "textDocument/codeAction"):
            with pytest.raises(Failed) as refused:
                await editor.request(method, _code_action())
            assert refused.value.code == -32600


@pytest.mark.parametrize("method", ["textDocument/definition", "camus/none", ""])
async def test_unknown_methods_are_refused(method: str) -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        with pytest.raises(Failed) as refused:
            await editor.request(method, {})
        assert refused.value.code == -32601


async def test_bad_notifications_are_survived_in_silence() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        for params in (None, {}, {"textDocument": {"uri": 3}}):
            editor.notify("textDocument/didChange", params)
        editor.notify("$/cancelRequest", None)
        editor.notify("$/cancelRequest", {"id": 99})
        editor.notify("$/unknown", {})
        editor.notify("window/workDoneProgress/cancel", {"token": "gone"})
        assert await editor.request("textDocument/codeAction", _code_action()) == []


async def test_answers_to_nothing_are_ignored() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        for number in (7, "x", None, True):
            editor.raw(json.dumps({"jsonrpc": "2.0", "id": number, "result": 1}).encode())
        assert await editor.request("textDocument/codeAction", _code_action()) == []


async def test_cancelling_a_command_ends_its_coroutine() -> None:
    begun = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        begun.set()
        await asyncio.sleep(60)

    engine = FakeEngine(reply)
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", "x\n")
        arguments = [{"uri": uri, "range": PLACE}]
        number, answer = editor.start(
            "workspace/executeCommand", {"command": "camus.explain", "arguments": arguments}
        )
        await begun.wait()
        editor.cancel(number)
        with pytest.raises(Failed) as refused:
            await answer
        assert refused.value.code == -32800
        assert engine.cancelled == 1


async def test_an_id_in_use_is_refused_and_the_first_goes_on() -> None:
    going = asyncio.Event()

    async def reply(request: Any, watch: Any) -> Any:
        await going.wait()
        return outcome_for(request, state="nothing", message="nothing")

    async with in_process(FakeEngine(reply), CAN) as editor:
        uri = editor.open("a.py", "x\n")
        params = {"command": "camus.explain", "arguments": [{"uri": uri, "range": PLACE}]}
        _number, refused = editor.start("workspace/executeCommand", params, id="same")
        await asyncio.sleep(0.01)
        editor.raw(b'{"jsonrpc":"2.0","id":"same","method":"shutdown"}')
        with pytest.raises(Failed, match="-32600"):
            await refused
        first = asyncio.get_running_loop().create_future()
        editor._waiting["same"] = first
        going.set()
        assert (await first)["state"] == "nothing"
        await editor.told("window/showMessage")


async def test_a_fault_of_ours_names_neither_code_nor_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def reply(request: Any, watch: Any) -> Any:
        raise ValueError(SECRET)

    async with in_process(FakeEngine(reply), CAN) as editor:
        logging.getLogger("camus").propagate = True
        uri = editor.open("a.py", SECRET)
        with pytest.raises(Failed) as refused:
            await editor.command("camus.explain", {"uri": uri, "range": PLACE})
        assert refused.value.code == -32603
        assert refused.value.data is None
        assert "ValueError in camus.lsp" in refused.value.message
        told = json.dumps(editor.seen) + caplog.text
        assert "hunter2" not in told
        assert "Traceback" not in told
        assert await editor.code_actions(uri, "0:0")


async def test_handlers_are_forgotten_when_they_are_done() -> None:
    async with in_process(FakeEngine(), CAN) as editor:
        uri = editor.open("a.py", "x\n")
        for _ in range(50):
            editor.change(uri, text="y\n")
            await editor.code_actions(uri, "0:0")
        await asyncio.sleep(0.01)
        protocol = editor.server.protocol  # type: ignore[attr-defined]
        assert not protocol._request_futures
        assert not protocol._result_types


async def test_a_request_sees_the_text_that_stood_when_it_came() -> None:
    engine = FakeEngine()
    async with in_process(engine, CAN) as editor:
        uri = editor.open("a.py", "abc\n")
        _number, answer = editor.start(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": uri},
                "range": {"start": {"line": 0, "character": 3}, "end": {"line": 9, "character": 0}},
                "context": {"diagnostics": []},
            },
        )
        editor.change(uri, text="")
        await answer
        assert (engine.offered[0]["span"].start, engine.offered[0]["span"].end) == (3, 4)
