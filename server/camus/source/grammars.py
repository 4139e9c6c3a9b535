"""What a syntax tree of a language looks like: its node types by role; parses nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["class", "function", "module", "namespace", "members"]
"""A `module` is a class whose functions are no methods. A `namespace` and the `members` of a type
written apart from it only name what is inside; they are no definitions themselves."""
UNWRITTEN = r"(?i:not[ -]?(?:yet[ -])?implemented|unimplemented|to-?do|fixme|implement me)"
"""A pattern of what people write where code should be."""
DocPlace = Literal["inside", "before"]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """The node types of a tree-sitter grammar that carry a meaning for Camus.

    The extraction code is the same for every language and asks this row. Names are those of the
    grammar's `node-types.json`; a field is named without its colon. A path is as `paths.follow`
    reads it.
    """

    package: str
    """The Python package that holds the grammar."""
    entry: str = "language"
    """The function in it that returns the grammar."""

    definitions: Mapping[str, Role] = field(default_factory=dict)
    """Nodes that define something by themselves or through a carrier that names them."""
    definition_words: tuple[bytes, ...] = ()
    """Words of which every definition holds one; a statement without them is not looked into."""
    anonymous: frozenset[str] = frozenset()
    """Functions that are definitions only where a carrier names them, else part of their owner."""
    wrappers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Nodes around a definition and the fields to follow inwards; `*` is the only child, `first`
    the first one, `last` the last one, `bare` the only one where no parenthesis stands."""
    carriers: Mapping[str, str] = field(default_factory=dict)
    """Wrappers that give a definition its name, and the field that holds it."""
    requires: Mapping[str, str] = field(default_factory=dict)
    """Definitions that count only where a path leads somewhere, e.g. to a body."""
    outer_only: frozenset[str] = frozenset()
    """Definitions that count only outside functions."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Paths to the names of definitions that do not have them in `name_field`."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Paths to the type that a definition written outside of it belongs to."""
    hoists: frozenset[str] = frozenset()
    """Bodies whose first statement's comments stand before the body itself."""
    containers: frozenset[str] = frozenset()
    """Values whose members are named after the carrier, e.g. an object literal."""
    naming_calls: frozenset[str] = frozenset()
    """Functions that pass a function argument through, so that the result's name is its name."""
    default_export: str = ""
    """The keyword that stands for a name when an exported definition has none."""
    name_field: str = "name"
    body: str = "body"
    """The path to a body."""
    body_lists: frozenset[str] = frozenset()
    """Nodes that, alone in a body, hold its statements."""
    omits_empty: bool = False
    """A definition without a body node has an empty body, and is no mere declaration."""
    parameters: str = "parameters"
    """The path to the list of parameters."""
    lone_parameter: str = ""
    """The path to a parameter that needs no list."""
    parameter_name: str = "name | pattern | left"
    parameter_type: str = "type"
    parameter_pattern: str = ""
    """How a parameter is read by its text where its nodes tell too little: named groups `name`,
    `type` and `default`."""
    return_type: str = "return_type"
    """The path to the annotation of what is returned."""
    return_pattern: str = ""
    """How that is read from the text between the parameters and the body; its first group."""
    types_around_names: bool = False
    """A declaration's type is its text without the name, as in C."""
    braces: bool = True
    """Bodies stand in braces; one that does not is an expression."""
    decorators: frozenset[str] = frozenset({"decorator"})
    modifiers: frozenset[str] = frozenset()
    """Nodes at the head of a definition that hold words such as `async` and annotations."""
    async_word: str = "async"

    comments: frozenset[str] = frozenset({"comment"})
    strings: frozenset[str] = frozenset({"string"})
    statements: frozenset[str] = frozenset({"expression_statement"})
    """Statements that are nothing but an expression."""
    doc: DocPlace = "before"
    doc_marks: tuple[str, ...] = ("/**",)
    """How a doc comment standing before its definition begins."""
    doc_never: str = ""
    """A pattern of comments that begin so and yet are directives, licences or rulers."""

    calls: Mapping[str, str] = field(default_factory=dict)
    """Call nodes and the path to the callee; `a + b` is the text from one to the other."""
    raises: frozenset[str] = frozenset()
    raising: Mapping[str, str] = field(default_factory=dict)
    """Functions that raise what their first argument names, and what they raise without."""
    declared_raises: str = ""
    """The path from a definition to the exceptions that it declares."""
    exception: str = r"(?:[\w$]+\.)*[A-Z][\w$]*"
    """A pattern of what an exception's type looks like."""
    guards: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Nodes whose own children are tried, and the children that catch what those raise."""
    returns: frozenset[str] = frozenset({"return_statement"})
    yields: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()
    """Nodes and operator words that each add one path (McCabe)."""
    nesting: frozenset[str] = frozenset()
    flat: frozenset[str] = frozenset({"else_clause"})
    """Nodes whose direct child continues a chain instead of nesting deeper."""
    chain_field: str = ""
    """The field by which a branch holds the next one of its chain."""
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
    own_parameters: frozenset[str] = frozenset()
    """Parameters that callers do not write, e.g. `&self`."""
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
    headers: tuple[str, str] = ("", "")
    """An ending whose files may be in another language, and that one's row: `.h` holds C or C++."""
    most_comment_lines: int = 0
    """With more comment lines in a row a text is read by lines: the grammar's scanner looks at all
    that follow at each of them, in quadratic time. 0: there is no such limit."""
    reads_by_lines_in_errors: bool = False
    """What the grammar cannot read, e.g. for a macro, is read by lines."""
