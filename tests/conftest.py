"""What holds for every test: a home of its own, and no socket but loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path

import pytest

SERVER = Path(__file__).parent.parent / "server"


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket stays on this machine
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test of ours that opens a connection to another machine."""
    connect = socket.socket.connect
    connect_ex = socket.socket.connect_ex

    def guarded(self: socket.socket, address: object) -> None:
        assert _is_loopback(address), f"a test tried to reach {address}"
        connect(self, address)

    def guarded_ex(self: socket.socket, address: object) -> int:
        assert _is_loopback(address), f"a test tried to reach {address}"
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own folders, and processes it starts the same code."""
    home = tmp_path / "camus-home"
    monkeypatch.setenv("CAMUS_HOME", str(home))
    path = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", f"{SERVER}{os.pathsep}{path}" if path else str(SERVER))
    return home
