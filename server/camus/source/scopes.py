"""The symbols of a document as its syntax tree shows them; by lines where there is no tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from camus.source.document import Document
from camus.source.spans import Span

ScopeKind = Literal["module", "class", "function", "method", "lines"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as written: `*args` has kind `args`, `**kwargs` kind `kwargs`."""

    name: str
    type: str = ""
    default: str = ""
    kind: Literal["positional", "keyword", "args", "kwargs"] = "positional"


@dataclass(frozen=True, slots=True)
class Scope:
    """One definition, the whole module, or (without a grammar) a block of lines.

    `span` covers the definition with its decorators, its `export` and a doc comment standing
    before it; `header` the signature up to the body; `body` the statements; `doc` the docstring
    or doc comment with its quotes or comment marks. `complexity` is McCabe's number. `calls`,
    `raises`, `returns` and `yields` are of this definition's own body, nested ones left out.
    """

    kind: ScopeKind
    name: str
    qualified_name: str
    span: Span
    header: Span
    body: Span
    name_span: Span
    doc: Span | None = None
    doc_text: str = ""
    indent: str = ""
    parameters: tuple[Parameter, ...] = ()
    return_type: str = ""
    decorators: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    returns_value: bool = False
    yields: bool = False
    is_async: bool = False
    is_stub: bool = False
    complexity: int = 1
    nesting: int = 0
    effects: tuple[str, ...] = ()
    """What the body visibly does beside computing: `writes self.x`, `global y`, `prints`."""


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `module` as written, `name` within it or empty, `alias` as bound here."""

    module: str
    name: str
    alias: str
    span: Span


def enclosing(document: Document, span: Span) -> Scope:
    """The innermost definition that holds the span; the module (or a block of lines) otherwise.

    A span on a decorator, a doc comment before, or the white space of a definition's own line
    belongs to that definition. Costs the depth of the tree, not the size of the file.
    """
    raise NotImplementedError


def definitions(document: Document) -> tuple[Scope, ...]:
    """All classes, functions and methods in the order of the text, nested ones included."""
    raise NotImplementedError


def imports(document: Document) -> tuple[Import, ...]:
    """The imports of the module, in order."""
    raise NotImplementedError


def syntax_errors(document: Document) -> tuple[Span, ...]:
    """The ERROR and MISSING nodes; a document without a grammar has none."""
    raise NotImplementedError


def literal_spans(document: Document, within: Span) -> tuple[Span, ...]:
    """String literals over several lines, whose inner lines must never be indented anew."""
    raise NotImplementedError


def indent_unit(document: Document) -> str:
    """One level of indentation as this file does it: a tab or a number of spaces."""
    raise NotImplementedError


def newline_of(document: Document) -> str:
    """The line break that the file uses most: LF, CRLF or CR; LF when it has none."""
    raise NotImplementedError
