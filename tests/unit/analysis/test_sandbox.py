"""What a program in the sandbox can and cannot do."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from camus.analysis import sandbox
from camus.analysis.process import Runner
from camus.analysis.sandbox import Ended, Limits, Sandbox, scratch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


WITHOUT = """
import ctypes, os, runpy
libc, owner = ctypes.CDLL(None), os.getuid()
if libc.unshare(0x10000000) == 0:  # in a namespace of users whose owner forbids further ones
    open("/proc/self/uid_map", "w").write(f"{owner} {owner} 1")
    open("/proc/sys/user/max_user_namespaces", "w").write("0")
assert libc.unshare(0x10000000), "namespaces are granted still"
runpy.run_path(%r, run_name="__main__")
"""
"""Starts as on a machine that grants no namespaces: a container's, a chroot's, a hardened one's."""


@pytest.fixture(autouse=True, params=["namespaces", "none"])
def granted(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if request.param == "none":
        scripts = tmp_path_factory.mktemp("scripts")
        (scripts / "confine.py").write_text(WITHOUT % str(sandbox.SCRIPTS / "confine.py"))
        monkeypatch.setattr(sandbox, "SCRIPTS", scripts)


@pytest.fixture
async def runner() -> AsyncIterator[Runner]:
    made = Runner(seconds=10, concurrency=2)
    yield made
    await made.close()


USUAL = Limits(seconds=5)


async def ran(runner: Runner, code: str, limits: Limits = USUAL) -> Ended:
    with scratch() as folder:
        return await Sandbox(runner).run([sys.executable, "-c", code], folder, limits=limits)


async def test_a_program_runs_and_may_write_in_its_folder(runner: Runner) -> None:
    ended = await ran(runner, "open('x', 'w').write('1'); print(open('x').read())")
    assert (ended.code, ended.output, ended.problem) == (0, "1\n", "")


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', {port}))",
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    ],
)
async def test_no_socket_can_be_had_not_even_to_this_machine(runner: Runner, code: str) -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        ended = await ran(runner, code.format(port=port))
    assert ended.code == 1
    assert "PermissionError" in ended.output


async def test_asyncio_works_all_the_same(runner: Runner) -> None:
    assert (await ran(runner, "import asyncio; asyncio.run(asyncio.sleep(0))")).code == 0


async def test_nothing_outside_can_be_written_or_read(runner: Runner, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mine", encoding="utf-8")
    for code in (
        f"open({str(secret)!r}, 'a').write('x')",
        f"print(open({str(secret)!r}).read())",
        f"import os; os.remove({str(secret)!r})",
        f"import os; os.rename({str(secret)!r}, 'here')",
        f"import os; os.symlink({str(tmp_path)!r}, 'in'); open('in/new', 'w')",
        f"import subprocess; subprocess.run(['rm', {str(secret)!r}], check=True)",
    ):
        ended = await ran(runner, code)
        assert ended.code == 1, code
        assert "mine" not in ended.output
    assert secret.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "new").exists()


async def test_the_environment_is_not_handed_on(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    ended = await ran(runner, "import os; print(dict(os.environ))")
    assert "sk-secret" not in ended.output
    assert str(Path.home()) not in ended.output


async def test_time_is_limited(runner: Runner) -> None:
    ended = await ran(runner, "while True: pass", Limits(seconds=0.5))
    assert "passed 0.5 s" in ended.problem


async def test_memory_is_limited(runner: Runner) -> None:
    ended = await ran(runner, "x = bytearray(600 << 20)", Limits(seconds=5, memory=400 << 20))
    assert "MemoryError" in ended.output


async def test_memory_of_several_processes_is_added_up(runner: Runner) -> None:
    code = (
        "import os, time\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(os.urandom(1 << 20) * 120); time.sleep(20)\n"
        "time.sleep(20)\n"
    )
    ended = await ran(runner, code, Limits(seconds=8, memory=300 << 20))
    assert ended.problem.startswith("ended because it passed")


async def test_processes_are_limited(runner: Runner) -> None:
    code = (
        "import os, time\n"
        "for _ in range(40):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(20)\n"
        "        os._exit(0)\n"
        "time.sleep(20)\n"
    )
    ended = await ran(runner, code, Limits(seconds=8, processes=10))
    assert ended.problem or "BlockingIOError" in ended.output


MARK = f"camus-test-{os.getpid()}"
LEAVES = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(30)", "{MARK}"])
time.sleep(%s)
"""
"""Starts a daemon: a process with a session of its own."""


async def test_what_goes_its_own_way_ends_with_the_rest(runner: Runner) -> None:
    assert (await ran(runner, LEAVES % 0.3)).code == 0
    await until_none_runs()


async def test_what_goes_its_own_way_ends_with_a_cancelled_rest(runner: Runner) -> None:
    work = asyncio.create_task(ran(runner, LEAVES % 30, Limits(seconds=30)))
    async with asyncio.timeout(5):
        while MARK.encode() not in _running():  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await until_none_runs()


async def until_none_runs() -> None:
    async with asyncio.timeout(3):
        while MARK.encode() in _running():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)


def _running() -> set[bytes]:
    """The words of the command lines of all processes."""
    found = set[bytes]()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.update(file.read_bytes().split(b"\0"))
    return found


async def test_orphans_count_as_processes_and_end(runner: Runner) -> None:
    code = (
        "import os, time\n"
        "for _ in range(40):\n"
        "    if os.fork() == 0:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(20)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
        "time.sleep(20)\n"
    )
    ended = await ran(runner, code, Limits(seconds=8, processes=10))
    assert ended.problem or "BlockingIOError" in ended.output


async def test_cancelling_ends_it(runner: Runner) -> None:
    work = asyncio.create_task(ran(runner, "import time; time.sleep(30)", Limits(seconds=30)))
    await asyncio.sleep(0.3)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(3):
            await work


async def test_a_program_that_prints_without_end_is_cut_off(runner: Runner) -> None:
    ended = await ran(runner, "while True: print('x' * 10_000_000)")
    assert len(ended.output) <= 20_000
    assert ended.code or ended.problem
