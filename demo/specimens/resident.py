"""A specimen of the Chinese resident identity card (second generation), as to where things stand (GA 461)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

import numpy as np

from specimens.canvas import RED, Canvas, Ink
from specimens.drawn import Box, Drawn, Pixels
from specimens.fonts import Face
from specimens.guilloche import guilloche
from specimens.numbers import other_digit
from specimens.people import LONG_TERM, Resident, expired
from specimens.portraits import cartoon, feathered, printed

WIDTH_MM, HEIGHT_MM = 85.6, 54.0
TEXT_MM = 2.6  # the height of a Chinese character of a field; the em is a little larger
LABEL: Ink = (58, 104, 168)
_NAME, _FIELD = 3.6, 3.0  # ems
_PORTRAIT = (56.4, 7.6, 26.0, 32.0)
_LINE = 11  # characters of an address line


class PortraitFault(StrEnum):
    """What is wrong with the portrait, if anything."""

    NONE = "none"
    MISSING = "missing"
    MOVED = "moved"
    OVERLAPPED = "overlapped"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a card; by default nothing.

    `edited` names a field (name, birth_date, address, number, authority or validity) over which a flat patch
    with other text in another typeface was laid; `edited_to` is that text (of birth_date the year alone, of
    validity as the card writes it: YYYY.MM.DD-YYYY.MM.DD).

    `check_digit`, `birth` and `sex` make the number contradict itself or the card; `grey` is a grey copy.
    """

    check_digit: bool = False
    birth: bool = False
    sex: bool = False
    expired: bool = False
    portrait: PortraitFault = PortraitFault.NONE
    edited: str | None = None
    edited_to: str = "王小明"
    grey: bool = False


SOUND = Faults()


@dataclass(frozen=True, slots=True)
class ResidentTruth:
    """What one side says, in the reader's notation: dates ISO, `valid_until` may be 长期; None on the other
    side.
    """

    name: str | None = None
    sex: str | None = None
    ethnicity: str | None = None
    birth_date: str | None = None
    address: str | None = None
    number: str | None = None
    authority: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None


def with_faults(person: Resident, faults: Faults) -> Resident:
    """The person as the faulty card prints them."""
    if faults.check_digit:
        person = replace(person, number=person.number[:17] + other_digit(person.number[17]))
    if faults.birth:
        person = replace(person, born=person.born + timedelta(days=403))
    if faults.sex:
        person = replace(person, sex="女" if person.sex == "男" else "男")
    return expired(person) if faults.expired else person


def draw_front(
    person: Resident, portrait: Pixels | None = None, *, width: int = 1240, faults: Faults = SOUND
) -> Drawn[ResidentTruth]:
    """The side with the portrait: a given picture of head and shoulders (uint8 RGB), or a drawn face."""
    person = with_faults(person, faults)
    canvas = Canvas(_ground(width, back=False), WIDTH_MM)
    canvas.watermark("样本 SPECIMEN", 10.5, angle=27, alpha=0.2)
    canvas.text(5.6, 2.9, "样本 SPECIMEN 非真实证件", 2.1, ink=RED, spacing=0.35)
    rows = {"姓名": 9.2, "性别": 16.2, "出生": 22.9, "住址": 29.6}
    for label, y in rows.items():
        canvas.text(5.6, y, label, 2.7, ink=LABEL, spacing=0.9)
    canvas.text(15.6, rows["姓名"], person.name, _NAME, spacing=0.25, field="name")
    canvas.text(15.6, rows["性别"], person.sex, _FIELD, field="sex")
    if person.ethnicity:  # residence permits share this side, without it
        canvas.text(27.0, rows["性别"], "民族", 2.7, ink=LABEL, spacing=0.9)
        canvas.text(35.6, rows["性别"], person.ethnicity, _FIELD, spacing=0.15, field="ethnicity")
    _birth(canvas, person, rows["出生"])
    for place in range(0, len(person.address), _LINE):
        line = person.address[place : place + _LINE]
        canvas.text(15.6, rows["住址"] + 4.5 * (place // _LINE), line, _FIELD, spacing=0.15, field="address")
    canvas.text(5.6, 48.0, "公民身份号码", 2.7, ink=LABEL, spacing=0.5)
    canvas.machine(29.2, 48.0, person.number, 2.6, em=4.1, field="number")
    box = print_portrait(canvas, portrait, faults.portrait, person.number)
    truth = ResidentTruth(
        person.name,
        person.sex,
        person.ethnicity or None,
        person.born.isoformat(),
        person.address,
        person.number,
    )
    if faults.edited in ("name", "birth_date", "address", "number"):
        truth = _edited(canvas, faults, truth)
    return Drawn(finished(canvas, grey=faults.grey), truth, box, canvas.fields, WIDTH_MM, TEXT_MM)


def draw_back(person: Resident, *, width: int = 1240, faults: Faults = SOUND) -> Drawn[ResidentTruth]:
    """The side with the emblem's place, the title, the authority and the term."""
    person = with_faults(person, faults)
    canvas = Canvas(_ground(width, back=True), WIDTH_MM)
    canvas.watermark("样本 SPECIMEN", 10.5, angle=27, alpha=0.2)
    emblem(canvas, 13.0, 13.4, 7.6)
    canvas.text(26.0, 9.6, "中华人民共和国", 5.2, face=Face.SONG, spacing=1.5, weight=0.12)
    canvas.text(25.6, 19.2, "居民身份证", 7.8, face=Face.SONG, spacing=1.6, weight=0.16)
    canvas.text(26.0, 28.5, "样本 SPECIMEN 非真实证件", 2.1, ink=RED, spacing=0.35)
    canvas.text(21.0, 41.2, "签发机关", 2.7, ink=LABEL, spacing=0.35)
    canvas.text(35.2, 41.2, person.authority, _FIELD, spacing=0.1, field="authority")
    canvas.text(21.0, 47.9, "有效期限", 2.7, ink=LABEL, spacing=0.35)
    until = LONG_TERM if person.valid_until is None else f"{person.valid_until:%Y.%m.%d}"
    canvas.text(35.2, 47.9, f"{person.valid_from:%Y.%m.%d}-{until}", _FIELD, spacing=0.1, field="validity")
    truth = ResidentTruth(
        authority=person.authority,
        valid_from=person.valid_from.isoformat(),
        valid_until=LONG_TERM if person.valid_until is None else person.valid_until.isoformat(),
    )
    if faults.edited in ("authority", "validity"):
        truth = _edited(canvas, faults, truth)
    return Drawn(finished(canvas, grey=faults.grey), truth, None, canvas.fields, WIDTH_MM, TEXT_MM)


def print_portrait(
    canvas: Canvas, portrait: Pixels | None, fault: PortraitFault, seed_text: str
) -> Box | None:
    """Print the portrait at its place, or wrongly; returns where it stands."""
    if fault is PortraitFault.MISSING:
        return None
    seed = sum(ord(character) * (place + 1) for place, character in enumerate(seed_text))
    picture = cartoon(seed) if portrait is None else portrait
    x, y, wide, high = _PORTRAIT
    if fault is PortraitFault.MOVED:
        x, y = x - 7.5, y + 4.0
    box = canvas.box(x, y, wide, high)
    face = printed(picture, box.width, box.height)
    canvas.paste(face, box, feathered(box.width, box.height, 1.4 * canvas.scale))
    if fault is PortraitFault.OVERLAPPED:
        # Another, sharper print stuck over the first, not quite on it.
        box = canvas.box(x - 2.2, y + 1.6, wide * 0.96, high * 0.96)
        over = printed(
            cartoon(seed + 1) if portrait is None else portrait[:, ::-1], box.width, box.height, colour=1
        )
        canvas.paste(over, box)
    return box


def emblem(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """An invented round emblem, a mountain under a sun; no country's."""
    canvas.disc(x, y, radius, (202, 84, 76))
    canvas.disc(x, y, radius * 0.9, (230, 150, 96), outline=0.35)
    canvas.disc(x, y - radius * 0.3, radius * 0.26, (240, 196, 120))
    for side, peak in ((-0.3, 0.1), (0.28, -0.02)):
        foot = y + radius * 0.52
        left, right = x + radius * (side - 0.42), x + radius * (side + 0.42)
        canvas.polygon([(left, foot), (x + radius * side, y + radius * peak), (right, foot)], (246, 214, 150))


def finished(canvas: Canvas, *, grey: bool) -> Pixels:
    """The card's pixels, in grey for a black-and-white copy."""
    pixels = canvas.pixels()
    if not grey:
        return pixels
    weights = np.array([0.3, 0.59, 0.11], np.float32)
    value = ((pixels @ weights) * 1.15 - 12).clip(0, 255).astype(np.uint8)
    return np.repeat(value[..., None], 3, axis=2)


def _ground(width: int, *, back: bool) -> Pixels:
    height = round(width * HEIGHT_MM / WIDTH_MM)
    middle = (236, 222, 226) if back else (238, 226, 222)
    return guilloche(
        width, height, edge=(206, 224, 236), middle=middle, line=(150, 186, 206), seed=7 if back else 3
    )


def _birth(canvas: Canvas, person: Resident, y: float) -> None:
    canvas.text(15.6, y, str(person.born.year), _FIELD, spacing=0.1, field="birth_date")
    for value, centre in ((str(person.born.month), 30.4), (str(person.born.day), 39.4)):
        start = centre - canvas.width(value, _FIELD) / 2
        canvas.text(start, y, value, _FIELD, spacing=0.1, field="birth_date")
    for label, x in (("年", 24.4), ("月", 33.2), ("日", 42.2)):
        canvas.text(x, y, label, 2.7, ink=LABEL)


def _edited(canvas: Canvas, faults: Faults, truth: ResidentTruth) -> ResidentTruth:
    """Lay a flat patch with other text over a field, and say what is printed there now."""
    assert faults.edited is not None  # noqa: S101 - for the type checker; the callers looked
    box = canvas.fields[faults.edited]
    if faults.edited == "birth_date":
        box = replace(box, width=round(canvas.width("0000", _FIELD, spacing=0.1) * canvas.scale))
    margin = round(0.3 * canvas.scale)
    canvas.fill(
        Box(box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin),
        (222, 222, 220),
    )
    size = min(box.height / canvas.scale, 3.6)
    x, y = box.left / canvas.scale, (box.top + box.height / 2) / canvas.scale
    canvas.text(x, y, faults.edited_to, size, face=Face.SONG, ink=(8, 8, 8))
    if faults.edited == "validity":
        start, _, end = faults.edited_to.partition("-")
        return replace(truth, valid_from=start.replace(".", "-"), valid_until=end.replace(".", "-"))
    value = faults.edited_to
    if faults.edited == "birth_date" and truth.birth_date is not None:
        value += truth.birth_date[4:]
    changes: dict[str, str] = {faults.edited: value}
    return replace(truth, **changes)
