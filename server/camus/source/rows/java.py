"""The row of Java's grammar (tree-sitter-java)."""

from __future__ import annotations

from camus.source.grammars import UNWRITTEN, Grammar

JAVA = Grammar(
    package="tree_sitter_java",
    definitions={
        "class_declaration": "class",
        "interface_declaration": "class",
        "enum_declaration": "class",
        "record_declaration": "class",
        "annotation_type_declaration": "class",
        "method_declaration": "function",
        "constructor_declaration": "function",
        "compact_constructor_declaration": "function",
        "annotation_type_element_declaration": "function",
        "lambda_expression": "function",
    },
    anonymous=frozenset({"lambda_expression"}),
    parameter_name="name | (variable_declarator) name",
    parameter_type="type | (type_identifier) | (generic_type) | (array_type) | first",
    return_type="type",
    decorators=frozenset({"annotation", "marker_annotation"}),
    modifiers=frozenset({"modifiers"}),
    comments=frozenset({"line_comment", "block_comment"}),
    strings=frozenset({"string_literal", "character_literal"}),
    calls={
        "method_invocation": "object + name",
        "object_creation_expression": "type",
    },
    raises=frozenset({"throw_statement"}),
    declared_raises="(throws)",
    guards={
        "try_statement": frozenset({"catch_clause"}),
        "try_with_resources_statement": frozenset({"catch_clause"}),
    },
    branches=frozenset(
        {"if_statement", "for_statement", "enhanced_for_statement", "while_statement"}
        | {"do_statement", "switch_label", "catch_clause", "ternary_expression", "&&", "||"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "enhanced_for_statement", "while_statement"}
        | {"do_statement", "switch_expression", "try_statement", "try_with_resources_statement"}
    ),
    chain_field="alternative",
    assignments={"assignment_expression": "left", "update_expression": "first"},
    members={"field_access": "object", "array_access": "array"},
    effects=(
        ("System.out.", "prints"),
        ("System.err.", "prints"),
        ("System.exit", "ends the process"),
        ("Files.", "uses the file system"),
        ("Thread.sleep", "sleeps"),
        ("Runtime.getRuntime", "starts processes"),
    ),
    splats={"spread_parameter": "args"},
    own_parameters=frozenset({"receiver_parameter"}),
    stubs=(
        r"",
        r"throw new (?:java\.lang\.)?UnsupportedOperationException\(.*\);",
        rf'throw new \w+\(\s*"[^"]*{UNWRITTEN}[^"]*"\s*\);',
    ),
    bases=("superclass", "interfaces"),
    abstract=("abstract",),
    identifiers=frozenset({"identifier", "type_identifier"}),
    binders={
        "formal_parameter": ("name",),
        "catch_formal_parameter": ("name",),
        "variable_declarator": ("name",),
        "enhanced_for_statement": ("name",),
        "class_declaration": ("name",),
        "interface_declaration": ("name",),
        "enum_declaration": ("name",),
        "record_declaration": ("name",),
        "method_declaration": ("name",),
        "constructor_declaration": ("name",),
        "enum_constant": ("name",),
        "type_parameter": ("*",),
        "import_declaration": ("*",),
        "lambda_expression": ("parameters",),
    },
    unbinding=frozenset({"type_bound"}),
    labels=frozenset(
        {"field_access.field", "method_reference.None", "element_value_pair.key"}
        | {"scoped_identifier.scope", "scoped_type_identifier.None", "package_declaration.None"}
    ),
    imports="""
(import_declaration (scoped_identifier scope: (_) @module name: (identifier) @name) .) @statement
(import_declaration (scoped_identifier) @module (asterisk) @name) @statement
""",
    import_words=(b"import",),
)
