"""Characters of a text to bytes of its UTF-8 form and back; knows no tree and no protocol."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

_STEP = 2048
"""Characters between two marks of the table."""
_CONTINUATION = bytes(range(0x80, 0xC0))


def encode(text: str) -> bytes:
    """The UTF-8 form of a text; lone surrogates, which editors may send, are kept."""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Offsets:
    """Both directions for one text; the identity when it is ASCII."""

    text: str
    data: bytes
    marks: tuple[int, ...]
    """The byte offset of every `_STEP`th character; empty for an ASCII text."""

    @classmethod
    def of(cls, text: str) -> Offsets:
        """The table of a text; costs one pass over it, nothing but the encoding for ASCII."""
        data = encode(text)
        if len(data) == len(text):
            return cls(text, data, ())
        marks = [0]
        for start in range(0, len(text) - _STEP, _STEP):
            marks.append(marks[-1] + len(encode(text[start : start + _STEP])))
        return cls(text, data, tuple(marks))

    def byte(self, character: int) -> int:
        """The byte where a character starts."""
        if not self.marks:
            return character
        mark = min(character // _STEP, len(self.marks) - 1)
        return self.marks[mark] + len(encode(self.text[mark * _STEP : character]))

    def character(self, byte: int) -> int:
        """The character that starts at a byte, or the next one when the byte lies within one."""
        if not self.marks:
            return byte
        mark = bisect_right(self.marks, byte) - 1
        piece = self.data[self.marks[mark] : byte]
        return mark * _STEP + len(piece.translate(None, _CONTINUATION))
