"""Words of other languages by their English ones."""

from __future__ import annotations

import pytest

from camus.actions.phrases import words_of
from camus.actions.pivots import english_of


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("la aplicación se cierra al guardar el archivo", {"app", "crashes", "save", "file"}),
        ("kannst du die Schleife vereinfachen", {"can", "loop", "simplify"}),
        ("explique cette fonction, s'il te plaît", {"explain", "function", "please"}),
        ("escreva um poema sobre a lua", {"write", "poem", "moon"}),
        ("запусти тесты", {"run", "tests"}),
        ("解释这个函数", {"explain", "function"}),
        ("テストを実行して", {"test", "run"}),
    ],
)
def test_words_of_other_languages_bring_their_english_ones(text: str, english: set[str]) -> None:
    assert english <= set(english_of(text, words_of(text)))


@pytest.mark.parametrize("text", ["run the tests", "ps aux", "is the war over", "", "du -sh *"])
def test_english_is_left_alone(text: str) -> None:
    assert english_of(text, words_of(text)) == []


def test_the_list_is_bounded_and_names_each_word_once() -> None:
    text = "el archivo y la función con error " * 400
    found = english_of(text, words_of(text))
    assert len(found) == len(set(found)) <= 24
