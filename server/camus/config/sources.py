"""Where settings are written: the files of a user and a workspace, and the environment."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camus.config.nodes import Node
from camus.config.overrides import FOLDER as FOLDER_OF_PROMPTS
from camus.config.overrides import Overrides, PromptOrigin, overrides_in, template_files
from camus.config.problems import Problem
from camus.config.read import MAX_BYTES, plain_scalar

FOLDER = ".camus"
SUFFIXES = (".yml", ".yaml", ".json", ".toml")
STEMS = ("config", "models")

VARIABLES: Mapping[str, str] = {
    "CAMUS_PIPELINE": "defaults.pipeline",
    "CAMUS_STRATEGY": "defaults.strategy",
    "CAMUS_QUALITY_THRESHOLD": "defaults.quality_threshold",
    "CAMUS_QUALITY_FLOOR": "defaults.quality_floor",
    "CAMUS_MULTI_MODEL": "multi_model.enabled",
    "CAMUS_DOCSTRING_STYLE": "actions.docstring_style",
    "CAMUS_CACHE": "cache.enabled",
    "CAMUS_JOURNAL": "journal.enabled",
    "CAMUS_RETRIEVAL": "retrieval.enabled",
    "CAMUS_DISCOVER": "server.discover",
    "CAMUS_LOG_LEVEL": "server.log_level",
}
"""The settings an environment variable can give, by variable."""


@dataclass(frozen=True, slots=True)
class Found:
    """The configuration files of one folder, in the order they are merged, with their bytes.

    `prompts` are the templates beside them.
    """

    files: tuple[tuple[Path, bytes], ...] = ()
    problems: tuple[Problem, ...] = ()
    prompts: Overrides = field(default_factory=Overrides)

    @property
    def digest(self) -> str:
        """A digest of names and contents, templates too; empty when there is nothing."""
        parts = [(path.name, data) for path, data in self.files]
        texts = ((each.name, each.text.encode("utf-8")) for each in self.prompts.files)
        parts += [(f"{FOLDER_OF_PROMPTS}/{name}.md", data) for name, data in texts]
        if not parts:
            return ""
        total = hashlib.sha256()
        for name, data in parts:
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
        return total.hexdigest()


def workspace_root(folder: Path) -> Path | None:
    """The folder itself or its nearest ancestor that holds configuration files."""
    absolute = folder.absolute()
    for candidate in (absolute, *absolute.parents):
        if any(candidates(candidate / FOLDER)) or template_files(candidate / FOLDER):
            return candidate
    return None


def files_in(folder: Path, own: PromptOrigin, instead: Mapping[Path, bytes] = {}) -> Found:
    """Read `config` and `models` with one of the known endings, and `prompts`, from a folder.

    `instead` gives the content of files that are not to be read themselves.
    """
    files: list[tuple[Path, bytes]] = []
    problems = _closed(folder)
    for stem in STEMS:
        present = [path for path in candidates(folder) if path.stem == stem]
        for path in present[1:]:
            message = f"{present[0].name} stands beside it and is used; this file is not read"
            problems.append(Problem("warning", message, str(path)))
        for path in present[:1]:
            if path in instead:
                files.append((path, instead[path]))
                continue
            try:
                with path.open("rb") as stream:
                    files.append((path, stream.read(MAX_BYTES + 1)))
            except OSError as error:
                reason = error.strerror or type(error).__name__
                problems.append(Problem("error", f"cannot be read: {reason}", str(path)))
    return Found(tuple(files), tuple(problems), overrides_in(folder, own))


def candidates(folder: Path) -> Iterator[Path]:
    """The configuration files that are in a folder; none when it may not be entered."""
    for stem in STEMS:
        for suffix in SUFFIXES:
            path = folder / f"{stem}{suffix}"
            try:
                if path.is_file():
                    yield path
            except OSError:
                continue


def from_environment(env: Mapping[str, str]) -> Node:
    """The settings of the environment, in the spelling of a file."""
    root: dict[str, Node] = {}
    for variable, path in VARIABLES.items():
        text = env.get(variable, "")
        if text:
            section, key = path.split(".")
            value = text if path == "defaults.pipeline" else plain_scalar(text)
            node = Node(value, "environment", 0, variable)
            entries = root.setdefault(section, Node({}, "environment", 0, section)).entries
            entries[key] = node
    return Node(root, "environment")


def _closed(folder: Path) -> list[Problem]:
    try:
        with os.scandir(folder):
            return []
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return [Problem("error", f"the folder cannot be read: {reason}", str(folder))]
