"""Pages for people: private, few, and without what loads or hides."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from camus.lsp.harmless import harmless
from camus.lsp.pages import KEPT, Pages
from camus.source import path_of


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("plain *words*", "plain *words*"),
        ("![a](http://x.example/?q=SECRET)", "a"),
        ("![](http://x.example)", ""),
        ("![a][ref]\n\n[ref]: http://x.example", "a\n\n"),
        ("see [here](http://x.example)", "see here (`http://x.example`)"),
        ("[x](command:workbench.action)", "x (`command:workbench.action`)"),
        ("<img src=x> <!-- c --> a < b", "&lt;img src=x> &lt;!-- c --> a < b"),
        ("`<img>` and ```![]()```", "`<img>` and ```![]()```"),
        ("```\n<b>![x](y)\n```\n<b>", "```\n<b>![x](y)\n```\n&lt;b>"),
        ("a\x1b[31mb\x00\u202ec", "a\\[31mbc"),
    ],
)
def test_markdown_keeps_its_words_and_loses_what_loads(markdown: str, shown: str) -> None:
    assert harmless(markdown) == shown


HOSTILE = {
    "a tick that opens nothing": ("\\`![x](http://x.example)\\`", "\\`x\\`"),
    "a fence that is closed inside": (
        "```\n   ```\n![x](http://x.example)",
        "```\n```\nx",
    ),
    "a fence that is never closed": ("~~~js\n![x](y)", "```js\n![x](y)\n```"),
    "a fence in the code": ("````\n```\ncode\n```\n````", "````\n```\ncode\n```\n````"),
    "a fence in a list": ("1. so:\n   ```py\n   x = 1\n   ```", "1. so:\n```py\nx = 1\n```"),
    "a list that ends a fence": ("- a\n\n  ```\n![x](y)\n  ```", "- a\n\n```\n![x](y)\n```"),
    "a fence with a tick behind": ("``` `![x](u)", "\\`\\`\\` \\`x"),
    "an escaped bracket": ("\\\\[x](http://x.example)", "\\\\x (`http://x.example`)"),
    "a link in an image": ("[![a](http://i.example)](http://x.example)", None),
    "brackets in a description": ("![a[b]](http://x.example)", None),
    "a link over two lines": ("[a\nb](http://x.example)", None),
    "a bare address": ("see http://x.example/?q=1.", "see `http://x.example/?q=1.`"),
    "an address in angles": ("<https://x.example>", "&lt;`https://x.example`>"),
    "a mail": ("write to me@x.example", "write to `me@x.example`"),
    "a protocol without a name": ("//x.example/a", "`//x.example/a`"),
    "a cell that ends a span": ("|a|\n|-|\n|`b|![x](http://x.example)`|", None),
    "a comment": ("<!-- hidden -->", "&lt;!-- hidden -->"),
    "hidden letters": ("a\u200b\U000e0041b\u2066c", "abc"),
    "a command": ("command:workbench.action.x", "`command:workbench.action.x`"),
}


@pytest.mark.parametrize(("markdown", "shown"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_model_s_markdown_loads_and_leads_nowhere(
    markdown: str, shown: str | None
) -> None:
    made = harmless(markdown)
    assert shown is None or made == shown
    words = re.sub(r"```[\s\S]*?```|`[^`\n]+`|\\.", "", made)
    assert "[" not in words
    assert "://" not in words
    assert "<" not in words


def test_very_many_ticks_are_read_in_time() -> None:
    markdown = "`a``b```c" * 20_000
    assert len(harmless(markdown)) > len(markdown)


def test_pages_are_private_and_only_the_newest_are_kept(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "pages")
    for number in range(KEPT + 3):
        uri = pages.write(f"page-{number:02}", "text\n")
    file = path_of(uri)
    assert file is not None
    assert file.read_text(encoding="utf-8") == "text\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(list(file.parent.iterdir())) == KEPT


def test_a_page_that_cannot_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        Pages(tmp_path / "file" / "pages").write("a", "b")
