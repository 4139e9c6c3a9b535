from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from camus.actions import ACTIONS, Chunk, Classified, Task
from camus.config import Complexity, TaskKind
from camus.retrieval import Index
from camus.source import Document, Span, enclosing, uri_of

SHOP = {
    "shop/__init__.py": "from shop.money import Price\n",
    "shop/money.py": '''"""Money."""


class Price:
    """An amount in cents.

    Never negative.
    """

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def plus(self, other: "Price") -> "Price":
        return Price(self.cents + other.cents)


def parse(text: str) -> Price:
    """Read a price."""
    return Price(int(text))


def unrelated() -> None: ...
''',
    "shop/tax.py": "RATE = 19\n\n\ndef with_tax(price, rate=RATE):\n    return price\n",
    "shop/order.py": '''from shop import Price
from .money import parse
from . import tax
import shop.money as cash


class Order:
    def total(self, lines):
        total = Price(0)
        for line in lines:
            total = total.plus(parse(line))
        total = tax.with_tax(total)
        cash.unrelated()
        self.log(total)
        print(rounded(total), shipped(total))
        return helper(total)

    def log(self, what):
        """Write it down.

        Twice.
        """

    def other(self): ...


def helper(total):
    return total
''',
    "shop/deep/rounding.py": "def rounded(price):\n    return price\n",
    "far/away/rounding.py": "def rounded(price, digits):\n    return price\n",
    "far/away/more/rounding.py": "def rounded(anything):\n    return anything\n",
    "web/rounding.ts": "export function rounded(a: number): number { return a }\n",
}


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _task(root: Path, name: str, needle: str) -> Task:
    path = root / name
    language = "python" if path.suffix == ".py" else "typescript"
    document = Document(uri_of(path), path.read_text("utf-8"), language)
    place = document.text.index(needle)
    scope = enclosing(document, Span(place, place))
    classified = Classified(TaskKind.REFACTORING, Complexity.SIMPLE, 1.0)
    return Task(ACTIONS["refactor"], document, scope, scope.span, classified)


def _index(root: Path, **options: int) -> Index:
    return Index((root,), ignored=lambda _uri: False, **options)


def _shown(root: Path, chunks: tuple[Chunk, ...]) -> list[tuple[str, str]]:
    return [(Path(each.source).name, each.title) for each in chunks]


async def test_what_a_method_uses_is_found_nearest_first(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    chunks = await _index(tmp_path).search(_task(tmp_path, "shop/order.py", "total = Price"), 20)
    assert _shown(tmp_path, chunks) == [
        ("order.py", "Order.log"),
        ("order.py", "helper"),
        ("money.py", "Price"),
        ("money.py", "parse"),
        ("tax.py", "with_tax"),
        ("money.py", "unrelated"),
        ("rounding.py", "rounded"),
        ("rounding.py", "rounded"),
    ]
    nearest = [Path(each.source).parent.name for each in chunks if each.title == "rounded"]
    assert nearest == ["deep", "away"]


async def test_a_chunk_is_a_signature_with_one_line_of_documentation(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    chunks = await _index(tmp_path).search(_task(tmp_path, "shop/order.py", "total = Price"), 20)
    by_title = {each.title: each for each in chunks}
    assert by_title["Price"].text == (
        "class Price:\n    # An amount in cents.\n    def __init__(self, cents: int) -> None:"
    )
    assert by_title["parse"].text == "def parse(text: str) -> Price:\n    # Read a price."
    assert by_title["Order.log"].text == "def log(self, what):\n    # Write it down."
    assert by_title["parse"].reason == "imported from .money"
    money = (tmp_path / "shop/money.py").read_text()
    assert money[by_title["parse"].span.start :].startswith("def parse")


async def test_a_data_class_shows_its_fields(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "data.py": (
                'class Point:\n    """A place."""\n\n    x: int\n    y: int = 0\n\n'
                "    def moved(self): ...\n"
            ),
            "run.py": "from data import Point\n\ndef run():\n    return Point(1)\n",
        },
    )
    chunks = await _index(tmp_path).search(_task(tmp_path, "run.py", "return"), 5)
    assert [each.text for each in chunks] == [
        "class Point:\n    # A place.\n    x: int\n    y: int = 0"
    ]


async def test_the_limit_keeps_the_first(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    index = _index(tmp_path)
    task = _task(tmp_path, "shop/order.py", "total = Price")
    assert _shown(tmp_path, await index.search(task, 2)) == [
        ("order.py", "Order.log"),
        ("order.py", "helper"),
    ]
    assert await index.search(task, 0) == ()


async def test_typescript_follows_relative_imports(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "src/model/index.ts": "export interface Item { id: string }\n",
            "src/lib/api.ts": (
                "/** Loads one. */\n"
                "export const load = async (id: string): Promise<Item> => get(id);\n"
                "export default class Client {\n  constructor(url: string) {}\n  go() {}\n}\n"
            ),
            "src/ui/View.tsx": (
                "import Client, { load as fetchOne } from '../lib/api.js';\n"
                "import * as model from '../model';\nimport { x } from 'library';\n"
                "import { Item } from '@/model';\n"
                "export function View(p: Item) {\n  const c = new Client('u');\n"
                "  const i: model.Item = fetchOne(x);\n  return <div>{i}</div>;\n}\n"
            ),
        },
    )
    chunks = await _index(tmp_path).search(_task(tmp_path, "src/ui/View.tsx", "const c"), 9)
    texts = {each.title: each.text for each in chunks}
    assert texts == {
        "Client": "export default class Client\n    constructor(url: string)",
        "load": ("export const load = async (id: string): Promise<Item> =>\n    // Loads one."),
        "Item": "export interface Item { id: string }",
    }


async def test_an_open_document_stands_in_for_its_file(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    index = _index(tmp_path)
    task = _task(tmp_path, "shop/order.py", "total = Price")
    uri = uri_of(tmp_path / "shop/money.py")
    index.update(Document(uri, "def parse(text, strict):\n    return text\n", "python", 3))
    texts = [each.text for each in await index.search(task, 20)]
    assert "def parse(text, strict):" in texts
    assert not any(text.startswith("class Price") for text in texts)
    index.forget(uri)
    index.forget("file:///never/opened.py")
    texts = [each.text for each in await index.search(task, 20)]
    assert any(text.startswith("class Price") for text in texts)


async def test_what_was_read_before_is_searched_without_a_thread_and_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, SHOP)
    hops: list[str] = []
    to_thread = asyncio.to_thread

    async def counted(*asked: Any) -> object:
        hops.append("hop")
        return await to_thread(*asked)

    monkeypatch.setattr(asyncio, "to_thread", counted)
    index = Index((tmp_path,), ignored=lambda _uri: False, clock=lambda: 0.0)
    task = _task(tmp_path, "shop/order.py", "total = Price")
    first = await index.search(task, 20)
    assert first
    assert len(hops) == 1
    assert await index.search(task, 20) == first
    assert len(hops) == 1
    index.update(Document(uri_of(tmp_path / "shop/money.py"), "class Price: ...\n", "python", 3))
    third = await index.search(task, 20)  # a text that nobody has parsed yet
    assert len(hops) == 2
    assert third != first
    assert await index.search(task, 20) == third
    assert len(hops) == 2


async def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    now = [0.0]
    index = Index((tmp_path,), ignored=lambda _uri: False, clock=lambda: now[0])
    task = _task(tmp_path, "shop/order.py", "total = Price")
    await index.search(task, 20)
    (tmp_path / "shop/tax.py").write_text("def with_tax(price, *, country):\n    return price\n")
    (tmp_path / "shop/deep/rounding.py").unlink()
    now[0] = 1.0
    assert "def with_tax(price, rate=RATE):" in [c.text for c in await index.search(task, 20)]
    now[0] = 2.5
    later = await index.search(task, 20)
    assert "def with_tax(price, *, country):" in [each.text for each in later]
    assert not any("deep" in each.source for each in later)


async def test_ignored_files_stay_out(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    index = Index((tmp_path,), ignored=lambda uri: uri.endswith("money.py"))
    index.update(Document(uri_of(tmp_path / "shop/money.py"), "def parse(): ...\n", "python"))
    chunks = await index.search(_task(tmp_path, "shop/order.py", "total = Price"), 20)
    assert not any(each.source.endswith("money.py") for each in chunks)


async def test_nothing_outside_the_roots_is_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    main = (
        "from secret import hidden\nfrom pkg.inner import deep\n"
        "from ..outside.secret import hidden as up\n"
        "def run():\n    hidden(deep(up()))\n"
    )
    _write(tmp_path, {"outside/secret.py": "def hidden(): ...\n"})
    _write(tmp_path, {"outside/pkg/inner.py": "def deep(): ...\n"})
    _write(root, {"main.py": main})
    (root / "secret.py").symlink_to(tmp_path / "outside/secret.py")
    (root / "pkg").symlink_to(tmp_path / "outside/pkg")
    index = _index(root)
    index.update(Document(uri_of(tmp_path / "outside/secret.py"), "def hidden(): ...\n", "python"))
    assert await index.search(_task(root, "main.py", "hidden(deep"), 20) == ()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"def rounded(): ...\n\xff\xfe\xfa"),
        lambda path: path.write_text("def rounded(): ...\n" + "x = 1\n" * 100_000),
        lambda path: (path.unlink(), os.mkfifo(path)),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["not UTF-8", "huge", "a pipe", "a folder"],
)
async def test_files_that_cannot_be_indexed_are_left_out(
    spoil: Callable[[Path], object], tmp_path: Path
) -> None:
    _write(tmp_path, {"main.py": "def run():\n    rounded()\n", "odd.py": ""})
    spoil(tmp_path / "odd.py")
    assert await _index(tmp_path).search(_task(tmp_path, "main.py", "rounded"), 5) == ()


async def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    _write(tmp_path, {f"m{n}.py": f"def f{n}(): ...\n" for n in range(30)})
    _write(tmp_path, {"a.py": "def run():\n    " + "; ".join(f"f{n}()" for n in range(30)) + "\n"})
    few = await _index(tmp_path, max_files=10).search(_task(tmp_path, "a.py", "f0"), 100)
    assert len(few) == 9


async def test_folders_of_other_peoples_code_are_left_out(tmp_path: Path) -> None:
    inside = ("node_modules/x", ".venv/lib", "build", "site-packages")
    _write(tmp_path, {f"{folder}/m.py": "def rounded(): ...\n" for folder in inside})
    _write(tmp_path, {"main.py": "def run():\n    rounded()\n"})
    assert await _index(tmp_path).search(_task(tmp_path, "main.py", "rounded"), 5) == ()


async def test_a_name_that_many_files_define_shows_none(tmp_path: Path) -> None:
    _write(tmp_path, {f"m{n}.py": "def main(): ...\n" for n in range(12)})
    _write(tmp_path, {"run.py": "def run():\n    main()\n"})
    assert await _index(tmp_path).search(_task(tmp_path, "run.py", "main()"), 5) == ()


async def test_names_bound_in_the_target_and_builtins_are_not_looked_up(tmp_path: Path) -> None:
    _write(tmp_path, {"other.py": "def print(): ...\ndef value(): ...\ndef arg(): ...\n"})
    _write(tmp_path, {"run.py": "def run(arg):\n    value = arg\n    print(value)\n"})
    assert await _index(tmp_path).search(_task(tmp_path, "run.py", "value ="), 5) == ()


async def test_passing_on_in_a_circle_ends(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "a.py": "from b import thing\n",
            "b.py": "from a import thing\n",
            "run.py": "from a import thing\ndef run():\n    thing()\n",
        },
    )
    assert await _index(tmp_path).search(_task(tmp_path, "run.py", "thing()"), 5) == ()


async def test_a_language_without_grammar_and_a_missing_root_find_nothing(tmp_path: Path) -> None:
    _write(tmp_path, {"notes.txt": "call rounded()\n"})
    document = Document(uri_of(tmp_path / "notes.txt"), "call rounded()\n", "text")
    scope = enclosing(document, Span(0, 0))
    classified = Classified(TaskKind.GENERAL, Complexity.SIMPLE, 1.0)
    task = Task(ACTIONS["refactor"], document, scope, scope.span, classified)
    assert await _index(tmp_path / "gone").search(task, 5) == ()


async def test_an_untitled_document_still_sees_the_project(tmp_path: Path) -> None:
    _write(tmp_path, SHOP)
    document = Document("untitled:one", "def run():\n    with_tax(1)\n", "python")
    scope = enclosing(document, Span(20, 20))
    classified = Classified(TaskKind.GENERAL, Complexity.SIMPLE, 1.0)
    task = Task(ACTIONS["refactor"], document, scope, scope.span, classified)
    chunks = await _index(tmp_path).search(task, 5)
    assert [each.title for each in chunks] == ["with_tax"]


async def test_searching_leaves_the_loop_free(tmp_path: Path) -> None:
    _write(tmp_path, {f"p{n}/m.py": "def f():\n    pass\n" * 300 for n in range(150)})
    _write(tmp_path, {"run.py": "def run():\n    f()\n"})
    searching = asyncio.create_task(_index(tmp_path).search(_task(tmp_path, "run.py", "f()"), 5))
    slowest = 0.0
    while not searching.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        slowest = max(slowest, time.perf_counter() - before)
    assert await searching == ()
    assert slowest < 0.5
