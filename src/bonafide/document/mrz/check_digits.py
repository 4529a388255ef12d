"""Check digits of the machine readable zone (ICAO Doc 9303-3, section 4.9)."""

from __future__ import annotations

from typing import Final

FILLER: Final = "<"
DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET: Final = DIGITS + LETTERS + FILLER

_WEIGHTS: Final = (7, 3, 1)
_VALUES: Final = {character: value for value, character in enumerate(DIGITS + LETTERS)} | {FILLER: 0}


def check_digit(text: str) -> str:
    """The digit over `text`, weighted 7, 3, 1 and so on, modulo 10. Raises `KeyError` outside A-Z, 0-9, <."""
    total = sum(_VALUES[character] * _WEIGHTS[index % 3] for index, character in enumerate(text))
    return DIGITS[total % 10]


def value_of(character: str) -> int:
    """What a character weighs: 0-9 itself, A-Z 10 to 35, the filler 0. Raises `KeyError` for another."""
    return _VALUES[character]
