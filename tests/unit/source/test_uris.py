"""File URIs and paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.source import path_of, uri_of


def test_a_path_round_trips_with_spaces_and_letters_of_any_script(tmp_path: Path) -> None:
    path = tmp_path / "über uns" / "東京 #1.py"
    assert path_of(uri_of(path)) == path


@pytest.mark.parametrize(
    "uri",
    ["untitled:Untitled-1", "https://a/b", "file://host/share/a.py", "file:///a%00b", "", "file:a"],
)
def test_what_names_no_path_here_has_none(uri: str) -> None:
    assert path_of(uri) is None


def test_dots_in_a_uri_cannot_hide_where_it_points() -> None:
    assert path_of("file:///a/b/%2e%2e/c.py") == Path("/a/c.py")
