"""The documents that the demonstration shows: drawn specimens in hand-held photographs, and a chip.

Drawn anew when the code, the pictures or the year changed; otherwise they lie where they lay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np

from specimens import resident, travel
from specimens.canvas import Canvas
from specimens.cases import WIDTH, photographed
from specimens.chip import ChipFiles, Issuer, data_group_1
from specimens.drawn import Drawn, Pixels
from specimens.numbers import citizen_check
from specimens.people import Resident
from specimens.portraits import SAMPLE_HEADS, fitted, on_plain_ground

_DEMO = Path(__file__).resolve().parent

# The table of regions knows this one, so the card can pass; yet nobody has such a number. The code was
# retired in 1981, numbers were first given out in 1984, and the 999th of a day was kept for people over a
# hundred.
# Name, address and authority exist nowhere.
_REGION, _SEQUENCE = "110201", "999"
_BORN = date(1965, 5, 5)
_OTHER_BORN = date(1963, 3, 3)
_CHIP_PORTRAIT = (480, 600)
_WHITE = (246, 242, 238)


@dataclass(frozen=True)
class Documents:
    """Where the documents lie in a folder."""

    folder: Path

    @property
    def front(self) -> Path:
        """A sound resident card's front."""
        return self.folder / "front.jpg"

    @property
    def other_front(self) -> Path:
        """Another person's sound card, where a picture of them was given."""
        return self.folder / "other-front.jpg"

    @property
    def back(self) -> Path:
        """The back of that card, and of the others."""
        return self.folder / "back.jpg"

    @property
    def wrong_number(self) -> Path:
        """The front with another last digit."""
        return self.folder / "wrong-number.jpg"

    @property
    def invented_region(self) -> Path:
        """The front with a number that agrees with itself, of a region that there never was."""
        return self.folder / "invented-region.jpg"

    @property
    def passport(self) -> Path:
        """A passport's data page."""
        return self.folder / "passport.jpg"

    @property
    def chip(self) -> Path:
        """The files of the passport's chip."""
        return self.folder / "chip"

    @property
    def changed_chip(self) -> Path:
        """The same with one character of its first data group changed, and its check digits set right."""
        return self.folder / "changed-chip"

    @property
    def authority(self) -> Path:
        """The certificate of the state that signed the chip."""
        return self.folder / "csca.der"


def documents_in(folder: Path, customer: Path, today: date, other: Path | None = None) -> Documents:
    """The documents, with the customer's portrait, and one with another's; drawn if need be."""
    documents, stamp = Documents(folder), folder / "drawn"
    made_of = _digest([customer, *([other] if other else [])], today)
    if stamp.is_file() and stamp.read_text("ascii") == made_of:
        return documents
    stamp.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    portrait = _portrait(customer)
    _draw_cards(documents, portrait)
    if other is not None:
        holder = _holder(_REGION, name="范例", born=_OTHER_BORN)
        front = resident.draw_front(holder, _portrait(other), width=WIDTH)
        _photograph(_stamped(front), documents.other_front, 122)
    _draw_passport(documents, portrait, today)
    stamp.write_text(made_of, "ascii")
    return documents


def _portrait(sample: Path) -> Pixels:
    picture = cv2.imdecode(np.fromfile(sample, np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise SystemExit(f"{sample} is damaged. Remove it and run `make demo` again.")
    return on_plain_ground(np.asarray(picture, np.uint8)[SAMPLE_HEADS[sample.name]])


def _draw_cards(documents: Documents, portrait: Pixels) -> None:
    person, back = _holder(_REGION), resident.draw_back(_holder(_REGION), width=WIDTH)
    fronts = {
        documents.front: resident.draw_front(person, portrait, width=WIDTH),
        documents.wrong_number: resident.draw_front(
            person, portrait, width=WIDTH, faults=resident.Faults(check_digit=True)
        ),
        documents.invented_region: resident.draw_front(_holder("990101"), portrait, width=WIDTH),
    }
    for (path, front), shot in zip(fronts.items(), (120, 347, 510), strict=True):
        _photograph(_stamped(front), path, shot)
    _photograph(back, documents.back, 248)


def _stamped(front: Drawn[resident.ResidentTruth]) -> Drawn[resident.ResidentTruth]:
    """With SPECIMEN across the portrait too, which covers it on the ground."""
    assert front.portrait is not None  # noqa: S101 - for the type checker; these cards have one
    canvas = Canvas(front.pixels, front.width_mm)
    left, bottom = front.portrait.left, front.portrait.top + front.portrait.height
    canvas.text(
        left / canvas.scale + 3.0, bottom / canvas.scale - 6.5, "SPECIMEN", 3.8, ink=_WHITE, weight=0.12
    )
    return replace(front, pixels=canvas.pixels())


def _holder(region: str, *, name: str = "样本", born: date = _BORN) -> Resident:
    first17 = f"{region}{born:%Y%m%d}{_SEQUENCE}"
    return Resident(
        name=name,
        sex="男",
        ethnicity="汉",
        born=born,
        address="云岚省星河市青石区样本路1号",
        number=first17 + citizen_check(first17),
        authority="星河市公安局青石分局",
        # Issued at 46 or later, a card is valid for life: this one never has to be drawn anew for that.
        valid_from=date(2015, 1, 1),
        valid_until=None,
    )


def _draw_passport(documents: Documents, portrait: Pixels, today: date) -> None:
    new_year = datetime(today.year, 1, 1, tzinfo=UTC)
    person = travel.Traveller(
        "Specimen", "Sample", "SP0000000", born=_BORN, sex="M", expires=date(today.year + 9, 12, 31)
    )
    _photograph(
        travel.draw(person, travel.Kind.TD3, portrait, px_per_mm=WIDTH / 85.6), documents.passport, 407
    )
    lines = travel.zone(person, travel.Kind.TD3)
    encoded = _jpeg(fitted(portrait, *_CHIP_PORTRAIT))
    chip = Issuer(signed=new_year).issue(lines, encoded, _CHIP_PORTRAIT)
    older = travel.zone(replace(person, born=_BORN.replace(year=1955)), travel.Kind.TD3)
    _write_chip(documents.chip, chip)
    _write_chip(documents.changed_chip, replace(chip, dg1=data_group_1(older)))
    documents.authority.write_bytes(chip.csca)


def _write_chip(folder: Path, chip: ChipFiles) -> None:
    folder.mkdir(exist_ok=True)
    files: Mapping[str, bytes] = {"COM": chip.com, "DG1": chip.dg1, "DG2": chip.dg2, "SOD": chip.sod}
    for name, content in files.items():
        (folder / f"{name}.bin").write_bytes(content)


def _photograph(drawn: Drawn[object], path: Path, seed: int) -> None:
    path.write_bytes(photographed(drawn, seed, "easy").photo.jpeg)


def _jpeg(pixels: Pixels) -> bytes:
    written, content = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not written:
        raise RuntimeError("OpenCV was built without JPEG")
    return content.tobytes()


def _digest(pictures: Sequence[Path], today: date) -> str:
    """Of all that the drawings are made of: this code, its lists, the digests of the fonts, the pictures, the
    year.
    """
    whole = hashlib.sha256(f"{today.year}".encode())
    for path in (*sorted((*_DEMO.rglob("*.py"), *_DEMO.rglob("*.toml"))), *pictures):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
