"""Trust and consent on disk: bound, atomic, shared, and believed only when they are the user's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from camus.privacy import Consent, Ledger, LedgerError

NOW = "2026-11-20T12:00:00Z"
posix = pytest.mark.skipif(os.name != "posix", reason="rights and owners are POSIX's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config" / "camus"


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "permissions.json"


def test_nothing_is_made_before_something_is_granted(folder: Path, tmp_path: Path) -> None:
    ledger = Ledger(folder)
    assert not ledger.trusted(tmp_path, "")
    assert ledger.consents() == ()
    assert not ledger.untrust(tmp_path)
    assert not ledger.revoke("api.openai.com")
    assert ledger.problem == ""
    assert not folder.exists()


def test_trust_holds_for_one_folder_with_one_configuration(folder: Path, tmp_path: Path) -> None:
    ledger = Ledger(folder)
    ledger.trust(tmp_path, "digest-1", now=NOW)
    assert ledger.trusted(tmp_path, "digest-1")
    assert not ledger.trusted(tmp_path, "digest-2")
    assert not ledger.trusted(tmp_path, "")
    assert not ledger.trusted(tmp_path / "inner", "digest-1")
    ledger.trust(tmp_path, "digest-2", now=NOW)
    assert not ledger.trusted(tmp_path, "digest-1")
    assert ledger.untrust(tmp_path)
    assert not ledger.trusted(tmp_path, "digest-2")
    assert not ledger.untrust(tmp_path)


@posix
def test_a_workspace_is_its_real_path(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    ledger = Ledger(folder)
    ledger.trust(link / ".." / "link", "d", now=NOW)
    assert ledger.trusted(real, "d")
    link.unlink()
    link.symlink_to(tmp_path)
    assert not ledger.trusted(link, "d")


@posix
def test_a_path_that_is_no_text_can_be_trusted(folder: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff\xfe")
    Ledger(folder).trust(odd, "d", now=NOW)
    assert Ledger(folder).trusted(odd, "d")


def test_consent_is_kept_by_its_name(folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.grant("https://API.openai.com/v1", now=NOW)
    ledger.grant("gpu-box:11434", now=NOW)
    assert ledger.consents() == (
        Consent("api.openai.com", NOW),
        Consent("gpu-box:11434", NOW),
    )
    assert ledger.revoke("api.openai.com")
    assert not ledger.revoke("api.openai.com")
    assert [consent.destination for consent in ledger.consents()] == ["gpu-box:11434"]


@pytest.mark.parametrize("name", ["*", "", "this machine", "http://localhost:1"])
def test_no_consent_for_everywhere_or_nowhere(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="names no destination"):
        Ledger(folder).grant(name, now=NOW)
    assert not folder.exists()


@posix
def test_the_file_and_its_folder_are_the_user_s_alone(folder: Path, file: Path) -> None:
    before = os.umask(0)
    try:
        Ledger(folder).grant("a.example", now=NOW)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {"permissions.json", "permissions.lock"}


def test_another_process_s_change_holds_at_once(folder: Path) -> None:
    here, there = Ledger(folder), Ledger(folder)
    assert here.consents() == ()
    there.grant("a.example", now=NOW)
    assert [consent.destination for consent in here.consents()] == ["a.example"]
    here.grant("b.example", now=NOW)
    assert len(there.consents()) == 2
    there.revoke("a.example")
    assert [consent.destination for consent in here.consents()] == ["b.example"]


DAMAGED: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'{"version": 1, "consents": {"a.example": 3}}',
    b'{"version": 1, "consents": ["a.example"]}',
    b'{"version": 1, "unknown": {}}',
    b'{"consents": {"a.example": "x"}}',
    b'{"version": "1"}',
    b'\xff{"version": 1}',
    b'{"version": 1, "consents": {"\xff": "x"}}',
    b"\0" * 512,
]


@pytest.mark.parametrize("raw", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_grants_nothing_is_named_and_kept(
    folder: Path, file: Path, raw: bytes
) -> None:
    folder.mkdir(parents=True)
    file.write_bytes(raw)
    file.chmod(0o600)
    ledger = Ledger(folder)
    assert ledger.consents() == ()
    assert "damaged" in ledger.problem
    assert file.read_bytes() == raw
    ledger.grant("b.example", now=NOW)
    assert ledger.problem == ""
    assert [consent.destination for consent in ledger.consents()] == ["b.example"]
    assert (folder / "permissions.damaged.json").read_bytes() == raw


def test_a_newer_file_is_neither_believed_nor_overwritten(folder: Path, file: Path) -> None:
    folder.mkdir(parents=True)
    raw = '{"version": 2, "consents": {"a.example": {"scope": "new"}}}'
    file.write_text(raw)
    file.chmod(0o600)
    ledger = Ledger(folder)
    assert ledger.consents() == ()
    assert "newer Camus" in ledger.problem
    with pytest.raises(LedgerError, match="newer Camus"):
        ledger.grant("b.example", now=NOW)
    assert file.read_text() == raw


def _valid(file: Path) -> None:
    file.write_text(json.dumps({"version": 1, "consents": {"evil.example": NOW}}))
    file.chmod(0o600)


def _linked(file: Path) -> None:
    _valid(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))


def _writable(file: Path) -> None:
    _valid(file)
    file.chmod(0o666)


def _foreign(file: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    _valid(file)
    os.chown(file, 12345, 12345)


def _folder(file: Path) -> None:
    file.mkdir()


def _huge(file: Path) -> None:
    _valid(file)
    with file.open("a") as stream:
        stream.write(" " * (1 << 20))


def _pipe(file: Path) -> None:
    os.mkfifo(file)


@posix
@pytest.mark.parametrize(
    ("make", "word"),
    [
        (_linked, "symbolic link"),
        (_writable, "other users"),
        (_foreign, "another user"),
        (_folder, "plain file"),
        (_pipe, "plain file"),
        (_huge, "sensible size"),
    ],
)
def test_a_file_that_may_be_another_s_is_refused(
    folder: Path, file: Path, make: Callable[[Path], None], word: str
) -> None:
    folder.mkdir(parents=True)
    make(file)
    ledger = Ledger(folder)
    assert ledger.consents() == ()
    assert word in ledger.problem
    with pytest.raises(LedgerError):
        ledger.grant("b.example", now=NOW)
    assert not ledger.revoke("evil.example")


def test_a_folder_that_cannot_be_made_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="check the folder"):
        Ledger(tmp_path / "file" / "camus").grant("a.example", now=NOW)


@posix
def test_a_write_that_fails_leaves_the_old_file(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(folder)
    ledger.grant("a.example", now=NOW)
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="No space left"):
        ledger.grant("b.example", now=NOW)
    assert file.read_bytes() == before
    assert not list(folder.glob(".permissions*"))


@posix
def test_a_lock_that_is_never_freed_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    ledger = Ledger(folder)
    ledger.grant("a.example", now=NOW)
    monkeypatch.setattr("camus.privacy.ledger._LOCK_SECONDS", 0.05)
    with (folder / "permissions.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LedgerError, match="another Camus"):
            ledger.grant("b.example", now=NOW)


GRANT = """
import sys, pathlib
from camus.privacy import Ledger
ledger = Ledger(pathlib.Path(sys.argv[1]))
for n in range(10):
    ledger.grant(f"host{sys.argv[2]}-{n}.example", now="x")
"""


def test_processes_that_grant_at_once_lose_nothing(folder: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", GRANT, str(folder), str(n)]) for n in range(4)
    ]
    assert [process.wait() for process in running] == [0] * 4
    assert len(Ledger(folder).consents()) == 40
