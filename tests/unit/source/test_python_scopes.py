from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from camus.source import Document, Scope, Span, definitions, enclosing, imports, syntax_errors

STDLIB = Path(sysconfig.get_paths()["stdlib"])
FILES = sorted([*STDLIB.glob("*.py"), *(STDLIB / "asyncio").glob("*.py")])[::5]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

SAMPLE = '''"""A module."""
import os, sys as system
from a.b import c as d, e
from x import *


@route("/")
@other
async def fetch(a, /, b: int = 3, *args: str, k: "x" = None, **kw) -> list[int]:
    """Fetch it.

    More.
    """
    if a and b:
        raise ValueError("x")
    elif k:
        print(a)
    self.x = 1
    a.y[0] = 2

    def inner():
        return 5

    for i in range(3):
        yield [j for j in i]


class Kind(Base):
    size = 1

    def empty(self):
        # to be written

        pass

    @property
    def big(self): return self.size > other.limit
'''


def _document(text: str, uri: str = "file:///src/sample.py") -> Document:
    return Document(uri, text, "python")


def _named(document: Document) -> dict[str, Scope]:
    return {scope.qualified_name: scope for scope in definitions(document)}


def _expected(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITION):
            yield prefix + child.name, child
            yield from _expected(child, f"{prefix}{child.name}.")
        else:
            yield from _expected(child, prefix)


def _last_code_line(document: Document, scope: Scope) -> int:
    line = document.lines.line_of(scope.span.end - 1)
    while document.slice(document.lines.span(line)).strip()[:1] in {"", "#"}:
        line -= 1
    return line + 1


def _own(node: Definition) -> Iterator[ast.AST]:
    work: list[ast.AST] = list(node.body)
    while work:
        each = work.pop()
        if not isinstance(each, (*DEFINITION, ast.Lambda)):
            yield each
            work.extend(ast.iter_child_nodes(each))


def _gives_value(node: ast.AST) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    return not (isinstance(node.value, ast.Constant) and node.value.value is None)


def _expected_parameters(arguments: ast.arguments) -> list[tuple[str, str, bool]]:
    first = [(each.arg, "positional", True) for each in arguments.posonlyargs]
    first += [(each.arg, "positional", False) for each in arguments.args]
    star = [(arguments.vararg.arg, "args", False)] if arguments.vararg else []
    keyword = [(each.arg, "keyword", False) for each in arguments.kwonlyargs]
    stars = [(arguments.kwarg.arg, "kwargs", False)] if arguments.kwarg else []
    return first + star + keyword + stars


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_definitions_of_the_standard_library_are_those_of_ast(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = _document(text)
    expected = list(_expected(ast.parse(text)))
    found = definitions(document)
    assert not syntax_errors(document)
    assert [scope.qualified_name for scope in found] == [name for name, _ in expected]
    for scope, (_, node) in zip(found, expected, strict=True):
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        place = document.lines.line_of(scope.span.start) + 1, _last_code_line(document, scope)
        assert place == (first, node.end_lineno)
        assert enclosing(document, scope.name_span) == scope
        docstring = (ast.get_docstring(node) or "").strip()
        assert scope.doc_text == docstring or "\\" in scope.doc_text
        if isinstance(node, ast.ClassDef):
            continue
        shown = [(each.name, each.kind, each.positional_only) for each in scope.parameters]
        assert shown == _expected_parameters(node.args)
        assert scope.is_async == isinstance(node, ast.AsyncFunctionDef)
        assert scope.yields == any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _own(node))
        assert scope.returns_value == any(map(_gives_value, _own(node)))


def test_a_function_with_everything() -> None:
    document = _document(SAMPLE)
    scope = _named(document)["fetch"]
    assert (scope.kind, scope.name, scope.return_type) == ("function", "fetch", "list[int]")
    assert document.slice(scope.header).startswith("async def fetch(a, /")
    assert document.slice(scope.header).endswith("-> list[int]:")
    assert document.slice(scope.span).startswith('@route("/")\n@other\nasync def')
    assert document.slice(scope.body).startswith('"""Fetch it.')
    assert scope.doc is not None
    assert document.slice(scope.doc).startswith('"""Fetch')
    assert document.slice(scope.doc).endswith('"""')
    assert scope.doc_text == "Fetch it.\n\nMore."
    assert scope.decorators == ('route("/")', "other")
    assert scope.raises == ("ValueError",)
    assert scope.calls == ("print", "range")
    assert scope.effects == ("prints", "writes self.x", "writes a.y")
    assert (scope.yields, scope.returns_value, scope.is_async) == (True, False, True)
    assert (scope.complexity, scope.nesting) == (6, 1)
    assert [(each.name, each.type, each.default) for each in scope.parameters] == [
        ("a", "", ""),
        ("b", "int", "3"),
        ("args", "str", ""),
        ("k", '"x"', "None"),
        ("kw", "", ""),
    ]


def test_methods_classes_and_nested_functions() -> None:
    document = _document(SAMPLE)
    scopes = _named(document)
    kinds = {name: scope.kind for name, scope in scopes.items()}
    assert kinds == {
        "fetch": "function",
        "fetch.inner": "function",
        "Kind": "class",
        "Kind.empty": "method",
        "Kind.big": "method",
    }
    assert document.slice(scopes["Kind.empty"].body) == "# to be written\n\n        pass"
    assert document.slice(scopes["Kind.big"].body) == "return self.size > other.limit"
    assert scopes["Kind.empty"].indent == "    "
    assert scopes["Kind.big"].decorators == ("property",)


@pytest.mark.parametrize(
    ("needle", "name"),
    [
        ('@route("/")', "fetch"),
        ("@other", "fetch"),
        ("async def", "fetch"),
        ("More.", "fetch"),
        ("return 5", "fetch.inner"),
        ("    def inner", "fetch.inner"),
        ("size = 1", "Kind"),
        ("# to be written", "Kind.empty"),
        ("    @property", "Kind.big"),
        ("import os", ""),
        ("\n\nclass Kind", ""),
    ],
)
def test_a_place_belongs_to_the_innermost_definition(needle: str, name: str) -> None:
    place = SAMPLE.index(needle)
    assert enclosing(_document(SAMPLE), Span(place, place)).qualified_name == name


def test_the_end_of_a_line_belongs_to_what_stands_on_it() -> None:
    text = "def f():\n    return 1   \n\n\ndef g(): pass"
    document = _document(text)
    for place in (text.index("1") + 1, text.index("1") + 3):
        assert enclosing(document, Span(place, place)).name == "f"
    assert enclosing(document, Span(len(text), len(text))).name == "g"
    assert enclosing(document, Span(len(text) + 50, len(text) + 60)).name == "g"


def test_a_selection_with_blanks_around_is_the_definition_it_covers() -> None:
    document = _document(SAMPLE)
    start = SAMPLE.index("class Kind") - 2
    assert enclosing(document, Span(start, len(SAMPLE))).qualified_name == "Kind"
    first = SAMPLE.index("async def")
    assert enclosing(document, Span(first, len(SAMPLE))).kind == "module"


def test_the_module_itself() -> None:
    scope = enclosing(_document('"""Doc."""\nimport a\nif a:\n    a.run()\n'), Span(12, 12))
    assert (scope.kind, scope.name, scope.doc_text) == ("module", "sample", "Doc.")
    assert (scope.calls, scope.complexity) == (("a.run",), 2)


def test_imports_in_order() -> None:
    document = _document(SAMPLE + "\n\ndef late():\n    from __future__ import annotations\n")
    found = [(each.module, each.name, each.alias) for each in imports(document)]
    assert found == [
        ("os", "", "os"),
        ("sys", "", "system"),
        ("a.b", "c", "d"),
        ("a.b", "e", "e"),
        ("x", "*", "*"),
        ("__future__", "annotations", "annotations"),
    ]
    assert document.slice(imports(document)[1].span) == "import os, sys as system"


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("pass", True),
        ("...", True),
        ('"""Only words."""', True),
        ('"""Words."""\n    ...', True),
        ("raise NotImplementedError", True),
        ("raise NotImplementedError('later')", True),
        ("# TODO: write\n    pass", True),
        ("return NotImplemented", False),
        ("return 1", False),
        ("raise ValueError", False),
        ("pass\n    work()", False),
    ],
)
def test_a_body_without_code_is_a_stub(body: str, stub: bool) -> None:
    document = _document(f"def f():\n    {body}\n")
    assert definitions(document)[0].is_stub is stub


@pytest.mark.parametrize(
    "text",
    [
        "@abstractmethod\ndef f(): ...\n",
        "@typing.overload\ndef f(): ...\n",
        "class P(Protocol[T]):\n    def f(self): ...\n",
        "class P(typing.Protocol):\n    def f(self): ...\n",
        "class E(Exception):\n    pass\n",
    ],
)
def test_what_is_meant_to_be_empty_is_no_stub(text: str) -> None:
    assert not any(scope.is_stub for scope in definitions(_document(text)))


def test_a_type_stub_file_has_no_stubs() -> None:
    document = _document("def f(a: int) -> int: ...\n", "file:///src/sample.pyi")
    assert not definitions(document)[0].is_stub


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        ("def f():\n    raise\n", ()),
        ("def f(error):\n    raise error\n", ()),
        ("def f():\n    raise http.Failed(1) from None\n", ("http.Failed",)),
        ("def f():\n    raise A\n    raise A()\n    raise B\n", ("A", "B")),
        ("def f():\n    def g():\n        raise A\n", ()),
        ("def f():\n    raise make()\n", ()),
    ],
)
def test_only_exceptions_raised_by_name_are_named(text: str, raises: tuple[str, ...]) -> None:
    assert definitions(_document(text))[0].raises == raises


@pytest.mark.parametrize(
    ("body", "effects"),
    [
        ("global a, b", ("global a", "global b")),
        ("nonlocal n\n    n = 1", ("nonlocal n",)),
        ("self.a, other.b = 1, 2", ("writes self.a",)),
        ("del self.cache[key]", ("writes self.cache",)),
        ("self.n += 1", ("writes self.n",)),
        ("local = {}\n    local.x = 1", ()),
        ("open('x').read()", ("opens files",)),
        ("subprocess.run(['x'])", ("starts processes",)),
        ("text = 'print()'", ()),
    ],
)
def test_visible_effects(body: str, effects: tuple[str, ...]) -> None:
    document = _document(f"def f(self, arg):\n    {body}\n")
    assert definitions(document)[0].effects == effects


@pytest.mark.parametrize(
    ("body", "complexity", "nesting"),
    [
        ("return 1", 1, 0),
        ("return a if b else c", 2, 0),
        ("return a and b or c", 3, 0),
        ("for x in y:\n        if x:\n            return 1", 3, 2),
        ("while a:\n        pass\n    else:\n        pass", 2, 1),
        ("try:\n        a()\n    except E:\n        pass\n    except F:\n        pass", 3, 1),
        ("match x:\n        case 1: pass\n        case 2: pass", 3, 1),
        ("return [x for x in y if x]", 3, 0),
        ("if a: pass\n    elif b: pass\n    else: pass", 3, 1),
        ("with a:\n        with b:\n            pass", 1, 2),
    ],
)
def test_complexity_and_nesting(body: str, complexity: int, nesting: int) -> None:
    scope = definitions(_document(f"def f():\n    {body}\n"))[0]
    assert (scope.complexity, scope.nesting) == (complexity, nesting)


def test_a_callback_gives_calls_but_no_returns() -> None:
    scope = definitions(_document("def f():\n    run(lambda x: go(x))\n"))[0]
    assert (scope.calls, scope.returns_value) == (("run", "go"), False)


def test_a_form_feed_and_a_byte_order_mark_do_no_harm() -> None:
    document = _document("\ufeffdef f():\n    return 1\n\f\ndef g():\n    return 2\n")
    assert [scope.span.start for scope in definitions(document)] == [1, 25]


def test_names_stand_where_they_stand_after_wide_characters() -> None:
    text = "# 漢字 🙂 é\ndef größe(ñ='🙂'):\n    return ñ\n"
    document = _document(text)
    scope = definitions(document)[0]
    assert document.slice(scope.name_span) == "größe"
    assert (scope.parameters[0].name, scope.parameters[0].default) == ("ñ", "'🙂'")
    assert enclosing(document, Span(text.index("return"), len(text))).name == "größe"


def test_definitions_around_a_syntax_error_are_found() -> None:
    document = _document("def good(): pass\n\ndef bad():\n    x = = 3\n\ndef last(): pass\n")
    assert [scope.name for scope in definitions(document)] == ["good", "bad", "last"]
    assert [document.slice(span) for span in syntax_errors(document)] == ["="]


def test_a_file_of_a_hundred_thousand_lines() -> None:
    text = "".join(f"def f{n}(a):\n    b = a + {n}\n    return b\n\n" for n in range(25_000))
    document = _document(text)
    place = text.index("def f20000(") + 25
    assert enclosing(document, Span(place, place)).name == "f20000"
    assert len(document.lines) == 100_001
