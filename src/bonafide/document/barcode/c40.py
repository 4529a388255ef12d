"""C40, the packing of capitals, digits and blanks that digital seals use (ICAO Doc 9303-13, section 2.6)."""

from __future__ import annotations

from typing import Final

_SHIFT: Final = 0
_UNLATCH: Final = 0xFE
# Value 3 is a blank, then the digits, then the letters.
_CHARACTERS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST: Final = 3


def decode_c40(data: bytes) -> str | None:
    """The text of pairs of bytes, three characters each; None where they hold anything else.

    A shift fills up a last triple of two; a single last character comes after an unlatch, as ASCII plus one.
    Fillers of a machine readable zone come back as the blanks that they were packed as.
    """
    if len(data) % 2:
        return None
    text: list[str] = []
    for index in range(0, len(data), 2):
        last = index + 2 == len(data)
        if data[index] == _UNLATCH:
            character = chr((data[index + 1] - 1) % 256)
            if not last or character not in _CHARACTERS:
                return None
            text.append(character)
            continue
        packed = int.from_bytes(data[index : index + 2]) - 1
        values = (packed // 1600, packed // 40 % 40, packed % 40)
        filled = last and values[2] == _SHIFT
        for value in values[:2] if filled else values:
            if not _FIRST <= value < _FIRST + len(_CHARACTERS):
                return None
            text.append(_CHARACTERS[value - _FIRST])
    return "".join(text)
