"""Framing over real pipes."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camus.lsp.stdio import Framing, OutOfStep, Watch, Writer, messages, read_on_thread


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue


def _read(pipe: tuple[int, int], data: bytes) -> list[bytes]:
    os.write(pipe[1], data)
    os.close(pipe[1])
    return list(messages(pipe[0]))


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\n\r\n",
        b"content-length:2\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:  2 \r\n\r\n",
    ],
)
def test_headers_are_read_as_http_s_are(pipe: tuple[int, int], header: bytes) -> None:
    assert _read(pipe, header + b"{}" + header + b"[]") == [b"{}", b"[]"]


def test_a_message_cut_by_the_end_is_not_delivered(pipe: tuple[int, int]) -> None:
    assert _read(pipe, b"Content-Length: 9\r\n\r\n{}") == []


@pytest.mark.parametrize(
    "data", [b"Content-Length: x\r\n\r\n{}", b"Hello: 1\r\n\r\n", b"Content-Length: -2\r\n\r\n{}"]
)
def test_a_broken_header_ends_the_stream(pipe: tuple[int, int], data: bytes) -> None:
    with pytest.raises(OutOfStep):
        _read(pipe, data)


def test_endless_headers_end_the_stream(pipe: tuple[int, int]) -> None:
    with pytest.raises(OutOfStep):
        _read(pipe, b"x" * 9000)


def test_messages_are_written_in_order(pipe: tuple[int, int]) -> None:
    writer = Writer(pipe[1])
    for number in range(3):
        writer.write(b"%d" % number)
    writer.close()
    os.close(pipe[1])
    assert list(messages(pipe[0])) == [b"0", b"1", b"2"]


def test_an_unread_stdout_does_not_stop_the_one_who_writes(pipe: tuple[int, int]) -> None:
    writer = Writer(pipe[1])
    writer.write(b"x" * 1_000_000)
    writer.write(b"y")
    source = messages(pipe[0])
    assert len(next(source)) == 1_000_000
    assert next(source) == b"y"
    writer.close()


def test_a_client_that_went_away_is_noticed() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = threading.Event()
    writer = Writer(writing, on_broken=gone.set)
    writer.write(b"x")
    assert gone.wait(2)
    writer.close()
    os.close(writing)


def test_no_more_than_agreed_is_read_ahead(pipe: tuple[int, int]) -> None:
    got: list[bytes] = []
    ended = threading.Event()
    room = read_on_thread(pipe[0], got.append, lambda _reason: ended.set(), ahead=2)
    os.write(pipe[1], b"Content-Length: 1\r\n\r\nx" * 3)
    os.close(pipe[1])
    assert not ended.wait(0.1)
    assert len(got) == 2
    room.release()
    assert ended.wait(2)
    assert len(got) == 3


def test_an_overlong_message_is_passed_over_and_told(pipe: tuple[int, int]) -> None:
    told: list[int] = []
    os.write(pipe[1], b"Content-Length: 9\r\n\r\n123456789Content-Length: 2\r\n\r\n{}")
    os.close(pipe[1])
    assert list(messages(pipe[0], Framing(most=8, overlong=told.append))) == [b"{}"]
    assert told == [9]


ONE = b"Content-Length: 1\r\n\r\nx"


async def _taken(pipe: tuple[int, int], data: bytes) -> tuple[list[bytes], str]:
    """What a loop that watches the pipe takes until its end, and why that was."""
    got: list[bytes] = []
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    watch = Watch(pipe[0], got.append, ended.set_result, framing=Framing())
    for at in range(0, len(data), 7):
        os.write(pipe[1], data[at : at + 7])
        await asyncio.sleep(0)
    os.close(pipe[1])
    async with asyncio.timeout(2):
        why = await ended
    watch.close()
    return got, why


async def test_a_loop_that_watches_takes_the_same(pipe: tuple[int, int]) -> None:
    assert await _taken(pipe, ONE + b"content-length: 0\r\n\r\n" + ONE) == ([b"x", b"", b"x"], "")


async def test_a_broken_header_ends_the_watch_after_what_came_before(pipe: tuple[int, int]) -> None:
    got, why = await _taken(pipe, ONE + b"Hello: 1\r\n\r\n{}" + ONE)
    assert got == [b"x"]
    assert why == "a message without a length"


async def test_a_loop_that_watches_reads_no_more_ahead_than_agreed(pipe: tuple[int, int]) -> None:
    got: list[bytes] = []
    watch = Watch(pipe[0], got.append, lambda _why: None, framing=Framing(), ahead=2)
    for taken in range(5):
        os.write(pipe[1], ONE)
        await asyncio.sleep(0.01)
        assert len(got) == min(taken + 1, 3)
    for left in (3, 4, 5):
        watch.release()
        watch.release()
        await asyncio.sleep(0.01)
        assert len(got) == min(left + 2, 5)
    watch.close()


async def test_a_call_for_nothing_ends_no_watch(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[0], False)
    got: list[bytes] = []
    ended: list[str] = []
    watch = Watch(pipe[0], got.append, ended.append, framing=Framing())
    watch._readable()
    os.write(pipe[1], ONE)
    await asyncio.sleep(0.01)
    assert (got, ended) == ([b"x"], [])
    watch.close()


async def test_a_file_cannot_be_watched(tmp_path: Path) -> None:
    with (tmp_path / "messages").open("w+b") as file, pytest.raises(PermissionError):
        Watch(file.fileno(), print, print, framing=Framing())


@given(st.lists(st.binary(max_size=50), max_size=6), st.lists(st.integers(1, 30), min_size=1))
def test_any_cut_of_a_stream_gives_the_same_messages(bodies: list[bytes], cuts: list[int]) -> None:
    told: list[int] = []
    framing = Framing(most=40, overlong=told.append)
    data = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(each), each) for each in bodies)
    got: list[bytes] = []
    at = count = 0
    while at < len(data):
        step = cuts[count % len(cuts)]
        got += framing.feed(data[at : at + step])
        at, count = at + step, count + 1
    assert got == [each for each in bodies if len(each) <= 40]
    assert told == [len(each) for each in bodies if len(each) > 40]


def test_a_client_that_leaves_too_much_unread_is_given_up(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camus.lsp.stdio.MOST_UNREAD", 300_000)
    given_up: list[bool] = []
    writer = Writer(pipe[1], on_broken=lambda: given_up.append(True))
    for _ in range(10):
        writer.write(b"x" * 100_000)
    assert given_up == [True]
    assert writer._waiting.qsize() <= 4
    os.close(pipe[0])
    writer.close()
