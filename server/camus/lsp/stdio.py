"""Whole messages over two file descriptors; knows framing and nothing of their content."""

from __future__ import annotations

import asyncio
import os
import queue
import select
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

_CHUNK = 65536
_MOST_HEADERS = 8192
MOST_BODY = 64 * 1024 * 1024
"""A longer message is passed over; an editor that sends one learns that it was."""
AHEAD = 256
"""So many messages may wait to be taken."""
MOST_UNREAD = 64 * 1024 * 1024
"""A client that leaves so many bytes unread is taken for gone."""


class OutOfStep(Exception):
    """Raised when the stream's framing is broken, so that no later message can be found."""


class Framing:
    """Cuts a stream of bytes into the bodies of messages.

    Header names are compared without case, and other headers than the length are ignored.
    A message of more than `most` bytes is passed over without being kept, and `overlong` told.
    """

    def __init__(
        self, *, most: int = MOST_BODY, overlong: Callable[[int], None] = lambda _length: None
    ) -> None:
        """Begin before a header."""
        self._most = most
        self._overlong = overlong
        self._buffer = bytearray()
        self._length: int | None = None
        """Of the message whose body comes next; None while its header is not whole."""
        self._passing = 0
        """Bytes still to come of a message that is passed over."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The bodies that are whole with these bytes; raises `OutOfStep` after them."""
        buffer = self._buffer
        buffer += chunk
        while self._passed_over() and self._is_whole():
            length = self._length or 0
            self._length = None
            body = bytes(buffer[:length])
            del buffer[:length]
            yield body

    def _passed_over(self) -> bool:
        """Whether nothing is left of a message that is too long."""
        if self._passing:
            gone = min(self._passing, len(self._buffer))
            del self._buffer[:gone]
            self._passing -= gone
            if self._passing:
                return False
            self._overlong(self._length or 0)
            self._length = None
        return True

    def _is_whole(self) -> bool:
        """Whether a body is whole; reads its header first."""
        while self._length is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > _MOST_HEADERS:
                    raise OutOfStep("no message header")
                return False
            self._length = _length(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if self._length > self._most:
                self._passing = self._length
                if not self._passed_over():
                    return False
        return len(self._buffer) >= self._length


def messages(fd: int, framing: Framing | None = None) -> Iterator[bytes]:
    """The bodies of the messages on a descriptor until its end; raises `OutOfStep`."""
    framing = framing or Framing()
    while chunk := os.read(fd, _CHUNK):
        yield from framing.feed(chunk)


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


class Room(Protocol):
    """How much may be delivered before it is taken."""

    def release(self) -> None:
        """One message was taken."""


def read_on_thread(
    fd: int,
    deliver: Callable[[bytes], None],
    ended: Callable[[str], None],
    *,
    framing: Framing | None = None,
    ahead: int = AHEAD,
) -> Room:
    """Call `deliver` with each message and `ended` with the reason, both on a thread.

    At most `ahead` messages are delivered before one is taken.
    """
    room = threading.Semaphore(ahead)

    def run() -> None:
        try:
            for body in messages(fd, framing):
                room.acquire()
                deliver(body)
            ended("")
        except (OutOfStep, OSError) as error:
            ended(str(error))

    threading.Thread(target=run, name="camus-stdin", daemon=True).start()
    return room


class Watch:
    """Reads a descriptor whenever something came, on the running loop.

    That spares the two changes of thread that a message costs where a thread waits for it.
    """

    def __init__(
        self,
        fd: int,
        deliver: Callable[[bytes], None],
        ended: Callable[[str], None],
        *,
        framing: Framing,
        ahead: int = AHEAD,
    ) -> None:
        """Raises OSError or NotImplementedError where the loop cannot watch a descriptor."""
        self._fd = fd
        self._deliver = deliver
        self._ended = ended
        self._framing = framing
        self._ahead = ahead
        self._waiting = 0
        self._full = False
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._readable)

    def release(self) -> None:
        """One message was taken."""
        self._waiting -= 1
        if self._full and not self._closed and self._waiting <= self._ahead:
            self._full = False
            self._loop.add_reader(self._fd, self._readable)

    def close(self) -> None:
        """Read nothing more."""
        self._closed = True
        self._loop.remove_reader(self._fd)

    def _readable(self) -> None:
        try:
            chunk = os.read(self._fd, _CHUNK)
            for body in self._framing.feed(chunk):
                self._waiting += 1
                self._deliver(body)
        except BlockingIOError:  # nothing came after all; who shares it made it so
            return
        except (OutOfStep, OSError) as error:
            self.close()
            self._ended(str(error))
            return
        if not chunk:
            self.close()
            self._ended("")
        elif self._waiting > self._ahead:
            self._full = True
            self._loop.remove_reader(self._fd)
