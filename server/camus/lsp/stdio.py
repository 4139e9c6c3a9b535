"""Whole messages over two file descriptors; knows framing and nothing of their content."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator

_CHUNK = 65536
_MOST_HEADERS = 8192


class OutOfStep(Exception):
    """Raised when the stream's framing is broken, so that no later message can be found."""


def messages(fd: int) -> Iterator[bytes]:
    """The bodies of the messages on a descriptor until its end; raises `OutOfStep`.

    Header names are compared without case, and other headers than the length are ignored.
    """
    buffer = bytearray()

    def fill() -> bool:
        chunk = os.read(fd, _CHUNK)
        buffer.extend(chunk)
        return bool(chunk)

    while True:
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            if len(buffer) > _MOST_HEADERS:
                raise OutOfStep("no message header")
            if not fill():
                return
        length = _length(bytes(buffer[:end]))
        del buffer[: end + 4]
        while len(buffer) < length:
            if not fill():
                return
        yield bytes(buffer[:length])
        del buffer[:length]


def _length(headers: bytes) -> int:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    raise OutOfStep("a message without a length")


class Writer:
    """Writes messages in their order on a thread of its own, so that a slow reader at the other
    end never stops the loop.
    """

    def __init__(self, fd: int, on_broken: Callable[[], None] = lambda: None) -> None:
        """Write to `fd`; `on_broken` is called once, on the thread, when nobody reads any more."""
        self._fd = fd
        self._on_broken = on_broken
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="camus-stdout", daemon=True)
        self._thread.start()

    def write(self, body: bytes) -> None:
        """Queue one message's body."""
        self._waiting.put(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def close(self, seconds: float = 2.0) -> None:
        """Write what is waiting, for at most so many seconds."""
        self._waiting.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while (message := self._waiting.get()) is not None:
                rest = memoryview(message)
                while rest:
                    rest = rest[os.write(self._fd, rest) :]
        except OSError:
            self._on_broken()


def read_on_thread(
    fd: int, deliver: Callable[[bytes], None], ended: Callable[[str], None], *, ahead: int = 256
) -> threading.Semaphore:
    """Call `deliver` with each message and `ended` with the reason, both on a thread.

    At most `ahead` messages are delivered before the caller releases the returned semaphore.
    """
    room = threading.Semaphore(ahead)

    def run() -> None:
        try:
            for body in messages(fd):
                room.acquire()
                deliver(body)
            ended("")
        except (OutOfStep, OSError) as error:
            ended(str(error))

    threading.Thread(target=run, name="camus-stdin", daemon=True).start()
    return room
