"""The row of PHP's grammar (tree-sitter-php)."""

from __future__ import annotations

from camus.source.grammars import UNWRITTEN, Grammar

PHP = Grammar(
    package="tree_sitter_php",
    entry="language_php",
    definitions={
        "function_definition": "function",
        "method_declaration": "function",
        "class_declaration": "class",
        "interface_declaration": "class",
        "trait_declaration": "class",
        "enum_declaration": "class",
        "namespace_definition": "namespace",
        "anonymous_function": "function",
        "arrow_function": "function",
    },
    anonymous=frozenset({"anonymous_function", "arrow_function"}),
    decorators=frozenset({"attribute_list"}),
    strings=frozenset({"string", "encapsed_string", "heredoc", "nowdoc"}),
    statements=frozenset({"expression_statement"}),
    calls={
        "function_call_expression": "function",
        "member_call_expression": "object + name",
        "nullsafe_member_call_expression": "object + name",
        "scoped_call_expression": "scope + name",
        "object_creation_expression": "(name) | (qualified_name)",
    },
    raises=frozenset({"throw_expression", "throw_statement"}),
    exception=r"\\?(?:\w+\\)*[A-Z]\w*",
    guards={"try_statement": frozenset({"catch_clause"})},
    yields=frozenset({"yield_expression"}),
    branches=frozenset(
        {"if_statement", "else_if_clause", "for_statement", "foreach_statement"}
        | {"while_statement", "do_statement", "case_statement", "catch_clause"}
        | {"match_conditional_expression", "conditional_expression", "&&", "||", "??", "and", "or"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "foreach_statement", "while_statement", "do_statement"}
        | {"switch_statement", "try_statement"}
    ),
    assignments={"assignment_expression": "left", "augmented_assignment_expression": "left"},
    members={"member_access_expression": "object", "subscript_expression": "first"},
    receivers=frozenset({"$this", "this"}),
    effects=(
        ("printf", "prints"),
        ("print_r", "prints"),
        ("var_dump", "prints"),
        ("header", "sends headers"),
        ("setcookie", "sends headers"),
        ("file_put_contents", "writes files"),
        ("fopen", "opens files"),
        ("unlink", "deletes files"),
        ("exec", "starts processes"),
        ("shell_exec", "starts processes"),
        ("system", "starts processes"),
        ("eval", "runs code"),
        ("sleep", "sleeps"),
    ),
    splats={"variadic_parameter": "args"},
    stubs=(
        r"",
        r"throw new \\?(?:\w+\\)*\w*(?:NotImplemented|BadMethodCall|Unsupported)\w*\(.*\);",
        rf"throw new \\?(?:\w+\\)*\w+\(\s*['\"][^'\"]*{UNWRITTEN}[^'\"]*['\"]\s*\);",
    ),
    valueless=frozenset({"null"}),
    may_be_empty=frozenset({"__construct", "__destruct", "__clone"}),
    identifiers=frozenset({"name"}),
    binders={
        "simple_parameter": ("name",),
        "variadic_parameter": ("name",),
        "property_promotion_parameter": ("name",),
        "assignment_expression": ("left",),
        "foreach_statement": ("*",),
        "catch_clause": ("name",),
        "function_definition": ("name",),
        "method_declaration": ("name",),
        "class_declaration": ("name",),
        "interface_declaration": ("name",),
        "trait_declaration": ("name",),
        "enum_declaration": ("name",),
        "const_element": ("*",),
        "property_element": ("name",),
    },
    unbinding=frozenset(
        {"simple_parameter.default_value", "member_access_expression", "subscript_expression"}
        | {"foreach_statement.body"}
    ),
    labels=frozenset(
        {"member_access_expression.name", "member_call_expression.name"}
        | {"scoped_call_expression.name", "class_constant_access_expression.None"}
    ),
    imports=r"""
(namespace_use_declaration (namespace_use_clause
  (qualified_name prefix: (_) @module (name) @name) !alias)) @statement
(namespace_use_declaration (namespace_use_clause
  (qualified_name prefix: (_) @module (name) @name) alias: (name) @alias)) @statement
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause (name) @name !alias))) @statement
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . (name) @name alias: (name) @alias))) @statement
(require_once_expression (string (string_content) @module)) @statement
(require_expression (string (string_content) @module)) @statement
(include_expression (string (string_content) @module)) @statement
(include_once_expression (string (string_content) @module)) @statement
""",
    import_words=(b"use", b"require", b"include"),
)
