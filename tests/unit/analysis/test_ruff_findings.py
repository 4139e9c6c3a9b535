"""What ruff says, in characters of the text it was asked about."""

from __future__ import annotations

import asyncio
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest

from camus.analysis import Finding, Tools
from camus.analysis import ruff as ruff_tool
from camus.analysis.process import Runner
from camus.analysis.rulebook import (
    MODERNISE,
    MODERNISE_IGNORED,
    aspect_of,
    certainly_bool,
    severity_of,
)
from camus.analysis.settings import FRESH_SECONDS, Settings
from camus.source import Document, Span, uri_of


def _python(text: str, uri: str = "untitled:a.py") -> Document:
    return Document(uri, text, "python")


def _one(findings: tuple[Finding, ...], rule: str) -> Finding:
    (found,) = [finding for finding in findings if finding.rule == rule]
    return found


PLACES = {
    "plain": "x = 1\ny = missing\n",
    "a byte order mark": "\ufeffmissing\n",
    "a byte order mark and a later line": "\ufeffx = 1\ny = missing\n",
    "CRLF": "x = 1\r\ny = missing\r\n",
    "CR alone": "x = 1\ry = missing\r",
    "an emoji before it": 'x = "😀👩‍👩‍👧"; y = missing\n',
    "CJK before it": 'x = "漢字かな"; y = missing\n',
    "a form feed before the line": "x = 1\n\x0cy = missing\n",
    "a form feed in a string": 'x = "\x0c"\ny = missing\n',
    "VT, NEL and U+2028 in a comment": "x = 1  # \x0b \x85 \u2028\ny = missing\n",
    "no final line break": "y = missing",
    "a tab": "if True:\n\ty = missing\n",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
async def test_the_span_covers_exactly_the_undefined_name(tools: Tools, text: str) -> None:
    document = _python(text)
    looked = await tools.findings(document)
    assert document.slice(_one(looked.findings, "F821").span) == "missing"
    assert looked.ran == ("ruff", "ast-grep")


async def test_a_finding_carries_what_a_reader_needs(tools: Tools) -> None:
    looked = await tools.findings(_python("import subprocess\nsubprocess.run('ls', shell=True)\n"))
    found = _one(looked.findings, "S602")
    assert (found.aspect, found.severity, found.source) == ("security", "error", "ruff")
    assert found.url.startswith("https://docs.astral.sh/ruff/rules/")
    assert "shell" in found.message


async def test_a_syntax_error_is_a_finding(tools: Tools) -> None:
    looked = await tools.findings(_python("def f(:\n    pass\n"))
    assert looked.findings[0].rule == "invalid-syntax"
    assert looked.findings[0].severity == "error"


async def test_the_unusual_is_a_fact_and_never_an_exception(tools: Tools) -> None:
    for document, tool, words in (
        (Document("untitled:a.cob", "x", "cobol"), "analysis", "no analyser for cobol"),
        (_python("x = '\ud800'\n"), "analysis", "surrogate"),
        (_python("#" * 4_000_001), "analysis", "longer than 4,000,000"),
    ):
        looked = await tools.findings(document)
        ((name, why),) = looked.absent
        assert (name, looked.findings, looked.ran) == (tool, (), ())
        assert words in why


SECURITY = {
    "S102": "exec(code)\n",
    "S105": 'password = "hunter2hunter2"\n',
    "S301": "import pickle\npickle.loads(b'')\n",
    "S307": "eval(input())\n",
    "S324": "import hashlib\nhashlib.md5(b'')\n",
    "S501": "import requests\nrequests.get('https://a', verify=False, timeout=1)\n",
    "S506": "import yaml\nyaml.load(b'', Loader=yaml.Loader)\n",
    "S605": "import os\nos.system(input())\n",
    "S608": "def f(c, n):\n    c.execute(\"select * from t where n = '%s'\" % n)\n",
}


@pytest.mark.parametrize(("rule", "text"), SECURITY.items())
@pytest.mark.parametrize("configured", [False, True], ids=["defaults", "project's own rules"])
async def test_dangerous_calls_are_found_with_and_without_a_project(
    tools: Tools, tmp_path: Path, rule: str, text: str, configured: bool
) -> None:
    if configured:
        (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["E4"]\n')
    looked = await tools.findings(_python(text), str(tmp_path))
    assert _one(looked.findings, rule).aspect == "security"


async def test_the_nearest_configuration_of_the_project_holds(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F401"]\n')
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / ".ruff.toml").write_text('[lint]\nselect = ["E711"]\n')
    text = "import os\ny = 1\nx = y == None\n"
    outer = await tools.findings(_python(text, uri_of(tmp_path / "a.py")), str(tmp_path))
    inner = await tools.findings(_python(text, uri_of(tmp_path / "inner/a.py")), str(tmp_path))
    assert [found.rule for found in outer.findings] == ["F401"]
    assert [found.rule for found in inner.findings] == ["E711"]


async def test_a_changed_configuration_is_read_again_by_the_next_request(
    tools: Tools, tmp_path: Path
) -> None:
    document = _python("import os\ny = 1\nx = y == None\n")
    rules = []
    for selected in ("F401", "E711"):
        (tmp_path / "ruff.toml").write_text(f'lint.select = ["{selected}"] # {selected * 3}\n')
        looked = await tools.findings(document, str(tmp_path))
        rules += [found.rule for found in looked.findings]
        await asyncio.sleep(FRESH_SECONDS)  # one request looks once
    assert rules == ["F401", "E711"]


async def test_a_rule_the_project_ignores_stays_out(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["E4"]\nignore = ["S3"]\n')
    looked = await tools.findings(_python("eval(input())\nexec(input())\n"), str(tmp_path))
    assert [found.rule for found in looked.findings] == ["S102"]


async def test_a_configuration_ruff_refuses_is_named_and_the_defaults_answer(
    tools: Tools, tmp_path: Path
) -> None:
    (tmp_path / "ruff.toml").write_text("not = [valid\n")
    looked = await tools.findings(_python("y = missing\n"), str(tmp_path))
    assert [found.rule for found in looked.findings] == ["F821"]
    assert looked.ran == ("ruff", "ast-grep")
    ((what, why),) = looked.absent
    assert "configuration" in what
    assert why


@pytest.mark.parametrize(
    ("requires", "expected"), [(">=3.8", []), (">=3.10,<4", ["UP007"]), ("nonsense", ["UP007"])]
)
async def test_rewrites_keep_to_the_pythons_a_project_supports(
    tools: Tools, tmp_path: Path, requires: str, expected: list[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nrequires-python = "{requires}"\n')
    text = "from typing import Union\n\n\ndef f(x: Union[int, str]) -> None: ...\n"
    looked = await tools.findings(_python(text), str(tmp_path))
    assert [found.rule for found in looked.findings if found.rule == "UP007"] == expected


async def test_environment_variables_of_ruff_change_nothing(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "concise")
    looked = await tools.findings(_python("y = missing\n"))
    assert [found.rule for found in looked.findings] == ["F821"]


FIXES = {
    "a fix ruff vouches for": ("import os\n", "F401", True),
    "an unused name without a comment": ("def f():\n    x = 1\n", "F841", True),
    "an unused name with a comment": ("def f():\n    (x) = (  # why\n        1)\n", "F841", False),
    "a call around a literal": ("x = set([1, 2])\n", "C405", True),
    "a call around a literal with a comment": ("x = set(  # why\n    [1])\n", "C405", False),
    "a comparison that others overload": ("x = 1\ny = x == None\n", "E711", False),
    "a membership": (
        "def f(x):\n    if x in y:\n        return True\n    return False\n",
        "SIM103",
        True,
    ),
    "an equality that may be no bool": (
        "def f(x):\n    if x == y:\n        return True\n    return False\n",
        "SIM103",
        False,
    ),
}


@pytest.mark.parametrize(("text", "rule", "offered"), FIXES.values(), ids=FIXES)
async def test_only_fixes_that_can_be_defended_are_offered(
    tools: Tools, text: str, rule: str, offered: bool
) -> None:
    document = _python(text)
    looked = await tools.fixes(document, document.span, (rule,))
    assert [found.fix is not None and found.fix.safe for found in looked.findings] == (
        [True] if offered else []
    )


async def test_a_fix_that_leaves_the_place_is_not_offered(tools: Tools) -> None:
    text = "import os\n\n\ndef f():\n    import sys\n"
    document = _python(text)
    looked = await tools.fixes(document, Span(text.index("def"), len(text)))
    assert [document.slice(found.span) for found in looked.findings] == ["sys"]


@pytest.mark.parametrize(
    "output", [b"", b"[{}]", b'[{"code": "F1"}]', b"[1]", b'{"a": 1}', b"\xff"]
)
def test_what_is_not_ruffs_json_is_a_value_error(output: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ruff_tool.parse(output, _python("text"))


@pytest.mark.parametrize(
    ("rule", "aspect", "severity"),
    [
        ("F821", "correctness", "error"),
        ("F401", "style", "warning"),
        ("FURB110", "style", "info"),
        ("FLY002", "style", "info"),
        ("S602", "security", "error"),
        ("SIM102", "style", "info"),
        ("SLOT000", "performance", "warning"),
        ("PERF401", "performance", "info"),
        ("B006", "correctness", "warning"),
        ("BLE001", "correctness", "warning"),
        ("E999", "correctness", "error"),
        ("N801", "consistency", "warning"),
        ("XYZ1", "style", "warning"),
        ("invalid-syntax", "correctness", "error"),
    ],
)
def test_a_rule_has_an_aspect_and_a_severity(rule: str, aspect: str, severity: str) -> None:
    assert (aspect_of(rule), severity_of(rule)) == (aspect, severity)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("return x in y", True),
        ("return not x", True),
        ("bool(x)", True),
        ("isinstance(a, int)", True),
        ("a.b is None", True),
        ("x == y", False),
        ("x in y and z", False),
        ("x in y == z", False),
        ("isinstance(a, int) + 1", False),
        ("not x == y", True),
        ("x", False),
    ],
)
def test_what_can_only_be_a_bool(expression: str, expected: bool) -> None:
    assert certainly_bool(expression) is expected


async def test_the_first_calls_at_once_look_for_the_linter_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ruff_tool.find()
    looks: list[str] = []

    def find() -> str:
        looks.append(found)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(ruff_tool, "find", find)
    tools = Tools()
    documents = [Document("file:///a.py", f"import os\nx = {n}\n", "python") for n in range(4)]
    results = await asyncio.gather(*(tools.findings(each) for each in documents))
    await tools.close()
    assert looks == [found]
    assert all(result.findings for result in results)


def _asked(command: list[str], text: str) -> tuple[Finding, ...]:
    output = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return ruff_tool.parse(output.stdout, _python(text))


@pytest.mark.parametrize("module", ["turtle", "cgitb", "imaplib", "tarfile"])
def test_one_run_for_both_questions_gives_the_answers_of_two(module: str) -> None:
    text = Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text("utf-8")
    program, name = ruff_tool.find(), "untitled.py"
    usual = _asked(ruff_tool.check(program, name, Settings()), text)
    command = ruff_tool.check(program, name, Settings(), modernise=True)
    both = _asked(command, text)
    select = ["--select", ",".join(MODERNISE), "--ignore", ",".join(MODERNISE_IGNORED)]
    modernising = _asked([*command[: command.index("--select")], *select, "-"], text)
    assert len(usual) > 20
    assert modernising
    assert ruff_tool.usual(both) == usual
    assert ruff_tool.modernising(both) == modernising


async def test_the_usual_question_is_answered_by_the_run_that_modernised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tools, runs = Tools(), list[str]()
    run = Runner.run

    async def counted(self: Runner, command: list[str], *rest: object, **more: object) -> object:
        runs.append(command[1])
        return await run(self, command, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Runner, "run", counted)
    document = _python("def f(a):\n    return a\n\n\nx = missing\n")
    assert await tools.modernise(document, Span(0, 22)) == ()
    assert [each.rule for each in (await tools.findings(document)).findings] == ["F821"]
    assert runs == ["check"]
    await tools.close()
