"""The rows of the grammars of C and C++ (tree-sitter-c, tree-sitter-cpp)."""

from __future__ import annotations

from dataclasses import replace

from camus.source.grammars import UNWRITTEN, Grammar

_INNER = "declarator,{reference_declarator},{parenthesized_declarator},{attributed_declarator}*"
_FUNCTION = f"{_INNER}:function_declarator"
_NAMED = ("identifier", "field_identifier", "qualified_identifier", "operator_name")
_GIVES_FUNCTION = f"{_FUNCTION} declarator {_INNER}:function_declarator"
"""A function that returns a pointer to one: its own declarator stands inside the other's."""
_IS_FUNCTION = " | ".join(
    f"{_FUNCTION} ({kind})" for kind in (*_NAMED, "destructor_name", "template_function")
)
_IS_FUNCTION += f" | {_GIVES_FUNCTION} (identifier)"
_CASTS = f"{_INNER}:operator_cast"
_NAME = f"{_CASTS} | {_INNER}"

C = Grammar(
    package="tree_sitter_c",
    definitions={
        "function_definition": "function",
        "declaration": "function",
        "struct_specifier": "class",
        "union_specifier": "class",
        "enum_specifier": "class",
        "type_definition": "class",
        "preproc_function_def": "function",
        "linkage_specification": "namespace",
    },
    requires={
        "function_definition": _IS_FUNCTION,
        "declaration": _IS_FUNCTION,
        "struct_specifier": "body",
        "union_specifier": "body",
        "enum_specifier": "body",
    },
    outer_only=frozenset({"declaration"}),
    names={
        "function_definition": _NAME,
        "declaration": _NAME,
        "type_definition": f"{_INNER}",
        "linkage_specification": "(none)",
    },
    wrappers={"type_definition": ("type",), "linkage_specification": ("*",)},
    carriers={"type_definition": "declarator"},
    parameters=f"{_GIVES_FUNCTION} parameters | {_FUNCTION} parameters | parameters",
    parameter_name=_INNER,
    return_type=f"{_FUNCTION} (trailing_return_type) first | type",
    types_around_names=True,
    decorators=frozenset({"attribute_declaration", "attribute_specifier"}),
    strings=frozenset({"string_literal", "char_literal", "raw_string_literal"}),
    doc_marks=("/*", "//"),
    doc_never=(
        r"/[/*][*/!]?<|///?\s*(?:NOLINT|clang-format|@\{|@\})|//[/-]{3,}|/\*[\s*=_-]*\*/|//[\s=_-]*$"
        r"|/[/*].{0,300}?(?:copyright|license|spdx)|/\*[*!]?\s*(?:[@\\](?:file|defgroup|addtogroup"
        r"|name|cond|endcond|\{|\})|[-=]{4,})|.*[@\\]\{\s*(?:\*/)?$"
    ),
    calls={"call_expression": "function"},
    branches=frozenset(
        {"if_statement", "for_statement", "while_statement", "do_statement", "case_statement"}
        | {"conditional_expression", "&&", "||"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "while_statement", "do_statement", "switch_statement"}
    ),
    assignments={"assignment_expression": "left", "update_expression": "argument"},
    members={"field_expression": "argument", "subscript_expression": "argument"},
    receivers=frozenset(),
    effects=(
        ("printf", "prints"),
        ("fprintf", "prints"),
        ("puts", "prints"),
        ("putchar", "prints"),
        ("exit", "ends the process"),
        ("abort", "ends the process"),
        ("malloc", "allocates memory"),
        ("calloc", "allocates memory"),
        ("realloc", "allocates memory"),
        ("free", "frees memory"),
        ("fopen", "opens files"),
        ("open", "opens files"),
        ("system", "starts processes"),
        ("fork", "starts processes"),
        ("sleep", "sleeps"),
    ),
    splats={"variadic_parameter": "args", "variadic_parameter_declaration": "args"},
    stubs=(
        r"",
        r"(?:assert\s*\(\s*(?:0|false)[^;]*|abort\s*\(\s*)\);",
    ),
    valueless=frozenset(),
    identifiers=frozenset({"identifier", "type_identifier"}),
    binders={
        "parameter_declaration": ("declarator",),
        "declaration": ("declarator",),
        "init_declarator": ("declarator",),
        "function_declarator": ("declarator",),
        "struct_specifier": ("name",),
        "union_specifier": ("name",),
        "enum_specifier": ("name",),
        "enumerator": ("name",),
        "type_definition": ("declarator",),
        "preproc_def": ("name",),
        "preproc_function_def": ("name", "parameters"),
    },
    unbinding=frozenset(
        {"array_declarator.size", "init_declarator.value", "function_declarator.parameters"}
    ),
    imports="""
(preproc_include path: (system_lib_string) @module) @statement
(preproc_include path: (string_literal (string_content) @module)) @statement
""",
    import_words=(b"#",),
    headers=(".h", "c:CPP"),
    reads_by_lines_in_errors=True,
)

CPP = replace(
    C,
    package="tree_sitter_cpp",
    headers=("", ""),
    definitions={
        **C.definitions,
        "class_specifier": "class",
        "field_declaration": "function",
        "alias_declaration": "class",
        "concept_definition": "class",
        "namespace_definition": "namespace",
        "lambda_expression": "function",
    },
    anonymous=frozenset({"lambda_expression"}),
    requires={
        **C.requires,
        "class_specifier": "body",
        "field_declaration": _IS_FUNCTION,
        "function_definition": f"{_IS_FUNCTION} | {_CASTS}",
        "declaration": f"{_IS_FUNCTION} | {_CASTS}",
    },
    outer_only=frozenset({"declaration", "field_declaration"}),
    names={**C.names, "field_declaration": _NAME},
    wrappers={**C.wrappers, "template_declaration": ("last",)},
    raises=frozenset({"throw_statement", "throw_expression"}),
    exception=r"(?:\w+::)+\w+|[A-Z]\w*",
    guards={"try_statement": frozenset({"catch_clause"})},
    branches=C.branches | {"for_range_loop", "catch_clause"},
    nesting=C.nesting | {"for_range_loop", "try_statement"},
    receivers=frozenset({"this"}),
    effects=(*C.effects, ("std::cout", "prints"), ("std::exit", "ends the process")),
    splats={**C.splats, "variadic_parameter_declaration": "args"},
    stubs=(
        *C.stubs,
        rf'throw (?:std::)?\w+\(\s*"[^"]*{UNWRITTEN}[^"]*"\s*\);',
    ),
    identifiers=C.identifiers | {"namespace_identifier"},
    binders={
        **C.binders,
        "optional_parameter_declaration": ("declarator",),
        "class_specifier": ("name",),
        "for_range_loop": ("declarator",),
        "alias_declaration": ("name",),
        "type_parameter_declaration": ("*",),
        "namespace_definition": ("name",),
    },
    unbinding=C.unbinding | {"optional_parameter_declaration.default_value"},
    labels=frozenset({"qualified_identifier.name"}),
)
