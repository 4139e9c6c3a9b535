"""Sends Camus's own log lines to the editor's log; they carry no code and no path."""

from __future__ import annotations

import logging

from camus.lsp.client import Client, Level

_LEVELS: tuple[tuple[int, Level], ...] = (
    (logging.ERROR, "error"),
    (logging.WARNING, "warning"),
    (logging.INFO, "info"),
)


class LogToClient(logging.Handler):
    """The handler of everything below `camus`, while a client is there."""

    def __init__(self, client: Client) -> None:
        """Send warnings and errors, until `show_from` says otherwise."""
        super().__init__(logging.WARNING)
        self._client = client
        self._logger = logging.getLogger("camus")

    def start(self) -> None:
        """Take the lines; none go to stderr any more."""
        self._logger.addHandler(self)
        self._logger.propagate = False

    def stop(self) -> None:
        """Leave the lines to whoever comes next."""
        self._logger.removeHandler(self)
        self._logger.setLevel(logging.NOTSET)
        self._logger.propagate = True

    def show_from(self, level: Level) -> None:
        """Send lines from this level on."""
        least = logging.getLevelName(level.upper())
        self.setLevel(least)
        self._logger.setLevel(least)

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line, without any traceback."""
        level: Level = next((word for least, word in _LEVELS if record.levelno >= least), "debug")
        self._client.from_any_thread(self._client.log, level, record.getMessage())
