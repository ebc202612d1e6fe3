"""Words are cut into the longest known pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.wordpiece import WordPiece

PIECES = ["[CLS]", "[SEP]", "[UNK]", "un", "##aff", "##able", "run", "##ning", "cafe", "!", "a"]
VOCABULARY = {piece: number for number, piece in enumerate(PIECES)}


def cut(text: str) -> list[str]:
    return [PIECES[number] for number in WordPiece(VOCABULARY).numbers(text)][1:-1]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("unaffable", ["un", "##aff", "##able"]),
        ("Running!", ["run", "##ning", "!"]),
        ("café", ["cafe"]),
        ("a xyz a", ["a", "[UNK]", "a"]),
        ("runxyz", ["[UNK]"]),
        ("", []),
    ],
)
def test_a_word_is_cut_into_its_longest_pieces(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


def test_long_texts_are_cut_before_the_last_mark() -> None:
    numbers = WordPiece(VOCABULARY).numbers("a " * 500, limit=10)

    assert (len(numbers), numbers[0], numbers[-1]) == (10, VOCABULARY["[CLS]"], VOCABULARY["[SEP]"])


@given(st.text(max_size=200))
def test_any_text_can_be_cut(text: str) -> None:
    numbers = WordPiece(VOCABULARY).numbers(text)

    assert numbers[0] == VOCABULARY["[CLS]"]
    assert len(numbers) <= 128
