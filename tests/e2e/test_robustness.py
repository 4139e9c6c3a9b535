"""The real process against bytes on pipes: each request is answered once, with the right code.

No library speaks for the client here. The first half shares one server, which every test must
leave alive; the second half is about beginnings and ends, each with a server of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.pipes import Pipes

PLACE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
HOVER = {"textDocument": {"uri": "untitled:none"}, "position": {"line": 0, "character": 0}}
PARSE, INVALID, UNKNOWN, PARAMS, EARLY = -32700, -32600, -32601, -32602, -32002
MODIFIED, CANCELLED = -32801, -32800
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")


def _env(home: Path) -> dict[str, str]:
    return {"CAMUS_HOME": str(home), "OLLAMA_HOST": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipes]:
    with Pipes(_env(tmp_path_factory.mktemp("home"))) as pipes:
        assert "capabilities" in pipes.initialize()["result"]
        yield pipes


@pytest.fixture
def server(shared: Pipes) -> Iterator[Pipes]:
    """The shared server; it answers the next request after each test, and says nothing more."""
    yield shared
    assert shared.alive()
    assert shared.complaints == ""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Pipes]:
    with Pipes(_env(tmp_path)) as pipes:
        yield pipes


def _action(**changes: Any) -> dict[str, Any]:
    params: dict[str, Any] = {
        "textDocument": {"uri": "untitled:none"},
        "range": PLACE,
        "context": {"diagnostics": []},
    }
    return {"id": 1, "method": "textDocument/codeAction", "params": {**params, **changes}}


# -- what is no message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"{", PARSE, id="half an object"),
        pytest.param(b"", PARSE, id="an empty body"),
        pytest.param(b'{"a":"\xff\xfe"}', PARSE, id="invalid UTF-8"),
        pytest.param('{"id":1}'.encode("utf-16"), PARSE, id="another encoding"),
        pytest.param(b"[" * 100_000, PARSE, id="100,000 brackets"),
        pytest.param(b'{"a":' * 50_000, PARSE, id="50,000 braces"),
        pytest.param(b'{"jsonrpc":"2.0","id":1,"x":NaN}', PARSE, id="not a number"),
        pytest.param(b'{"jsonrpc":"2.0","id":1,"x":1e999}', PARSE, id="a number beyond bounds"),
        pytest.param(b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b"}", PARSE, id="5,000 digits"),
        pytest.param(b"[]", INVALID, id="an empty batch"),
        pytest.param(b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]', INVALID, id="a batch"),
        pytest.param(b'"shutdown"', INVALID, id="a text"),
        pytest.param(b"null", INVALID, id="null"),
        pytest.param(b'{"jsonrpc":"2.0"}', INVALID, id="neither method nor id"),
        pytest.param(b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}', INVALID, id="a null id"),
        pytest.param(b'{"jsonrpc":"2.0","id":1.5,"method":"shutdown"}', INVALID, id="half an id"),
        pytest.param(b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}', INVALID, id="an object id"),
    ],
)
def test_what_is_no_message_is_refused_once(server: Pipes, body: bytes, code: int) -> None:
    server.body(body)
    assert server.code(None) == code


@pytest.mark.parametrize("version", ['"1.0"', "2.0", "null"])
def test_another_version_of_the_protocol_is_refused(server: Pipes, version: str) -> None:
    server.body(f'{{"jsonrpc":{version},"id":"v","method":"shutdown"}}'.encode())
    assert server.code("v") == INVALID


@pytest.mark.parametrize("method", ["textDocument/none", "$/none", "", "textDocument/definition"])
def test_an_unknown_request_is_refused(server: Pipes, method: str) -> None:
    server.send({"id": 1, "method": method, "params": {}})
    assert server.code(1) == UNKNOWN


def test_a_method_that_is_no_text_is_refused(server: Pipes) -> None:
    server.body(b'{"jsonrpc":"2.0","id":1,"method":7}')
    assert server.code(1) == INVALID


def test_unknown_notifications_are_ignored(server: Pipes) -> None:
    for method in ("$/none", "textDocument/none", "", "$/setTrace", "camus/none"):
        server.send({"method": method, "params": {"value": "off"}})


# -- parameters

BAD = {
    "none": {"params": None},
    "a list": {"params": []},
    "a text": {"params": "x"},
    "no range": {"range": None},
    "a negative line": {"range": {**PLACE, "start": {"line": -1, "character": 0}}},
    "a line beyond 32 bits": {"range": {**PLACE, "start": {"line": 2**40, "character": 0}}},
    "a line of 4,000 digits": {"range": {**PLACE, "start": {"line": 10**4000, "character": 0}}},
    "a line with a fraction": {"range": {**PLACE, "start": {"line": 0.5, "character": 0}}},
    "a line that is no number": {"range": {**PLACE, "start": {"line": "0", "character": 0}}},
    "an uri that is no text": {"textDocument": {"uri": 3}},
    "an unknown trigger": {"context": {"diagnostics": [], "triggerKind": 99}},
    "diagnostics that are none": {"context": {"diagnostics": [{"message": 1}]}},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
def test_bad_parameters_are_refused(server: Pipes, changes: dict[str, Any]) -> None:
    message = _action(**changes)
    if "params" in changes:
        message["params"] = changes["params"]
    server.send(message)
    assert server.code(1) == PARAMS


def test_missing_parameters_are_refused(server: Pipes) -> None:
    server.send({"id": 1, "method": "textDocument/hover"})
    assert server.code(1) == PARAMS


def test_bad_parameters_of_notifications_are_ignored(server: Pipes) -> None:
    for params in (None, [], "x", {}, {"textDocument": 1}, {"id": {}}):
        for method in ("textDocument/didOpen", "textDocument/didChange", "$/cancelRequest"):
            server.send({"method": method, "params": params})


def test_extra_keys_are_no_fault(server: Pipes) -> None:
    server.send({**_action(jsonrpc="2.0", extra={"id": 3}), "extra": [1]})
    assert server.answer(1) == {"result": []}


def test_a_greeting_with_wrong_words_is_taken_as_it_can_be(own: Pipes) -> None:
    assert "result" in own.initialize(clientInfo={"name": 3, "version": 1.0}, processId="0")
    assert own.alive()


def test_whole_numbers_may_be_written_with_a_point(server: Pipes) -> None:
    body = json.dumps({"jsonrpc": "2.0", **_action()}).replace('"line": 0', '"line": 0.0')
    server.body(body.encode())
    assert server.answer(1) == {"result": []}


# -- requests that are notifications, and the other way round


def test_a_request_sent_as_a_notification_is_not_answered(server: Pipes) -> None:
    server.send({"method": "textDocument/hover", "params": HOVER})
    server.send({"method": "textDocument/none", "params": {}})


def test_a_notification_sent_as_a_request_is_answered_once(server: Pipes) -> None:
    params = {"textDocument": {"uri": "untitled:never"}}
    server.send({"id": 1, "method": "textDocument/didClose", "params": params})
    assert server.code(1) in {0, INVALID, UNKNOWN}


# -- text that is hard to carry


@pytest.mark.parametrize(
    "uri", ["untitled:\ud800", "file:///\udfff.py", "\x00", "", "file://[", "//"]
)
def test_odd_uris_are_only_names(server: Pipes, uri: str) -> None:
    server.open(uri, "def f():\n    return 1\n")
    server.send(_action(textDocument={"uri": uri}))
    answer = server.answer(1)
    assert "result" in answer, answer
    server.send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})


def test_lone_surrogates_are_survived_everywhere(server: Pipes) -> None:
    server.open("untitled:s", 'x = "\ud83d"\n\ude00 = 1\n')
    diagnostic = {"range": PLACE, "message": "\ud800", "source": "\udc00", "data": {"\ud800": "x"}}
    server.send(
        {
            **_action(textDocument={"uri": "untitled:s"}, context={"diagnostics": [diagnostic]}),
            "id": "\ud83d",
        }
    )
    first = server.answer("\ud83d")["result"][0]
    assert first["title"]


def test_deep_json_inside_a_request_gets_its_one_answer(server: Pipes) -> None:
    deep: Any = 1
    for _ in range(800):
        deep = [deep]
    diagnostic = {"range": PLACE, "message": "m", "data": deep}
    server.open("untitled:d", "x = 1\n")
    server.send(_action(textDocument={"uri": "untitled:d"}, context={"diagnostics": [diagnostic]}))
    answer = server.answer(1)
    assert "result" in answer or answer["error"]["code"] in {PARAMS, -32603}


def test_ids_of_every_kind_come_back_as_they_were(server: Pipes) -> None:
    for number in (0, -1, 2**53 + 1, 10**30, "", "é", "1", " ", "x" * 100_000):
        server.send({"id": number, "method": "textDocument/hover", "params": HOVER})
        assert server.answer(number) == {"result": None}


# -- framing


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("content-length: {}", id="lower case"),
        pytest.param("CONTENT-LENGTH:{}", id="upper case without a space"),
        pytest.param(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {}",
            id="a type first",
        ),
        pytest.param("Content-Length: {}\r\nX-Other: 1", id="another header behind"),
    ],
)
def test_headers_are_read_in_every_spelling(server: Pipes, header: str) -> None:
    server.send({"id": 1, "method": "textDocument/hover", "params": HOVER}, header=header)
    assert server.answer(1) == {"result": None}


def test_a_message_may_come_one_byte_at_a_time(server: Pipes) -> None:
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": HOVER}
    ).encode()
    for byte in b"Content-Length: %d\r\n\r\n" % len(body) + body:
        server.bytes(bytes([byte]))
    assert server.answer(1) == {"result": None}


def test_many_messages_may_come_at_once_and_are_answered_in_order(server: Pipes) -> None:
    bodies = [
        json.dumps({"jsonrpc": "2.0", "id": n, "method": "textDocument/hover", "params": HOVER})
        for n in range(200)
    ]
    server.bytes(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(b), b.encode()) for b in bodies))
    assert [server.answer(n) for n in range(200)] == [{"result": None}] * 200


def test_a_message_beyond_all_measure_is_passed_over(server: Pipes) -> None:
    length = 65 * 1024 * 1024
    before = server.resident()
    server.bytes(b"Content-Length: %d\r\n\r\n" % length)
    for _ in range(65):
        server.bytes(b" " * 1024 * 1024)
    assert server.code(None) == INVALID
    assert server.resident() - before < 16 * 1024 * 1024


# -- requests and their answers


def test_an_id_in_use_is_refused(server: Pipes) -> None:
    hover = {"id": "twice", "method": "textDocument/hover", "params": HOVER}
    body = json.dumps({"jsonrpc": "2.0", **hover}).encode()
    server.bytes((b"Content-Length: %d\r\n\r\n%b" % (len(body), body)) * 2)
    answers = [server.answer("twice"), server.answer("twice")]
    # The first may be done before the second comes; what counts is one answer to each.
    assert {"result": None} in answers
    assert all(a == {"result": None} or a["error"]["code"] == INVALID for a in answers)


def test_answers_to_nothing_are_ignored(server: Pipes) -> None:
    for number in (77, "x", None, True, {}, []):
        server.send({"id": number, "result": 1})
        server.send({"id": number, "error": {"code": 1, "message": "x"}})
        server.send({"id": number, "error": 7})


def test_cancelling_what_is_not_there_is_ignored(server: Pipes) -> None:
    for number in (99, "x", None, [], {"a": 1}):
        server.send({"method": "$/cancelRequest", "params": {"id": number}})
    server.send({"method": "window/workDoneProgress/cancel", "params": {"token": "gone"}})


def test_cancelling_a_request_answers_it_once(server: Pipes) -> None:
    server.open("untitled:c", "def f():\n    raise NotImplementedError\n")
    given = {"uri": "untitled:c", "range": PLACE, "action": "explain"}
    command = {"command": "camus.preview", "arguments": [given]}
    server.send({"id": "slow", "method": "workspace/executeCommand", "params": command})
    server.send({"method": "$/cancelRequest", "params": {"id": "slow"}})
    assert server.code("slow") in {CANCELLED, 0}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"command": "rm", "arguments": ["-rf", "/"]}, PARAMS),
        ({"command": "camus.explain", "arguments": [{"uri": 1}]}, PARAMS),
        (
            {"command": "camus.explain", "arguments": [{"uri": "untitled:x", "range": PLACE}]},
            MODIFIED,
        ),
        ({"command": "", "arguments": None}, PARAMS),
    ],
)
def test_commands_are_checked(server: Pipes, params: dict[str, Any], code: int) -> None:
    server.send({"id": 1, "method": "workspace/executeCommand", "params": params})
    assert server.code(1) == code


@pytest.mark.parametrize("data", [None, 1, "x", {}, {"v": 2}, {"v": 1, "action": "rm"}, [[]]])
def test_data_of_somebody_else_is_refused_or_left(server: Pipes, data: Any) -> None:
    action = {"title": "x", "data": data}
    server.send({"id": 1, "method": "codeAction/resolve", "params": action})
    answer = server.answer(1)
    if data is None:
        assert answer == {"result": {"title": "x"}}
    else:
        assert answer["error"]["code"] == PARAMS


def test_changes_of_what_is_not_open_are_ignored(server: Pipes) -> None:
    document = {"uri": "untitled:never", "version": 3}
    change = {"textDocument": document, "contentChanges": [{"text": "x"}]}
    server.send({"method": "textDocument/didChange", "params": change})
    server.send({"method": "textDocument/didClose", "params": {"textDocument": document}})
    server.send({"method": "textDocument/didSave", "params": {"textDocument": document}})


# -- beginnings


def test_a_request_before_initialize_is_refused(own: Pipes) -> None:
    own.send({"id": 1, "method": "textDocument/hover", "params": HOVER})
    assert own.code(1) == EARLY
    own.send({"id": 2, "method": "shutdown"})
    assert own.code(2) == EARLY
    own.open("untitled:a", "x")
    assert "result" in own.initialize()
    assert own.alive()


def test_an_initialize_that_fails_may_be_tried_again(own: Pipes) -> None:
    for params in (None, {}, {"capabilities": 3}):
        own.send({"id": 1, "method": "initialize", "params": params})
        assert own.code(1) == PARAMS
    assert "result" in own.initialize()


def test_a_second_initialize_is_refused(own: Pipes) -> None:
    own.initialize()
    own.send({"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None}})
    assert own.code(1) == INVALID
    assert own.alive()


def test_odd_capabilities_are_survived(own: Pipes) -> None:
    odd: dict[str, Any] = {"experimental": [1], "general": {"positionEncodings": ["utf-7"]}}
    answer = own.initialize(capabilities=odd, initializationOptions=["x"], trace="off")
    assert answer["result"]["capabilities"]["positionEncoding"] == "utf-16"
    assert own.alive()


# -- ends


def test_shutdown_and_exit_end_with_0(own: Pipes) -> None:
    own.initialize()
    own.send({"id": 1, "method": "shutdown"})
    assert own.answer(1) == {"result": None}
    own.send({"id": 2, "method": "textDocument/hover", "params": HOVER})
    assert own.code(2) == INVALID
    own.send({"id": 3, "method": "shutdown"})
    assert own.code(3) == INVALID
    own.open("untitled:a", "x")
    own.send({"method": "exit"})
    assert own.exit_code() == 0
    assert own.complaints == ""


@pytest.mark.parametrize("shaken", [False, True])
def test_exit_without_shutdown_ends_with_1(own: Pipes, shaken: bool) -> None:
    if shaken:
        own.initialize()
    own.send({"method": "exit"})
    assert own.exit_code() == 1


@pytest.mark.parametrize("shaken", [False, True])
def test_the_end_of_stdin_ends_with_1(own: Pipes, shaken: bool) -> None:
    if shaken:
        own.initialize()
        assert own.alive()
    own.stdin.close()
    assert own.exit_code() == 1


def test_the_end_of_stdin_after_shutdown_ends_with_0(own: Pipes) -> None:
    own.initialize()
    own.send({"id": 1, "method": "shutdown"})
    assert own.code(1) == 0
    own.stdin.close()
    assert own.exit_code() == 0


def test_a_session_may_stand_in_a_file(tmp_path: Path) -> None:
    """No loop can watch a file, so that a thread reads it."""
    hello = {"processId": None, "rootUri": None, "capabilities": {}}
    said: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    bodies = [json.dumps({"jsonrpc": "2.0", **each}).encode() for each in said]
    session = tmp_path / "session"
    session.write_bytes(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(b), b) for b in bodies))
    with session.open("rb") as file:
        ended = subprocess.run(
            [sys.executable, "-m", "camus", "serve"],
            stdin=file,
            capture_output=True,
            env={**os.environ, **_env(tmp_path / "home")},
            timeout=30,
            check=False,
        )
    assert ended.returncode == 0
    assert ended.stderr == b""
    assert ended.stdout.endswith(b'{"id":2,"jsonrpc":"2.0","result":null}')


def test_the_end_of_stdin_inside_a_message_ends_with_1(own: Pipes) -> None:
    own.initialize()
    own.bytes(b'Content-Length: 1000\r\n\r\n{"jsonrpc"')
    own.stdin.close()
    assert own.exit_code() == 1


@pytest.mark.parametrize(
    "junk",
    [
        b"Content-Length: none\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x00" * 10_000,
    ],
    ids=["no number", "a negative length", "5,000 digits", "HTTP", "zeros"],
)
def test_a_stream_out_of_step_ends_with_1(own: Pipes, junk: bytes) -> None:
    own.bytes(junk)
    assert own.exit_code() == 1
    assert own.complaints == ""


def test_a_client_that_stops_reading_finds_every_answer_later(tmp_path: Path) -> None:
    with Pipes(_env(tmp_path), reading=False) as pipes:
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        pipes.send({"id": 0, "method": "initialize", "params": params})
        pipes.send({"method": "initialized", "params": {}})
        name = "x" * 1000
        for number in range(2000):  # two megabytes of answers, far more than a pipe holds
            pipes.send({"id": f"{number}{name}", "method": "textDocument/hover", "params": HOVER})
        pipes.read()
        assert "result" in pipes.answer(0)
        for number in range(2000):
            assert pipes.answer(f"{number}{name}") == {"result": None}


def test_a_client_that_never_reads_can_still_end_the_server(tmp_path: Path) -> None:
    with Pipes(_env(tmp_path), reading=False) as pipes:
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        pipes.send({"id": 0, "method": "initialize", "params": params})
        for number in range(2000):
            pipes.send({"id": f"{number}{'x' * 1000}", "method": "none"})
        pipes.stdin.close()
        assert pipes.exit_code() == 1


def test_a_client_that_closed_its_end_is_gone(tmp_path: Path) -> None:
    with Pipes(_env(tmp_path), reading=False) as pipes:
        pipes.stdout.close()
        params = {"processId": None, "rootUri": None, "capabilities": {}}
        pipes.send({"id": 0, "method": "initialize", "params": params})
        assert pipes.exit_code() == 1


@POSIX
def test_a_dead_client_process_ends_it(own: Pipes) -> None:
    client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    own.initialize(processId=client.pid)
    assert own.alive()
    client.kill()
    client.communicate()
    assert own.exit_code() == 1


@POSIX
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_silence(own: Pipes, name: signal.Signals) -> None:
    own.initialize()
    assert own.alive()
    os.kill(own.process.pid, name)
    assert own.exit_code() == 1
    assert own.complaints == ""


def test_ending_in_the_middle_of_work_answers_it(own: Pipes) -> None:
    own.initialize()
    own.open("untitled:a", "def f():\n    return 1\n" * 2000)
    given = {"uri": "untitled:a", "range": PLACE, "action": "explain"}
    command = {"command": "camus.preview", "arguments": [given]}
    own.send({"id": "slow", "method": "workspace/executeCommand", "params": command})
    began = time.monotonic()
    own.send({"method": "exit"})
    assert own.code("slow") in {CANCELLED, 0}
    assert own.exit_code() == 1
    assert time.monotonic() - began < 10
