"""Gives up this process's powers, then runs a command; knows Linux, not what the command is.

Started as a script with one argument, a `Spec` as JSON. The command gets namespaces of its own for
processes and the network where the kernel grants them, and always: writes only below `folder`
and reads only below `readable` (Landlock), no sockets at all (a seccomp filter), resource limits,
and the end of whatever it started when it ends itself or is ended.
Where Landlock or seccomp is missing nothing is run: exit code 125 with the reason on stderr.
Sources: landlock(7), seccomp(2), user_namespaces(7), pid_namespaces(7), and for what is not in a
namespace PR_SET_CHILD_SUBREAPER(2const).
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CANNOT, STOPPED = 125, 124
"""Exit codes: nothing could be run safely; a limit was passed."""

_NEW_USER, _NEW_PID, _NEW_NET, _NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
_PDEATHSIG, _NO_NEW_PRIVS, _SET_SECCOMP, _SUBREAPER = 1, 38, 22, 36
_ARCHITECTURES = {
    "x86_64": (0xC000003E, {"socket": 41, "ptrace": 101, "kill": 62}),
    "aarch64": (0xC00000B7, {"socket": 198, "ptrace": 117, "kill": 129}),
}
_EVERYWHERE = {"io_uring_setup": 425, "pidfd_send_signal": 424}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_OF = {1: 13, 2: 14, 3: 15, 4: 15}  # how many file system rights each version knows
_TICK = 0.02
_SWEEPS, _MANY = 200, 10_000


@dataclass(frozen=True)
class Spec:
    """What to run and what it may: seconds, bytes of memory, processes, places to read."""

    folder: str
    command: list[str]
    readable: list[str]
    seconds: float
    memory: int
    processes: int


def main() -> int:
    """Confine, run, wait; the command's exit code, or one of ours."""
    spec = Spec(**json.loads(sys.argv[1]))
    libc = ctypes.CDLL(None, use_errno=True)
    owner, group = os.getuid(), os.getgid()
    alone = libc.unshare(_NEW_USER | _NEW_PID | _NEW_NET | _NEW_IPC) == 0
    if alone:
        _map_ids(owner, group)
    else:
        _stand_apart(libc)
    child = os.fork()
    if child == 0:
        _become(libc, spec, alone=alone, root=owner == 0)
    try:
        return _watch(child, spec)
    finally:
        _sweep()


def _stand_apart(libc: ctypes.CDLL) -> None:
    """Go on in a process that gets the orphans of what it starts, and outlives its own killing.

    Without a namespace a daemon would stay when the rest ends; whoever started this kills it with
    its group, and the one that goes on is told so by the kernel.
    """
    first = os.getpid()
    watcher = os.fork()
    if watcher:
        _, status = os.waitpid(watcher, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.setsid()
    libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _end)
    libc.prctl(_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != first:
        _end()


def _end(*_: object) -> None:
    _sweep()
    os._exit(STOPPED)


def _become(libc: ctypes.CDLL, spec: Spec, *, alone: bool, root: bool) -> None:
    """Never returns."""
    try:
        _confine(libc, spec, alone=alone, root=root)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            (Path(spec.folder) / "refused.txt").write_text(str(error), encoding="utf-8")
        os._exit(CANNOT)
    os.chdir(spec.folder)
    try:
        os.execvp(spec.command[0], spec.command)  # noqa: S606 - the point of it
    except OSError:
        os._exit(127)


def _confine(libc: ctypes.CDLL, spec: Spec, *, alone: bool, root: bool) -> None:
    libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.nice(10)  # the watcher comes first, and so does the user's own work
    _redirect(Path(spec.folder) / "output.txt")
    _limit(spec, processes=alone and not root)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError("the kernel keeps privileges")
    _fence(libc, spec)
    _deny(libc, signals=not alone)


def _map_ids(owner: int, group: int) -> None:
    """Keep being the same user inside the new namespace."""
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{owner} {owner} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _redirect(output: Path) -> None:
    sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.closerange(3, 256)


def _limit(spec: Spec, *, processes: bool) -> None:
    limits = {
        resource.RLIMIT_AS: spec.memory,
        resource.RLIMIT_CPU: int(spec.seconds) + 1,
        resource.RLIMIT_FSIZE: 64 * 1024 * 1024,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
    }
    if processes:  # counted for each namespace; elsewhere for the user, and never for root
        limits[resource.RLIMIT_NPROC] = spec.processes
    for what, wanted in limits.items():
        _, hard = resource.getrlimit(what)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(what, (most, most))


def _fence(libc: ctypes.CDLL, spec: Spec) -> None:
    """Write below one folder, read and execute below some more, and nothing else."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        raise OSError("this kernel has no Landlock, which keeps files from being written")
    handled = (1 << _ALL_OF.get(version, 16)) - 1
    rules = ctypes.create_string_buffer(struct.pack("Q", handled))
    ruleset = libc.syscall(_LANDLOCK_CREATE, rules, 8, 0)
    if ruleset < 0:
        raise OSError("Landlock refuses its rules")
    read = _EXECUTE | _READ_FILE | _READ_DIR
    _allow(libc, ruleset, spec.folder, handled)
    for path in spec.readable:
        _allow(libc, ruleset, path, read)
    for device in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"):
        _allow(libc, ruleset, device, read | _WRITE_FILE)
    if libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0):
        raise OSError("Landlock does not hold")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not Path(path).is_dir():
        rights &= _EXECUTE | _WRITE_FILE | _READ_FILE
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle))
    libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
    os.close(handle)


def _deny(libc: ctypes.CDLL, *, signals: bool) -> None:
    """Refuse sockets and ways around the filter; `signals` too where processes are shared."""
    if platform.machine() not in _ARCHITECTURES:
        raise OSError(f"no network filter is known for {platform.machine()}")
    architecture, own = _ARCHITECTURES[platform.machine()]
    numbers = own | _EVERYWHERE
    if not signals:
        numbers = {name: n for name, n in numbers.items() if "kill" not in name}
    load, equal, above, give = 0x20, 0x15, 0x35, 0x06
    refuse, allow, end = 0x00050000 | 13, 0x7FFF0000, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, end), (load, 0, 0, 0)]
    # x86-64 takes calls of another numbering with this bit set; none of them is let through.
    program += [(above, 0, 1, 0x40000000), (give, 0, 0, refuse)]
    for number in numbers.values():
        program += [(equal, 0, 1, number), (give, 0, 0, refuse)]
    program.append((give, 0, 0, allow))
    code = b"".join(struct.pack("HBBI", *each) for each in program)
    held = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
    )
    if libc.prctl(_SET_SECCOMP, 2, header, 0, 0):
        raise OSError("this kernel takes no seccomp filter, which keeps the network away")


def _watch(child: int, spec: Spec) -> int:
    """Wait for the end, or for too many processes or too much memory."""
    ends = time.monotonic() + spec.seconds
    while True:
        ended = _reap()
        if child in ended:
            return os.waitstatus_to_exitcode(ended[child]) & 0xFF
        found = _family(spec.processes)
        over = time.monotonic() > ends or len(found) > spec.processes
        if over or sum(map(_resident, found)) > spec.memory:
            return STOPPED
        time.sleep(_TICK)


def _reap() -> dict[int, int]:
    """The processes that have ended and how; orphans that came here are among them."""
    ended = {}
    with suppress(ChildProcessError):
        while (gone := os.waitpid(-1, os.WNOHANG))[0]:
            ended[gone[0]] = gone[1]
    return ended


def _sweep() -> None:
    """End whatever is left; again and again, for it may start others meanwhile."""
    for _ in range(_SWEEPS):
        left = _family(_MANY)
        if not left:
            return
        for sent in (signal.SIGSTOP, signal.SIGKILL):  # what stands still starts nothing
            for process in left:
                with suppress(OSError):
                    os.kill(process, sent)
        time.sleep(_TICK / 10)
        _reap()


def _family(most: int) -> list[int]:
    """The processes below this one, one more than `most` at the most."""
    found, left = list[int](), [os.getpid()]
    while left and len(found) <= most:
        one = left.pop()
        for listed in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                below = [int(each) for each in listed.read_text(encoding="ascii").split()]
                found += below
                left += below
    return found[: most + 1]


def _resident(process: int) -> int:
    """Bytes of a process in memory."""
    try:
        words = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(words[1]) * resource.getpagesize() if len(words) > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
