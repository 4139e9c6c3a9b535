"""The row of the shells' grammar (tree-sitter-bash)."""

from __future__ import annotations

from camus.source.grammars import Grammar

BASH = Grammar(
    package="tree_sitter_bash",
    definitions={"function_definition": "function"},
    braces=False,
    decorators=frozenset(),
    strings=frozenset({"string", "raw_string", "heredoc_body", "ansi_c_string"}),
    statements=frozenset(),
    doc_marks=("#",),
    doc_never=r"#!|#\s*(?:shellcheck|vim:|-\*-)|#[#=*-]{3,}\s*$|#.{0,200}?(?:copyright|license)",
    calls={"command": "name"},
    returns=frozenset(),
    branches=frozenset(
        {"if_statement", "elif_clause", "for_statement", "c_style_for_statement"}
        | {"while_statement", "case_item", "&&", "||"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "c_style_for_statement", "while_statement"}
        | {"case_statement"}
    ),
    receivers=frozenset(),
    effects=(
        ("echo", "prints"),
        ("printf", "prints"),
        ("exit", "ends the script"),
        ("rm", "deletes files"),
        ("mv", "moves files"),
        ("cp", "copies files"),
        ("mkdir", "makes folders"),
        ("curl", "sends requests"),
        ("wget", "sends requests"),
        ("kill", "ends processes"),
        ("sudo", "asks for other rights"),
        ("eval", "runs code"),
        ("sleep", "sleeps"),
        ("cd", "changes the folder"),
        ("export", "sets the environment"),
    ),
    stubs=(
        r"",
        r":|true|return(?: \d+)?|exit(?: \d+)?",
        r"(?:echo|printf)\s+['\"]?(?i:todo|not (?:yet )?implemented|fixme)[^;|&]*",
    ),
    identifiers=frozenset({"variable_name"}),
    binders={"variable_assignment": ("name",), "for_statement": ("variable",)},
    imports="""
(command name: (command_name (word) @_how) argument: (_) @module
  (#match? @_how "^([.]|source)$")) @statement
""",
    import_words=(b"source", b". "),
)
