"""The table of languages: one row each, so that adding a language is adding a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from camus.source.grammars import Grammar


@dataclass(frozen=True, slots=True)
class Language:
    """What Camus must know of a language; the rest of the code asks this row, never the name.

    `variants` are grammars for some of its extensions. A language without a grammar is read by
    lines.
    """

    id: str
    title: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    line_comment: str = "#"
    block_comment: tuple[str, str] | None = None
    fence: str = ""
    indent: str = "    "
    """One level of indentation where a file shows none."""
    files: tuple[str, ...] = ()
    """Names of files that have no ending of its own."""
    interpreters: tuple[str, ...] = ()
    """Names in a `#!` line that tell the language."""
    prolog: str = ""
    """What a piece of a file needs before it to be read as code."""
    family: str = ""
    """Languages of one family use each other's definitions."""
    module_separator: str = "/"
    """What parts an imported module's name; a `.` also counts levels up at its beginning."""
    module_endings: tuple[str, ...] = ()
    """Endings that an import leaves out, in the order in which they are tried."""
    module_mains: tuple[str, ...] = ("index",)
    """The file, without ending, that an imported folder stands for."""
    reader: str = ""
    """Where its grammar's row is, `module:NAME` in `rows`; read when a text needs it."""
    variants: tuple[tuple[str, str], ...] = ()

    @property
    def grammar(self) -> Grammar | None:
        """The row of the grammar; None for a language that is read by lines."""
        return _row(self.reader) if self.reader else None


def other_grammar(grammar: Grammar, uri: str) -> Grammar | None:
    """The grammar that a file of this name may be meant for when it does not fit the first one."""
    ending, reader = grammar.headers
    return _row(reader) if ending and uri.lower().endswith(ending) else None


@cache
def _row(reader: str) -> Grammar:
    module, _, name = reader.partition(":")
    return cast("Grammar", getattr(import_module(f"{__package__}.rows.{module}"), name))


_TSX = "ecmascript:TSX"


_C_COMMENT = ("/*", "*/")
_ECMASCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_SHELLS = ("bash", "sh", "dash", "ksh")

LANGUAGES: dict[str, Language] = {
    row.id: row
    for row in (
        Language(
            "python",
            "Python",
            extensions=(".py", ".pyi", ".pyw"),
            aliases=("py", "python3", "pyi"),
            fence="python",
            interpreters=("python", "python3", "pypy", "pypy3"),
            family="python",
            module_separator=".",
            module_endings=(".py", ".pyi"),
            module_mains=("__init__",),
            reader="python:PYTHON",
        ),
        Language(
            "javascript",
            "JavaScript",
            extensions=(".js", ".mjs", ".cjs", ".jsx"),
            aliases=("js", "jsx", "mjs", "cjs", "javascriptreact", "ecmascript", "node"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="javascript",
            indent="  ",
            interpreters=("node", "nodejs", "bun"),
            family="ecmascript",
            module_endings=_ECMASCRIPT_ENDINGS,
            reader="ecmascript:JAVASCRIPT",
        ),
        Language(
            "typescript",
            "TypeScript",
            extensions=(".ts", ".mts", ".cts", ".tsx"),
            aliases=("ts", "tsx", "mts", "cts", "typescriptreact"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="typescript",
            indent="  ",
            interpreters=("deno", "ts-node", "tsx"),
            family="ecmascript",
            module_endings=_ECMASCRIPT_ENDINGS,
            reader="ecmascript:TYPESCRIPT",
            variants=((".tsx", _TSX), ("typescriptreact", _TSX), ("tsx", _TSX)),
        ),
        Language(
            "go",
            "Go",
            extensions=(".go",),
            aliases=("golang",),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="go",
            indent="\t",
            family="go",
            reader="go:GO",
        ),
        Language(
            "rust",
            "Rust",
            extensions=(".rs",),
            aliases=("rs",),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="rust",
            family="rust",
            reader="rust:RUST",
        ),
        Language(
            "java",
            "Java",
            extensions=(".java",),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="java",
            family="java",
            reader="java:JAVA",
        ),
        Language(
            "c",
            "C",
            extensions=(".c", ".h"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="c",
            family="c",
            module_endings=(".h", ".c"),
            reader="c:C",
        ),
        Language(
            "cpp",
            "C++",
            extensions=(
                ".cpp",
                ".cc",
                ".cxx",
                ".c++",
                ".hpp",
                ".hh",
                ".hxx",
                ".h++",
                ".ipp",
                ".inl",
            ),
            aliases=("c++", "cxx", "cc", "hpp"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="cpp",
            family="c",
            module_endings=(".h", ".hpp", ".cpp"),
            reader="c:CPP",
        ),
        Language(
            "csharp",
            "C#",
            extensions=(".cs", ".csx"),
            aliases=("c#", "cs"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="csharp",
            family="csharp",
            reader="csharp:CSHARP",
        ),
        Language(
            "ruby",
            "Ruby",
            extensions=(".rb", ".rake", ".gemspec", ".ru"),
            files=("Gemfile", "Rakefile", "Guardfile", "Vagrantfile", "Podfile", "Fastfile"),
            aliases=("rb",),
            fence="ruby",
            indent="  ",
            interpreters=("ruby", "jruby"),
            family="ruby",
            module_endings=(".rb",),
            reader="ruby:RUBY",
        ),
        Language(
            "php",
            "PHP",
            extensions=(".php", ".phtml"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="php",
            interpreters=("php",),
            prolog="<?php\n",
            family="php",
            module_endings=(".php",),
            reader="php:PHP",
        ),
        Language(
            "bash",
            "Bash",
            extensions=(".sh", ".bash"),
            aliases=("shellscript", "sh", "shell", "zsh", "ksh"),
            files=(".bashrc", ".bash_profile", ".bash_aliases", ".profile", "PKGBUILD"),
            fence="bash",
            indent="  ",
            interpreters=_SHELLS,
            family="bash",
            module_endings=(".sh", ".bash"),
            reader="bash:BASH",
        ),
        Language(
            "kotlin",
            "Kotlin",
            extensions=(".kt", ".kts"),
            aliases=("kt", "kts"),
            line_comment="//",
            block_comment=_C_COMMENT,
            fence="kotlin",
            family="kotlin",
            reader="kotlin:KOTLIN",
        ),
        Language(
            "lua",
            "Lua",
            extensions=(".lua",),
            aliases=("luau",),
            line_comment="--",
            block_comment=("--[[", "]]"),
            fence="lua",
            indent="  ",
            interpreters=("lua", "luajit", "texlua"),
            family="lua",
            module_separator=".",
            module_endings=(".lua",),
            module_mains=("init",),
            reader="lua:LUA",
        ),
    )
}

LANGUAGE_IDS: frozenset[str] = frozenset(LANGUAGES)
"""The ids of the languages that are known."""

_BY_NAME = {name: row for row in LANGUAGES.values() for name in (row.id, *row.aliases)}
_BY_EXTENSION = {ending: row for row in LANGUAGES.values() for ending in row.extensions}
_BY_FILE = {name: row for row in LANGUAGES.values() for name in row.files}
_BY_INTERPRETER = {name: row for row in LANGUAGES.values() for name in row.interpreters}


def language_for(name: str) -> Language | None:
    """The row of a language id, an editor's alias (`typescriptreact`) or a fence's info word."""
    return _BY_NAME.get(name.strip().lower())


def language_of(path: str, first_line: str = "") -> str:
    """The language id for a file name and its first line; `text` when unknown."""
    name = PurePosixPath(path)
    row = _BY_EXTENSION.get(name.suffix.lower()) or _BY_FILE.get(name.name)
    row = row or _by_first_line(first_line)
    return row.id if row else "text"


def grammar_for(language: str, uri: str) -> Grammar | None:
    """The grammar of a document: of its language, or of the variant its file name asks for."""
    row = language_for(language)
    if row is None:
        return None
    ending = PurePosixPath(uri).suffix.lower()
    for key, reader in row.variants:
        if key in (ending, language):
            return _row(reader)
    return row.grammar


def _by_first_line(line: str) -> Language | None:
    """The language of a `#!` line, with or without `env` and a version."""
    if not line.startswith("#!"):
        return None
    for word in line[2:].split():
        program = PurePosixPath(word).name
        if program != "env" and not word.startswith("-"):
            return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(
                program.rstrip("0123456789.")
            )
    return None
