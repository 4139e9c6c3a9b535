"""Each structural rule does what its own cases say, in every language it is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from camus.analysis import structural
from camus.analysis.rulefiles import FAMILIES, LANGUAGES, Rule, Ruleset, rules
from camus.source import Document, apply_edits, names_bound, syntax_errors

EVERY = sorted(set(FAMILIES.values()))


def _matches(rule: Rule, text: str, language: str) -> list[structural.Finding]:
    document = Document("untitled:a", text, language)
    bound = frozenset(names_bound(document, document.span))
    return list(structural.matches(rule, structural.parse(document), text, bound))


def _rewritten(rule: Rule, text: str, language: str) -> str:
    edits = [e for found in _matches(rule, text, language) if found.fix for e in found.fix.edits]
    return apply_edits(text, edits)


def _all(ruleset: Ruleset) -> tuple[Rule, ...]:
    return tuple(rule for family in EVERY for rule in rules(ruleset, family))


def _cases(ruleset: Ruleset) -> Iterator[object]:
    for rule in _all(ruleset):
        for language in rule.languages:
            for case in rule.cases:
                yield pytest.param(rule, case, language, id=f"{rule.id} {language} {case}")


def _unchanged() -> Iterator[object]:
    sets: tuple[Ruleset, ...] = ("rewrites", "findings")
    for ruleset in sets:
        for rule in _all(ruleset):
            for language in rule.languages:
                for text in rule.unchanged:
                    yield pytest.param(rule, text, language, id=f"{rule.id} {language} {text}")


@pytest.mark.parametrize(("rule", "case", "language"), list(_cases("rewrites")))
def test_a_rewrite_turns_before_into_after(rule: Rule, case: list[str], language: str) -> None:
    before, after = case
    assert _rewritten(rule, before, language) == after
    assert syntax_errors(Document("untitled:a", after, language)) == ()
    assert _rewritten(rule, after, language) == after


@pytest.mark.parametrize(("rule", "case", "language"), list(_cases("findings")))
def test_a_finding_is_found(rule: Rule, case: str, language: str) -> None:
    (found,) = _matches(rule, case, language)
    assert (found.rule, found.message, found.fix) == (rule.id, rule.message, None)


@pytest.mark.parametrize(("rule", "text", "language"), list(_unchanged()))
def test_what_only_looks_alike_is_left_alone(rule: Rule, text: str, language: str) -> None:
    assert _matches(rule, text, language) == []


def test_every_rule_has_cases_of_both_kinds_and_a_message() -> None:
    for rule in (*_all("rewrites"), *_all("findings")):
        assert rule.cases, rule.id
        assert rule.unchanged, rule.id
        assert rule.message, rule.id
        assert not rule.message.endswith("."), rule.id


CUSTOM = {
    "an unused error": ("try { f(); } catch (e) { g(); }", "try { f(); } catch { g(); }"),
    "a used error": ("try { f(); } catch (e) { g(e); }", None),
    "an error used by shorthand": ("try { f(); } catch (e) { g({ e }); }", None),
    "an error taken apart": ("try { f(); } catch ({ code }) { g(); }", None),
    "an error beside a comment": ("try { f(); } catch (e) { /* e */ }", None),
    "a callback": ("a.map(function (x) { return x; });", "a.map((x) => { return x; });"),
    "an async callback": (
        "a.then(async function (x) { await x; });",
        "a.then(async (x) => { await x; });",
    ),
    "a callback with this": ("a.map(function (x) { return this.y; });", None),
    "a callback with this further in": ("a.map(function () { return () => this; });", None),
    "a callback with arguments": ("a.map(function () { return arguments; });", None),
    "a named callback": ("a.map(function f(x) { return f; });", None),
    "a callback of something unknown": ("a.on(function (x) { return x; });", None),
    "a generator": ("a.map(function* (x) { yield x; });", None),
    "a callback asking new.target": ("a.map(function (x) { return new.target; });", None),
    "a callback naming a parameter twice": ("a.map(function (x, x) { return x; });", None),
    "a callback with a comment in its head": ("a.map(function /* f */ (x) { return x; });", None),
    "var written once": (
        "function f() { var x = 1; return x; }",
        "function f() { const x = 1; return x; }",
    ),
    "var written again": (
        "function f() { var x = 1; x = 2; return x; }",
        "function f() { let x = 1; x = 2; return x; }",
    ),
    "var written by a pattern": ("function f() { var x = 1; [x] = y; return x; }", None),
    "var written in parentheses": (
        "function f() { var x = 1; (x) = 2; return x; }",
        "function f() { let x = 1; (x) = 2; return x; }",
    ),
    "var counted up": (
        "function f() { var x = 1; x++; return x; }",
        "function f() { let x = 1; x++; return x; }",
    ),
    "var without a value": (
        "function f() { var x; x = 1; return x; }",
        "function f() { let x; x = 1; return x; }",
    ),
    "var in a for": (
        "function f() { for (var i = 0; i < 9; i++) g(i); }",
        "function f() { for (let i = 0; i < 9; i++) g(i); }",
    ),
    "var in a for, seen by a closure": (
        "function f() { for (var i = 0; i < 9; i++) g(() => i); }",
        None,
    ),
    "var in a for, used after": ("function f() { for (var i = 0; i < 9; i++) {} g(i); }", None),
    "var at the top": ("var x = 1;", None),
    "var used before": ("function f() { g(x); var x = 1; }", None),
    "var used in its own value": ("function f() { var x = x || 1; return x; }", None),
    "var used by a hoisted function": (
        "function f() { g(); var x = 1; function g() { return x; } }",
        None,
    ),
    "var used by a later closure": (
        "function f() { var x = 1; return () => x; }",
        "function f() { const x = 1; return () => x; }",
    ),
    "var used outside its block": ("function f() { if (a) { var x = 1; } return x; }", None),
    "var declared twice": ("function f() { var x = 1; var x = 2; return x; }", None),
    "var that is a parameter": ("function f(x) { var x = 1; return x; }", None),
    "var without a value in a loop": ("function f() { while (a) { var x; g(x); x = 1; } }", None),
    "var with a value in a loop": (
        "function f() { while (a) { var x = b(); g(x); } }",
        "function f() { while (a) { const x = b(); g(x); } }",
    ),
    "var in a loop, seen by a closure": (
        "function f() { while (a) { var x = b(); g(() => x); } }",
        None,
    ),
    "var beside eval": ("function f() { var x = 1; eval('x'); return x; }", None),
    "var taken apart": ("function f() { var { x } = a; return x; }", None),
    "var in a switch": ("function f() { switch (a) { case 1: var x = 1; g(x); } }", None),
    "two vars, one written again": (
        "function f() { var x = 1, y = 2; y = 3; return x + y; }",
        "function f() { let x = 1, y = 2; y = 3; return x + y; }",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("before", "after"), CUSTOM.values(), ids=CUSTOM)
def test_a_rewrite_that_needs_more_than_a_pattern(
    before: str, after: str | None, language: str
) -> None:
    found = structural.look(Document("untitled:a", before, language), "rewrites")
    edits = [edit for finding in found if finding.fix for edit in finding.fix.edits]
    assert apply_edits(before, edits) == (after or before)


UNDEFINED = {
    "a name of nowhere": ("import a from 'a';\na(missing);", ["missing"]),
    "shorthand": ("export const x = { missing };", ["missing"]),
    "a component": ("import a from 'a';\nx(a, Missing.b);\nlet x;", ["Missing"]),
    "the language's own": ("export const x = Math.max(...arguments);", []),
    "declared in a comment": ("/* global missing, other:writable */\nexport default missing;", []),
    "bound in any way": (
        """
        import a, { b as c } from 'd';
        import * as e from 'f';
        let [g, { h, i: j = 1 }] = a;
        function k(l, m = l, ...n) { return [c, e, g, h, j, l, m, n]; }
        class O {}
        for (const p of k()) new O(p);
        try {} catch (q) { k(q); }
        const r = s => s;
        r();
        """,
        [],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "expected"), UNDEFINED.values(), ids=UNDEFINED)
def test_undefined_names(text: str, expected: list[str], language: str) -> None:
    document = Document("untitled:a", text, language)
    found = [f for f in structural.look(document, "findings") if f.rule == "no-undef"]
    assert [document.slice(finding.span) for finding in found] == expected
    assert all(finding.severity == "error" for finding in found)


def test_in_a_plain_script_another_script_may_define_a_name() -> None:
    found = structural.look(Document("untitled:a", "missing();", "javascript"), "findings")
    assert [(finding.rule, finding.severity) for finding in found] == [("no-undef", "info")]


def test_spans_count_characters() -> None:
    text = 'x = "😀漢\u2028"; debugger;\r\n'
    document = Document("untitled:a", text, "javascript")
    (found,) = [f for f in structural.look(document, "findings") if f.rule == "no-debugger"]
    assert document.slice(found.span) == "debugger;"


def test_jsx_is_read_in_both_languages() -> None:
    text = "export const a = (b) => <p className={!!b ? 'c' : 'd'}>{b}</p>;\n"
    for uri, language in (("file:///a.tsx", "typescript"), ("file:///a.jsx", "javascript")):
        (found,) = structural.look(Document(uri, text, language), "rewrites")
        assert found.rule == "no-extra-boolean-cast"


def test_with_syntax_errors_nothing_is_rewritten() -> None:
    text = "x = !!a ? 1 : 2;\nfunction (\n"
    found = structural.look(Document("untitled:a", text, "javascript"), "rewrites")
    assert {finding.rule for finding in found} == {"invalid-syntax"}
