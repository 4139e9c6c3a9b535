"""Which files no model is shown: key files, `.camusignore`, and what git ignores; reads, no more.

The syntax and the order of precedence are those of gitignore(5).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from camus.privacy.globs import Pattern, parse
from camus.source import path_of

BUILT_IN = parse(
    """\
.git
.camus/permissions*
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
.docker/config.json
.kube/config
.aws/credentials
.aws/config
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
class _Lines:
    """The patterns of one ignore file as it was when its signature was taken."""

    signature: tuple[int, int, int] | None
    patterns: tuple[Pattern, ...]


class Ignore:
    """Whether a file may be shown to a model, by its URI; files changed meanwhile are read again.

    Git's rules are those of the file's own repository and of the user; `.camusignore` stands over
    them and may let a file in that git ignores. Whether git tracks a file is not looked at.
    """

    def __init__(self, roots: Iterable[Path] = (), *, git_excludes: Path | None = None) -> None:
        """Look from the workspace folders down; `git_excludes` is the user's own for git."""
        self._roots = tuple(Path(os.path.realpath(root)) for root in roots)
        self._git_excludes = git_excludes
        self._files: dict[Path, _Lines] = {}

    def __call__(self, uri: str) -> bool:
        """Whether the file of a URI is ignored; what is no file of this machine is not."""
        return bool(self.why(uri))

    def why(self, uri: str) -> str:
        """The rule that keeps the file out, such as `.camusignore: build/`; empty for none."""
        path = path_of(uri)
        if path is None:
            return ""
        # A link is kept out both by its own name and by what it leads to.
        return self._why(path) or self._why(Path(os.path.realpath(path)))

    def _why(self, path: Path) -> str:
        top = self._top(path)
        parts = path.relative_to(top).parts
        repository = self._repository(path)
        for depth in range(1, len(parts) + 1):
            target = top.joinpath(*parts[:depth])
            folder = depth < len(parts) or target.is_dir()
            rule = self._rule(target, folder, top, repository)
            if rule:
                return rule
        return _built_in(path)

    def _rule(self, target: Path, folder: bool, top: Path, repository: Path) -> str:
        """The last rule that speaks of one path, if it ignores it."""
        above = [top, *(p for p in reversed(target.parents) if p != top and _under(p, top))]
        for name, places in ((".camusignore", above), (".gitignore", above)):
            for place in reversed(places):
                if name == ".gitignore" and not _under(place, repository):
                    continue
                verdict = self._verdict(place / name, place, target, folder)
                if verdict is not None:
                    return f"{name}: {verdict}" if verdict else ""
        for file in (_info_exclude(repository), self._git_excludes):
            if file is None or not _under(target, repository):
                continue
            verdict = self._verdict(file, repository, target, folder)
            if verdict is not None:
                return f"git: {verdict}" if verdict else ""
        return ""

    def _verdict(self, file: Path, base: Path, target: Path, folder: bool) -> str | None:
        """The ignoring pattern's text, empty for a negated one, None when none matches."""
        patterns = self._patterns(file)
        if not patterns:
            return None
        parts = target.relative_to(base).parts
        for pattern in reversed(patterns):
            if pattern.matches(parts, folder):
                return "" if pattern.negated else pattern.text
        return None

    def _patterns(self, file: Path) -> tuple[Pattern, ...]:
        try:
            info = file.stat()
            signature = (info.st_mtime_ns, info.st_size, info.st_ino)
        except OSError:
            signature = None
        known = self._files.get(file)
        if known is None or known.signature != signature:
            known = _Lines(signature, _load(file) if signature else ())
            self._files[file] = known
        return known.patterns

    def _top(self, path: Path) -> Path:
        """The highest folder whose ignore files count: a workspace root or the repository's."""
        roots = [root for root in (*self._roots, self._repository(path)) if _under(path, root)]
        return min(roots, key=lambda root: len(root.parts), default=path.parent)

    def _repository(self, path: Path) -> Path:
        """The folder of the git repository the path is in; its own folder outside of any."""
        for folder in path.parents:
            if (folder / ".git").exists():
                return folder
        roots = [root for root in self._roots if path != root and _under(path, root)]
        return min(roots, key=lambda root: len(root.parts), default=path.parent)


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


def _built_in(path: Path) -> str:
    parts = path.parts[1:]
    for depth in range(1, len(parts) + 1):
        for pattern in reversed(BUILT_IN):
            if pattern.matches(parts[:depth], folder=depth < len(parts)):
                if pattern.negated:
                    break
                return f"built in: {pattern.text}"
    return ""


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


def _under(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
