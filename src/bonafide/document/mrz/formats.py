"""The layouts of the machine readable zone, as data (ICAO Doc 9303-4 to -7, and one national card).

Lines and columns count from 0 here; the standard counts positions from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from bonafide.document.mrz.check_digits import ALPHABET, DIGITS, FILLER, LETTERS

_NAME: Final = LETTERS + FILLER
_OPTIONAL_DIGIT: Final = DIGITS + FILLER
# Where a sex is unspecified the zone shows a filler (9303-3, 4.5); X is printed there by some all the same.
_SEX: Final = "MFX<"


class ZoneKind(StrEnum):
    """Which layout a zone has."""

    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"
    MRV_A = "mrv-a"
    MRV_B = "mrv-b"
    FRENCH_CARD = "fra-id"


@dataclass(frozen=True, slots=True)
class Span:
    """Columns `start` up to, not including, `end` of one line."""

    line: int
    start: int
    end: int

    def of(self, lines: Sequence[str]) -> str:
        """The characters of the span."""
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Field:
    """A named field, and the characters allowed at each of its columns (or in all of them, if one string)."""

    name: str
    span: Span
    alphabets: tuple[str, ...]

    def alphabet(self, offset: int) -> str:
        """The characters allowed `offset` columns into the field."""
        return self.alphabets[min(offset, len(self.alphabets) - 1)]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A check digit at `digit`, over `spans` in this order.

    `empty_allowed`: a filler may stand for the digit where all of `spans` is filler (9303-4, 4.2.2).
    """

    name: str
    digit: Span
    spans: tuple[Span, ...]
    empty_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """One layout: `lines` lines of `columns` characters, fields, check digits."""

    kind: ZoneKind
    lines: int
    columns: int
    fields: tuple[Field, ...]
    checks: tuple[CheckRule, ...]

    def span(self, name: str) -> Span | None:
        """Where the field of this name stands, if the layout has it."""
        return next((field.span for field in self.fields if field.name == name), None)


def _field(name: str, line: int, start: int, end: int, *alphabets: str) -> Field:
    return Field(name, Span(line, start, end), alphabets or (ALPHABET,))


def _state(name: str, line: int, start: int) -> Field:
    """Three letters (9303-3, section 5), filled up for Germany's D."""
    return _field(name, line, start, start + 3, LETTERS, _NAME, _NAME)


def _second_line(number_check: str) -> tuple[Field, ...]:
    """What the second lines of all two-line formats share, columns 0 to 27."""
    return (
        _field("number", 1, 0, 9),
        _field("number_check", 1, 9, 10, number_check),
        _state("nationality", 1, 10),
        _field("birth", 1, 13, 19, _OPTIONAL_DIGIT),  # parts of it may be unknown (9303-3, 4.8)
        _field("birth_check", 1, 19, 20, DIGITS),
        _field("sex", 1, 20, 21, _SEX),
        _field("expiry", 1, 21, 27, DIGITS),
        _field("expiry_check", 1, 27, 28, DIGITS),
    )


_SECOND_LINE_CHECKS: Final = (
    CheckRule("number", Span(1, 9, 10), (Span(1, 0, 9),)),
    CheckRule("birth", Span(1, 19, 20), (Span(1, 13, 19),)),
    CheckRule("expiry", Span(1, 27, 28), (Span(1, 21, 27),)),
)

TD1: Final = Format(  # 9303-5, 4.2
    ZoneKind.TD1,
    3,
    30,
    (
        _field("code", 0, 0, 2, LETTERS, _NAME),
        _state("issuer", 0, 2),
        _field("number", 0, 5, 14),
        _field("number_check", 0, 14, 15, _OPTIONAL_DIGIT),
        _field("optional_1", 0, 15, 30),
        _field("birth", 1, 0, 6, _OPTIONAL_DIGIT),
        _field("birth_check", 1, 6, 7, DIGITS),
        _field("sex", 1, 7, 8, _SEX),
        _field("expiry", 1, 8, 14, DIGITS),
        _field("expiry_check", 1, 14, 15, DIGITS),
        _state("nationality", 1, 15),
        _field("optional_2", 1, 18, 29),
        _field("composite", 1, 29, 30, DIGITS),
        _field("names", 2, 0, 30, _NAME),
    ),
    (
        CheckRule("number", Span(0, 14, 15), (Span(0, 5, 14),)),
        CheckRule("birth", Span(1, 6, 7), (Span(1, 0, 6),)),
        CheckRule("expiry", Span(1, 14, 15), (Span(1, 8, 14),)),
        CheckRule(
            "composite", Span(1, 29, 30), (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29))
        ),
    ),
)

TD2: Final = Format(  # 9303-6, 4.2
    ZoneKind.TD2,
    2,
    36,
    (
        _field("code", 0, 0, 2, LETTERS, _NAME),
        _state("issuer", 0, 2),
        _field("names", 0, 5, 36, _NAME),
        *_second_line(_OPTIONAL_DIGIT),
        _field("optional_1", 1, 28, 35),
        _field("composite", 1, 35, 36, DIGITS),
    ),
    (
        *_SECOND_LINE_CHECKS,
        CheckRule("composite", Span(1, 35, 36), (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35))),
    ),
)

TD3: Final = Format(  # 9303-4, 4.2
    ZoneKind.TD3,
    2,
    44,
    (
        _field("code", 0, 0, 2, "P", _NAME),
        _state("issuer", 0, 2),
        _field("names", 0, 5, 44, _NAME),
        *_second_line(DIGITS),
        _field("optional_1", 1, 28, 42),
        _field("optional_check", 1, 42, 43, _OPTIONAL_DIGIT),
        _field("composite", 1, 43, 44, DIGITS),
    ),
    (
        *_SECOND_LINE_CHECKS,
        CheckRule("optional", Span(1, 42, 43), (Span(1, 28, 42),), empty_allowed=True),
        CheckRule("composite", Span(1, 43, 44), (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43))),
    ),
)


def _visa(kind: ZoneKind, columns: int) -> Format:
    """Machine readable visas have no composite check digit (9303-7, 4.2 and 5.2)."""
    fields = (
        _field("code", 0, 0, 2, "V", _NAME),
        _state("issuer", 0, 2),
        _field("names", 0, 5, columns, _NAME),
        *_second_line(DIGITS),
        _field("optional_1", 1, 28, columns),
    )
    return Format(kind, 2, columns, fields, _SECOND_LINE_CHECKS)


MRV_A: Final = _visa(ZoneKind.MRV_A, 44)
MRV_B: Final = _visa(ZoneKind.MRV_B, 36)

# The French identity card of 1988 to 2021, which no part of 9303 describes: names in both lines, no expiry
# date, no nationality (French); the number is the month of issue, the department and a serial.
FRENCH_CARD: Final = Format(
    ZoneKind.FRENCH_CARD,
    2,
    36,
    (
        _field("code", 0, 0, 2, "I", "D"),
        _field("issuer", 0, 2, 5, "F", "R", "A"),
        _field("names", 0, 5, 30, _NAME),
        _field("department", 0, 30, 33),
        _field("optional_1", 0, 33, 36),
        _field("number", 1, 0, 12, DIGITS, DIGITS, DIGITS, DIGITS, ALPHABET),
        _field("number_check", 1, 12, 13, DIGITS),
        _field("given_names", 1, 13, 27, _NAME),
        _field("birth", 1, 27, 33, _OPTIONAL_DIGIT),
        _field("birth_check", 1, 33, 34, DIGITS),
        _field("sex", 1, 34, 35, "MF"),
        _field("composite", 1, 35, 36, DIGITS),
    ),
    (
        CheckRule("number", Span(1, 12, 13), (Span(1, 0, 12),)),
        CheckRule("birth", Span(1, 33, 34), (Span(1, 27, 33),)),
        CheckRule("composite", Span(1, 35, 36), (Span(0, 0, 36), Span(1, 0, 35))),
    ),
)

FORMATS: Final = MappingProxyType(
    {layout.kind: layout for layout in (TD1, TD2, TD3, MRV_A, MRV_B, FRENCH_CARD)}
)


def format_of(lines: Sequence[str]) -> Format | None:
    """The layout whose shape and first characters `lines` have; None where there is none.

    V begins a visa (9303-7, 4.2.2), IDFRA in two lines of 36 the French card; shape tells the others apart.
    """
    shape = (len(lines), len(lines[0]) if lines else 0)
    if any(len(line) != shape[1] for line in lines):
        return None
    if shape == (TD1.lines, TD1.columns):
        return TD1
    if shape == (TD3.lines, TD3.columns):
        return MRV_A if lines[0].startswith("V") else TD3
    if shape == (TD2.lines, TD2.columns):
        if lines[0].startswith("IDFRA"):
            return FRENCH_CARD
        return MRV_B if lines[0].startswith("V") else TD2
    return None


@cache
def position_alphabets(kind: ZoneKind) -> tuple[tuple[str, ...], ...]:
    """For each line, for each column, the characters allowed there."""
    layout = FORMATS[kind]
    rows = [[ALPHABET] * layout.columns for _ in range(layout.lines)]
    for field in layout.fields:
        for column in range(field.span.start, field.span.end):
            rows[field.span.line][column] = field.alphabet(column - field.span.start)
    return tuple(tuple(row) for row in rows)


@cache
def shape_alphabets(lines: int, columns: int) -> tuple[tuple[str, ...], ...]:
    """As `position_alphabets`, where only the shape is known: what any layout of that shape allows.

    Empty where no layout has the shape. The French card stays out: it would unlearn what TD2 knows of two
    lines of 36; ask for it by its kind where the first line begins IDFRA.
    """
    kinds = [
        layout.kind
        for layout in FORMATS.values()
        if (layout.lines, layout.columns) == (lines, columns) and layout.kind is not ZoneKind.FRENCH_CARD
    ]
    if not kinds:
        return ()
    return tuple(
        tuple(
            "".join(c for c in ALPHABET if any(c in position_alphabets(kind)[line][column] for kind in kinds))
            for column in range(columns)
        )
        for line in range(lines)
    )


def alphabet_at(kind: ZoneKind, line: int, column: int) -> str:
    """The characters allowed at one position. Raises `IndexError` outside the zone."""
    return position_alphabets(kind)[line][column]
