"""What a syntax tree of a language looks like: its node types by role; parses nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["class", "function"]
DocPlace = Literal["inside", "before"]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """The node types of a tree-sitter grammar that carry a meaning for Camus.

    The extraction code is the same for every language and asks this row. Names are those of the
    grammar's `node-types.json`; a field is named without its colon.
    """

    package: str
    """The Python package that holds the grammar."""
    entry: str = "language"
    """The function in it that returns the grammar."""

    definitions: Mapping[str, Role] = field(default_factory=dict)
    """Nodes that define something by themselves or through a carrier that names them."""
    anonymous: frozenset[str] = frozenset()
    """Functions that are definitions only where a carrier names them, else part of their owner."""
    wrappers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Nodes around a definition and the fields to follow inwards; `*` is the only child, `first`
    the first one."""
    carriers: Mapping[str, str] = field(default_factory=dict)
    """Wrappers that give a definition its name, and the field that holds it."""
    containers: frozenset[str] = frozenset()
    """Values whose members are named after the carrier, e.g. an object literal."""
    naming_calls: frozenset[str] = frozenset()
    """Functions that pass a function argument through, so that the result's name is its name."""
    default_export: str = ""
    """The keyword that stands for a name when an exported definition has none."""
    name_field: str = "name"
    body_field: str = "body"
    parameters_fields: tuple[str, ...] = ("parameters", "parameter")
    return_field: str = "return_type"
    braces: bool = True
    """Bodies stand in braces; one that does not is an expression."""
    decorators: frozenset[str] = frozenset({"decorator"})
    async_word: str = "async"

    comments: frozenset[str] = frozenset({"comment"})
    strings: frozenset[str] = frozenset({"string"})
    statements: frozenset[str] = frozenset({"expression_statement"})
    """Statements that are nothing but an expression."""
    doc: DocPlace = "before"
    doc_marks: tuple[str, ...] = ("/**",)
    """How a doc comment standing before its definition begins."""

    calls: Mapping[str, str] = field(default_factory=dict)
    """Call nodes and the field of the callee."""
    raises: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset({"return_statement"})
    yields: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()
    """Nodes and operator words that each add one path (McCabe)."""
    nesting: frozenset[str] = frozenset()
    flat: frozenset[str] = frozenset({"else_clause"})
    """Nodes whose direct child continues a chain instead of nesting deeper."""
    assignments: Mapping[str, str] = field(default_factory=dict)
    """Nodes that write to the target in the given field."""
    members: Mapping[str, str] = field(default_factory=dict)
    """Nodes that name a part of something and the field of that something."""
    declared_outer: Mapping[str, str] = field(default_factory=dict)
    """Statements that let a function write outer names, and the word for it."""
    receivers: frozenset[str] = frozenset({"self", "this"})
    effects: tuple[tuple[str, str], ...] = ()
    """Callees (a final dot means any member) and what calling them visibly does."""

    splats: Mapping[str, Literal["args", "kwargs"]] = field(default_factory=dict)
    optional_parameters: frozenset[str] = frozenset()
    keyword_marks: frozenset[str] = frozenset()
    """Marks after which parameters are given by keyword only."""
    position_marks: frozenset[str] = frozenset()
    """Marks before which parameters are given by position only."""

    stubs: tuple[str, ...] = ()
    """Patterns of a body, without comments and docstring, that stands for one yet to be written."""
    declaration_files: tuple[str, ...] = ()
    """Endings of files that only declare, where an empty body is complete."""
    may_be_empty: frozenset[str] = frozenset()
    """Names of functions whose bodies are often empty on purpose."""
    valueless: frozenset[str] = frozenset({"None", "undefined", "void 0"})
    """What a return statement gives back without returning a value."""
    bases: tuple[str, ...] = ()
    """Fields and nodes of a class that hold its bases."""
    abstract: tuple[str, ...] = ()
    """Decorators and base classes whose empty bodies are meant to be empty."""

    identifiers: frozenset[str] = frozenset({"identifier"})
    binders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Nodes that bind names and the fields they bind in; `*` is every child."""
    unbinding: frozenset[str] = frozenset()
    """Fields (`node.field`) and nodes inside a binding place that only use names."""
    labels: frozenset[str] = frozenset()
    """Fields (`node.field`) whose identifier is neither bound nor used, e.g. an attribute."""
    heads: frozenset[str] = frozenset()
    """Dotted names that are one node; only their first part is a name of this file."""
    elements: frozenset[str] = frozenset()
    """Fields (`node.field`) where a name in lower case is the platform's own, e.g. HTML's."""
    foreign: Mapping[str, str] = field(default_factory=dict)
    """Nodes that, when they have the field, speak of another file's names only."""
    imports: str = ""
    """A query that captures @statement, @module, @name and @alias once for each imported name."""
    import_words: tuple[bytes, ...] = (b"import", b"export", b"require")
    """Words of which every statement that the query finds holds one."""
