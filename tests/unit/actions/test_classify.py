"""Which kind of work a request is: words, place, the user's own rules, and hostile input."""

from __future__ import annotations

import time

import pytest

from camus.actions import ACTIONS, classify
from camus.actions.patterns import compiled_pattern, matches
from camus.analysis import Finding
from camus.config import Classification, ClassificationRule, Complexity, TaskKind
from camus.source import Document, Span, enclosing

REQUESTS = {
    TaskKind.CODE_GENERATION: (
        *("write a function that parses ISO dates", "Implement the retry logic"),
        *("add error handling here", "please write unit tests for the parser"),
        *("schreib eine Funktion, die zwei Zahlen addiert", "создай класс для очереди"),
        *(
            "implementa el método",
            "实现一个队列",
            "テストを追加して",
            "crie uma função: gerar senha",
        ),
    ),
    TaskKind.CODE_ANALYSIS: (
        *("Explain what this function does", "walk me through the parser", "analyze this code"),
        *("explica esta función", "erklär mir diese Klasse", "explique ce code", "解释这段代码"),
        *("объясни этот код", "このコードを説明して", "What does this do?"),
    ),
    TaskKind.REFACTORING: (
        *("refactor this to be simpler", "simplify the nested ifs", "extract a helper"),
        *("rename foo to bar", "clean up this module", "vereinfache das", "重构这个函数"),
        *("упрости функцию", "リファクタリングして", "simplifie cette boucle"),
    ),
    TaskKind.BUG_FIXING: (
        *("fix the crash when the list is empty", "this doesn't work for negative numbers"),
        *("debug the failing import", "arregla el error", "behebe den Fehler", "修复这个错误"),
        *("исправь ошибку в функции", "バグを直して", "corrige o erro", "Traceback in parse()"),
    ),
    TaskKind.DOCUMENTATION: (
        *("add a docstring", "document the parse function", "update the README"),
        *("translate comments to English", "documenta esta clase", "写文档"),
        *("напиши документацию", "ドキュメントを書いて", "kommentiere den Code"),
    ),
    TaskKind.SECURITY_REVIEW: (
        *("is this vulnerable to SQL injection?", "do a security review", "check for XSS"),
        *("¿hay problemas de seguridad?", "проверь на уязвимости", "检查安全漏洞"),
    ),
    TaskKind.SIMPLE_QUERY: (
        *("what is a monad?", "how do I reverse a list in python?", "difference between == and is"),
        *("¿qué es un decorador?", "was ist ein Generator?", "что такое декоратор?"),
        *("什么是闭包", "デコレータとは"),
    ),
    TaskKind.MATHEMATICAL: (
        *("solve the equation x^2 = 4", "prove that the sum is even", "the integral of sin"),
        *("resuelve la ecuación", "докажи теорему", "求解方程", "確率を計算して"),
    ),
    TaskKind.CREATIVE: (
        *("write a haiku about garbage collection", "tell me a joke", "brainstorm names"),
        *("escribe un poema", "schreibe ein Gedicht", "写一首诗", "расскажи сказку"),
    ),
    TaskKind.TOOL_USE: (
        *("run the tests and tell me", "install requests", "list the files in this folder"),
        *("ejecuta las pruebas", "запусти тесты", "运行测试"),
    ),
    TaskKind.GENERAL: ("hello", "", "   ", "\x00\x01", "thanks!"),
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REQUESTS.items() for text in texts]
)
def test_a_request_is_known_by_its_words(kind: TaskKind, text: str) -> None:
    result = classify(text)
    assert result.kind is kind, result.evidence
    assert 0 <= result.confidence <= 1
    assert result.evidence


def test_more_evidence_makes_more_sure() -> None:
    weak, strong = classify("there is a problem"), classify("fix the bug, it crashes")
    assert weak.kind is strong.kind is TaskKind.BUG_FIXING
    assert weak.confidence < strong.confidence


def test_the_action_says_the_kind_whatever_the_words() -> None:
    result = classify("write a poem", action=ACTIONS["refactor"])
    assert result.kind is TaskKind.REFACTORING
    assert result.confidence > 0.95
    assert result.evidence[0] == "the action is Refactor"


def test_a_review_that_asks_about_security_is_a_security_review() -> None:
    assert classify("", action=ACTIONS["review"]).kind is TaskKind.CODE_ANALYSIS
    asked = classify("look for vulnerabilities", action=ACTIONS["review"])
    assert asked.kind is TaskKind.SECURITY_REVIEW


def test_diagnostics_and_a_stub_speak_where_words_do_not() -> None:
    document = Document("file:///a.py", "def area(w):\n    pass\n", "python")
    scope = enclosing(document, Span(5, 5))
    finding = Finding("S608", "injection", Span(0, 3), aspect="security")
    assert classify("", scope=scope).kind is TaskKind.CODE_GENERATION
    assert classify("", diagnostics=(finding,)).kind is TaskKind.BUG_FIXING
    assert "it is a question" in classify("and this?", scope=scope).evidence
    prose = Document("file:///a.md", "# T\n", "markdown")
    assert classify("", document=prose).kind is TaskKind.DOCUMENTATION


@pytest.mark.parametrize(
    ("text", "complexity"),
    [
        ("rename foo to bar", Complexity.SIMPLE),
        ("just fix the typo", Complexity.SIMPLE),
        ("fix this", Complexity.SIMPLE),
        ("make the cache concurrent", Complexity.MEDIUM),
        ("redesign the architecture of the whole project step by step", Complexity.COMPLEX),
        ("my application hangs", Complexity.SIMPLE),
        ("rename this in the whole file, only locals", Complexity.SIMPLE),
        ("migre todo el sistema a una arquitectura distribuida", Complexity.COMPLEX),
        ("把整个系统改成分布式架构", Complexity.COMPLEX),
        ("- add a cache\n- make it distributed and concurrent\n- write tests", Complexity.COMPLEX),
    ],
)
def test_words_tell_how_much_is_asked(text: str, complexity: Complexity) -> None:
    assert classify(text).complexity is complexity


def test_the_code_tells_how_much_is_asked() -> None:
    branches = "".join(f"    if x == {at}:\n        x += {at}\n" for at in range(30))
    text = f"def big(x):\n{branches}    return x\n"
    document = Document("file:///a.py", text, "python")
    result = classify("", action=ACTIONS["refactor"], scope=enclosing(document, Span(5, 5)))
    assert result.complexity is Complexity.COMPLEX
    assert "31 branches" in result.evidence


def _rules(**fields: object) -> Classification:
    return Classification(rules=(ClassificationRule(**fields),))  # type: ignore[arg-type]  # table


@pytest.mark.parametrize(
    ("rules", "text", "kind", "named"),
    [
        (_rules(kind="BUG_FIXING", keywords=("kaboom",)), "kaboom again", "BUG_FIXING", ""),
        (
            _rules(kind="api_docs", like="DOCUMENTATION", keywords=("openapi*",)),
            "make the OpenAPIs nice",
            "DOCUMENTATION",
            "api_docs",
        ),
        (
            _rules(kind="ticket", like="BUG_FIXING", patterns=(r"\bABC-\d+",)),
            "see abc-123",
            "BUG_FIXING",
            "ticket",
        ),
        (_rules(kind="tests", like="CODE_GENERATION", paths=("tests/*",)), "", "CODE_GENERATION",
         "tests"),
        (_rules(kind="odd", keywords=("zork",)), "zork", "GENERAL", "odd"),
        (_rules(kind="odd", like="CREATIVE", patterns=("(a+)+$",)), "aaaa", "GENERAL", ""),
    ],
)  # fmt: skip
def test_rules_from_the_configuration_extend_the_words(
    rules: Classification, text: str, kind: str, named: str
) -> None:
    document = Document("file:///project/tests/test_a.py", "", "python")
    result = classify(text, document=document, rules=rules)
    assert (result.kind, result.named) == (TaskKind[kind], named)


def test_a_rule_counts_by_its_weight_and_sets_the_complexity() -> None:
    light = _rules(kind="CREATIVE", keywords=("widget",), weight=0.1)
    assert classify("fix the widget", rules=light).kind is TaskKind.BUG_FIXING
    heavy = _rules(
        kind="art", like=TaskKind.CREATIVE, keywords=("widget",), weight=5.0,
        complexity=Complexity.COMPLEX,
    )  # fmt: skip
    result = classify("fix the widget", rules=heavy)
    assert (result.kind, result.complexity) == (TaskKind.CREATIVE, Complexity.COMPLEX)


def test_only_the_ends_of_a_long_request_are_read() -> None:
    middle = classify("x " * 2000 + "write a haiku" + " y" * 2000)
    assert middle.kind is not TaskKind.CREATIVE
    assert not any("haiku" in each for each in middle.evidence)
    assert classify("x " * 2000 + "write a haiku").kind is TaskKind.CREATIVE
    assert classify("write a haiku" + " y" * 50_000).kind is TaskKind.CREATIVE


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "(" * 2000, "\x00" * 2000, "fix " * 500, "修复" * 1000, "'" * 2000]
)
def test_hostile_requests_are_classified_at_once(text: str) -> None:
    started = time.process_time()
    classify(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+$", "(a*)*", "(a|aa)+$", "((ab?)*c?)+", "(?:x+y?){5,}", r"(\w+\s?)*$", "a*a*a*b"),
        *(r"(a)\1+", "(?P<x>a)(?P=x)", "[", "a{9999999999}", "x" * 401, "(.*)*", "([a-z]+)*"),
        *("(a{1,9}){2,9}", "(?:a|b|ab)*c"),
    ],
)
def test_a_pattern_that_could_run_for_long_is_refused(pattern: str) -> None:
    compiled, problem = compiled_pattern(pattern)
    assert compiled is None
    assert problem
    assert not matches(pattern, "a" * 100)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"add\s+unit\s+tests?\s+for", "please add  unit test for it"),
        (r"\bABC-\d+\b", "see abc-12 now"),
        (r"(?:fix|mend) .*crash", "fix this crash"),
        (r"^\[bug\]", "[BUG] it fails"),
        (r"[^\]a-z]x+", "1xx"),
        (r"a{2,3}", "baab"),
        (r"(?:ab){2}", "abab"),
        ("naïve+", "NAÏVEEE"),
    ],
)
def test_an_ordinary_pattern_works(pattern: str, text: str) -> None:
    assert compiled_pattern(pattern)[1] == ""
    assert matches(pattern, text)
    assert matches(pattern, f"first line\n{text}")
    assert not matches(pattern, "nothing of it")


def test_the_worst_allowed_pattern_ends_soon() -> None:
    started = time.process_time()
    assert not matches(".*.*x", "a" * 100_000 + "\n" + "b\n" * 100)
    assert time.process_time() - started < 1


def test_a_few_words_after_a_poem_are_about_the_poem_unless_they_say_otherwise() -> None:
    before = (TaskKind.CREATIVE,)
    assert classify("make it shorter").kind is TaskKind.REFACTORING
    assert classify("make it shorter", earlier=before).kind is TaskKind.CREATIVE
    assert classify("shorter", earlier=before).kind is TaskKind.CREATIVE
    assert classify("refactor this loop", earlier=before).kind is TaskKind.REFACTORING
    assert classify("shorter", earlier=(TaskKind.REFACTORING,)).kind is TaskKind.REFACTORING
