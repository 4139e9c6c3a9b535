"""Lets one client in over a loopback socket: the first that greets with the token; no web page.

A web page can make a browser send whatever body to a port of this machine, but not without HTTP's
first line and its `Host` and `Origin` headers. Here the first bytes must begin one of the two
headers of the protocol, any other header closes the connection unanswered, and the first message
must be an `initialize` with the token in `initializationOptions.camus.token`.
"""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import json
import queue
import secrets
import socket
import threading
from dataclasses import dataclass
from typing import Any

TOKEN = "CAMUS_TOKEN"  # noqa: S105 - the name of the environment variable that may hold one
GREETING_SECONDS = 10.0
"""How long a connection may take for its first message."""
_MOST_GREETING = 1024 * 1024
_MOST_WAITING = 16
_MOST_HEADER = 1024
_HEADERS = (b"content-length:", b"content-type:")
_REFUSED = {"code": -32600, "message": "the token is missing or wrong"}


class NotLoopback(ValueError):
    """Raised for an address that other machines can reach."""


@dataclass(frozen=True, slots=True)
class Guest:
    """The client that was let in, and its first message."""

    connection: socket.socket
    greeting: bytes


class Doorkeeper:
    """Listens from the start; `wait` gives the first client that knows the token."""

    def __init__(self, host: str, port: int, token: str = "") -> None:
        """Listen; port 0 takes a free one. Raises `NotLoopback`, OSError."""
        address = _loopback(host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listening = socket.create_server((address, port), family=family, backlog=4)
        self.host: str = address
        self.port: int = self._listening.getsockname()[1]
        self.token = token or secrets.token_urlsafe(32)
        self._guests: queue.SimpleQueue[Guest | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(_MOST_WAITING)

    def wait(self) -> Guest:
        """The first client with the token; everybody after it is turned away unheard."""
        threading.Thread(target=self._open, name="camus-door", daemon=True).start()
        guest = self._guests.get()
        self.close()
        if guest is None:
            raise ConnectionAbortedError("the door was closed")
        return guest

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._listening.close()

    def _open(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                self._guests.put(None)
                return
            if not self._room.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(GREETING_SECONDS)
            greeting = _first_message(connection)
            if greeting is not None and self._knows_the_token(greeting):
                connection.settimeout(None)
                self._guests.put(Guest(connection, greeting))
                return
            if greeting is not None:
                _refuse(connection, greeting)
            connection.close()
        except OSError:
            connection.close()
        finally:
            self._room.release()

    def _knows_the_token(self, greeting: bytes) -> bool:
        message = _parsed(greeting)
        given = message
        for name in ("params", "initializationOptions", "camus", "token"):
            given = given.get(name) if isinstance(given, dict) else None
        if not isinstance(message, dict) or message.get("method") != "initialize":
            return False
        known = self.token.encode()
        return isinstance(given, str) and hmac.compare_digest(
            given.encode("utf-8", "replace"), known
        )


def _loopback(host: str) -> str:
    """The address of a loopback host; a name other than `localhost` is not looked up."""
    name = host.strip("[]")
    address = "127.0.0.1" if name in {"localhost", ""} else name
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(address).is_loopback:
            return address
    raise NotLoopback(f"{host} is not an address of this machine alone; use 127.0.0.1 or ::1")


def _first_message(connection: socket.socket) -> bytes | None:
    """The body of the first message, nothing read beyond it; None when it is not the protocol's."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        head += byte
        line = head.rpartition(b"\r\n")[2].lower()
        fits = not line.strip() or any(h.startswith(line) or line.startswith(h) for h in _HEADERS)
        if not byte or not fits or len(head) > _MOST_HEADER:
            return None
    lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(_HEADERS[0])]
    if len(lengths) != 1 or not lengths[0].strip().isdigit():
        return None
    length = int(lengths[0])
    if length > _MOST_GREETING:
        return None
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    body = b""
    while len(body) < length:
        more = connection.recv(length - len(body))
        if not more:
            return None
        body += more
    return body


def _refuse(connection: socket.socket, greeting: bytes) -> None:
    message = _parsed(greeting)
    number = message.get("id") if isinstance(message, dict) else None
    number = number if isinstance(number, str | int) else None
    body = json.dumps({"jsonrpc": "2.0", "id": number, "error": _REFUSED}).encode()
    connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
