"""The row of C#'s grammar (tree-sitter-c-sharp)."""

from __future__ import annotations

from camus.source.grammars import Grammar

CSHARP = Grammar(
    package="tree_sitter_c_sharp",
    definitions={
        "class_declaration": "class",
        "interface_declaration": "class",
        "struct_declaration": "class",
        "record_declaration": "class",
        "enum_declaration": "class",
        "delegate_declaration": "function",
        "method_declaration": "function",
        "constructor_declaration": "function",
        "destructor_declaration": "function",
        "operator_declaration": "function",
        "conversion_operator_declaration": "function",
        "indexer_declaration": "function",
        "property_declaration": "function",
        "local_function_statement": "function",
        "namespace_declaration": "namespace",
        "file_scoped_namespace_declaration": "namespace",
        "lambda_expression": "function",
        "anonymous_method_expression": "function",
    },
    anonymous=frozenset({"lambda_expression", "anonymous_method_expression"}),
    names={
        "operator_declaration": "operator",
        "conversion_operator_declaration": "type",
        "indexer_declaration": "(this)",
    },
    body="body | accessors | value",
    parameters="parameters | (parameter_list)",
    parameter_pattern=(
        r"(?:\[[^\]]*\]\s*)*(?:(?:this|ref|out|in|readonly|scoped)\s+)*(?P<many>params\s+)?"
        r"(?P<type>.+?)\s+@?(?P<name>\w+)(?:\s*=\s*(?P<default>.*))?"
    ),
    return_type="returns | type",
    decorators=frozenset({"attribute_list"}),
    modifiers=frozenset({"modifier"}),
    strings=frozenset(
        {"string_literal", "verbatim_string_literal", "raw_string_literal", "character_literal"}
        | {"interpolated_string_expression"}
    ),
    doc_marks=("///", "/**"),
    doc_never=r"////|/\*\*\*",
    calls={"invocation_expression": "function", "object_creation_expression": "type"},
    raises=frozenset({"throw_statement", "throw_expression"}),
    guards={"try_statement": frozenset({"catch_clause"})},
    returns=frozenset({"return_statement"}),
    yields=frozenset({"yield_statement"}),
    branches=frozenset(
        {"if_statement", "for_statement", "foreach_statement", "while_statement", "do_statement"}
        | {"switch_section", "switch_expression_arm", "catch_clause", "conditional_expression"}
        | {"&&", "||", "??"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "foreach_statement", "while_statement", "do_statement"}
        | {"switch_statement", "try_statement", "using_statement", "lock_statement"}
    ),
    chain_field="alternative",
    assignments={"assignment_expression": "left"},
    members={"member_access_expression": "expression", "element_access_expression": "expression"},
    effects=(
        ("Console.", "prints"),
        ("Environment.Exit", "ends the process"),
        ("File.", "uses the file system"),
        ("Directory.", "uses the file system"),
        ("Process.Start", "starts processes"),
        ("Thread.Sleep", "sleeps"),
    ),
    stubs=(
        r"",
        r"throw new (?:System\.)?Not(?:Implemented|Supported)Exception\(.*\);?",
        r"=>\s*throw new (?:System\.)?NotImplementedException\(.*\)",
    ),
    identifiers=frozenset({"identifier"}),
    binders={
        "parameter": ("name",),
        "variable_declarator": ("name",),
        "foreach_statement": ("left",),
        "catch_declaration": ("name",),
        "class_declaration": ("name",),
        "interface_declaration": ("name",),
        "struct_declaration": ("name",),
        "record_declaration": ("name",),
        "enum_declaration": ("name",),
        "enum_member_declaration": ("name",),
        "method_declaration": ("name",),
        "property_declaration": ("name",),
        "constructor_declaration": ("name",),
        "local_function_statement": ("name",),
        "delegate_declaration": ("name",),
        "type_parameter": ("name",),
    },
    labels=frozenset(
        {"member_access_expression.name", "using_directive.None", "qualified_name.name"}
        | {"qualified_name.qualifier", "namespace_declaration.name"}
        | {"file_scoped_namespace_declaration.name", "name_colon.None"}
    ),
    imports="""
(using_directive !name [(identifier) (qualified_name)] @module) @statement
(using_directive name: (identifier) @alias [(identifier) (qualified_name)] @module .) @statement
""",
    import_words=(b"using",),
)
