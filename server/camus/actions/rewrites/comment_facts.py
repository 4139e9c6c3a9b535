"""Gathers what a doc comment may say of a definition in any language with a grammar."""

from __future__ import annotations

import re

from camus.actions.rewrites.conventions import CommentStyle
from camus.actions.rewrites.facts import Entry, Facts
from camus.actions.rewrites.typenames import in_words, is_boolean
from camus.actions.rewrites.vocabulary import ASKING, STATES, VERBS
from camus.actions.rewrites.wording import (
    Symbol,
    SymbolKind,
    article,
    flag_phrase,
    noun_phrase,
    summary,
    words,
)
from camus.source import Document, Parameter, Scope

_NOTHING = {"", "void", "()", "!", "Unit", "None", "nil", "null", "never"}
_CONSTRUCTORS = {"initialize", "__construct", "constructor", "init"}
_RESULT = re.compile(r"(?:\w+::)*Result\s*(?:<(.*)>)?", re.DOTALL)
_ONLY_NAME = re.compile(r"\breturn\s+(?:\$|@)?([A-Za-z_]\w*)\s*(?:;|$)", re.MULTILINE)
_PANIC = re.compile(r"""panic!?\(\s*"([^"\\{}%]{3,80})"\s*[,)]""")
_ARGUMENT = re.compile(r"(?:^|(?<=[\s;]))(\w+)=[\"']?\$\{?(\d)(:?-[^}\"']*)?\}?[\"']?(?=[\s;]|$)")
_KINDS = re.compile(r"\b(struct|enum|union|interface|trait|module|object|record|concept)\b")
_LITERALS = (
    (re.compile(r"-?\d+"), "Integer"),
    (re.compile(r"-?\d+\.\d+"), "Float"),
    (re.compile(r"true|false"), "Boolean"),
    (re.compile(r"""'[^']*'|"[^"]*\""""), "String"),
    (re.compile(r":\w+"), "Symbol"),
    (re.compile(r"\[.*\]"), "Array"),
    (re.compile(r"\{.*\}"), "Hash"),
)
_LONGEST = 60
_VALUES = {"nil", "null", "true", "false", "self", "this"}
_MOOD = {"Run", "Compute", "Initialize", "Handle", "Enumerate"}
"""Verbs that summaries begin with and names do not."""
_THINGS = {"value", "test", "access", "position", "state", "style", "host", "help", "result"}
"""Words that are verbs now and then, and rarely at the beginning of a name."""
_PHRASAL = re.compile(r"(.{2,})(up|down|out|back|in)")


def comment_facts(document: Document, scope: Scope, style: CommentStyle) -> Facts:
    """The facts of one definition, the summary in the convention's mood."""
    line = _summary(document, scope, style)
    if scope.kind == "class" or _is_property(document, scope):
        return Facts(line)
    returns = _returns(document, scope, line)
    return Facts(
        line,
        parameters=_parameters(document, scope),
        returns=returns if not _builds(scope) else None,
        raises=_raises(scope),
        panics=_panics(document, scope),
    )


def _summary(document: Document, scope: Scope, style: CommentStyle) -> str:
    symbol = _symbol(scope)
    line = _special(document, scope) or summary(symbol)
    if symbol.kind in {"class", "property"}:
        return _named_thing(scope, line) if style.named else line
    line = _third_person(line) if style.third_person else line
    return _named_action(scope, line) if style.named else line


def _symbol(scope: Scope) -> Symbol:
    kind: SymbolKind = "method" if scope.kind == "method" else "function"
    owner = scope.qualified_name.split(".")[-2] if "." in scope.qualified_name else ""
    if scope.kind == "class":
        kind = "class"
    elif _builds(scope):
        kind = "constructor"
    required = [each for each in scope.parameters if not each.default]
    subject = f"`{required[0].name}`" if len(required) == 1 and kind == "function" else ""
    gives = scope.returns_value or _gives(scope) or scope.name.endswith("?")
    name = scope.name.removesuffix("?").removesuffix("!")
    return Symbol(kind, name, owner, gives, bool(scope.parameters), subject)


def _special(document: Document, scope: Scope) -> str:
    """The summary of what is no ordinary function."""
    header = document.slice(scope.header)
    if scope.kind == "class":
        kind = _KINDS.search(header)
        bare = all(len(word) == 1 for word in words(scope.name))
        return f"{kind[1].capitalize()} `{scope.name}`." if kind and bare else ""
    if header.startswith("~") or scope.name.startswith("~"):
        return f"Destroy the {' '.join(words(scope.name)) or 'object'}."
    if scope.name == "new" and scope.kind == "method":
        return f"Create a new `{scope.qualified_name.split('.')[-2]}`."
    if scope.name.endswith("?"):
        return _question(scope)
    if scope.name.startswith("operator"):
        return f"Apply `{scope.name}`."
    if not re.search(r"\w", scope.name):
        return f"Apply the operator `{scope.name}`."
    if re.search(r"\boperator\b", header):
        return f"Convert to `{scope.name}`."
    return _property(document, scope) if _is_property(document, scope) else ""


def _is_property(document: Document, scope: Scope) -> bool:
    """Whether this is a property or an indexer of C#."""
    if document.language != "csharp" or scope.kind != "method":
        return False
    after = document.text[scope.name_span.end : scope.header.end].lstrip()
    return not after.startswith(("(", "<")) and scope.name.isidentifier()


def _property(document: Document, scope: Scope) -> str:
    body = document.slice(scope.body)
    writes = re.search(r"\b(?:set|init)\b", body)
    reads = re.search(r"\bget\b", body) or not writes
    verb = "Gets or sets" if writes and reads else "Sets" if writes else "Gets"
    if scope.name == "this":
        return f"{verb} the element at an index."
    return f"{verb} the {' '.join(words(scope.name))}."


def _question(scope: Scope) -> str:
    """Ruby's predicates: `empty?` returns whether this is empty."""
    said = words(scope.name)
    subject = "this" if scope.kind == "method" else "it"
    phrase = " ".join(said)
    if not said or said[0] in ASKING:
        return (
            f"Return whether {subject} {phrase}." if len(said) > 1 else "Return whether it holds."
        )
    if said[0] in VERBS and said[0] not in STATES:
        return f"Return whether {subject} {' '.join([_conjugated(said[0]), *said[1:]])}."
    return f"Return whether {subject} is {phrase}."


def _named_action(scope: Scope, line: str) -> str:
    """Go's form for a function: `Parse parses the file.`"""
    first = line.partition(" ")[0].removesuffix(".")
    acts = first.endswith("s") and first.lower() != scope.name.lower()
    said = f"{line[:1].lower()}{line[1:]}"
    return f"{scope.name} {said}" if acts else f"{scope.name} runs {said}"


def _named_thing(scope: Scope, line: str) -> str:
    """Go's form for a type: `Stack is a stack.`"""
    said = line.removesuffix(".")
    plain = said[:1].lower() + said[1:] if not said[:2].isupper() else said
    if plain.startswith("class `"):
        return f"{scope.name} is a type."
    return f"{scope.name} is {article(plain)} {plain}."


def _third_person(line: str) -> str:
    """`Return the name.` as `Returns the name.`; a line that begins otherwise stays."""
    first, space, rest = line.partition(" ")
    bare = first.rstrip(".")
    if bare.lower() in _THINGS or (bare.lower() not in VERBS | STATES and bare not in _MOOD):
        return line
    return f"{_conjugated(bare)}{first[len(bare) :]}{space}{rest}"


def _conjugated(verb: str) -> str:
    phrasal = _PHRASAL.fullmatch(verb)
    if phrasal and phrasal[1].lower() in VERBS | {"log", "roll", "shut"}:
        return f"{_conjugated(phrasal[1])} {phrasal[2]}"
    if verb.lower().endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    if verb.lower().endswith("y") and verb[-2:-1].lower() not in set("aeiou"):
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _builds(scope: Scope) -> bool:
    """Whether this makes an object of the class it stands in."""
    owner = scope.qualified_name.split(".")[-2:-1]
    return scope.kind != "class" and (
        scope.name in owner or (scope.kind == "method" and scope.name in _CONSTRUCTORS)
    )


def _parameters(document: Document, scope: Scope) -> tuple[Entry, ...]:
    if document.language == "bash":
        return _arguments(document.slice(scope.body))
    return tuple(
        _entry(each, document.language)
        for each in scope.parameters
        if re.search(r"[A-Za-z]|\.\.\.", each.name)
    )


def _entry(parameter: Parameter, language: str) -> Entry:
    name = parameter.name
    said = noun_phrase(name)
    if is_boolean(parameter.type):
        said = flag_phrase(name) or said
    if said == "A value." and language == "php":
        said = ""
    elif said == "A value." and parameter.type:
        said = _sentence(in_words(parameter.type))
    if parameter.kind == "args" and name == "...":
        said = "Further values."
    kind = parameter.type or (_guessed(parameter) if language == "ruby" else "")
    if parameter.kind == "args" and language == "php":
        name = f"...{name}"
    return Entry(name, kind, parameter.default, words=said)


def _guessed(parameter: Parameter) -> str:
    """Ruby's type of a parameter, from its kind or its default."""
    if parameter.kind != "positional":
        return {"args": "Array", "kwargs": "Hash"}.get(parameter.kind, "")
    return next((name for pattern, name in _LITERALS if pattern.fullmatch(parameter.default)), "")


def _arguments(body: str) -> tuple[Entry, ...]:
    """The positional arguments that a shell function gives names to."""
    found: dict[int, Entry] = {}
    for match in _ARGUMENT.finditer(body):
        said = noun_phrase(match[1])
        if match[3]:
            said = f"{said.removesuffix('.')}, optional."
        found.setdefault(int(match[2]), Entry(f"${match[2]}", words=said))
    return tuple(found[number] for number in sorted(found))


def _gives(scope: Scope) -> bool:
    return scope.return_type.strip() not in _NOTHING


def _returns(document: Document, scope: Scope, line: str) -> Entry | None:
    written = " ".join(scope.return_type.split())
    if scope.name.endswith("?"):
        return Entry(type="Boolean", words=f"{_whether(line)}.")
    if written:
        shows = document.language == "php"
        return _typed_result(written, line, shows=shows) if _gives(scope) else None
    if not scope.returns_value:
        return None
    given = set(_ONLY_NAME.findall(document.slice(scope.body)))
    name = given.pop() if len(given) == 1 else ""
    known = len(name) > 1 and name not in _VALUES
    said = _told(line) or (noun_phrase(name) if known else "")
    kind = {"ruby": "Object", "php": "mixed"}.get(document.language, "")
    return Entry(type=kind, words=said) if said or kind else None


def _typed_result(written: str, line: str, *, shows: bool) -> Entry:
    told = _told(line)
    if is_boolean(written):
        told = f"{_whether(line)}." if "whether" in line else "True or false."
    said = told or ("" if shows else _sentence(in_words(written)))
    return Entry(type=written, words=said)


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."


def _told(line: str) -> str:
    """What a summary says is returned: `Returns the name.` tells `The name.`"""
    match = re.match(r"(?:\w+ )?[Rr]eturns? ((?:the|a|an|all|whether) .*)", line)
    return f"{match[1][:1].upper()}{match[1][1:]}" if match else ""


def _whether(line: str) -> str:
    match = re.search(r"\bwhether .*", line)
    return (match[0][:1].upper() + match[0][1:]).removesuffix(".") if match else "Whether it holds"


def _raises(scope: Scope) -> tuple[Entry, ...]:
    result = _RESULT.fullmatch(scope.return_type.strip())
    if result is not None:
        kinds = _split(result[1] or "")
        named = f"`{kinds[1]}`" if len(kinds) > 1 else "an error"
        return (Entry(name="Err", known=f"Returns {named} on failure."),)
    return tuple(
        Entry(name=each, known="An error." if each == "error" else "") for each in scope.raises
    )


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "<([") - (char in ">)]")
        if char == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()]


def _panics(document: Document, scope: Scope) -> Entry | None:
    if "panics" not in scope.effects:
        return None
    messages = _PANIC.findall(document.slice(scope.body))
    said = " or ".join(f'"{each}"' for each in dict.fromkeys(messages))
    if document.language == "rust":
        return Entry(known=f"Panics with {said}." if 0 < len(said) < _LONGEST else "May panic.")
    return Entry(known=said if len(said) < _LONGEST else "")
