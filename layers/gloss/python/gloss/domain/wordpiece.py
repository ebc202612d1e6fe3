"""Text to the token numbers of an uncased BERT vocabulary: words are cut into the longest known pieces."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

_WORDS = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONGEST_WORD = 100


class WordPiece:
    """A tokenizer over a vocabulary (piece to number); pieces within a word begin with ##."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def numbers(self, text: str, limit: int = 128) -> list[int]:
        """[CLS], the pieces, [SEP]; at most `limit` numbers, cut before [SEP]."""
        pieces = ["[CLS]", *(piece for word in _WORDS.findall(_plain(text)) for piece in self._pieces(word))]
        return [self._vocabulary[piece] for piece in [*pieces[: limit - 1], "[SEP]"]]

    def _pieces(self, word: str) -> list[str]:
        try:
            return list(self._cut(word)) if len(word) <= _LONGEST_WORD else ["[UNK]"]
        except LookupError:
            return ["[UNK]"]

    def _cut(self, word: str) -> Iterator[str]:
        start = 0
        while start < len(word):
            piece, start = self._longest(word, start)
            yield piece

    def _longest(self, word: str, start: int) -> tuple[str, int]:
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in self._vocabulary:
                return prefix + word[start:end], end
        raise LookupError(word)


def _plain(text: str) -> str:
    """Lower case without accents; Chinese characters stand alone."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    kept = (character for character in decomposed if unicodedata.category(character) != "Mn")
    return "".join(f" {character} " if "\u4e00" <= character <= "\u9fff" else character for character in kept)
