"""The table of languages: one row each, so that adding a language is adding a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from camus.source.ecmascript import JAVASCRIPT, TSX, TYPESCRIPT
from camus.source.grammars import Grammar
from camus.source.python import PYTHON


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
    interpreters: tuple[str, ...] = ()
    """Names in a `#!` line that tell the language."""
    family: str = ""
    """Languages of one family use each other's definitions."""
    module_separator: str = "/"
    """What parts an imported module's name; a `.` also counts levels up at its beginning."""
    module_endings: tuple[str, ...] = ()
    """Endings that an import leaves out, in the order in which they are tried."""
    module_mains: tuple[str, ...] = ("index",)
    """The file, without ending, that an imported folder stands for."""
    grammar: Grammar | None = None
    variants: tuple[tuple[str, Grammar], ...] = ()


_C_COMMENT = ("/*", "*/")
_ECMASCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")

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
            grammar=PYTHON,
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
            grammar=JAVASCRIPT,
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
            grammar=TYPESCRIPT,
            variants=((".tsx", TSX), ("typescriptreact", TSX), ("tsx", TSX)),
        ),
    )
}

_BY_NAME = {name: row for row in LANGUAGES.values() for name in (row.id, *row.aliases)}
_BY_EXTENSION = {ending: row for row in LANGUAGES.values() for ending in row.extensions}
_BY_INTERPRETER = {name: row for row in LANGUAGES.values() for name in row.interpreters}


def language_for(name: str) -> Language | None:
    """The row of a language id, an editor's alias (`typescriptreact`) or a fence's info word."""
    return _BY_NAME.get(name.strip().lower())


def language_of(path: str, first_line: str = "") -> str:
    """The language id for a file name and its first line; `text` when unknown."""
    row = _BY_EXTENSION.get(PurePosixPath(path).suffix.lower()) or _by_first_line(first_line)
    return row.id if row else "text"


def grammar_for(language: str, uri: str) -> Grammar | None:
    """The grammar of a document: of its language, or of the variant its file name asks for."""
    row = language_for(language)
    if row is None:
        return None
    ending = PurePosixPath(uri).suffix.lower()
    for key, grammar in row.variants:
        if key in (ending, language):
            return grammar
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
