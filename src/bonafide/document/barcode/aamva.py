"""The bar code of North American driving licences and identity cards.

AAMVA DL/ID Card Design Standard, annex D (mandatory PDF417 bar code), versions 01 of 2000 to 11 of 2025. A
header names the issuer and where its subfiles lie; a subfile is lines of a three-letter element and a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

# Longer than any PDF417 symbol can be.
_MOST_BYTES: Final = 4000
_STANDARD_START: Final = b"@\n\x1e\rANSI "
_START: Final = re.compile(rb"@[\r\n]{0,2}[\x1c\x1e][\r\n]{0,2}(?:ANSI |AAMVA)(\d{6})(\d{2})")
_DESIGNATOR: Final = re.compile(r"([A-Z]{2})(\d{4})(\d{4})")
_HOLDER: Final = ("DL", "ID", "EN")
_ELEMENT: Final = re.compile(r"[A-Z]{3}")
# Where a value is withheld or not there, by version.
_ABSENT: Final = frozenset(("", "NONE", "UNAVL", "UNAVAIL", "UNK"))
_SEXES: Final = {"1": "M", "2": "F", "9": "X", "M": "M", "F": "F", "X": "X"}
_YEAR_FIRST_COUNTRIES: Final = frozenset(("CAN",))


@dataclass(frozen=True, slots=True, repr=False)
class Licence:
    """What the bar code says; empty, or None, where it does not.

    `issuer` is the six-digit issuer identification number, `jurisdiction` and `country` what it stands for,
    None if unknown. `names_truncated` by the flags DDE, DDF and DDG. `address` is street, town,
    jurisdiction, postal code (DAG, DAI, DAJ, DAK), `stated_country` DCG. `deviations` names how the code
    departs from the standard: `header`, `offsets`, `entries`, `elements` (not one of three letters),
    `contradiction` (an element twice, with two values), `date_order`, `dates` (no date at all).
    """

    issuer: str
    jurisdiction: str | None
    country: str | None
    version: int
    kind: str
    number: str
    surname: str
    given_names: str
    names_truncated: bool
    sex: str | None
    birth_date: date | None
    issue_date: date | None
    expiry_date: date | None
    address: tuple[str, str, str, str]
    stated_country: str
    deviations: tuple[str, ...]


def parse_aamva(content: bytes) -> Licence | None:
    """Parse a PDF417 code's bytes; None where they are not a licence's: no header, or no subfile of a holder.

    Issuers are known for wrong offsets: where a designator does not point at its subfile, the subfile is
    looked for by its separators, and that is among the `deviations`.
    """
    start = _START.search(content[:64])
    if start is None or len(content) > _MOST_BYTES:
        return None
    deviations: list[str] = [] if content.startswith(_STANDARD_START) else ["header"]
    text = content.decode("latin-1")[start.start() :]
    issuer, version = start[1].decode(), int(start[2])
    kind, lines = _subfile(text, version, start.end() - start.start(), deviations)
    if kind is None:
        return None
    elements = _elements(lines, deviations)
    jurisdiction, country = jurisdictions().get(issuer, (None, None))
    stated = elements.get("DCG", "")
    year_first = version == 1 or (stated or country) in _YEAR_FIRST_COUNTRIES
    birth, issued, expiry = (
        _date(elements.get(name, ""), year_first, deviations) for name in ("DBB", "DBD", "DBA")
    )
    surname, given_names = _names(elements)
    street, town, region, code = (elements.get(name, "") for name in ("DAG", "DAI", "DAJ", "DAK"))
    return Licence(
        issuer=issuer,
        jurisdiction=jurisdiction,
        country=country,
        version=version,
        kind=kind,
        number=elements.get("DAQ", ""),
        surname=surname,
        given_names=given_names,
        names_truncated=any(elements.get(flag) == "T" for flag in ("DDE", "DDF", "DDG")),
        sex=_SEXES.get(elements.get("DBC", "")),
        birth_date=birth,
        issue_date=issued,
        expiry_date=expiry,
        address=(street, town, region, code),
        stated_country=stated,
        deviations=tuple(dict.fromkeys(deviations)),
    )


@cache
def jurisdictions() -> dict[str, tuple[str, str]]:
    """By issuer identification number: jurisdiction and country; the list is data in `jurisdictions.txt`."""
    text = files("bonafide.document.barcode").joinpath("jurisdictions.txt").read_text(encoding="utf-8")
    rows = (line.partition("#")[0].split() for line in text.splitlines())
    return {row[0]: (row[1], row[2]) for row in rows if row}


def _subfile(text: str, version: int, position: int, deviations: list[str]) -> tuple[str | None, list[str]]:
    """The type of the holder's subfile and its lines; None where there is none."""
    position += 2 if version > 1 else 0  # the issuer's own version came with version 02
    entries = text[position : position + 2]
    position += 2
    designators = list(_designators(text, position))
    if not (entries.isascii() and entries.isdecimal()) or int(entries) != len(designators):
        deviations.append("entries")
    body = position + 10 * len(designators)
    for kind, offset, length in designators:
        if kind in _HOLDER:
            whole = text[offset : offset + length]
            if offset < body or not whole.startswith(kind) or not whole.endswith("\r"):
                deviations.append("offsets")
                # The type is repeated before the first element, which begins with D, wherever that is.
                found = re.search(f"{kind}(?=D[A-Z]{{2}})", text[body:])
                begins = body + found.start() if found else body
                whole = text[begins:].partition("\r")[0]
            return kind, re.split(r"[\n\r]", whole.removeprefix(kind))
    return None, []


def _designators(text: str, position: int) -> Iterator[tuple[str, int, int]]:
    """Type, offset and length of each subfile, as long as they follow each other."""
    for start in range(position, len(text), 10):
        entry = _DESIGNATOR.fullmatch(text[start : start + 10])
        if entry is None or start >= position + 100:
            return
        yield entry[1], int(entry[2]), int(entry[3])


def _elements(lines: list[str], deviations: list[str]) -> dict[str, str]:
    elements: dict[str, str] = {}
    for line in lines:
        name, value = line[:3], line[3:].strip()
        if not line.strip():
            continue
        if not _ELEMENT.fullmatch(name):
            deviations.append("elements")
        elif elements.setdefault(name, "" if value.upper() in _ABSENT else value) != value and (
            value.upper() not in _ABSENT
        ):
            deviations.append("contradiction")
    return elements


def _names(elements: dict[str, str]) -> tuple[str, str]:
    """Family name and given names, whichever elements the version has them in."""
    surname = elements.get("DCS") or elements.get("DAB") or ""
    given = " ".join(filter(None, (elements.get("DAC"), elements.get("DAD")))) or elements.get("DCT", "")
    if not surname and elements.get("DAA"):
        surname, _, given = elements["DAA"].partition(",")
    return surname.strip(), " ".join(re.split(r"[,@$\s]+", given)).strip()


def _date(text: str, year_first: bool, deviations: list[str]) -> date | None:
    """MMDDCCYY in the United States, CCYYMMDD in Canada and in version 01.

    Neither can be taken for the other: no month is 19 or 20.
    """
    if not text:
        return None
    for as_stated in (True, False):
        if re.fullmatch(r"\d{8}", text, re.ASCII):
            ordered = text if year_first is as_stated else text[4:] + text[:4]
            try:
                found = date(int(ordered[:4]), int(ordered[4:6]), int(ordered[6:]))
            except ValueError:
                continue
            if 1900 <= found.year <= 2199:
                deviations.extend([] if as_stated else ["date_order"])
                return found
    deviations.append("dates")
    return None
