"""A user's own prompt templates: reads them from the folders it is handed; judges no content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from camus.config.problems import Problem

PromptOrigin = Literal["user", "workspace"]
FOLDER = "prompts"
MAX_BYTES = 64 * 1024
MAX_FILES = 200
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One template as it is on disk; `file` is its path, `name` its name without `.md`."""

    name: str
    text: str
    file: str
    origin: PromptOrigin


@dataclass(frozen=True, slots=True)
class Overrides:
    """The templates of one folder, and what could not be read of it."""

    files: tuple[PromptFile, ...] = ()
    problems: tuple[Problem, ...] = ()


def template_files(folder: Path) -> list[Path]:
    """The template files in the `prompts` folder of a configuration folder, by name."""
    try:
        found = sorted(path for path in (folder / FOLDER).iterdir() if path.suffix == ".md")
        return [path for path in found if path.is_file() and path.name != "README.md"][:MAX_FILES]
    except OSError:
        return []


def overrides_in(folder: Path, origin: PromptOrigin) -> Overrides:
    """Read the templates of a configuration folder; one that is no text is named and left out."""
    files: list[PromptFile] = []
    problems: list[Problem] = []
    for path in template_files(folder):
        text = _text(path)
        if isinstance(text, Problem):
            problems.append(text)
        else:
            files.append(PromptFile(path.stem, text, str(path), origin))
    return Overrides(tuple(files), tuple(problems))


def _text(path: Path) -> str | Problem:
    falls_back = "; the template that ships is used"
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Problem("warning", f"cannot be read: {reason}{falls_back}", str(path))
    if len(data) > MAX_BYTES:
        return Problem("warning", f"larger than {MAX_BYTES // 1024} KiB{falls_back}", str(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Problem("warning", f"not UTF-8 text{falls_back}", str(path))
    if _NOT_TEXT.search(text):
        return Problem("warning", f"holds a control character{falls_back}", str(path))
    return text.replace("\r\n", "\n").replace("\r", "\n")
