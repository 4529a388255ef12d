"""Specimens of machine-readable travel documents of Utopia (UTO), a state that is nowhere (ICAO 9303)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from specimens import mrz
from specimens.canvas import RED, Canvas, Ink
from specimens.drawn import Box, Drawn, Pixels
from specimens.guilloche import guilloche
from specimens.numbers import other_digit
from specimens.people import REFERENCE_DAY, name_lists
from specimens.portraits import cartoon, feathered, fitted, printed

PITCH = 2.54
TEXT_MM = 2.2
PX_PER_MM = 14.5
_LABEL: Ink = (92, 74, 120)
Row = tuple[str, str, str | None]  # label, value, and the field it is if a reader wants it


class Kind(StrEnum):
    """The formats of ICAO 9303: passport, larger and smaller card, larger and smaller visa."""

    TD3 = "TD3"
    TD2 = "TD2"
    TD1 = "TD1"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"


SIZES_MM = {
    Kind.TD3: (125.0, 88.0),
    Kind.TD2: (105.0, 74.0),
    Kind.TD1: (85.6, 54.0),
    Kind.MRV_A: (120.0, 80.0),
    Kind.MRV_B: (105.0, 74.0),
}
_LENGTHS = {Kind.TD3: 44, Kind.TD2: 36, Kind.TD1: 30, Kind.MRV_A: 44, Kind.MRV_B: 36}
_TITLES = {
    Kind.TD3: "PASSPORT",
    Kind.TD2: "IDENTITY CARD",
    Kind.TD1: "IDENTITY CARD",
    Kind.MRV_A: "VISA",
    Kind.MRV_B: "VISA",
}


class Ghost(StrEnum):
    """A second, smaller and paler portrait: none, of the holder, or wrongly of somebody else."""

    NONE = "none"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Traveller:
    """An invented holder. Names as printed, diacritics and all; `personal` goes into the optional data."""

    surname: str
    given_names: str
    number: str
    born: date
    sex: str
    expires: date
    personal: str = ""
    nationality: str = "UTO"
    issuer: str = "UTO"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong: a check digit (the birth date's), the printed surname, the term, the ghost, the
    portrait.
    """

    check_digit: bool = False
    printed_name: str | None = None
    expired: bool = False
    portrait_missing: bool = False


SOUND = Faults()


@dataclass(frozen=True, slots=True)
class TravelTruth:
    """What one side says, as printed; dates ISO. Sides without a zone have no `mrz`; names are None on TD1's
    back.
    """

    mrz: tuple[str, ...]
    surname: str | None
    given_names: str | None
    number: str
    nationality: str
    issuer: str
    birth_date: str
    expiry_date: str
    sex: str


def random_traveller(random: np.random.Generator) -> Traveller:
    """An invented holder of a document valid on `REFERENCE_DAY`."""
    lists = name_lists()["utopia"]
    letters = list("CFGHJKLMNPRTVWXYZ")
    digits = list("0123456789")
    number = "".join([*random.choice(letters, 2), *random.choice(digits, 7)])
    if random.random() < 0.2:
        number = number[:8]
    given = random.choice(lists["given"], int(random.choice(4, p=(0.0, 0.55, 0.35, 0.1))), replace=False)
    return Traveller(
        surname=str(random.choice(lists["surnames"])),
        given_names=" ".join(given),
        number=number,
        born=date(1940, 1, 1) + timedelta(days=int(random.integers(0, 365 * 68))),
        sex=str(random.choice(list("MFX"), p=(0.48, 0.48, 0.04))),
        expires=REFERENCE_DAY + timedelta(days=int(random.integers(200, 3400))),
        personal="".join(random.choice(digits, 9)) if random.random() < 0.4 else "",
    )


def zone(person: Traveller, kind: Kind, faults: Faults = SOUND) -> tuple[str, ...]:
    """The machine-readable lines, with the wrong check digit if that is asked for."""
    born, expires = f"{person.born:%y%m%d}", f"{person.expires:%y%m%d}"
    sex = "<" if person.sex == "X" else person.sex
    long = _LENGTHS[kind]
    names = mrz.name_field(person.surname, person.given_names, long if kind is Kind.TD1 else long - 5)
    optional = {Kind.TD3: person.personal, Kind.TD2: person.personal[:7]}.get(kind, "")
    if kind is Kind.TD1 and len(person.number) <= 9:
        optional = person.personal
    said = mrz.Entries(names, person.issuer, person.number, person.nationality, born, sex, expires, optional)
    lines: tuple[str, ...]
    if kind in (Kind.MRV_A, Kind.MRV_B):
        lines = mrz.visa(said, long)
    else:
        lines = {Kind.TD3: mrz.td3, Kind.TD2: mrz.td2, Kind.TD1: mrz.td1}[kind](said)
    if faults.check_digit:
        # The birth date's, which every format has in its own place and no long number moves.
        row, place = (1, 6) if kind is Kind.TD1 else (1, 19)
        wrong = other_digit(lines[row][place])
        changed = lines[row][:place] + wrong + lines[row][place + 1 :]
        lines = (*lines[:row], changed, *lines[row + 1 :])
    return lines


def draw(
    person: Traveller,
    kind: Kind = Kind.TD3,
    portrait: Pixels | None = None,
    *,
    back: bool = False,
    ghost: Ghost = Ghost.NONE,
    other: Pixels | None = None,
    px_per_mm: float = PX_PER_MM,
    faults: Faults = SOUND,
) -> Drawn[TravelTruth]:
    """The side with the portrait; of a TD1 card with `back`, the side with the zone.

    `portrait` is a picture of head and shoulders (uint8 RGB) or None for a drawn face, `other` the stranger
    of a wrong ghost.
    """
    if faults.expired:
        person = replace(person, expires=REFERENCE_DAY - timedelta(days=500))
    wide, high = SIZES_MM[kind]
    shape = (round(wide * px_per_mm), round(high * px_per_mm))
    visa = kind in (Kind.MRV_A, Kind.MRV_B)
    middle, line = ((232, 238, 222), (172, 196, 160)) if visa else ((240, 228, 214), (206, 178, 176))
    canvas = Canvas(
        guilloche(*shape, edge=(226, 216, 228), middle=middle, line=line, seed=20 + len(kind)), wide
    )
    canvas.watermark("SPECIMEN", wide / 6.4, angle=24, alpha=0.15)
    lines = zone(person, kind, faults)
    surname = person.surname if faults.printed_name is None else faults.printed_name
    # German capitals keep the ß that Python would write SS.
    shown = replace(person, surname="ß".join(part.upper() for part in surname.split("ß")))
    box = None
    if kind is Kind.TD1 and back:
        canvas.text(5, 4.4, "UTOPIA    SPECIMEN    NOT A REAL DOCUMENT", 2.2, ink=RED)
        rows: list[Row] = [("Place of issue", "Nowhere", None), ("Authority", "Office of No Place", None)]
        _fields(canvas, rows, (5, 10.5), 6.2)
    else:
        box = _front(canvas, shown, kind, portrait, faults)
        if box is not None and ghost is not Ghost.NONE:
            _print_ghost(canvas, _face(portrait if ghost is Ghost.SAME else other, person, ghost), wide, high)
    if kind is not Kind.TD1 or back:
        _print_zone(canvas, lines, high)
    else:
        lines = ()
    hidden = kind is Kind.TD1 and back
    truth = TravelTruth(
        lines,
        None if hidden else shown.surname,
        None if hidden else shown.given_names,
        person.number,
        person.nationality,
        person.issuer,
        person.born.isoformat(),
        person.expires.isoformat(),
        person.sex,
    )
    return Drawn(canvas.pixels(), truth, box, canvas.fields, wide, TEXT_MM)


def _front(
    canvas: Canvas, person: Traveller, kind: Kind, portrait: Pixels | None, faults: Faults
) -> Box | None:
    passport = kind is Kind.TD3
    small = kind is Kind.TD1
    canvas.text(5, 4.6, "UTOPIA", 3.4, ink=_LABEL, spacing=0.6, weight=0.08)
    canvas.text(28, 4.6, _TITLES[kind], 3.4, ink=_LABEL, spacing=0.3, weight=0.08)
    canvas.text(28 if small else 66, 8.2 if small else 4.6, "SPECIMEN - NOT A REAL DOCUMENT", 1.9, ink=RED)
    if passport:
        canvas.text(104, 4.6, "P    UTO", 2.8)
    left, top = 5.0, 13.0 if small else 14.0
    wide, high = (24.0, 31.0) if small else (33.0, 42.0) if passport else (26.0, 33.5)
    box = None
    if not faults.portrait_missing:
        box = canvas.box(left, top, wide, high)
        picture = printed(_face(portrait, person, Ghost.SAME), box.width, box.height, colour=0.85)
        canvas.paste(picture, box, feathered(box.width, box.height, 0.6 * canvas.scale))
    start = left + wide + 4
    step = 6.1 if small else 6.6 if passport else 6.4
    rows: list[Row] = [
        ("Surname", person.surname, "surname"),
        ("Given names", person.given_names, "given_names"),
        ("Nationality", "Utopian", None),
        ("Date of birth", f"{person.born:%d %b %Y}".upper(), "birth_date"),
        ("Date of expiry", f"{person.expires:%d %b %Y}".upper(), "expiry_date"),
    ]
    _fields(canvas, rows, (start, 13.0 if small else 13.6), step, SIZES_MM[kind][0] - start - 3)
    side = start + (31 if small else 34)
    pairs: list[Row] = [
        ("Sex", person.sex, "sex"),
        ("Document No.", person.number, "number"),
    ]
    _fields(canvas, pairs, (side, (13.0 if small else 13.6) + 2 * step), step)
    return box


def _fields(canvas: Canvas, rows: list[Row], at: tuple[float, float], step: float, room: float = 50) -> None:
    """Small labels with their values under them, one row each `step` mm; values shrink to `room` mm."""
    x, y = at
    for place, (label, value, field) in enumerate(rows):
        canvas.text(x, y + place * step, label, 1.75, ink=_LABEL)
        size = 2.9
        while canvas.width(value, size) > room and size > 1.6:
            size -= 0.1
        canvas.text(x, y + place * step + 2.9, value, size, field=field)


def _print_zone(canvas: Canvas, lines: tuple[str, ...], high: float) -> None:
    left = 4.7 if len(lines) == 3 else 6.3
    first = high - (18.9 if len(lines) == 3 else 15.1)
    for row, line in enumerate(lines):
        canvas.machine(left, first + 6.35 * row, line, PITCH, field=f"mrz{row + 1}")


def _print_ghost(canvas: Canvas, face: Pixels, wide: float, high: float) -> None:
    """Paler and smaller, at the right."""
    size = (11.5, 14.6) if wide < 90 else (15.5, 19.7)
    box = canvas.box(wide - size[0] - 4, high - size[1] - (2.8 if wide < 90 else 24.5), *size)
    grey = printed(face, box.width, box.height, colour=0.15)
    canvas.paste(grey, box, 0.62 * feathered(box.width, box.height, 1.6 * canvas.scale))
    canvas.fields["ghost"] = box


def _face(portrait: Pixels | None, person: Traveller, ghost: Ghost) -> Pixels:
    seed = sum(ord(letter) for letter in person.number)
    if portrait is not None:
        return fitted(portrait, 600, 770)
    return cartoon(seed + (1 if ghost is Ghost.OTHER else 0))
