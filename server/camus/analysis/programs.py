"""The languages' own linters and formatters: one row each, how it is called and who may be asked.

A program that loads code from the project, as ESLint's configuration is code, is asked only where
the user trusts the workspace. The others get a neutral folder to stand in where nothing is
trusted, for even a launcher such as rustup's may do what a file beside it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Parser = Literal["shellcheck", "rubocop", "eslint", "vet", "clippy"]
Where = Literal["stdin", "package"]
"""How a text reaches a linter: as its input, or only from the package on disk."""


@dataclass(frozen=True, slots=True)
class Formatter:
    """A program that prints a whole text formatted.

    `{name}` is the file's name, `{lines}` the lines to format and `{config}` the folder of the
    project's configuration; `project` are names of files of which the project must have one for
    this formatter to be its own.
    """

    program: str
    languages: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    lines: str = ""
    project: tuple[str, ...] = ()
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Linter:
    """A program that prints findings, with fixes where it knows them.

    `slow` ones are asked only about rules by name, as when a diagnostic of theirs is to be fixed.
    """

    program: str
    languages: tuple[str, ...]
    arguments: tuple[str, ...]
    parser: Parser
    where: Where = "stdin"
    untrusted: tuple[str, ...] = ()
    """Arguments that keep the project's configuration out, for a linter that can do without."""
    project: tuple[str, ...] = ()
    trusted: bool = False
    slow: bool = False
    rewrites: tuple[str, ...] = ()
    """Arguments that make it print the text with its safe corrections instead."""


_ECMASCRIPT = ("javascript", "typescript")
_PRETTIER = (
    *(".prettierrc", ".prettierrc.json", ".prettierrc.yaml", ".prettierrc.yml", ".prettierrc.toml"),
    *(".prettierrc.js", ".prettierrc.cjs", ".prettierrc.mjs", ".prettierrc.json5"),
    *("prettier.config.js", "prettier.config.cjs", "prettier.config.mjs"),
)
_ESLINT = (
    *("eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts"),
    *(".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml"),
)

FORMATTERS: tuple[Formatter, ...] = (
    Formatter("gofmt", ("go",)),
    Formatter("goimports", ("go",)),
    Formatter("rustfmt", ("rust",), ("--edition", "2021", "--emit", "stdout", "--quiet")),
    Formatter(
        "clang-format",
        ("c", "cpp"),
        ("--style=file", "--fallback-style=none", "--assume-filename={name}"),
        lines="--lines={lines}",
    ),
    Formatter(
        "biome",
        _ECMASCRIPT,
        ("format", "--config-path={config}", "--stdin-file-path={name}"),
        project=("biome.json", "biome.jsonc"),
    ),
    Formatter(
        "prettier", _ECMASCRIPT, ("--stdin-filepath", "{name}"), project=_PRETTIER, trusted=True
    ),
)

LINTERS: tuple[Linter, ...] = (
    Linter("shellcheck", ("bash",), ("--norc", "-f", "json1", "-s", "{shell}", "-"), "shellcheck"),
    Linter(
        "rubocop",
        ("ruby",),
        ("--format", "json", "--stdin", "{name}"),
        "rubocop",
        untrusted=("--force-default-config", "--only", "Lint,Security"),
        project=(".rubocop.yml",),
        rewrites=("--autocorrect", "--stderr", "--stdin", "{name}"),
    ),
    Linter(
        "eslint",
        _ECMASCRIPT,
        ("--format", "json", "--stdin", "--stdin-filename", "{name}"),
        "eslint",
        project=_ESLINT,
        trusted=True,
    ),
    Linter(
        "go",
        ("go",),
        ("vet", "-json", "."),
        "vet",
        where="package",
        project=("go.mod",),
        trusted=True,
    ),
    Linter(
        "cargo",
        ("rust",),
        ("clippy", "--offline", "--quiet", "--message-format", "json"),
        "clippy",
        where="package",
        project=("Cargo.toml",),
        trusted=True,
        slow=True,
    ),
)


def formatters(language: str) -> tuple[Formatter, ...]:
    """The formatters of a language, the usual one first."""
    return tuple(each for each in FORMATTERS if language in each.languages)


def linters(language: str) -> tuple[Linter, ...]:
    """The linters of a language."""
    return tuple(each for each in LINTERS if language in each.languages)
