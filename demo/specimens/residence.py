"""Specimens of Chinese cards for residents from elsewhere, drawn from memory of the real ones.

Residence permits for residents of Hong Kong, Macao and Taiwan (2018), and the permanent resident card for
foreigners in its versions of 2017 (with a machine-readable zone on the back) and 2023 (with an 18-digit
number).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from specimens import mrz, resident
from specimens.canvas import RED, Canvas
from specimens.drawn import Drawn, Pixels
from specimens.fonts import Face
from specimens.guilloche import guilloche
from specimens.numbers import citizen_check
from specimens.people import REFERENCE_DAY, Resident, random_resident

WIDTH_MM, HEIGHT_MM, TEXT_MM = resident.WIDTH_MM, resident.HEIGHT_MM, resident.TEXT_MM
LABEL = resident.LABEL


class From(StrEnum):
    """Where the holder of a residence permit comes from; the value is the number's first six digits."""

    HONG_KONG = "810000"
    MACAO = "820000"
    TAIWAN = "830000"


@dataclass(frozen=True, slots=True)
class Permit:
    """A residence permit: a resident card's entries, the travel permit's number and the count of issues."""

    person: Resident
    origin: From
    travel_permit: str
    issues: str


@dataclass(frozen=True, slots=True)
class PermitTruth:
    """What a permit's back says; dates ISO."""

    authority: str
    valid_from: str
    valid_until: str
    permit_number: str
    issue_count: str


@dataclass(frozen=True, slots=True)
class Foreigner:
    """What a foreigner's card says. The number: 18 digits (2023), or 3 letters and 12 digits (2017)."""

    surname: str
    given_names: str
    chinese_name: str
    sex: str
    born: date
    nationality: str
    number: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class ForeignerTruth:
    """What a side says: dates ISO, `mrz` empty without a zone, None for what is on the other side."""

    name: str | None
    sex: str | None
    birth_date: str | None
    nationality: str | None
    number: str | None
    valid_from: str | None
    valid_until: str | None
    authority: str | None
    mrz: tuple[str, ...] = ()


def random_permit(random: np.random.Generator) -> Permit:
    """An invented holder; the permit runs for five years."""
    origin = From(str(random.choice([str(value) for value in From])))
    person = replace(random_resident(random, region=str(origin)), ethnicity="")
    issued = REFERENCE_DAY - timedelta(days=int(random.integers(40, 1700)))
    issued = issued.replace(day=min(issued.day, 28))
    person = replace(person, valid_from=issued, valid_until=issued.replace(year=issued.year + 5))
    letter = {From.HONG_KONG: "H", From.MACAO: "M", From.TAIWAN: ""}[origin]
    return Permit(
        person, origin, f"{letter}{int(random.integers(10**7, 10**8)):08}", f"{random.integers(1, 4):02}"
    )


def draw_permit_front(
    permit: Permit,
    portrait: Pixels | None = None,
    *,
    width: int = 1240,
    faults: resident.Faults = resident.SOUND,
) -> Drawn[resident.ResidentTruth]:
    """Like a resident card's front, without the ethnicity."""
    return resident.draw_front(permit.person, portrait, width=width, faults=faults)


def draw_permit_back(permit: Permit, *, width: int = 1240) -> Drawn[PermitTruth]:
    """The side with the title, the authority, the term, the travel permit and the count of issues."""
    canvas = Canvas(_ground(width, 9), WIDTH_MM)
    canvas.watermark("样本 SPECIMEN", 10.5, angle=27, alpha=0.2)
    resident.emblem(canvas, 13.0, 11.4, 6.4)
    canvas.text(27.0, 7.6, "中华人民共和国", 4.2, face=Face.SONG, spacing=2.0, weight=0.1)
    title = "台湾居民居住证" if permit.origin is From.TAIWAN else "港澳居民居住证"
    canvas.text(25.0, 15.8, title, 6.2, face=Face.SONG, spacing=0.8, weight=0.14)
    canvas.text(27.0, 22.6, "样本 SPECIMEN 非真实证件", 2.1, ink=RED, spacing=0.35)
    person = permit.person
    term = f"{person.valid_from:%Y.%m.%d}-{person.valid_until:%Y.%m.%d}"
    rows = (
        ("签发机关", person.authority, "authority"),
        ("有效期限", term, "validity"),
        ("通行证号码", permit.travel_permit, "permit_number"),
    )
    for place, (label, value, field) in enumerate(rows):
        y = 33.6 + 6.6 * place
        canvas.text(18.0, y, label, 2.7, ink=LABEL, spacing=0.3)
        canvas.text(34.6, y, value, 3.0, spacing=0.1, field=field)
    canvas.text(58.0, 46.8, "签发次数", 2.7, ink=LABEL, spacing=0.3)
    canvas.text(71.6, 46.8, permit.issues, 3.0, spacing=0.1, field="issue_count")
    until = person.valid_until
    truth = PermitTruth(
        person.authority,
        person.valid_from.isoformat(),
        until.isoformat() if until else "",
        permit.travel_permit,
        permit.issues,
    )
    return Drawn(canvas.pixels(), truth, None, canvas.fields, WIDTH_MM, TEXT_MM)


def random_foreigner(random: np.random.Generator, *, version: int = 2023) -> Foreigner:
    """An invented holder from Utopia, with a number of the version's kind."""
    surname = str(
        random.choice(["ERIKSSON", "SMITH", "NAKAMURA", "OKAFOR", "SILVA", "LEFEVRE", "PETROV", "TRAN"])
    )
    given = str(random.choice(["ANNA MARIA", "JOHN", "HIRO", "AMARA", "PAULO", "CHLOE", "IVAN", "MINH ANH"]))
    chinese = str(random.choice(["", "", "史明远", "安娜", "白若云"]))
    sex = "男" if random.random() < 0.5 else "女"
    born = date(1950, 1, 1) + timedelta(days=int(random.integers(0, 365 * 52)))
    sequence = int(random.integers(0, 499)) * 2 + (1 if sex == "男" else 2)
    first17 = f"999990{born:%Y%m%d}{sequence:03}"  # 9, an invented region and an invented country
    number = first17 + citizen_check(first17)
    if version == 2017:
        number = f"UTO99{int(random.integers(0, 100)):02}{born:%y%m%d}{int(random.integers(0, 100)):02}"
    issued = REFERENCE_DAY - timedelta(days=int(random.integers(40, 3200)))
    issued = issued.replace(day=min(issued.day, 28))
    return Foreigner(
        surname,
        given,
        chinese,
        sex,
        born,
        "乌托邦/UTO",
        number,
        issued,
        issued.replace(year=issued.year + 10),
    )


def draw_foreigner_front(
    person: Foreigner, portrait: Pixels | None = None, *, width: int = 1240
) -> Drawn[ForeignerTruth]:
    """The side with the portrait, labels in two languages; only the number tells the versions apart."""
    canvas = Canvas(_ground(width, 11), WIDTH_MM)
    canvas.watermark("样本 SPECIMEN", 10.5, angle=27, alpha=0.2)
    resident.emblem(canvas, 8.6, 7.0, 3.8)
    canvas.text(
        15.0, 5.0, "中华人民共和国外国人永久居留身份证", 3.0, face=Face.SONG, spacing=0.35, weight=0.08
    )
    canvas.text(15.0, 9.0, "FOREIGN PERMANENT RESIDENT ID CARD", 2.1, ink=LABEL)
    canvas.text(59.5, 42.4, "样本 SPECIMEN", 2.1, ink=RED, spacing=0.3)
    name = f"{person.surname}, {person.given_names}"
    term = f"{person.valid_from:%Y.%m.%d}-{person.valid_until:%Y.%m.%d}"
    sex = f"{person.sex}/{'M' if person.sex == '男' else 'F'}"
    rows = [
        ("姓名/Name", name, "name"),
        ("", person.chinese_name, "chinese_name"),
        ("性别/Sex", sex, "sex"),
        ("出生日期/Date of Birth", f"{person.born:%Y.%m.%d}", "birth_date"),
        ("国籍/Nationality", person.nationality, "nationality"),
        ("有效期限/Period of Validity", term, "validity"),
    ]
    y = 13.4
    for label, value, field in rows:
        if label:
            canvas.text(5.6, y, label, 1.9, ink=LABEL)
        if value:
            y += 3.1 if label else 0.2
            canvas.text(5.6, y, value, 2.7, field=field)
            y += 2.9
    canvas.text(5.6, 49.0, "证件号码/Card No.", 2.0, ink=LABEL)
    canvas.machine(25.0, 49.0, person.number, 2.6, em=3.8, field="number")
    box = resident.print_portrait(canvas, portrait, resident.PortraitFault.NONE, person.number)
    truth = ForeignerTruth(
        name,
        person.sex,
        person.born.isoformat(),
        person.nationality,
        person.number,
        person.valid_from.isoformat(),
        person.valid_until.isoformat(),
        None,
    )
    return Drawn(canvas.pixels(), truth, box, canvas.fields, WIDTH_MM, 2.0)


def draw_foreigner_back(
    person: Foreigner, *, version: int = 2023, width: int = 1240
) -> Drawn[ForeignerTruth]:
    """The side with the authority; in the version of 2017 with a zone of type TD1 as well."""
    canvas = Canvas(_ground(width, 12), WIDTH_MM)
    canvas.watermark("样本 SPECIMEN", 10.5, angle=27, alpha=0.2)
    canvas.text(5.6, 4.4, "样本 SPECIMEN 非真实证件 NOT A REAL DOCUMENT", 2.1, ink=RED, spacing=0.2)
    authority = "样本移民管理局"
    canvas.text(5.6, 12.0, "签发机关/Issuing Authority", 2.0, ink=LABEL)
    canvas.text(5.6, 15.6, authority, 2.9, field="authority")
    lines: tuple[str, ...] = ()
    if version == 2017:
        names = mrz.name_field(person.surname, person.given_names, 30)
        sex = "M" if person.sex == "男" else "F"
        born, until = f"{person.born:%y%m%d}", f"{person.valid_until:%y%m%d}"
        said = mrz.Entries(names, "UTO", person.number[3:12], "UTO", born, sex, until, person.number)
        lines = mrz.td1(said)
        for row, line in enumerate(lines):
            canvas.machine(4.7, 35.1 + 6.35 * row, line, 2.54, field=f"mrz{row + 1}")
    truth = ForeignerTruth(None, None, None, None, None, None, None, authority, lines)
    return Drawn(canvas.pixels(), truth, None, canvas.fields, WIDTH_MM, 2.2)


def _ground(width: int, seed: int) -> Pixels:
    height = round(width * HEIGHT_MM / WIDTH_MM)
    return guilloche(
        width, height, edge=(204, 226, 232), middle=(232, 230, 216), line=(142, 190, 196), seed=seed
    )
