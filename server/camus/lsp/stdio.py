"""Whole messages over two file descriptors; knows framing and nothing of their content."""

from __future__ import annotations

import os
import queue
import select
import threading
from collections.abc import Callable, Iterator

_CHUNK = 65536
_MOST_HEADERS = 8192
MOST_BODY = 64 * 1024 * 1024
"""A longer message is passed over; an editor that sends one learns that it was."""
MOST_UNREAD = 64 * 1024 * 1024
"""A client that leaves so many bytes unread is taken for gone."""


class OutOfStep(Exception):
    """Raised when the stream's framing is broken, so that no later message can be found."""


def messages(
    fd: int, *, most: int = MOST_BODY, overlong: Callable[[int], None] = lambda _length: None
) -> Iterator[bytes]:
    """The bodies of the messages on a descriptor until its end; raises `OutOfStep`.

    Header names are compared without case, and other headers than the length are ignored.
    A message of more than `most` bytes is passed over without being kept, and `overlong` told.
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
        if length > most:
            if not _pass_over(fd, buffer, length):
                return
            overlong(length)
            continue
        while len(buffer) < length:
            if not fill():
                return
        yield bytes(buffer[:length])
        del buffer[:length]


def _pass_over(fd: int, buffer: bytearray, length: int) -> bool:
    """Read so many bytes and keep none of them; False at the stream's end."""
    left = length - len(buffer)
    del buffer[:length]
    while left > 0:
        chunk = os.read(fd, min(_CHUNK, left))
        if not chunk:
            return False
        left -= len(chunk)
    return True


def _length(headers: bytes) -> int:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        digits = value.strip()
        if name.strip().lower() == b"content-length" and digits.isdigit() and len(digits) < 20:
            return int(digits)
    raise OutOfStep("a message without a length")


_AT_ONCE = getattr(select, "PIPE_BUF", 512)
"""Bytes that a descriptor which takes any takes without waiting."""


class Writer:
    """Writes messages in their order; a slow reader at the other end never stops the loop.

    What the descriptor takes at once is written at once; the rest by a thread of its own, which
    costs more than the writing does.
    """

    def __init__(self, fd: int, on_broken: Callable[[], None] = lambda: None) -> None:
        """Write to `fd`; `on_broken` is called once, on the thread, when nobody reads any more."""
        self._fd = fd
        self._on_broken = on_broken
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unread = 0
        self._ready = _poll(fd)
        self._thread = threading.Thread(target=self._run, name="camus-stdout", daemon=True)
        self._thread.start()

    def write(self, body: bytes) -> None:
        """Queue one message's body; a client with too much unread is given up."""
        message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        with self._lock:
            if self._wrote(message):
                return
            before = self._unread
            self._unread += len(message)
        if before <= MOST_UNREAD < before + len(message):
            self._on_broken()
        if before <= MOST_UNREAD:
            self._waiting.put(message)

    def _wrote(self, message: bytes) -> bool:
        """Write a message that goes out whole and now; errors are the thread's to see."""
        if self._unread or len(message) > _AT_ONCE or self._ready is None:
            return False
        if self._ready.poll(0) != [(self._fd, select.POLLOUT)]:
            return False
        try:
            written = os.write(self._fd, message)
        except OSError:
            return False
        if written < len(message):
            self._unread += len(message) - written
            self._waiting.put(message[written:])
        return True

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
                with self._lock:
                    self._unread -= len(message)
        except OSError:
            self._on_broken()


def _poll(fd: int) -> select.poll | None:
    """What tells whether a descriptor takes bytes; None where a system cannot tell."""
    if not hasattr(select, "poll"):
        return None
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return poll


def read_on_thread(
    fd: int,
    deliver: Callable[[bytes], None],
    ended: Callable[[str], None],
    *,
    overlong: Callable[[int], None] = lambda _length: None,
    ahead: int = 256,
) -> threading.Semaphore:
    """Call `deliver` with each message and `ended` with the reason, both on a thread.

    `overlong` is called there too, with the length of a message that was passed over.
    At most `ahead` messages are delivered before the caller releases the returned semaphore.
    """
    room = threading.Semaphore(ahead)

    def run() -> None:
        try:
            for body in messages(fd, overlong=overlong):
                room.acquire()
                deliver(body)
            ended("")
        except (OutOfStep, OSError) as error:
            ended(str(error))

    threading.Thread(target=run, name="camus-stdin", daemon=True).start()
    return room
