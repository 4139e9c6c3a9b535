"""The row of Lua's grammar (tree-sitter-lua)."""

from __future__ import annotations

from camus.source.grammars import UNWRITTEN, Grammar

LUA = Grammar(
    package="tree_sitter_lua",
    definitions={"function_declaration": "function", "function_definition": "function"},
    anonymous=frozenset({"function_definition"}),
    wrappers={
        "variable_declaration": ("*",),
        "assignment_statement": ("last",),
        "expression_list": ("*",),
        "field": ("value",),
    },
    carriers={"assignment_statement": "(variable_list) first", "field": "name"},
    containers=frozenset({"table_constructor"}),
    owners={"function_declaration": "(none)"},
    hoists=frozenset({"block"}),
    omits_empty=True,
    braces=False,
    parameter_name="name",
    decorators=frozenset(),
    statements=frozenset(),
    doc_marks=("--",),
    doc_never=r"--(?:\[=*\[)?\s*(?:luacheck|vim:|selene:)|--[-=*\s]{4,}$|--.{0,200}?(?:copyright|license)",
    calls={"function_call": "name"},
    raising={"error": "error"},
    exception=r"error|[A-Z]\w*",
    branches=frozenset(
        {"if_statement", "elseif_statement", "for_statement", "while_statement"}
        | {"repeat_statement", "and", "or"}
    ),
    nesting=frozenset({"if_statement", "for_statement", "while_statement", "repeat_statement"}),
    assignments={"assignment_statement": "(variable_list)"},
    members={"dot_index_expression": "table", "bracket_index_expression": "table"},
    receivers=frozenset({"self"}),
    effects=(
        ("print", "prints"),
        ("io.write", "prints"),
        ("io.", "uses files"),
        ("os.exit", "ends the process"),
        ("os.execute", "starts processes"),
        ("os.remove", "deletes files"),
        ("load", "runs code"),
        ("loadstring", "runs code"),
        ("dofile", "runs code"),
    ),
    splats={"vararg_expression": "args"},
    stubs=(
        r"",
        rf"error\s*\(?\s*['\"][^'\"]*{UNWRITTEN}[^'\"]*['\"].*\)?",
    ),
    valueless=frozenset({"nil"}),
    identifiers=frozenset({"identifier"}),
    binders={
        "variable_list": ("name",),
        "attribute_name_list": ("*",),
        "parameters": ("*",),
        "function_declaration": ("name",),
        "for_numeric_clause": ("name",),
    },
    unbinding=frozenset(
        {"dot_index_expression", "bracket_index_expression", "method_index_expression"}
    ),
    labels=frozenset(
        {"dot_index_expression.field", "method_index_expression.method", "field.name"}
    ),
    imports="""
(assignment_statement (variable_list . name: (_) @alias)
  (expression_list . value: (function_call name: (identifier) @_how
    arguments: (arguments . (string content: (string_content) @module))))
  (#eq? @_how "require")) @statement
(chunk (function_call name: (identifier) @_how
    arguments: (arguments . (string content: (string_content) @module))) @statement
  (#eq? @_how "require"))
""",
    import_words=(b"require",),
)
