"""The row of Kotlin's grammar (tree-sitter-kotlin), which gives few of its nodes a field."""

from __future__ import annotations

from camus.source.grammars import Grammar

KOTLIN = Grammar(
    package="tree_sitter_kotlin",
    definitions={
        "function_declaration": "function",
        "secondary_constructor": "function",
        "class_declaration": "class",
        "object_declaration": "class",
        "companion_object": "members",
        "type_alias": "class",
        "lambda_literal": "function",
        "anonymous_function": "function",
    },
    anonymous=frozenset({"lambda_literal", "anonymous_function"}),
    names={
        "companion_object": "(none)",
        "secondary_constructor": "(constructor)",
        "type_alias": "type | (identifier)",
    },
    body="(function_body) | (class_body) | (enum_class_body) | (block)",
    body_lists=frozenset({"block"}),
    parameters="(function_value_parameters)",
    parameter_pattern=(
        r"(?:@\w+(?:\([^)]*\))?\s*)*(?:(?:val|var|noinline|crossinline)\s+)*(?P<many>vararg\s+)?"
        r"`?(?P<name>\w+)`?\s*:\s*(?P<type>.+?)(?:\s+=\s*(?P<default>.*))?"
    ),
    return_pattern=r"\s*:(?!\s*(?:this|super)\s*\()\s*(.+?)\s*(?:\bwhere\b.*)?$",
    decorators=frozenset({"annotation"}),
    modifiers=frozenset({"modifiers"}),
    async_word="suspend",
    comments=frozenset({"line_comment", "block_comment"}),
    strings=frozenset({"string_literal", "multiline_string_literal", "character_literal"}),
    calls={"call_expression": "first"},
    raises=frozenset({"throw_expression"}),
    exception=r"(?:\w+\.)*[A-Z]\w*",
    guards={"try_expression": frozenset({"catch_block"})},
    returns=frozenset({"return_expression"}),
    branches=frozenset(
        {"if_expression", "for_statement", "while_statement", "do_while_statement"}
        | {"when_entry", "catch_block", "&&", "||", "?:"}
    ),
    nesting=frozenset(
        {"if_expression", "for_statement", "while_statement", "do_while_statement"}
        | {"when_expression", "try_expression"}
    ),
    assignments={"assignment": "first"},
    members={"navigation_expression": "first", "index_expression": "first"},
    effects=(
        ("println", "prints"),
        ("print", "prints"),
        ("exitProcess", "ends the process"),
        ("File", "uses the file system"),
        ("Thread.sleep", "sleeps"),
        ("delay", "suspends"),
        ("launch", "starts coroutines"),
    ),
    stubs=(
        r"",
        r"(?:=\s*)?TODO\(.*\)",
        r"throw (?:\w+\.)*(?:NotImplementedError|UnsupportedOperationException)\(.*\)",
    ),
    valueless=frozenset({"Unit"}),
    may_be_empty=frozenset({"constructor"}),
    identifiers=frozenset({"identifier"}),
    binders={
        "parameter": ("*",),
        "class_parameter": ("*",),
        "variable_declaration": ("*",),
        "multi_variable_declaration": ("*",),
        "function_declaration": ("name",),
        "class_declaration": ("name",),
        "object_declaration": ("name",),
        "type_alias": ("type",),
        "type_parameter": ("*",),
        "enum_entry": ("*",),
        "import": ("*",),
    },
    unbinding=frozenset(
        {"user_type", "nullable_type", "function_type", "value_arguments", "class_body"}
        | {"call_expression", "string_literal", "number_literal", "modifiers", "parenthesized_type"}
    ),
    labels=frozenset({"package_header.None"}),
    heads=frozenset(),
    imports="""
(import . (qualified_identifier) @module .) @statement
(import (qualified_identifier) @module "*" @name) @statement
(import (qualified_identifier) @module (identifier) @alias .) @statement
""",
    import_words=(b"import",),
)
