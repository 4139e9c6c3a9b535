"""Which files no model is shown; git itself is the judge of its syntax."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.privacy import Ignore, user_excludes
from camus.privacy.globs import parse

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.production",
        "conf/prod.env",
        ".envrc",
        "server.pem",
        "deep/er/TLS.KEY",
        ".ssh/config",
        "id_rsa",
        "id_ed25519",
        ".git/config",
        "sub/.git/HEAD",
        ".npmrc",
        ".pypirc",
        ".netrc",
        ".aws/credentials",
        "credentials.json",
        "secrets.yaml",
        "terraform.tfstate",
        ".ENV",
    ],
)
def test_files_made_to_hold_keys_are_ignored_and_no_rule_lets_them_in(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, {".camusignore": f"!{name}\n!*\n!.git\n!.ssh\n"})
    ignore = Ignore([tmp_path])
    assert ignore.why((tmp_path / name).as_uri()).startswith("built in")


@pytest.mark.parametrize(
    "name",
    ["a.py", ".env.example", "environment.py", "env/a.py", "keys.py", "id_rsa.py", ".gitignore"],
)
def test_ordinary_files_are_not(tmp_path: Path, name: str) -> None:
    assert not Ignore([tmp_path])((tmp_path / name).as_uri())


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "https://example.org/.env", ""])
def test_what_is_no_file_is_not_ignored(uri: str) -> None:
    assert not Ignore([])(uri)


def test_a_file_outside_every_workspace_is_judged_by_its_own_name(tmp_path: Path) -> None:
    ignore = Ignore([tmp_path / "workspace"])
    assert ignore((tmp_path / "elsewhere" / "id_rsa").as_uri())
    assert not ignore((tmp_path / "elsewhere" / "a.py").as_uri())


def test_camusignore_stands_over_git(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\nbuild/\n", ".camusignore": "!keep.log\nnotes/\n"})
    ignore = Ignore([tmp_path])
    why = {
        name: ignore.why((tmp_path / name).as_uri())
        for name in ("a.log", "keep.log", "build/x.py", "notes/x.md", "a.py")
    }
    assert why == {
        "a.log": ".gitignore: *.log",
        "keep.log": "",
        "build/x.py": ".gitignore: build/",
        "notes/x.md": ".camusignore: notes/",
        "a.py": "",
    }


def test_the_deeper_file_speaks_last_but_not_below_an_ignored_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".camusignore": "*.gen.py\nvendor/\n",
            "src/.camusignore": "!ours.gen.py\n/only-here.py\n",
            "vendor/.camusignore": "!*\n",
        },
    )
    ignore = Ignore([tmp_path])
    names = ["src/a.gen.py", "src/ours.gen.py", "src/only-here.py", "only-here.py", "vendor/a.py"]
    assert [ignore((tmp_path / name).as_uri()) for name in names] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_a_changed_ignore_file_holds_at_once(tmp_path: Path) -> None:
    ignore, uri = Ignore([tmp_path]), (tmp_path / "a.py").as_uri()
    assert not ignore(uri)
    write(tmp_path, {".camusignore": "*.py"})
    assert ignore(uri)
    write(tmp_path, {".camusignore": "*.pyc"})
    assert not ignore(uri)
    (tmp_path / ".camusignore").unlink()
    (tmp_path / ".camusignore").mkdir()
    assert not ignore(uri)


def test_a_link_to_an_ignored_file_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, {".env": "A=1"})
    (tmp_path / "harmless.py").symlink_to(tmp_path / ".env")
    assert Ignore([tmp_path])((tmp_path / "harmless.py").as_uri())


def test_a_byte_order_mark_and_crlf_do_not_hide_a_rule(tmp_path: Path) -> None:
    (tmp_path / ".camusignore").write_bytes(b"\xef\xbb\xbfa.py\r\nb.py\r\n")
    ignore = Ignore([tmp_path])
    assert ignore((tmp_path / "a.py").as_uri())
    assert ignore((tmp_path / "b.py").as_uri())


def test_the_user_s_own_excludes_are_found_where_git_looks(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    assert user_excludes(env) == tmp_path / ".config" / "git" / "ignore"
    write(tmp_path, {".gitconfig": "[user]\nexcludesfile = no\n[core]\n\texcludesFile = ~/mine\n"})
    assert user_excludes(env) == tmp_path / "mine"
    write(tmp_path, {".gitconfig": '[core]\nexcludesfile = "/etc/gitignore"\n'})
    assert user_excludes(env) == Path("/etc/gitignore")
    write(tmp_path, {"mine": "*.local\n", "w/.git/HEAD": ""})
    ignore = Ignore([tmp_path / "w"], git_excludes=tmp_path / "mine")
    assert ignore.why((tmp_path / "w" / "a.local").as_uri()) == "git: *.local"


def git(root: Path, *arguments: str, text: str = "") -> str:
    env = {**os.environ, "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": ""}
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        input=text,
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def ignored_by_git(root: Path, names: list[str]) -> set[str]:
    said = git(root, "check-ignore", "--no-index", "-z", "--stdin", text="\0".join(names))
    return set(said.split("\0")) - {""}


@needs_git
def test_the_repository_s_own_excludes_hold_also_in_a_worktree(tmp_path: Path) -> None:
    main = tmp_path / "main"
    main.mkdir()
    git(main, "init", "-q")
    write(main, {".git/info/exclude": "private/\n", "a.py": ""})
    git(main, "add", "a.py")
    git(main, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    git(main, "worktree", "add", "-q", "../tree")
    for root in (main, tmp_path / "tree"):
        ignore = Ignore([root])
        assert ignore.why((root / "private" / "a.py").as_uri()) == "git: private/"
        assert not ignore((root / "a.py").as_uri())


@needs_git
def test_rules_above_a_workspace_hold_when_it_is_a_folder_of_a_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "*.tmp\n", "inner/a.py": ""})
    assert Ignore([tmp_path / "inner"])((tmp_path / "inner" / "x.tmp").as_uri())


NAMES = [
    "a",
    "b",
    "ab",
    "a.py",
    "b.py",
    "foo",
    "bar",
    "foo.log",
    "a b",
    "x1",
    "[x]",
    "!n",
    "#c",
]
LINES = (
    """
a|*.py|/a|a/|/a/|foo/bar|foo/*|foo/**|**/bar|**/foo/**|a/**/b|a**b|a*/b|?|??|[ab]|[!ab]|[^a]*|[a-c]x
!a|!*.py|!foo/bar|!/foo|!b/|\\!n|\\#c|#c|a\\ b|a b|a   |foo.log|*.log|foo*|*bar|**|*|/**|/*|!/*/
**/|a/**/|\\a|[[:alpha:]]|[[:digit:]x]*|[[:nope:]]|[|[a|[]]|[]a]|\\[x\\]|[\\[]x[\\]]|x[0-9]|a//b|//a
foo/**/bar|**/a/b|b/**/a.py|a.*|.*|/foo*/|***|a***|**a|/|//|!|\\|a\\|[a\\]b]|foo**|fo*o|[a-]|[-a]|[!]a]|!!a
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def generated(root: Path, seed: int) -> list[str]:
    chance = random.Random(seed)
    names: set[str] = set()
    for _ in range(40):
        names.add("/".join(chance.choices(NAMES, k=chance.randint(1, 4))))
    files: list[str] = []
    for name in sorted(names):
        path = root / name
        if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
            files.append(name)
    folders = [
        root,
        *(path for path in root.rglob("*") if path.is_dir() and ".git" not in path.parts),
    ]
    for folder in chance.sample(folders, k=min(3, len(folders))):
        lines = chance.choices(LINES, k=chance.randint(1, 5))
        (folder / ".gitignore").write_text("\n".join(lines))
    return files


@needs_git
@pytest.mark.parametrize("batch", range(4))
def test_git_agrees_on_generated_trees(tmp_path: Path, batch: int) -> None:
    for seed in range(batch * 30, batch * 30 + 30):
        root = tmp_path / str(seed)
        root.mkdir()
        git(root, "init", "-q")
        files = generated(root, seed)
        ignore = Ignore([root])
        ours = {name for name in files if ignore((root / name).as_uri())}
        rules = {str(p.relative_to(root)): p.read_text() for p in root.rglob(".gitignore")}
        assert ours == ignored_by_git(root, files), rules


@needs_git
def test_git_agrees_on_every_line_alone(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    names = sorted({f"{a}/{b}/{c}.d/f" for a in NAMES for b in NAMES[:4] for c in NAMES[:2]})
    names += [f"{name}.d/{name}.x" for name in NAMES] + ["top", "a1", "-", "]", "\\"]
    write(tmp_path, dict.fromkeys(names, ""))
    for line in LINES:
        (tmp_path / ".gitignore").write_text(line + "\n")
        ignore = Ignore([tmp_path])
        ours = {name for name in names if ignore((tmp_path / name).as_uri())}
        assert ours == ignored_by_git(tmp_path, names), repr(line)


def test_stars_beside_other_characters_cross_no_slash_as_the_manual_says() -> None:
    # git 2.39 itself lets `a**/b` match ab/x/b, since it compares what stands before apart.
    (pattern,) = parse("a**/b")
    assert pattern.matches(["ab", "b"], folder=False)
    assert not pattern.matches(["ab", "x", "b"], folder=False)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_text_is_a_harmless_ignore_file(text: str, parts: list[str]) -> None:
    for pattern in parse(text, fold=True):
        assert pattern.matches(parts, folder=False) in {True, False}


@pytest.mark.parametrize(
    "pattern", ["*a" * 200 + "b", "**/" * 200 + "b", "/" + "**/a/" * 200 + "b"]
)
def test_a_hostile_pattern_costs_no_time(pattern: str) -> None:
    (parsed,) = parse(pattern)
    started = time.process_time()
    assert not parsed.matches(["a" * 250] * 100 if "/" in pattern else ["a" * 250], folder=False)
    assert time.process_time() - started < 1
