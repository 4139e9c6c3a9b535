"""The row of Rust's grammar (tree-sitter-rust)."""

from __future__ import annotations

from camus.source.grammars import Grammar

RUST = Grammar(
    package="tree_sitter_rust",
    definitions={
        "function_item": "function",
        "function_signature_item": "function",
        "struct_item": "class",
        "enum_item": "class",
        "union_item": "class",
        "trait_item": "class",
        "type_item": "class",
        "macro_definition": "module",
        "mod_item": "module",
        "impl_item": "members",
        "foreign_mod_item": "namespace",
        "closure_expression": "function",
    },
    anonymous=frozenset({"closure_expression"}),
    requires={"mod_item": "body"},
    names={"impl_item": "type", "foreign_mod_item": "(none)"},
    own_parameters=frozenset({"self_parameter", "attribute_item"}),
    parameter_name="pattern",
    decorators=frozenset({"attribute_item"}),
    modifiers=frozenset({"function_modifiers"}),
    comments=frozenset({"line_comment", "block_comment"}),
    strings=frozenset({"string_literal", "raw_string_literal", "char_literal"}),
    doc_marks=("///", "/**"),
    doc_never=r"////|/\*\*\*",
    calls={"call_expression": "function", "macro_invocation": "macro"},
    returns=frozenset({"return_expression"}),
    branches=frozenset(
        {"if_expression", "for_expression", "while_expression", "loop_expression", "match_arm"}
        | {"try_expression", "&&", "||"}
    ),
    nesting=frozenset(
        {"if_expression", "for_expression", "while_expression", "loop_expression"}
        | {"match_expression"}
    ),
    assignments={"assignment_expression": "left", "compound_assignment_expr": "left"},
    members={"field_expression": "value", "index_expression": "first"},
    receivers=frozenset({"self"}),
    effects=(
        ("panic", "panics"),
        ("unreachable", "panics"),
        ("print", "prints"),
        ("println", "prints"),
        ("eprint", "prints"),
        ("eprintln", "prints"),
        ("std::process::exit", "ends the process"),
        ("process::exit", "ends the process"),
        ("std::fs::", "uses the file system"),
        ("fs::", "uses the file system"),
        ("Command::new", "starts processes"),
        ("thread::sleep", "sleeps"),
        ("thread::spawn", "starts threads"),
    ),
    stubs=(
        r"",
        r"(?:todo|unimplemented)!\s*[({\[].*[)}\]];?",
        r'panic!\s*\(\s*"(?i:not (?:yet )?implemented|todo)[^"]*"\s*\);?',
    ),
    valueless=frozenset({"()"}),
    identifiers=frozenset({"identifier", "type_identifier"}),
    binders={
        "parameter": ("pattern",),
        "closure_parameters": ("*",),
        "let_declaration": ("pattern",),
        "for_expression": ("pattern",),
        "match_pattern": ("*",),
        "let_condition": ("pattern",),
        "function_item": ("name",),
        "struct_item": ("name",),
        "enum_item": ("name",),
        "trait_item": ("name",),
        "type_item": ("name",),
        "const_item": ("name",),
        "static_item": ("name",),
        "mod_item": ("name",),
        "type_parameter": ("name",),
        "use_declaration": ("argument",),
        "use_as_clause": ("alias",),
    },
    unbinding=frozenset(
        {"tuple_struct_pattern.type", "struct_pattern.type", "match_pattern.condition"}
    ),
    labels=frozenset(
        {"scoped_identifier.name", "scoped_type_identifier.name", "shorthand_field_identifier.None"}
    ),
    imports="""
(use_declaration
  argument: (scoped_identifier path: (_) @module name: (identifier) @name)) @statement
(use_declaration argument: (identifier) @module) @statement
(use_declaration argument: (use_wildcard (_) @module "*" @name)) @statement
(use_declaration argument: (use_as_clause path: (scoped_identifier path: (_) @module
  name: (identifier) @name) alias: (identifier) @alias)) @statement
(use_declaration argument: (scoped_use_list path: (_) @module
  list: (use_list [(identifier) (self)] @name))) @statement
(use_declaration argument: (scoped_use_list path: (_) @module
  list: (use_list (use_as_clause path: (_) @name alias: (identifier) @alias)))) @statement
""",
    import_words=(b"use",),
)
