"""When an answer goes round in circles, and what is left of it then."""

from __future__ import annotations

import pytest

from camus.models.repetition import TAIL, Repetition, repeated, without_circles

SENTENCE = "The window of the server is cut by the window of the server to the last of its tokens. "
BEGINNING = "A window is what a model reads at once. "


def stops(text: str, *, sent: str = "", size: int = 4) -> int:
    """How many characters are taken in pieces of a size until it is enough; 0 for all of them."""
    watch = Repetition((sent,))
    for at in range(0, len(text), size):
        if watch.endless(text[at : at + size]):
            return at
    return 0


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("ab" * 3000, 6000),
        ("    return x\n" * 500, 6500),
        ("=" * 80, 80),
        (("x" * 450 + "y" * 50) * 20, 10_000),
        (BEGINNING + SENTENCE * 3, 3 * len(SENTENCE) + 2),  # the end of the one before too
        ("".join(f"line {n}\n" for n in range(2000)), 0),
        ("abcdefgh" * 7 + "xyz", 0),
        ("one", 0),
        ("", 0),
    ],
)
def test_how_much_of_an_end_is_one_piece_again_and_again(text: str, size: int) -> None:
    assert repeated(text) == size


@pytest.mark.parametrize("size", [1, 4, 300, 100_000])
def test_a_sentence_for_the_sixth_time_is_enough(size: int) -> None:
    assert stops(BEGINNING + SENTENCE * 40 + " ", size=size) < len(BEGINNING + SENTENCE * 10)
    watch = Repetition(())
    assert watch.endless(BEGINNING + SENTENCE * 8)
    assert not Repetition(()).endless(BEGINNING + SENTENCE * 3)


def test_paragraphs_are_pieces_too() -> None:
    paragraph = f"{SENTENCE}{BEGINNING}\n\n"
    assert 0 < stops(BEGINNING + paragraph * 30) < 10 * len(paragraph)


@pytest.mark.parametrize(
    "row",
    [
        "0x00, ",
        "    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],\n",
        "|                |                |                |                |\n",
        "# " + "-" * 76 + "\n",
        "    assert next(values) is None\n",
    ],
)
def test_rows_of_little_may_stand_there_longer(row: str) -> None:
    times = TAIL // len(row)
    assert not stops(row * (times - 10))
    assert stops(row * (times + 60))


def test_what_the_prompt_repeats_may_be_repeated() -> None:
    zeros, said = "0x00, " * 1500, SENTENCE * 12
    assert not stops(zeros, sent=f"TABLE = [{zeros}]")
    assert not stops(said, sent=f"Correct this text: {said}")
    assert stops(SENTENCE * 30, sent=f"Correct this text: {said}")


def test_what_differs_by_a_number_is_no_circle() -> None:
    rows = (f"The value of the row with the number {n} is {n}.\n" for n in range(999))
    assert not stops("".join(rows))


def test_what_is_left_has_the_piece_once() -> None:
    assert without_circles(BEGINNING + SENTENCE * 9) == (BEGINNING + SENTENCE).rstrip()
    cut = BEGINNING + SENTENCE * 9 + SENTENCE[:20]
    assert without_circles(cut).count("the last of its tokens") == 1
    assert without_circles("nothing is said twice") == "nothing is said twice"
