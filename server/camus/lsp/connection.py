"""One client over stdio, from the first byte to the exit code; knows no feature."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from camus.lsp.doorkeeper import TOKEN, Doorkeeper
from camus.lsp.protocol import MendedProtocol
from camus.lsp.server import Server
from camus.lsp.stdio import Framing, Room, Watch, Writer, read_on_thread

PARENT_SECONDS = 1.0
"""How often the client's process is looked for."""
COLLECTED = 10_000, 10, 20
"""When the collector looks for cycles. Almost everything of a request goes without it, and at
Python's own 700 it looks at the objects of each request several times while they are in use."""

_log = logging.getLogger(__name__)


def serve_on_stdio() -> int:
    """Serve the client at this process's stdin and stdout; returns the exit code."""
    # What anything else reads or prints must not touch the protocol's bytes.
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    if sys.platform != "win32":  # some clients share descriptors that do not block
        os.set_blocking(stdin, True)
        os.set_blocking(stdout, True)
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    return asyncio.run(serve_on(stdin, stdout, Server()))


def serve_on_tcp(host: str, port: int, announce: Callable[[str], None]) -> int:
    """Serve the first client with the token at a loopback port; returns the exit code.

    `announce` gets one line of JSON with `host`, `port` and `token`. Raises `NotLoopback`, OSError.
    """
    door = Doorkeeper(host, port, os.environ.pop(TOKEN, ""))
    announce(json.dumps({"host": door.host, "port": door.port, "token": door.token}))
    try:
        guest = door.wait()
    except KeyboardInterrupt:
        return 1
    finally:
        door.close()
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    descriptor = guest.connection.fileno()
    code = asyncio.run(serve_on(descriptor, descriptor, Server(), first=(guest.greeting,)))
    guest.connection.close()
    return code


async def serve_on(stdin: int, stdout: int, server: Server, *, first: Sequence[bytes] = ()) -> int:
    """Serve the client at the other ends of two descriptors; returns the exit code.

    `first` are messages that were read before.
    """
    gc.set_threshold(*COLLECTED)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_quietly)
    protocol = server.protocol
    inbox: asyncio.Queue[bytes | None] = asyncio.Queue()

    def end() -> None:
        inbox.put_nowait(None)

    def from_thread(item: bytes | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop ended first
            loop.call_soon_threadsafe(inbox.put_nowait, item)

    for greeting in first:
        inbox.put_nowait(greeting)
    writer = Writer(stdout, on_broken=lambda: from_thread(None))
    protocol.out, protocol.ended = writer, end
    _on_signals(loop, end)
    watch = asyncio.create_task(_watch_parent(server, end))

    def overlong(length: int) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(protocol.overlong, length)

    room = _reading(stdin, inbox, from_thread, Framing(overlong=overlong))
    while (body := await inbox.get()) is not None:
        room.release()
        protocol.receive(body)
        # A handler runs to its first await, and takes its snapshot, before the next message.
        await asyncio.sleep(0)
    watch.cancel()
    if isinstance(room, Watch):
        room.close()
    await _finish(server, protocol)
    writer.close()
    return 0 if protocol.closed_properly else 1


def _reading(
    stdin: int,
    inbox: asyncio.Queue[bytes | None],
    from_thread: Callable[[bytes | None], None],
    framing: Framing,
) -> Room:
    """Put what comes into the inbox, on the loop where it can watch a descriptor (no file)."""
    try:
        return Watch(
            stdin, inbox.put_nowait, lambda _reason: inbox.put_nowait(None), framing=framing
        )
    except (OSError, NotImplementedError):
        return read_on_thread(
            stdin, from_thread, lambda _reason: from_thread(None), framing=framing
        )


async def _finish(server: Server, protocol: MendedProtocol) -> None:
    running = protocol.cancel_all()
    await asyncio.gather(*running, return_exceptions=True)
    await server.close()


async def _watch_parent(server: Server, end: Callable[[], None]) -> None:
    """End when the client's process is gone; a client that cannot be seen from here is left out."""
    await server.initialized.wait()
    pid = server.process_id
    if pid is None or pid <= 0 or sys.platform == "win32" or not _alive(pid):
        return
    while True:
        await asyncio.sleep(PARENT_SECONDS)
        if not _alive(pid):
            end()
            return


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _on_signals(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(name, end)


def _log_quietly(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    _log.error("unhandled: %s", type(error).__name__ if error else "no exception")
