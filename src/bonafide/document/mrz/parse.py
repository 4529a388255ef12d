"""From the lines of a machine readable zone to what they say (ICAO Doc 9303-3 to -7).

Nothing is repaired here, and nothing judged: the checks come back as they came out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bonafide.document.mrz.check_digits import ALPHABET, FILLER, check_digit
from bonafide.document.mrz.dates import ZoneDate, birth_date, expiry_date
from bonafide.document.mrz.formats import Format, ZoneKind, format_of, position_alphabets
from bonafide.document.mrz.long_number import LongNumber, long_number
from bonafide.document.mrz.personal_number import personal_number

# The longest zone has 90 characters; what is far longer is not worth cleaning.
_MOST_LINES = 3
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True, repr=False)
class Zone:
    """What a zone says. Names have single spaces for fillers; codes and numbers have none.

    `birth_date` and `expiry_date` are None where the layout has no such field. `sex` is M, F or X
    (unspecified), None where the character is none of these. `names_truncated`: a name field is filled to
    its last column, so something may be missing (9303-3, 4.6). `checks` pairs a name with whether it
    passed: one for each check digit (`number`, `birth`, `expiry`, `optional`, `composite`), and
    `alphabet`, whether every character may stand where it does. `repaired`: characters were replaced
    after reading (see `repair`), so that nothing here is certain, the check digits least of all.
    """

    kind: ZoneKind
    lines: tuple[str, ...]
    document_code: str
    issuer: str
    number: str
    nationality: str
    birth_date: ZoneDate | None
    expiry_date: ZoneDate | None
    sex: str | None
    surname: str
    given_names: str
    names_truncated: bool
    optional_data: tuple[str, ...]
    personal_number: str | None
    checks: tuple[tuple[str, bool], ...]
    repaired: bool = False

    @property
    def sound(self) -> bool:
        """Whether every check passed."""
        return all(passed for _, passed in self.checks)

    def passed(self, *names: str) -> bool:
        """Whether the checks of these names passed, those that this layout has."""
        return all(passed for name, passed in self.checks if name in names)


def parse_zone(lines: Sequence[str], today: date) -> Zone | None:
    """Parse the lines of a zone, top to bottom; blanks in them and lower case do not matter.

    None where they have no layout's shape, or hold a character other than A-Z, 0-9 and the filler.
    `today` settles the century of two-digit years (see `birth_date` and `expiry_date`).
    """
    cleaned = clean(lines)
    layout = format_of(cleaned) if cleaned else None
    if layout is None:
        return None

    def read(name: str) -> str:
        span = layout.span(name)
        return span.of(cleaned) if span else ""

    long = long_number(layout, cleaned)
    surname, given_names = _names(read("names"), read("given_names"), layout.kind)
    optional = tuple(
        _plain(long.optional_data if long and name == "optional_1" else read(name))
        for name in ("optional_1", "optional_2")
        if layout.span(name)
    )
    issuer = _plain(read("issuer"))
    return Zone(
        kind=layout.kind,
        lines=cleaned,
        document_code=_plain(read("code")),
        issuer=issuer,
        number=_plain(long.number if long else read("number")),
        # The French card is issued to nationals only, and says so nowhere.
        nationality=issuer if layout.kind is ZoneKind.FRENCH_CARD else _plain(read("nationality")),
        birth_date=birth_date(read("birth"), today) if layout.span("birth") else None,
        expiry_date=expiry_date(read("expiry"), today) if layout.span("expiry") else None,
        sex={"M": "M", "F": "F", "X": "X", FILLER: "X"}.get(read("sex")),
        surname=surname,
        given_names=given_names,
        names_truncated=any(
            read(name)[-1:] not in {"", FILLER} for name in ("names", "given_names") if layout.span(name)
        ),
        optional_data=optional,
        personal_number=personal_number(layout.kind, issuer, optional),
        checks=tuple(_checks(layout, cleaned, long)),
    )


def clean(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines in capitals and without blanks; empty where they hold anything that no zone does."""
    if len(lines) > _MOST_LINES or any(len(line) > _MOST_CHARACTERS for line in lines):
        return ()
    cleaned = tuple("".join(line.split()) for line in lines)
    # Only ASCII is put into capitals: others may grow by it.
    if not all(line.isascii() and set(line.upper()) <= set(ALPHABET) for line in cleaned):
        return ()
    return tuple(line.upper() for line in cleaned)


def _checks(layout: Format, lines: Sequence[str], long: LongNumber | None) -> Iterator[tuple[str, bool]]:
    for rule in layout.checks:
        covered, digit = "".join(span.of(lines) for span in rule.spans), rule.digit.of(lines)
        if rule.name == "number" and long:
            yield rule.name, long.passed
        elif digit == FILLER and rule.empty_allowed:
            yield rule.name, not covered.strip(FILLER)
        else:
            yield rule.name, digit == check_digit(covered)
    rows = position_alphabets(layout.kind)
    yield (
        "alphabet",
        all(
            character in allowed
            for line, row in zip(lines, rows, strict=True)
            for character, allowed in zip(line, row, strict=True)
        ),
    )


def _names(field: str, given_field: str, kind: ZoneKind) -> tuple[str, str]:
    """Two fillers part the primary from the secondary identifier (9303-3, 4.6)."""
    if kind is ZoneKind.FRENCH_CARD:
        return _spaced(field), _spaced(given_field)
    primary, _, secondary = field.partition(FILLER * 2)
    return _spaced(primary), _spaced(secondary)


def _spaced(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _plain(text: str) -> str:
    return text.replace(FILLER, "")
