"""Whoever prints, logs or raises one of our values shows no picture, template or face, and nothing that a
document says.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bonafide.capture import Picture, read_picture
from bonafide.document import DocumentCheck, Kind, PortraitFaces, Reading
from bonafide.document.barcode import Barcode, BarcodeKind, Licence, parse_aamva, parse_seal
from bonafide.document.barcode.seal import Seal
from bonafide.document.chip import (
    ChipAuthentication,
    ChipFiles,
    PortraitFormat,
    TrustStore,
    authenticate,
    portrait_picture,
    read_chip_files,
)
from bonafide.document.chip.security_object import HashList
from bonafide.document.chip.tlv import Element
from bonafide.document.cn.back import Back
from bonafide.document.cn.front import Front
from bonafide.document.cn.number import CitizenNumber, parse_number
from bonafide.document.cn.text import Printed, Value
from bonafide.document.mrz import Zone, birth_date, parse_zone
from bonafide.document.mrz.long_number import LongNumber
from bonafide.document.ocr import Line, TextBox
from bonafide.document.ocr.fixed import FixedReading
from bonafide.document.ocr.line import Character
from bonafide.document.reader import Side
from bonafide.document.reading import FieldValue
from bonafide.document.zone_reading import ZoneReading
from bonafide.errors import BonafideError
from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending
from bonafide.face import ARCFACE_TEMPLATE, Face, FoundFaces, Template
from bonafide.face.quality import FaceSample
from bonafide.outcome import Subject
from bonafide.service.chips import ChipEvidence
from bonafide.service.desk import DeskReading
from bonafide.service.engine import SubjectFace
from bonafide.store.sealed import SealedRow
from bonafide.vault import Sealed

# A value that nothing but the pixels or the vector holds, in whatever way it may be shown.
TELLTALE = 173
VECTOR = np.array([0.173205, 0.984886], np.float32)
PIXELS = np.full((40, 40, 3), TELLTALE, np.uint8)
FACE = Face((0, 0, 40, 40), ARCFACE_TEMPLATE, 0.9)


@pytest.fixture(scope="module")
def picture() -> Picture:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return read_picture(file.getvalue())


def template(_picture: Picture) -> Template:
    return Template(VECTOR, "c" * 64)


HOLDERS: list[Callable[[Picture], object]] = [
    lambda picture: picture,
    template,
    lambda picture: FoundFaces(picture, (FACE,), PIXELS, 1),
    lambda picture: FaceSample(PIXELS, FACE, (FACE,), picture.width, picture.height, Subject.SELFIE),
    lambda picture: SubjectFace(template(picture), FACE, None, ()),
    lambda picture: Side(picture, (FACE,), PortraitFaces(FACE)),
    lambda _: PortraitFaces(FACE, (FACE,), alike=True),
]


@pytest.mark.parametrize(
    "made",
    HOLDERS,
    ids=["picture", "template", "found faces", "sample", "subject face", "side", "portrait faces"],
)
def test_what_holds_a_face_does_not_show_it(
    picture: Picture, made: Callable[[Picture], object], caplog: pytest.LogCaptureFixture
) -> None:
    value = made(picture)
    logging.getLogger("test").warning("%r %s", value, [value])
    for shown in (repr(value), str(value), f"{(value,)}", caplog.text):
        assert str(TELLTALE) not in shown
        assert "0.17" not in shown
        assert "IHDR" not in shown
        assert "array" not in shown
        assert "b'" not in shown


def test_what_is_wrong_with_a_picture_is_told_without_its_bytes(picture: Picture) -> None:
    secret = b"Zhang San 110101199003078888"
    for content in (secret, picture.data[:40] + secret, picture.data[:-20] + secret):
        with pytest.raises(BonafideError) as refused:
            read_picture(content).decode()
        error: BaseException | None = refused.value
        while error is not None:
            assert "Zhang" not in f"{error!r}{error}"
            assert "1101011990" not in f"{error!r}{error}"
            error = error.__cause__


TODAY = date(2026, 11, 25)
MOMENT = datetime(2026, 11, 25, tzinfo=UTC)
# Whatever a document may say of its holder; none of it may be seen, in any notation of its bytes either.
PERSONAL = ("ERIKSSON", "ANNA", "L898902C", "740812", "1974", "110101199003078888", "0307", "张三", "朝阳")
ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
CERTAIN = (1.0,) * 18
BOX = TextBox(np.zeros((4, 2), np.float32), 1.0)
FILES = ChipFiles(b"ERIKSSON", {1: "".join(ZONE).encode(), 2: b"ANNA"})


def zone() -> Zone:
    found = parse_zone(ZONE, TODAY)
    assert found is not None
    return found


def licence() -> Licence:
    body = "DLDAQL898902C3\nDCSERIKSSON\nDACANNA\nDBB08121974\nDBA01012030\nDBC2\r"
    head = f"@\n\x1e\rANSI 636000100001DL0031{len(body):04}"
    found = parse_aamva((head + body).encode("ascii"))
    assert found is not None
    assert found.surname == "ERIKSSON"
    return found


def authentication() -> ChipAuthentication:
    return ChipAuthentication(True, (), (), ZONE, b"ANNA", PortraitFormat.JPEG)


def reading() -> Reading:
    fields: dict[str, FieldValue] = {
        "surname": "ERIKSSON",
        "number": "L898902C3",
        "mrz": ZONE,
        "name": "张三",
    }
    return Reading(Kind.TD3, fields, (DocumentCheck.passed("document.kind"),), (1, 2, 3, 4))


def citizen() -> CitizenNumber:
    found = parse_number("110101199003078888")
    assert found is not None
    return found


FIXED = FixedReading("110101199003078888", CERTAIN, CERTAIN, ("0307",), "110101199003078888", 0.0)
FRONT = Front(Value("张三", 1.0), Value("女", 1.0), None, date(1974, 8, 12), None, Value("朝阳", 1.0), FIXED)

SAYING: dict[str, Callable[[], object]] = {
    "reading": reading,
    "desk reading": lambda: DeskReading(reading(), {}),
    "zone": zone,
    "zone reading": lambda: ZoneReading(zone(), (), certain=True),
    "zone date": lambda: birth_date("740812", TODAY),
    "long number": lambda: LongNumber("L898902C3", passed=True, optional_data="ANNA"),
    "licence": licence,
    "bar code": lambda: Barcode(BarcodeKind.PDF417, b"ERIKSSON", np.zeros((4, 2), np.float32), 0.0),
    "seal": lambda: Seal(
        4, "UTO", "UT00", "1", date(1974, 8, 12), None, 0x5D, 1, ((1, b"ERIKSSON"),), b"ANNA", b"ANNA"
    ),
    "citizen number": citizen,
    "front": lambda: FRONT,
    "back": lambda: Back(Value("朝阳", 1.0), date(1974, 8, 12), None, True, Value("1974", 1.0)),
    "value": lambda: Value("张三", 1.0),
    "printed": lambda: Printed("张三", 0.0, 0.0, 1.0),
    "fixed reading": lambda: FIXED,
    "line": lambda: Line(BOX, (Character("张三", 0.5, 1.0),)),
    "character": lambda: Character("张三", 0.5, 1.0),
    "chip files": lambda: FILES,
    "chip authentication": authentication,
    "chip evidence": lambda: ChipEvidence(authentication(), None),
    "chip element": lambda: Element(0x61, b"ERIKSSON", b"ERIKSSON"),
    "sealed": lambda: Sealed(1, b"ERIKSSON", b"ERIKSSON", b"ERIKSSON"),
    "sealed row": lambda: SealedRow(
        "1", "2", "3", "sim-signup", None, "selfie", "", 1, b"ANNA", b"ANNA", b"ERIKSSON", MOMENT, MOMENT
    ),
    "what is logged": lambda: Appending(LeafKind.DECISION, b"ERIKSSON", b"ANNA" * 8),
    "chip hashes": lambda: HashList("sha256", {1: b"ERIKSSON"}),
}


@pytest.mark.parametrize("made", SAYING.values(), ids=SAYING)
def test_what_a_document_says_is_not_shown(
    made: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    value = made()
    logging.getLogger("test").warning("%r %s", value, [value])
    for shown in (repr(value), str(value), f"{(value,)}", caplog.text):
        for said in PERSONAL:
            assert said not in shown
            assert said.encode().hex() not in shown.lower()


def errors(refused: BaseException) -> str:
    """All that an error says, with its causes and what it was raised from."""
    told = ""
    error: BaseException | None = refused
    while error is not None:
        told += f"{error!r}{error}"
        error = error.__cause__ or error.__context__
    return told


def test_what_is_wrong_with_a_chip_is_told_without_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "DG1.bin").write_bytes(FILES.data_groups[1])
    (tmp_path / "EF.DG1").write_bytes(FILES.data_groups[1])
    (tmp_path / "ERIKSSON.txt").write_text("".join(ZONE))
    with pytest.raises(BonafideError) as refused:
        read_chip_files(tmp_path)
    found = authenticate(FILES, TrustStore(), datetime(2026, 11, 25, tzinfo=UTC))
    with pytest.raises(BonafideError) as unreadable:
        portrait_picture(b"ERIKSSON ANNA")
    for shown in (errors(refused.value), errors(unreadable.value), repr(found), repr(found.checks)):
        assert not [said for said in PERSONAL if said in shown]


def test_damaged_text_is_no_reading_and_no_error() -> None:
    assert parse_zone(("ERIKSSON", "ANNA"), TODAY) is None
    assert parse_aamva(b"ERIKSSON ANNA") is None
    assert parse_seal(b"ERIKSSON ANNA") is None
    assert parse_number("张三") is None
