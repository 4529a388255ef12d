"""A specimen of a driving licence of an invented jurisdiction, with the bar code that AAMVA's standard puts
on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import cv2
import numpy as np
import zxingcpp

from specimens.canvas import RED, Canvas, Ink
from specimens.drawn import Drawn, Pixels
from specimens.guilloche import guilloche
from specimens.people import REFERENCE_DAY
from specimens.portraits import cartoon, feathered, printed

WIDTH_MM, HEIGHT_MM, TEXT_MM = 85.6, 54.0, 1.9
ISSUER = "999999"  # an issuer identification number that AAMVA has given to nobody
_LABEL: Ink = (70, 96, 84)


@dataclass(frozen=True, slots=True)
class Driver:
    """An invented driver."""

    surname: str
    given_names: str
    number: str
    born: date
    issued: date
    expires: date
    sex: str
    street: str
    city: str


@dataclass(frozen=True, slots=True)
class LicenceTruth:
    """What both sides say; dates ISO, sex M or F. `payload` is the bar code's whole text."""

    surname: str
    given_names: str
    number: str
    birth_date: str
    issue_date: str
    expiry_date: str
    sex: str
    address: str
    issuer: str
    payload: str


def random_driver(random: np.random.Generator) -> Driver:
    """An invented driver with a licence valid on `REFERENCE_DAY`."""
    born = date(1945, 1, 1) + timedelta(days=int(random.integers(0, 365 * 62)))
    issued = REFERENCE_DAY - timedelta(days=int(random.integers(40, 1400)))
    return Driver(
        surname=str(random.choice(["SAMPLE", "TESTER", "EXAMPLE", "PLACEHOLDER", "NOBODY"])),
        given_names=str(random.choice(["ALEX LEE", "JORDAN", "MORGAN ANN", "CASEY", "ROBIN JAY"])),
        number="Z" + "".join(random.choice(list("0123456789"), 8)),
        born=born,
        issued=issued,
        expires=issued + timedelta(days=1826 + 400),
        sex="M" if random.random() < 0.5 else "F",
        street=f"{int(random.integers(1, 999))} NOWHERE LANE",
        city="NEVERLAND",
    )


def payload(driver: Driver) -> str:
    """The bar code's text: AAMVA DL/ID card design standard, version 10, one DL subfile."""
    surname, _, middle = driver.given_names.partition(" ")
    elements = {
        "DAQ": driver.number,
        "DCS": driver.surname,
        "DDE": "N",
        "DAC": surname,
        "DDF": "N",
        "DAD": middle or "NONE",
        "DDG": "N",
        "DCA": "C",
        "DCB": "NONE",
        "DCD": "NONE",
        "DBD": f"{driver.issued:%m%d%Y}",
        "DBB": f"{driver.born:%m%d%Y}",
        "DBA": f"{driver.expires:%m%d%Y}",
        "DBC": "1" if driver.sex == "M" else "2",
        "DAU": "070 IN",
        "DAY": "BRO",
        "DAG": driver.street,
        "DAI": driver.city,
        "DAJ": "ZZ",
        "DAK": "000000000",
        "DCF": "SPECIMEN",
        "DCG": "USA",
    }
    subfile = "DL" + "\n".join(key + value for key, value in elements.items()) + "\r"
    header = f"@\n\x1e\rANSI {ISSUER}100001"
    offset = len(header) + 10
    return f"{header}DL{offset:04}{len(subfile):04}{subfile}"


def draw_front(driver: Driver, portrait: Pixels | None = None, *, width: int = 1240) -> Drawn[LicenceTruth]:
    """The side with the text and the portrait."""
    canvas = Canvas(_ground(width, 31), WIDTH_MM)
    canvas.watermark("SPECIMEN", 13, angle=24, alpha=0.15)
    canvas.text(5, 4.6, "NEVERLAND", 4.0, ink=_LABEL, spacing=0.5, weight=0.1)
    canvas.text(36, 4.6, "DRIVER LICENSE", 2.6, ink=_LABEL, weight=0.06)
    canvas.text(58, 4.6, "SPECIMEN - NOT REAL", 2.0, ink=RED)
    rows = (
        ("4d DL", driver.number, "number", 2.9),
        ("4b EXP", f"{driver.expires:%m/%d/%Y}", "expiry_date", 2.6),
        ("1", driver.surname, "surname", 2.9),
        ("2", driver.given_names, "given_names", 2.9),
        ("8", f"{driver.street}, {driver.city}, ZZ", "address", 2.4),
        ("3 DOB", f"{driver.born:%m/%d/%Y}", "birth_date", 2.9),
        ("15 SEX", driver.sex, "sex", 2.6),
        ("4a ISS", f"{driver.issued:%m/%d/%Y}", "issue_date", 2.6),
    )
    for place, (label, value, field, size) in enumerate(rows):
        y = 11 + 5.1 * place
        end = canvas.text(34, y, label, 1.9, ink=_LABEL)
        canvas.text(end + 1.4, y, value, size, field=field)
    box = canvas.box(5, 10, 25.4, 32)
    picture = cartoon(int(driver.number[1:])) if portrait is None else portrait
    face = printed(picture, box.width, box.height, colour=0.9)
    canvas.paste(face, box, feathered(box.width, box.height, 0.5 * canvas.scale))
    return Drawn(canvas.pixels(), _truth(driver), box, canvas.fields, WIDTH_MM, TEXT_MM)


def draw_back(driver: Driver, *, width: int = 1240) -> Drawn[LicenceTruth]:
    """The side with the PDF417, some 75 mm wide with bars of 0.25 mm."""
    canvas = Canvas(_ground(width, 32), WIDTH_MM)
    canvas.watermark("SPECIMEN", 13, angle=24, alpha=0.15)
    canvas.text(5, 4.6, "SPECIMEN - NOT A REAL DOCUMENT", 2.2, ink=RED)
    code = zxingcpp.create_barcode(
        payload(driver), zxingcpp.BarcodeFormat.PDF417, options="ec_level=3,columns=13"
    )
    bars = np.asarray(code.to_image(scale=1, add_quiet_zones=False), np.uint8)
    tall = min(26.0, 75.0 * bars.shape[0] / bars.shape[1])
    place = canvas.box(5.3, 11, 75.0, tall)
    margin = canvas.box(3.8, 9.5, 78.0, tall + 3)
    canvas.fill(margin, (250, 250, 248))
    sharp = cv2.resize(bars, (place.width, place.height), interpolation=cv2.INTER_NEAREST)
    canvas.paste(np.repeat(np.asarray(sharp, np.uint8)[..., None], 3, axis=2), place)
    canvas.fields["pdf417"] = place
    return Drawn(canvas.pixels(), _truth(driver), None, canvas.fields, WIDTH_MM, TEXT_MM)


def _truth(driver: Driver) -> LicenceTruth:
    return LicenceTruth(
        driver.surname,
        driver.given_names,
        driver.number,
        driver.born.isoformat(),
        driver.issued.isoformat(),
        driver.expires.isoformat(),
        driver.sex,
        f"{driver.street}, {driver.city}, ZZ",
        ISSUER,
        payload(driver),
    )


def _ground(width: int, seed: int) -> Pixels:
    height = round(width * HEIGHT_MM / WIDTH_MM)
    return guilloche(
        width, height, edge=(222, 234, 226), middle=(238, 238, 222), line=(166, 198, 180), seed=seed
    )
