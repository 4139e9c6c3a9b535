"""Good edits of JavaScript and TypeScript stay above the threshold; bad ones fall below it."""

from __future__ import annotations

import pytest

from .cases import BELOW, ECMASCRIPT, SCRIPTS, Case, judged, params
from .conftest import Judge

_BODY = ECMASCRIPT[ECMASCRIPT.index("  let result") : ECMASCRIPT.index("}\n\nclass")]
_CHECK = ECMASCRIPT[ECMASCRIPT.index("    if (item") : ECMASCRIPT.index("    result +=")]
GOOD = {
    "an optional parameter more": Case(", start = 0", ", start = 0, strict = false"),
    "a fix that adds an optional parameter": Case(
        ", start = 0", ", start = 0, strict = false", "fix"
    ),
    "a function instead of a loop": Case(
        "  for (const item of items) {\n" + _CHECK + "    result += item;\n  }\n",
        "  items.forEach((item) => {\n" + _CHECK + "    result += item;\n  });\n",
    ),
    "a check moved to a helper": Case(
        _CHECK,
        "    const check = () => {\n      throw new TypeError('none');\n    };\n"
        "    if (item === null) check();\n",
    ),
    "waited for together": Case(
        "    await load(other);", "    await Promise.all([load(other)]);", at="async wait"
    ),
    "removed as asked": Case(
        "  area() {\n    return this.w * this.h;\n  }\n\n",
        "",
        "modify",
        "class Box",
        instruction="remove the method area",
    ),
    "emptied as asked": Case(_BODY, "", "modify", instruction="leave an empty body"),
    "emoji with joiners": Case("'none'", "'🏴\u200d☠️ ❤️ 👩🏽\u200d💻'"),
    "a name": Case("result += item", "result = result + item"),
    "documented": Case(
        "export function total", "/** Add up the items. */\nexport function total", "document"
    ),
    "renamed as asked": Case("start", "begin", "modify", instruction="rename start to begin"),
}


@pytest.mark.parametrize(("case", "language"), params(GOOD, *SCRIPTS))
async def test_a_good_edit_stays_above_the_threshold(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.refusals == ()
    assert report.score >= 0.9, report.parts
    assert report.checked


REFUSED = {
    "an empty body": Case(_BODY, "", says="empties the body"),
    "a body of a comment": Case(_BODY, "  // TODO: implement\n", says="empties the body"),
    "a body that throws": Case(
        _BODY, "  throw new Error('not implemented');\n", "fix", says="empties the body"
    ),
    "a body that returns null": Case(_BODY, "  return null;\n", "fix", says="empties"),
    "an empty body though something else was asked": Case(
        _BODY, "", "modify", instruction="make it faster", says="empties the body"
    ),
    "a brace too many": Case("  return result;\n", "  return result;\n}\n", says="does not parse"),
    "a string left open": Case("'none'", "'none", says="does not parse"),
    "prose": Case("  return result;", "  Here is the code you asked for:", says="does not parse"),
    "a parameter wanted besides": Case(
        ", start = 0", ", end, start = 0", says="`end` is wanted besides"
    ),
    "a parameter before the others": Case(
        "total(items", "total(strict = false, items", says="stands before others"
    ),
    "a parameter no longer left out": Case(", start = 0", ", start", says="no longer be left out"),
    "asynchronous now": Case(
        "export function total", "export async function total", says="asynchronous"
    ),
    "a method doubled": Case(
        "    return this.w * this.h;\n  }\n",
        "    return this.w * this.h;\n  }\n\n  area() {\n    return 0;\n  }\n",
        at="class Box",
        says="`Box.area` twice",
    ),
    "another definition changed": Case("export const box", "const box", says="outside the target"),
    "a joiner that joins nothing": Case("'none'", "'no\u200dne'", says="U+200D"),
    "a selector that selects nothing": Case("'none'", "'no\ufe0fne'", says="U+FE0F"),
    "a byte order mark in the middle": Case("'none'", "'no\ufeffne'", says="U+FEFF"),
    "nothing changed": Case("result += item", "result += item", says="changes nothing"),
    "outside the target": Case("this.w", "this.v", says="outside the target"),
    "a placeholder": Case("return result", "// ... rest of the code unchanged", says="leaves code"),
    "an ellipsis": Case("return result;", "// ...\n  return result;", says="leaves code out"),
    "cut off": Case("return result;\n}", "return (result", says="does not parse"),
    "a lost parameter": Case(", start = 0", "", says="`start` is gone"),
    "a lost function": Case("function total", "function sum", says="loses the definition `total`"),
    "a bidi control": Case("'none'", "'none\u202e'", says="U+202E"),
    "a zero-width space": Case("'none'", "'no\u200bne'", says="U+200B"),
    "a lost method": Case(
        "  area() {\n    return this.w * this.h;\n  }\n\n",
        "",
        "fix",
        "class Box",
        says="loses the definition `Box.area`",
    ),
    "asynchronous no more": Case("async wait", "wait", at="class Box", says="wait"),
    "code changed while documenting": Case(
        "result +=", "result -=", "document", says="must not change the code"
    ),
}


@pytest.mark.parametrize(("case", "language"), params(REFUSED, *SCRIPTS))
async def test_what_must_never_be_offered_is_refused(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.score == 0
    assert case.says in report.refusals[0], report.refusals
    assert report.complaint == report.refusals[0]


BAD = {
    "a lost await": Case("await load(other)", "load(other)", at="async wait", says="awaits less"),
    "a method's lost value": Case(
        "    return this.w * this.h;",
        "    load(this.w * this.h);",
        at="area",
        says="returns a value",
    ),
    "a name of nowhere": Case("await load", "await fetchAll", at="async wait", says="`fetchAll`"),
    "a name of the wrong case": Case("new TypeError", "new Typeerror", says="`Typeerror`"),
    "code made of text": Case(
        "result += item", "result += new Function('return ' + item)()", says="no-new-func"
    ),
    "a body cut down by a fix": Case(_BODY, "  return start;\n", "fix", says="only 1 are left"),
    "another lost value": Case(
        "  return result;\n",
        "  load(result);\n",
        "modify",
        "total(",
        "log it",
        says="returns a value",
    ),
    "a method lost though something else was asked": Case(
        "  area() {\n    return this.w * this.h;\n  }\n\n",
        "",
        "modify",
        "class Box",
        "wait for both",
        says="`Box.area` is gone",
    ),
    "an undefined name": Case(
        "result += item", "result += itm", says="`itm` is not defined (no-undef)"
    ),
    "a hole": Case("result += item", "result += eval(item)", says="no-eval"),
    "a lost error": Case(
        "    if (item === null) {\n      throw new TypeError('none');\n    }\n",
        "",
        says="TypeError",
    ),
    "a lost value": Case("  return result;\n", "  load(result);\n", says="returns a value"),
}


@pytest.mark.parametrize(("case", "language"), params(BAD, *SCRIPTS))
async def test_a_bad_edit_falls_below_the_threshold(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.refusals == ()
    assert 0 < report.score <= BELOW, report.parts
    assert case.says in report.complaint


WORSE = {
    "white space only": Case(
        "  let result = start;\n  for (const item of items) {\n",
        "  let result  =  start;\n  for ( const item of items ) {\n",
        says="white space",
    ),
    "a whole body moved in": Case(_CHECK, _CHECK.replace("  ", "   "), says="white space"),
    "trailing white space": Case("result += item;", "result += item * 1; ", says="white space"),
    "tabs in a file of spaces": Case("    result +=", "\tresult = 1;\n    result +=", says="tabs"),
    "another line break": Case("  let result", "  const x = 1;\r\n  let result", says="line break"),
}


@pytest.mark.parametrize(("case", "language"), params(WORSE, *SCRIPTS))
async def test_an_edit_with_a_flaw_costs_something_one_sees(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.score <= 0.96
    assert case.says in " ".join(part.detail for part in report.parts)


async def test_a_new_hole_is_far_worse_than_an_undefined_name(judge: Judge) -> None:
    name = await judged(judge, BAD["an undefined name"], "typescript")
    hole = await judged(judge, BAD["a hole"], "typescript")
    assert hole.score < 0.5 < name.score
