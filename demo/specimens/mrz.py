"""Writing machine-readable zones (ICAO 9303 parts 3 to 7), apart from the reader's parser."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from specimens.numbers import mrz_check

# Recommended transliterations (ICAO 9303-3, 6.A) that are more than dropping the accent.
_LETTERS = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Å": "AA", "Ø": "OE", "Æ": "AE", "Ð": "D", "Þ": "TH"}


def transliterated(text: str) -> str:
    """A printed name in the zone's alphabet: letters, and < for spaces and hyphens; apostrophes vanish."""
    written = "".join(_LETTERS.get(letter, letter) for letter in text.upper())
    plain = unicodedata.normalize("NFD", written)
    kept = "".join(
        "<" if letter in " -" else letter for letter in plain if letter.isascii() and letter not in "'.,"
    )
    return kept.strip("<")


def name_field(surname: str, given_names: str, length: int) -> str:
    """Both names, filled or cut to the length; a cut one ends in a letter (ICAO 9303-3, 4.6)."""
    primary, secondary = transliterated(surname), transliterated(given_names)
    written = f"{primary}<<{secondary}" if secondary else primary
    if len(written) <= length:
        return written.ljust(length, "<")
    # Room for the two fillers and an initial.
    primary = primary[: length - 3].rstrip("<")
    while primary:
        written = f"{primary}<<{secondary}"[:length]
        if len(written) == length and not written.endswith("<"):
            return written
        primary = primary[:-1].rstrip("<")
    raise ValueError("a name too odd to be cut")


@dataclass(frozen=True, slots=True)
class Entries:
    """What goes into a zone, in its own alphabet: `names` as `name_field` gives it, dates as YYMMDD."""

    names: str
    issuer: str
    number: str
    nationality: str
    born: str
    sex: str
    expires: str
    optional: str = ""


def td3(said: Entries) -> tuple[str, str]:
    """A passport's two lines; names of 39, and up to 14 of a personal number as optional data."""
    own = said.optional.ljust(14, "<")
    start, dates = _number(said.number), _dates(said)
    checked = own + (mrz_check(own) if said.optional else "<")
    composite = start + dates[3:10] + dates[11:] + checked
    return f"P<{said.issuer}{said.names}", start + dates + checked + mrz_check(composite)


def td2(said: Entries) -> tuple[str, str]:
    """A TD2 card's two lines; names of 31, optional data up to 7."""
    start, dates, own = _number(said.number), _dates(said), said.optional.ljust(7, "<")
    composite = start + dates[3:10] + dates[11:] + own
    return f"I<{said.issuer}{said.names}", start + dates + own + mrz_check(composite)


def td1(said: Entries) -> tuple[str, str, str]:
    """A TD1 card's three lines; names of 30, optional data up to 15.

    A number over nine characters runs on in the optional data, with its check digit after it.
    """
    start, own = _number(said.number[:9]), said.optional
    if len(said.number) > 9:
        start, own = said.number[:9] + "<", f"{said.number[9:]}{mrz_check(said.number)}<{own}"
    upper = f"I<{said.issuer}{start}{own.ljust(15, '<')}"
    # On this card the nationality comes after the dates.
    middle = _dates(said)[3:] + said.nationality + "<" * 11
    composite = upper[5:30] + middle[0:7] + middle[8:15] + middle[18:29]
    return upper, middle + mrz_check(composite), said.names


def visa(said: Entries, length: int) -> tuple[str, str]:
    """A visa's two lines, of 44 (MRV-A) or 36 (MRV-B); there is no check digit over all."""
    return f"V<{said.issuer}{said.names}", (_number(said.number) + _dates(said)).ljust(length, "<")


def _number(number: str) -> str:
    field = number.ljust(9, "<")
    return field + mrz_check(field)


def _dates(said: Entries) -> str:
    """Nationality 0:3, birth 3:9 and its check 9, sex 10, expiry 11:17 and its check 17."""
    born, expires = said.born + mrz_check(said.born), said.expires + mrz_check(said.expires)
    return said.nationality + born + said.sex + expires
