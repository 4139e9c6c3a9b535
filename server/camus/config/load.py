"""From files, editor settings, environment and flags to one `Config`, with every problem named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from camus.config.check import checked
from camus.config.nodes import Node, from_plain, labelled, merged, to_plain
from camus.config.overrides import PromptFile
from camus.config.paths import Folders
from camus.config.problems import Problem
from camus.config.read import Unreadable, read
from camus.config.references import notes
from camus.config.shapes import is_v1, normalised
from camus.config.sources import FOLDER, Found, files_in, from_environment, workspace_root
from camus.config.tree import Config
from camus.config.trust import Gate, Origin

_WHOLE = frozenset({"pipelines", "composites"})


@dataclass(frozen=True, slots=True)
class Layers:
    """Where settings come from; later ones win: user, workspace, editor, environment, flags.

    `workspace` is any folder inside it: the nearest one upwards with configuration files counts.
    `trusted` is asked with that folder and the digest of its files; while it answers False, what
    an untrusted workspace may not set is left out with a warning. `editor` and `flags` are trees
    in the spelling of the file; editor settings, which a repository can bring along, are never
    trusted.
    """

    folders: Folders
    workspace: Path | None = None
    editor: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, object] = field(default_factory=dict)
    trusted: Callable[[Path, str], bool] = lambda _folder, _digest: False
    instead: Mapping[Path, bytes] = field(default_factory=dict)
    """What to take for a file's content, to try a change before it is written."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The configuration in force and what was wrong with what was read.

    `digest` is of the workspace's own configuration files, empty when there are none; trust is
    bound to it and to `workspace`, the folder they were found in. `trusted` tells whether they
    were read as trusted. `kept` is set when a broken file left the last good configuration in
    force.
    """

    config: Config
    problems: tuple[Problem, ...] = ()
    files: tuple[Path, ...] = ()
    digest: str = ""
    trusted: bool = False
    workspace: Path | None = None
    kept: bool = False
    prompts: tuple[PromptFile, ...] = ()
    """The user's own templates, and those of a trusted workspace."""


def load(layers: Layers, last_good: Loaded | None = None) -> Loaded:
    """Read all layers and merge them.

    A file that cannot be read at all keeps `last_good` as it is (without one, the other layers
    hold) and is named in `problems`. A bad model, pipeline, composite or rule is left out, any
    other bad setting keeps the value of the layer below. Never raises for anything a file may
    hold.
    """
    user = files_in(layers.folders.config, "user", layers.instead)
    root = workspace_root(layers.workspace) if layers.workspace else None
    own = files_in(root / FOLDER, "workspace", layers.instead) if root else Found()
    trusted = bool(root and own.digest and layers.trusted(root, own.digest))
    stack = _Stack(layers.folders.config / "config.yml")
    stack.files(user, "user")
    stack.files(own, "workspace" if trusted else "untrusted")
    stack.problems += _about_prompts(user, own, trusted=trusted)
    stack.add(labelled(from_plain(layers.editor, "editor settings")), "editor")
    stack.add(from_environment(layers.env), "environment", shaped=True)
    stack.add(labelled(from_plain(layers.flags, "command line")), "flags")
    loaded = Loaded(
        Config(),
        files=tuple(path for path, _ in (*user.files, *own.files)),
        digest=own.digest,
        trusted=trusted,
        workspace=root,
        prompts=(*user.prompts.files, *(own.prompts.files if trusted else ())),
    )
    if stack.broken and last_good:
        said = Problem("warning", "the last good configuration stays in force")
        problems = (*stack.problems, said)
        return replace(loaded, config=last_good.config, problems=problems, kept=True)
    config = stack.config()
    return replace(loaded, config=config, problems=tuple(stack.problems))


def _about_prompts(user: Found, own: Found, *, trusted: bool) -> tuple[Problem, ...]:
    if trusted or not own.prompts.files:
        return (*user.prompts.problems, *(own.prompts.problems if trusted else ()))
    count = len(own.prompts.files)
    message = f"{count} of its templates ignored until you trust this workspace: run `camus trust`"
    folder = str(Path(own.prompts.files[0].file).parent)
    return (*user.prompts.problems, Problem("warning", message, folder))


class _Stack:
    """Layers merged so far, from the lowest up."""

    def __init__(self, user_file: Path) -> None:
        self.problems: list[Problem] = []
        self.broken = False
        self._user_file = user_file
        self._node = Node({})
        self._files_v1: list[bool] = []

    def files(self, found: Found, origin: Origin) -> None:
        """Add the files of a folder."""
        self.problems += found.problems
        self.broken |= any(problem.severity == "error" for problem in found.problems)
        for path, data in found.files:
            try:
                root = read(data, str(path))
            except Unreadable as error:
                self.problems.append(error.problem)
                self.broken = True
            else:
                self._files_v1.append(is_v1(root))
                self.add(root, origin)

    def add(self, root: Node, origin: Origin, *, shaped: bool = False) -> None:
        """Put a layer on top; `shaped` when it is in the tree's spelling already."""
        if origin == "editor":  # `camus.trace` is the client library's own setting
            ours = {key: item for key, item in root.entries.items() if key != "trace"}
            root = root.with_value(ours)
        if not root.entries:
            return
        problems: list[Problem] = []
        node, wrong = checked(root if shaped else normalised(root, problems.append))
        gate = Gate(origin, self._node, self._user_file)
        node = gate.passed(node)
        found = [*problems, *wrong, *gate.problems]
        self.problems += sorted(found, key=lambda problem: problem.line)
        self._node = merged(self._node, node, _WHOLE)

    def config(self) -> Config:
        """The whole as the frozen tree."""
        if "version" not in self._node.entries and self._files_v1 and all(self._files_v1):
            self._node = self._node.with_value({**self._node.entries, "version": Node(1)})
        self.problems += notes(self._node)
        return msgspec.convert(to_plain(self._node), Config)
