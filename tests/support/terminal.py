"""A terminal that somebody sits at: a program in tmux, keys for it, and what its screen shows.

with Terminal(["hx", "a.py"], env=env, cwd=folder) as terminal:
    terminal.press("Escape", ":w", "Enter")
    terminal.wait_for("written")
"""

from __future__ import annotations

import shlex
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

SECONDS = 45.0


class Terminal:
    """One program in a tmux server of its own; closed with everything in it at the end."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        size: tuple[int, int] = (100, 30),
    ) -> None:
        self._name = f"camus-{uuid.uuid4().hex[:8]}"
        self._env = {**env, "TERM": "xterm-256color"}
        columns, rows = (str(number) for number in size)
        # TMUX would make this terminal a child of the one the tests run in.
        self._env.pop("TMUX", None)
        line = f"{shlex.join(command)}; echo; echo '[ended]'; sleep 60"
        start = ["new-session", "-d", "-x", columns, "-y", rows, "-c", str(cwd), line]
        self._tmux("-f", "/dev/null", *start)
        self._tmux("set", "-g", "escape-time", "0")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server", check=False)

    def press(self, *keys: str) -> None:
        """Press keys in tmux's spelling (`Enter`, `Escape`, `C-c`, `Down`) or type words."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(0.05)

    def screen(self, *, colours: bool = False) -> str:
        """What is shown; with `colours`, the escape sequences too."""
        more = ["-e"] if colours else []
        return self._tmux("capture-pane", "-p", *more)

    def wait_for(self, words: str, seconds: float = SECONDS) -> str:
        """Wait until the words are shown; the whole screen."""
        return self.wait(lambda screen: words in screen, words, seconds)

    def wait(self, right: Callable[[str], bool], what: str, seconds: float = SECONDS) -> str:
        """Wait until the screen is right; the whole screen."""
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if right(screen):
                return screen
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}; the screen:\n{screen}")
            time.sleep(0.1)

    def _tmux(self, *words: str, check: bool = True) -> str:
        call = ["tmux", "-L", self._name, *words]
        ran = subprocess.run(call, env=self._env, capture_output=True, text=True, check=False)
        if check and ran.returncode:
            raise AssertionError(f"tmux {words[0]}: {ran.stderr}")
        return ran.stdout
