"""Good edits of Python stay above the threshold; bad ones fall below it or are refused."""

from __future__ import annotations

import pytest

from .cases import BELOW, PYTHON, Case, judged, params
from .conftest import Judge

_BODY = PYTHON[PYTHON.index("    result = start") : PYTHON.index("class Box")]
GOOD = {
    "a name": Case("result += item", "result = result + item"),
    "an unused import gone": Case("import os\n", "", "fix", "", wants=("F401",)),
    "documented": Case(
        '"""The sum."""',
        '"""Add up the items.\n\n    Args:\n        items: The items.\n    """',
        "document",
    ),
    "a docstring where none was": Case(
        "    def area(self):\n",
        '    def area(self):\n        """The area."""\n',
        "document",
        "def area",
    ),
    "a helper inlined": Case(
        "        def inner(x):\n            return x\n\n        await other.ready()\n"
        "        return inner(other)\n",
        "        await other.ready()\n        return other\n",
        at="async def wait",
    ),
    "renamed as asked": Case("start", "begin", "modify", instruction="rename start to begin"),
    "removed as asked": Case(
        "    def area(self):\n        return self.w * self.h\n\n",
        "",
        "modify",
        "class Box",
        instruction="remove the method area",
    ),
    "an optional parameter more": Case("start=0)", "start=0, *, strict=False)", "refactor"),
    "a fix that adds an optional parameter": Case("start=0)", "start=0, strict=False)", "fix"),
    "an optional parameter more as asked": Case(
        "start=0)", "start=0, strict=False)", "modify", instruction="add a flag strict"
    ),
    "a long body shortened": Case(
        PYTHON[PYTHON.index("    best =") :],
        "    return max(words, key=len, default='')\n".replace("'", '"'),
        at="def longest",
    ),
    "emoji with selectors, a key, a flag": Case(
        '"none"',
        '"\u2764\ufe0f 1\ufe0f\u20e3 \U0001f3f4'
        '\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"',
    ),
    "an import among the others": Case(
        PYTHON[: PYTHON.index("    for item")],
        PYTHON[: PYTHON.index("    for item")]
        .replace("import os", "import math\nimport os")
        .replace("= start\n", "= math.floor(start)\n"),
    ),
    "indented into a condition": Case(
        "    result = start\n    for item in items:\n        if item is None:\n"
        '            raise ValueError("none")\n        result += item\n    return result\n',
        "    result = start\n    if items:\n        for item in items:\n"
        "            if item is None:\n"
        '                raise ValueError("none")\n            result += item\n    return result\n',
    ),
    "an emoji with a joiner": Case('"none"', '"none 👩\u200d💻"'),
}


@pytest.mark.parametrize(("case", "language"), params(GOOD, "python"))
async def test_a_good_edit_stays_above_the_threshold(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.refusals == ()
    assert report.score >= 0.9, report.parts
    assert report.checked


REFUSED = {
    "tabs in a file of spaces": Case(
        "        result += item\n", "        result += item\n\tx = 1\n", says="does not parse"
    ),
    "a body that returns None": Case(
        _BODY, "    return None\n\n\n", "fix", says="empties the body"
    ),
    "an empty body though something else was asked": Case(
        _BODY, "    pass\n\n\n", "modify", instruction="make it faster", says="empties the body"
    ),
    "a parameter lost by a fix": Case(", start=0", "", "fix", says="`start` is gone"),
    "a parameter before the others": Case(
        "total(items", "total(strict=False, items=()", says="stands before others"
    ),
    "a parameter no longer left out": Case("start=0", "start", says="no longer be left out"),
    "a selector that selects nothing": Case('"none"', '"no\ufe0fne"', says="U+FE0F"),
    "nothing changed": Case("result += item", "result += item", says="changes nothing"),
    "outside the target": Case("self.w", "self.v", says="outside the target"),
    "an import outside the target while documenting": Case(
        "import os\n", "import os\nimport re\n", "document", says="line 2"
    ),
    "a placeholder": Case("return result\n", "# ... rest of the code\n", says="leaves code out"),
    "another placeholder": Case(
        "return result\n", "# existing code remains unchanged\n    return result\n", says="leaves"
    ),
    "an empty body": Case(
        _BODY,
        "    ...\n\n\n",
        says="empties the body of `total`",
    ),
    "cut off": Case("return result\n", "return (result\n", says="does not parse"),
    "a parameter renamed": Case("start", "begin", says="`start` is gone"),
    "parameters swapped": Case("items, start=0", "start, items=()", says="the order is another"),
    "a parameter more": Case("start=0", "end, start=0", says="`end` is wanted besides"),
    "a parameter made keyword-only": Case(
        "items, start", "items, *, start", says="passed in another way"
    ),
    "a method doubled": Case(
        "        return self.w * self.h\n",
        "        return self.w * self.h\n\n    def area(self):\n        return 0\n",
        at="class Box",
        says="`Box.area` twice",
    ),
    "a method lost": Case(
        "    def area(self):\n        return self.w * self.h\n\n",
        "",
        "fix",
        "class Box",
        says="loses the definition `Box.area`",
    ),
    "an inner function lost by a fix": Case(
        "        def inner(x):\n            return x\n\n",
        "",
        "fix",
        "class Box",
        says="loses the definition `Box.wait.inner`",
    ),
    "asynchronous no more": Case(
        "async def wait", "def wait", at="async def wait", says="no longer asynchronous"
    ),
    "code changed while documenting": Case("+=", "-=", "document", says="must not change the code"),
    "a bidi control": Case('"none"', '"none\u202e"', says="U+202E"),
    "a joiner that joins nothing": Case('"none"', '"no\u200dne"', says="U+200D"),
    "a tag character": Case('"none"', '"none\U000e0041"', says="U+E0041"),
}


@pytest.mark.parametrize(("case", "language"), params(REFUSED, "python"))
async def test_what_must_never_be_offered_is_refused(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.score == 0
    assert case.says in report.refusals[0], report.refusals
    assert report.complaint == report.refusals[0]


BAD = {
    "a body cut down by a fix": Case(
        PYTHON[PYTHON.index("    best =") :],
        '    return ""\n',
        "fix",
        "def longest",
        says="only 1 are",
    ),
    "a lost await": Case(
        "        await other.ready()",
        "        other.ready()",
        at="async def wait",
        says="awaits less",
    ),
    "a lost value though something else was asked": Case(
        "    return result\n",
        "    print(result)\n",
        "modify",
        instruction="log it",
        says="returns a value",
    ),
    "a body at the wrong depth": Case("    return result\n", "return result\n", says="F706"),
    "an undefined name": Case(
        "result += item", "result += itm", says="Undefined name `itm` (F821)"
    ),
    "a hole": Case("result += item", "result += eval(item)", says="S307"),
    "a shell": Case("result += item", "os.system(item)\n        result += item", says="S605"),
    "a lost error": Case(
        '        if item is None:\n            raise ValueError("none")\n', "", says="ValueError"
    ),
    "a lost value": Case("    return result\n", "    print(result)\n", says="returns a value"),
    "the problem still there": Case(
        "import os\n", "import os  # used\n", "fix", "", wants=("F401",), says="F401"
    ),
    "a problem swapped for another": Case(
        "import os\n", "import re\n", "fix", "", wants=("F401",), says="F401"
    ),
}


@pytest.mark.parametrize(("case", "language"), params(BAD, "python"))
async def test_a_bad_edit_falls_below_the_threshold(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.refusals == ()
    assert 0 < report.score <= BELOW, report.parts
    assert case.says in report.complaint


WORSE = {
    "white space only": Case(
        "    result = start\n    for item in items:\n        if item is None:\n",
        "    result  =  start\n    for item  in items:\n        if item  is None:\n",
        says="",
    ),
    "not formatted": Case("result += item", "result+=item", says="formatter"),
    "trailing white space": Case("result += item", "result += item * 1  ", says="white space"),
    "another line break": Case("    result = start\n", "    result = start\r\n", says="line break"),
    "slower": Case("return result", "return list([x for x in list(items)])[0]", says=""),
}


@pytest.mark.parametrize(("case", "language"), params(WORSE, "python"))
async def test_an_edit_with_a_flaw_costs_something_one_sees(
    judge: Judge, case: Case, language: str
) -> None:
    report = await judged(judge, case, language)
    assert report.score <= 0.96
    assert case.says in " ".join(part.detail for part in report.parts)


async def test_a_new_hole_is_far_worse_than_an_undefined_name(judge: Judge) -> None:
    name = await judged(judge, BAD["an undefined name"], "python")
    hole = await judged(judge, BAD["a hole"], "python")
    assert hole.score < 0.5 < name.score
