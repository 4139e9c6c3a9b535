"""Trust and consent as the user gave them, kept in the user's own folder."""

from __future__ import annotations

import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from camus.privacy.places import name_of

VERSION = 1
"""Of the file's form; a file of a newer one is neither read nor overwritten."""

T = TypeVar("T")

_LOCK_SECONDS = 5.0
_MOST_BYTES = 1 << 20


class LedgerError(Exception):
    """Raised when a permission could not be written down; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A destination the user agreed to, and when (ISO 8601, UTC)."""

    destination: str
    granted: str


class _Trust(msgspec.Struct, frozen=True):
    digest: str
    granted: str


class _Permissions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int = VERSION
    trusted: dict[str, _Trust] = {}
    consents: dict[str, str] = {}


class _Refused(Exception):
    """Raised when the file must not be believed; `aside` when a write may move it away."""

    def __init__(self, message: str, *, aside: bool) -> None:
        super().__init__(message)
        self.aside = aside


class Ledger:
    """The one file that holds trust and consent; written atomically, mode 0600.

    An unreadable or damaged file counts as no trust and no consent and is said in `problem`. The
    file is looked at afresh each time, so that what another process grants or revokes holds at
    once. Writing takes a lock that several processes share and may wait for it: up to 5 seconds.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder/permissions.json`; nothing is created before something is granted."""
        self._folder = folder
        self._file = folder / "permissions.json"
        self._seen: tuple[int, ...] | None = None
        self._known = _Permissions()
        self._problem = ""

    @property
    def problem(self) -> str:
        """What is wrong with the file, or empty."""
        self._look()
        return self._problem

    def trusted(self, workspace: Path, digest: str) -> bool:
        """Whether this workspace is trusted with exactly this configuration."""
        trust = self._look().trusted.get(_key(workspace))
        return trust is not None and trust.digest == digest

    def trust(self, workspace: Path, digest: str, *, now: str) -> None:
        """Trust the workspace while its configuration has this digest. Raises LedgerError."""
        key = _key(workspace)
        self._change(lambda old: {"trusted": {**old.trusted, key: _Trust(digest, now)}})

    def untrust(self, workspace: Path) -> bool:
        """Take trust back; False when there was none. Raises LedgerError."""
        key = _key(workspace)
        if key not in self._look().trusted:
            return False
        self._change(lambda old: {"trusted": _without(old.trusted, key)})
        return True

    def consents(self) -> tuple[Consent, ...]:
        """All destinations agreed to."""
        return tuple(Consent(name, at) for name, at in self._look().consents.items())

    def grant(self, destination: str, *, now: str) -> None:
        """Agree that code is sent to a destination, by its name or a URL of it.

        Raises ValueError for what names no place, LedgerError when it cannot be written.
        """
        name = name_of(destination)
        self._change(lambda old: {"consents": {**old.consents, name: now}})

    def revoke(self, destination: str) -> bool:
        """Take consent back; False when there was none. Raises ValueError, LedgerError."""
        name = name_of(destination)
        if name not in self._look().consents:
            return False
        self._change(lambda old: {"consents": _without(old.consents, name)})
        return True

    def _look(self) -> _Permissions:
        """What the file says now; empty, with `problem` set, when it must not be believed."""
        signature = _signature(self._file)
        if signature is None or signature != self._seen:
            self._problem = ""
            try:
                self._known = _read(self._file)
            except _Refused as refused:
                self._known, self._problem = _Permissions(), str(refused)
            self._seen = signature
        return self._known

    def _change(self, change: Callable[[_Permissions], dict[str, object]]) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(PermissionError):
                self._folder.chmod(0o700)
            with _locked(self._folder / "permissions.lock"):
                old = self._read_or_set_aside()
                _write(self._file, msgspec.structs.replace(old, **change(old)))
        except OSError as error:
            raise LedgerError(
                f"cannot write {self._file}: {error.strerror or error}; "
                "check the folder's owner, rights and space"
            ) from error
        self._seen = None

    def _read_or_set_aside(self) -> _Permissions:
        try:
            return _read(self._file)
        except _Refused as refused:
            if not refused.aside:
                raise LedgerError(str(refused)) from refused
            self._file.replace(self._file.with_suffix(".damaged.json"))
            return _Permissions()


def _key(workspace: Path) -> str:
    """The workspace's real path as text; bytes that are no UTF-8 escaped."""
    path = os.path.normcase(os.path.realpath(workspace))
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _without(mapping: dict[str, T], key: str) -> dict[str, T]:
    return {name: value for name, value in mapping.items() if name != key}


def _signature(file: Path) -> tuple[int, ...] | None:
    try:
        info = file.lstat()
    except OSError:
        return None
    return (info.st_mtime_ns, info.st_size, info.st_ino, info.st_mode, info.st_uid)


def _read(file: Path) -> _Permissions:
    """The file's content, empty when there is no file. Raises `_Refused`."""
    try:
        # Neither following a link nor waiting for a pipe's writer.
        handle = os.open(file, os.O_RDONLY | _NOFOLLOW | _NONBLOCK)
    except FileNotFoundError:
        return _Permissions()
    except OSError as error:
        link = file.is_symlink()
        why = "is a symbolic link" if link else f"cannot be read ({error.strerror})"
        raise _Refused(
            f"{file} {why}; no trust and no consent holds until it is a plain file of yours",
            aside=False,
        ) from error
    try:
        _check(file, os.fstat(handle))
        raw = os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)
    return _decoded(file, raw)


def _check(file: Path, info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode) or info.st_size >= _MOST_BYTES:
        raise _Refused(f"{file} is not a plain file of a sensible size; remove it", aside=False)
    if os.name != "posix":
        return
    if info.st_uid != os.geteuid():
        raise _Refused(f"{file} belongs to another user; remove it", aside=False)
    if info.st_mode & 0o022:
        raise _Refused(
            f"{file} can be written by other users; look at it, then chmod 600 it", aside=False
        )


def _decoded(file: Path, raw: bytes) -> _Permissions:
    try:
        version = msgspec.json.decode(raw, type=_Versioned).version
        if version > VERSION:
            raise _Refused(f"{file} was written by a newer Camus; update this one", aside=False)
        return msgspec.json.decode(raw, type=_Permissions)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refused(
            f"{file} is damaged ({error}); no trust and no consent holds. "
            "Grant them again: the damaged file is kept aside",
            aside=True,
        ) from error


class _Versioned(msgspec.Struct, frozen=True):
    version: int


def _write(file: Path, permissions: _Permissions) -> None:
    """Replace the file in one step, on disk before its name points to it."""
    text = msgspec.json.format(msgspec.json.encode(permissions), indent=2) + b"\n"
    draft = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold the lock that every process writing here takes; freed by the system on a crash."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | _NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise LedgerError("another Camus is writing the permissions; try again")
            time.sleep(0.01)
        yield
    finally:
        os.close(handle)


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
