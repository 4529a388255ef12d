"""From printed letters to the zone's A to Z (ICAO Doc 9303-3, section 6, tables A and B).

Latin letters with marks lose them, unless the table gives them letters of their own; Cyrillic letters have
the values of the standard and of the states that depart from it. Arabic (table C) is left out: its zone
spelling is rarely what the passport prints in Latin letters beside it, and those are what we compare.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import Final

from bonafide.document.mrz.check_digits import LETTERS

# Further than this the variants of a text are not multiplied out.
_MOST_VARIANTS: Final = 512

# The first value is the standard's; the others are its allowed variants, or other states' and older ones.
_LATIN: Final = {
    "Å": "AA A", "Ä": "AE A", "Æ": "AE", "Ð": "D", "Đ": "D DJ", "Ħ": "H", "Ĳ": "IJ", "ĸ": "K", "Ł": "L",
    "Ŀ": "L", "Ñ": "N NXX", "Ŋ": "N", "Ö": "OE O", "Ø": "OE O", "Œ": "OE", "ß": "SS", "ẞ": "SS", "Þ": "TH",
    "Ŧ": "T", "Ü": "UE U UXX", "ı": "I", "Ə": "A E", "Ə".lower(): "A E",
}  # fmt: skip
_CYRILLIC: Final = {
    "А": "A", "Б": "B", "В": "V", "Г": "G H", "Ґ": "G", "Ғ": "G GH", "Ѓ": "G GJ", "Д": "D", "Ђ": "D DJ",
    "Е": "E YE IE", "Ё": "E IO YO", "Є": "IE YE", "Ж": "ZH Z J", "З": "Z", "Ѕ": "DZ", "И": "I Y", "І": "I",
    "Ї": "I YI", "Й": "I Y J", "Ј": "J", "К": "K", "Қ": "Q K", "Ќ": "K KJ", "Л": "L", "Љ": "LJ", "М": "M",
    "Н": "N", "Ң": "N NG", "Њ": "NJ", "О": "O", "Ө": "O", "П": "P", "Р": "R", "С": "S", "Т": "T",
    "Ћ": "C", "У": "U", "Ў": "U W O", "Ү": "U", "Ұ": "U", "Ф": "F", "Х": "KH H", "Ҳ": "H", "Һ": "H",
    "Ц": "TS C", "Ч": "CH C", "Џ": "DZ", "Ш": "SH S", "Щ": "SHCH SHT", "Ъ": "IE A", "Ы": "Y", "Ь": "",
    "Э": "E", "Ю": "IU YU", "Я": "IA YA", "Ѫ": "U A", "Ѳ": "F", "Ѵ": "Y", "Ә": "A",
}  # fmt: skip
_TABLE: Final = MappingProxyType(
    {letter: tuple(values.split()) or ("",) for letter, values in (_LATIN | _CYRILLIC).items()}
)
# Dropped from a name (9303-3, 4.6); hyphens and other marks part words instead.
APOSTROPHES: Final = frozenset("'’‘ʼ`´ʻ")


def letter_values(letter: str) -> tuple[str, ...]:
    """What one printed letter may be in the zone, the standard's own first; empty if we cannot tell."""
    capital = letter if letter in _TABLE else letter.upper()
    if capital in _TABLE:
        return _TABLE[capital]
    plain = unicodedata.normalize("NFD", capital)[:1]
    if plain in LETTERS and plain:
        return (plain,)
    return _TABLE.get(plain, ())


def transliterations(text: str) -> set[str]:
    """Every way the zone may write a printed name, words parted by single fillers.

    Apostrophes are dropped, other marks part words. Empty where a letter is in no table. Beyond 512 ways
    the standard's own value alone is taken for the letters that are left.
    """
    ways = {""}
    for character in unicodedata.normalize("NFC", text):
        if character in APOSTROPHES:
            continue
        if not character.isalpha():
            ways = {way if way.endswith("<") else f"{way}<" for way in ways}
            continue
        values = letter_values(character)
        if not values:
            return set()
        if len(ways) * len(values) > _MOST_VARIANTS:
            values = values[:1]
        ways = {way + value for way in ways for value in values}
    return {way.strip("<") for way in ways} - {""}
