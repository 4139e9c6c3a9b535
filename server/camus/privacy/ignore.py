"""Which files no model is shown: key files, `.camusignore`, and what git ignores; reads, no more.

The syntax and the order of precedence are those of gitignore(5).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from camus.privacy.globs import Pattern, parse
from camus.source import path_of

BUILT_IN = parse(
    """\
.git
*.pem
*.key
*.p12
*.pfx
*.jks
*.keystore
*.kdbx
*.ppk
*.asc
*.gpg
id_rsa
id_dsa
id_ecdsa
id_ed25519
id_*_sk
.env
.env.*
*.env
.envrc
!.env.example
!.env.sample
!.env.template
!.env.dist
.netrc
_netrc
.npmrc
.pypirc
.pgpass
.my.cnf
.htpasswd
.git-credentials
**/.docker/config.json
**/.kube/config
**/.aws/credentials
**/.aws/config
.ssh
.gnupg
.vault-token
.terraformrc
*.tfstate
*.tfstate.*
*.tfvars
credentials.json
client_secret*.json
service-account*.json
service_account*.json
secrets.yml
secrets.yaml
secrets.json
secrets.toml
""",
    fold=True,
)
"""Files made to hold keys; no ignore file lets them in."""

_MOST_BYTES = 1 << 20
_FOLDS = sys.platform in {"win32", "darwin"}


@dataclass(frozen=True, slots=True)
class _Rules:
    """One ignore file's patterns; `depth` is its folder's, counted from the highest folder."""

    name: str
    depth: int
    patterns: tuple[Pattern, ...]


_BUILT_IN_RULES = [_Rules("built in", 0, BUILT_IN)]


class Ignore:
    """Whether a file may be shown to a model, by its URI; files changed meanwhile are read again.

    Git's rules are those of the file's own repository and of the user; `.camusignore` stands over
    them and may let a file in that git ignores. Whether git tracks a file is not looked at.
    """

    def __init__(self, roots: Iterable[Path] = (), *, git_excludes: Path | None = None) -> None:
        """Look from the workspace folders down; `git_excludes` is the user's own for git."""
        self._roots = tuple(Path(os.path.realpath(root)) for root in roots)
        self._git_excludes = git_excludes
        self._files: dict[str, tuple[tuple[int, int, int], tuple[Pattern, ...]]] = {}

    def __call__(self, uri: str) -> bool:
        """Whether the file of a URI is ignored; what is no file of this machine is not."""
        return bool(self.why(uri))

    def why(self, uri: str) -> str:
        """The rule that keeps the file out, such as `.camusignore: build/`; empty for none."""
        path = path_of(uri)
        if path is None:
            return ""
        # A link is kept out both by its own name and by what it leads to.
        real = Path(os.path.realpath(path))
        return self._why(path) or (self._why(real) if real != path else "")

    def _why(self, path: Path) -> str:
        repository = self._repository(path)
        top = self._top(path, repository)
        parts = path.relative_to(top).parts
        inside = len(repository.parts) - len(top.parts)
        ours: list[_Rules] = []
        git = self._git_rules(repository, inside)
        place = str(top)
        for depth, part in enumerate(parts, 1):
            self._add(ours, ".camusignore", place, depth - 1)
            if depth > inside:
                self._add(git, ".gitignore", place, depth - 1)
            place = os.path.join(place, part)  # noqa: PTH118 - ten times as fast, in a hot loop
            if ours or git:
                folder = depth < len(parts) or path.is_dir()
                rule = _last(ours, parts[:depth], folder)
                rule = _last(git, parts[:depth], folder) if rule is None else rule
                if rule:
                    return rule
        return _built_in(path)

    def _git_rules(self, repository: Path, inside: int) -> list[_Rules]:
        """The rules of a whole repository, the weaker first."""
        files = (self._git_excludes, _info_exclude(repository))
        found = (self._patterns(str(file)) for file in files if file is not None)
        return [_Rules("git", inside, patterns) for patterns in found if patterns]

    def _add(self, rules: list[_Rules], name: str, place: str, depth: int) -> None:
        patterns = self._patterns(os.path.join(place, name))  # noqa: PTH118 - as above
        if patterns:
            rules.append(_Rules(name, depth, patterns))

    def _patterns(self, file: str) -> tuple[Pattern, ...]:
        try:
            info = os.stat(file)  # noqa: PTH116 - as above
            signature = (info.st_mtime_ns, info.st_size, info.st_ino)
        except OSError:
            return ()
        known = self._files.get(file)
        if known is None or known[0] != signature:
            known = (signature, _load(Path(file)))
            self._files[file] = known
        return known[1]

    def _top(self, path: Path, repository: Path) -> Path:
        """The highest folder whose ignore files count: a workspace root or the repository's."""
        roots = [root for root in (*self._roots, repository) if _is_below(path, root)]
        return min(roots, key=lambda root: len(root.parts))

    def _repository(self, path: Path) -> Path:
        """The folder of the git repository the path is in; outside of any, its workspace root."""
        # Texts, not paths: a `Path` for each folder costs ten times the look at the folder.
        folder = os.path.dirname(path)  # noqa: PTH120
        while True:
            if os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118
                return Path(folder)
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder:
                break
            folder = above
        roots = [root for root in self._roots if _is_below(path, root)]
        return min(roots, key=lambda root: len(root.parts), default=path.parent)


def _is_below(path: Path, folder: Path) -> bool:
    """Whether a path lies somewhere in a folder; both are absolute and normalised."""
    top = os.path.normcase(folder)
    inside = os.path.normcase(path)
    return inside.startswith(top if top.endswith(os.sep) else top + os.sep)


def user_excludes(env: Mapping[str, str] = os.environ) -> Path:
    """The file of the user's own patterns for git: `core.excludesFile`, or its usual place."""
    home = Path(env.get("HOME") or env.get("USERPROFILE") or "~").expanduser()
    settings = Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "git"
    named = ""
    for file in (settings / "config", home / ".gitconfig"):
        named = _excludes_named_in(file) or named
    if named.startswith("~/"):
        return home / named[2:]
    return Path(named) if named else settings / "ignore"


def _excludes_named_in(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    section, found = "", ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            section = line.strip("[]").strip().lower()
        key, sign, value = line.partition("=")
        if section == "core" and sign and key.strip().lower() == "excludesfile":
            found = value.strip().strip('"')
    return found


def _last(rules: list[_Rules], parts: tuple[str, ...], folder: bool) -> str | None:
    """The last rule that speaks of a path: empty when it lets it in, None when none does."""
    for source in reversed(rules):
        for pattern in reversed(source.patterns):
            if pattern.matches(parts[source.depth :], folder):
                return "" if pattern.negated else f"{source.name}: {pattern.text}"
    return None


@lru_cache(maxsize=4096)
def _built_in(path: Path) -> str:
    *folders, name = path.parts[1:] or ("",)
    return _built_in_above(tuple(folders)) or _built_in_rule((*folders, name), folder=False)


@lru_cache(maxsize=4096)
def _built_in_above(folders: tuple[str, ...]) -> str:
    """The built-in rule for a folder or one above it; the same for every file in it."""
    if not folders:
        return ""
    return _built_in_above(folders[:-1]) or _built_in_rule(folders, folder=True)


def _built_in_rule(parts: tuple[str, ...], *, folder: bool) -> str:
    return _last(_BUILT_IN_RULES, parts, folder) or ""


def _load(file: Path) -> tuple[Pattern, ...]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MOST_BYTES)
    except OSError:
        return ()
    return parse(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape"), fold=_FOLDS)


def _info_exclude(repository: Path) -> Path | None:
    """`info/exclude` of a repository; a worktree's `.git` is a file that names the folder."""
    git = repository / ".git"
    if git.is_file():
        try:
            named = git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
            git = repository / named
            common = (git / "commondir").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        git = git / common
    return git / "info" / "exclude"
