"""The zone in DG1 and the portrait in DG2."""

from __future__ import annotations

import pytest
from tests.unit.document.chip.workshop import (
    data_group_1,
    data_group_2,
    face_block,
    face_record,
    integer,
    picture,
    tlv,
)

from bonafide.document.chip.data_groups import PortraitFormat, portrait_format, read_portrait, read_zone
from bonafide.document.chip.tlv import Malformed


@pytest.mark.parametrize(("lines", "width"), [(3, 30), (2, 36), (2, 44)])
def test_zones_of_each_size(lines: int, width: int) -> None:
    zone = tuple("ABC"[number] * width for number in range(lines))
    assert read_zone(data_group_1(zone)) == zone


@pytest.mark.parametrize(
    "data",
    [
        data_group_1(("A" * 43,) * 2),
        data_group_1(("a" * 44,) * 2),
        data_group_1(("A" * 43 + "\n",) * 2),
        data_group_1(("A" * 44,) * 2) + b"\0",
        tlv(0x62, tlv(0x5F1F, b"A" * 88)),
        tlv(0x61, tlv(0x5F1F, b"A" * 88), tlv(0x5F1F, b"A" * 88)),
        tlv(0x61, b"A" * 88),
    ],
)
def test_zones_that_are_none(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_zone(data)


@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
@pytest.mark.parametrize("points", [0, 1, 88])
def test_portraits_of_a_face_record(tag: int, points: int) -> None:
    assert read_portrait(data_group_2(face_record(picture(), points=points), tag)) == picture()


@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
def test_portraits_of_a_face_image_data_block(tag: int) -> None:
    assert read_portrait(data_group_2(face_block(picture()), tag)) == picture()


def test_only_the_first_face_counts() -> None:
    record = face_record(picture())
    block = record[14:]
    several = record[:8] + (14 + 2 * len(block)).to_bytes(4) + b"\0\2" + block + block[:-9] + b"different"
    assert read_portrait(data_group_2(several)) == picture()


RECORD = face_record(picture())


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"FAC\0",
        RECORD[:14],
        RECORD[:40],
        RECORD[:-1],
        RECORD[:4] + b"020\0" + RECORD[8:],
        RECORD[:8] + b"\xff\xff\xff\xff" + RECORD[12:],
        RECORD[:14] + b"\xff\xff\xff\xff" + RECORD[18:],
        RECORD[:14] + b"\0\0\0\x20" + RECORD[18:],
        RECORD[:18] + b"\xff\xff" + RECORD[20:],
        face_record(b""),
        face_block(picture())[:-1],
        tlv(0xA1, tlv(0x65, tlv(0xA1))),
    ],
)
def test_records_that_are_none(record: bytes) -> None:
    with pytest.raises(Malformed):
        read_portrait(data_group_2(record))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        tlv(0x75),
        tlv(0x75, tlv(0x7F61)),
        tlv(0x75, tlv(0x7F61, integer(0), tlv(0x7F60, tlv(0x5F2E, RECORD)))),
        tlv(0x75, tlv(0x7F61, integer(1))),
        tlv(0x75, tlv(0x7F61, integer(1), tlv(0x7F60, tlv(0xA1)))),
        tlv(0x76, tlv(0x7F61, integer(1), tlv(0x7F60, tlv(0x5F2E, RECORD)))),
    ],
)
def test_groups_that_hold_no_portrait(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_portrait(data)


def test_formats() -> None:
    assert portrait_format(picture()) is PortraitFormat.JPEG
    assert portrait_format(picture(format="JPEG2000")) is PortraitFormat.JPEG2000
    assert portrait_format(picture(format="JPEG2000", no_jp2=True)) is PortraitFormat.JPEG2000
    assert portrait_format(picture(format="PNG")) is None
    assert portrait_format(b"") is None
