"""Inputs are found that reach what changed; what does not reach it is no evidence."""

from __future__ import annotations

import importlib
import importlib.util
import re
import signal
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from camus.analysis import Trials
from camus.source import Document

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")

CASES = r"""
### a text that is compared: return 1 -> return 3
def f(text):
    if text == "left-" + "over":
        return 1
    return 2

### a length: > 500 -> >= 500
def f(text):
    if len(text) > 500:
        return text[:9]
    return text

### a width: i + 64 -> i + 65
def f(data):
    return [data[i:i + 64] for i in range(0, len(data), 64)]

### what a pattern of the module matches: group(1) -> group(2)
import re

PAIR = re.compile(r"(\w+)=(\d{3})!")

def f(line):
    found = PAIR.fullmatch(line)
    if not found:
        return None
    return found.group(1)

### letters that a pattern leaves out: "?" -> "!"
import re

def f(s):
    return re.compile(r"[^ -~]").sub("?", s)

### keys that are read: - 1 -> + 1
def f(row):
    if row["kind"] == "total" and row.get("sum", 0) > 40:
        return row["sum"] - 1
    return 0

### prefixes of a table: kind + path -> kind + "/" + path
KINDS = {"img/": "picture", "snd/": "sound"}

def f(path):
    for prefix, kind in KINDS.items():
        if path.startswith(prefix):
            return kind + path[len(prefix):]
    return ""

### what a helper demands: return table[key] -> return key
def _clean(word):
    return word.strip().lower()

def f(word, table):
    key = _clean(word)
    if key in table:
        return table[key]
    return None

### the number of a letter: < 0x10000 -> <= 0x10000
def f(text):
    return [letter for letter in text if ord(letter) < 0x10000]

### bytes that were no text: "replace" -> "strict"
def f(text):
    return text.encode("ascii", "replace")

### a word that is met again in a list: name.lower() + -> name.upper() +
def f(name, plist):
    name = name.lower() + "="
    for each in plist:
        if each[:len(name)].lower() == name:
            return each[len(name):]
    return ""

### nested mappings: one[key].update(value) -> one[key] = value
def f(one, other):
    for key, value in other.items():
        if key in one and isinstance(one[key], dict) and isinstance(value, dict):
            one[key].update(value)
        else:
            one[key] = value

### an example of the documentation: return int -> return -int
def f(text):
    '''Reads one.

    >>> f("q9|zz|17")
    17
    '''
    head, _, rest = text.partition("|")
    if sum(map(ord, head)) == 170:
        return int(rest.rpartition("|")[2])
    return 0

### parameters that are passed by name alone: > 1 -> > 2
def f(words, *, sep=", ", last=""):
    if last and len(words) > 1:
        return sep.join(words[:-1]) + last + words[-1]
    return sep.join(words)

### what an error says: is negative -> is too large
def f(n):
    if n < 0:
        raise ValueError("n is negative")
    return n

### pairs in a list: best < size -> best <= size
def f(rows):
    best, found = 0, None
    for name, size in rows:
        if best < size:
            best, found = size, name
    return found

### what an object holds: node.depth > 3 -> node.depth >= 3
def f(node, title=None):
    if node.open and node.depth > 3:
        return title or node.label.upper()
    return ""

### the rest of the arguments: parts[0] -> parts[-1]
def f(*parts):
    if len(parts) > 2:
        return str(parts[0])
    return ""
"""
BOX = """class Base:
    def full(self):
        return f"{self.name}/{self.prefix}"


class Node(Base):
    def __init__(self, name, kids):
        self.name, self.kids = name, kids

    @property
    def size(self):
        return len(self.kids)

    def label(self, limit=3):
        if self.size > limit:
            return self.full() + "..."
        for kid in self.kids:
            if kid.open and kid.depth >= 2:
                return kid.title.upper()
        return self.name

    def add(self, kid):
        self.kids.append(kid)
        self.last = kid
"""
FOUND = re.findall(r"### (.+?): (.+?) -> (.+)\n((?:(?!###).*\n)+)", CASES)
HIDDEN = """import zlib

def f(text: str) -> int:
    if zlib.crc32(text.encode()) == 123456789:
        return 1
    return 2
"""


PACKAGE = "camus.analysis.sandboxed"


class _Beside(MetaPathFinder):
    """Finds what stands beside the sandboxed script, under the names that it uses."""

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        found = importlib.util.find_spec(f"{PACKAGE}.{fullname}")
        return ModuleSpec(fullname, _Same(fullname)) if found is not None else None


class _Same(Loader):
    """Loads a module of the package for its short name, so that there is one of each."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        return importlib.import_module(f"{PACKAGE}.{self._name}")

    def exec_module(self, module: ModuleType) -> None:
        """It is loaded."""


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., dict[str, Any]]]:
    """The search in this very process: in the sandbox nobody can measure what tests reach."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, _Beside()])
    compare = importlib.import_module(f"{PACKAGE}.compare")
    listening = signal.getsignal(signal.SIGALRM)

    def compared(old: str, new: str, function: str) -> dict[str, Any]:
        job: dict[str, Any] = {"module": "camus_subject", "function": function, "seed": 1}
        job |= {"tries": 4000, "seconds": 4.0, "calls": []}
        rows = zip(old.splitlines(), new.splitlines(), strict=False)
        changed = [number for number, (one, two) in enumerate(rows, 1) if one != two]
        job |= {"lines": changed, "new_lines": changed}
        for form, code in (("old", old), ("new", new)):
            job[form] = str(tmp_path / f"camus_{form}.py")
            Path(job[form]).write_text(code, encoding="utf-8")
        importlib.import_module(f"{PACKAGE}.calling").listen()
        try:
            result: dict[str, Any] = compare.compared(job)
        finally:
            signal.signal(signal.SIGALRM, listening)
        return result

    yield compared
    for name in set(sys.modules) - before:
        if not name.startswith("camus."):
            del sys.modules[name]


@pytest.fixture
async def trials() -> AsyncIterator[Trials]:
    made = Trials()
    yield made
    await made.close()


def text(code: str) -> Document:
    return Document("untitled:a.py", code, "python")


def test_every_case_is_read() -> None:
    assert len(FOUND) == CASES.count("###") >= 14


@pytest.mark.parametrize(("name", "old", "new", "code"), FOUND, ids=[each[0] for each in FOUND])
async def test_inputs_are_found_that_reach_what_changed(
    trials: Trials, name: str, old: str, new: str, code: str
) -> None:
    assert code.count(old) == 1, name
    found = await trials.compare(text(code), text(code.replace(old, new)), "f")
    assert (found.state, found.reason) == ("differs", "")
    assert found.example.startswith("f(")


@pytest.mark.parametrize(("name", "old", "new", "code"), FOUND, ids=[each[0] for each in FOUND])
def test_the_search_itself_finds_them(
    here: Callable[..., dict[str, Any]], name: str, old: str, new: str, code: str
) -> None:
    found = here(code, code.replace(old, new), "f")
    assert found["state"] == "differs", name
    assert found["example"].startswith("f(")
    assert here(code, code, "f")["state"] == "same"


def test_the_search_itself_makes_objects(here: Callable[..., dict[str, Any]]) -> None:
    found = here(BOX, BOX.replace("self.size > limit", "self.size >= limit"), "Node.label")
    assert found["state"] == "differs"
    assert "Node(" in found["example"]


@pytest.mark.parametrize("code", [each[3] for each in FOUND], ids=[each[0] for each in FOUND])
async def test_the_same_code_laid_out_otherwise_behaves_the_same(trials: Trials, code: str) -> None:
    head, mark, rest = code.partition("def f(")
    changed = f"{head}{mark}{rest.replace(':', ':  # laid out', 1)}"
    found = await trials.compare(text(code), text(changed), "f")
    assert (found.state, found.example) == ("same", "")


@pytest.mark.parametrize(
    ("method", "old", "new"),
    [
        ("label", "kid.depth >= 2", "kid.depth > 2"),
        ("label", "self.size > limit", "self.size >= limit"),
        ("label", 'self.full() + "..."', "self.full()"),
        ("add", "self.last = kid", "self.last = self.kids"),
    ],
)
async def test_methods_are_called_on_made_up_objects(
    trials: Trials, method: str, old: str, new: str
) -> None:
    assert BOX.count(old) == 1
    found = await trials.compare(text(BOX), text(BOX.replace(old, new)), f"Node.{method}")
    assert (found.state, found.reason) == ("differs", "")
    assert "Node(" in found.example
    same = await trials.compare(text(BOX), text(BOX + "\n"), f"Node.{method}")
    assert (same.state, same.example) == ("same", "")


async def test_the_calls_of_the_projects_tests_are_tried(trials: Trials, tmp_path: Path) -> None:
    code = HIDDEN.replace("123456789", str(zlib.crc32(b"a very odd word")))
    (tmp_path / "odd.py").write_text(code, encoding="utf-8")
    tests = 'from odd import f\n\n\ndef test_f():\n    assert f("a very odd word") == 1\n'
    (tmp_path / "test_odd.py").write_text(tests, encoding="utf-8")
    old = Document((tmp_path / "odd.py").as_uri(), code, "python")
    new = Document(old.uri, code.replace("return 1", "return 3"), "python")
    found = await trials.compare(old, new, "f", project=str(tmp_path))
    assert (found.state, found.example) == ("differs", "f('a very odd word') gave 1, now gave 3")


async def test_a_condition_that_only_went_one_way_is_no_evidence(trials: Trials) -> None:
    changed = text(HIDDEN.replace("== 123456789", "== 98765432"))
    found = await trials.compare(text(HIDDEN), changed, "f")
    assert (found.state, "one way" in found.reason) == ("unable", True)


async def test_calls_that_end_before_what_changed_are_no_evidence(trials: Trials) -> None:
    code = "def f(text):\n    if text:\n        return text.missing() + 1\n    return None\n"
    found = await trials.compare(text(code), text(code.replace("+ 1", "+ 2")), "f")
    assert found.state == "unable"


async def test_a_module_of_the_users_is_not_hidden_by_one_of_ours(
    trials: Trials, tmp_path: Path
) -> None:
    (tmp_path / "tokens.py").write_text("FIRST = 5\n", encoding="utf-8")
    code = "import tokens\n\n\ndef f(n: int) -> int:\n    return n + tokens.FIRST\n"
    (tmp_path / "a.py").write_text(code, encoding="utf-8")
    old = Document((tmp_path / "a.py").as_uri(), code, "python")
    new = Document(old.uri, code.replace("n + ", "n - "), "python")
    found = await trials.compare(old, new, "f", project=str(tmp_path))
    assert (found.state, found.reason) == ("differs", "")
