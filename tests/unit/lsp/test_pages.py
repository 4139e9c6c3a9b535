"""Pages for people: private, few, and without what loads or hides."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from camus.lsp.pages import KEPT, Pages, harmless
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
        ("a\x1b[31mb\x00\u202ec", "a[31mbc"),
    ],
)
def test_markdown_keeps_its_words_and_loses_what_loads(markdown: str, shown: str) -> None:
    assert harmless(markdown) == shown


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
