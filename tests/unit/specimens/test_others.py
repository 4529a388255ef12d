from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import zxingcpp

from bonafide.document.chip import ChipFiles, authenticate, read_trust
from bonafide.outcome import Reason
from specimens import der
from specimens.chip import Issuer, data_group_1
from specimens.licence import draw_back, draw_front, random_driver
from specimens.numbers import citizen_check, mrz_check
from specimens.portraits import cartoon
from specimens.residence import (
    From,
    draw_foreigner_back,
    draw_foreigner_front,
    draw_permit_back,
    draw_permit_front,
    random_foreigner,
    random_permit,
)


def test_permits_carry_their_origin_in_the_number() -> None:
    permits = [random_permit(np.random.default_rng(seed)) for seed in range(30)]
    assert {permit.origin for permit in permits} == set(From)
    for permit in permits:
        number = permit.person.number
        assert number.startswith(permit.origin.value)
        assert citizen_check(number[:17]) == number[17]
    front, back = draw_permit_front(permits[0], width=620), draw_permit_back(permits[0], width=620)
    assert front.truth.ethnicity is None
    assert set(back.fields) == {"authority", "validity", "permit_number", "issue_count"}


def test_foreigners_cards_of_both_versions() -> None:
    new = random_foreigner(np.random.default_rng(1))
    assert len(new.number) == 18
    assert new.number[0] == "9"
    assert citizen_check(new.number[:17]) == new.number[17]
    assert draw_foreigner_front(new, width=620).truth.number == new.number
    old = random_foreigner(np.random.default_rng(1), version=2017)
    lines = draw_foreigner_back(old, version=2017, width=620).truth.mrz
    assert [len(line) for line in lines] == [30, 30, 30]
    assert mrz_check(lines[0][5:14]) == lines[0][14]
    assert draw_foreigner_back(new, width=620).truth.mrz == ()


def test_the_licences_bar_code_says_what_its_front_does() -> None:
    driver = random_driver(np.random.default_rng(0))
    back = draw_back(driver)
    (found,) = zxingcpp.read_barcodes(back.pixels)
    text = found.bytes.decode("ascii")
    assert text == back.truth.payload
    assert text.startswith("@\n\x1e\rANSI 999999")
    offset, length = int(text[23:27]), int(text[27:31])
    assert text[offset : offset + length].startswith("DLDAQ" + driver.number)
    assert offset + length == len(text)
    assert draw_front(driver, width=620).truth == back.truth


def test_a_chip_is_signed_over_its_groups(tmp_path: Path) -> None:
    lines = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    portrait = b"\xff\xd8\xffjpeg"
    signed = datetime(2026, 1, 1, tzinfo=UTC)
    chip = Issuer(signed=signed).issue(lines, portrait, (480, 600))
    assert chip.dg1 == data_group_1(lines)
    trusted = tmp_path / "csca.der"
    trusted.write_bytes(chip.csca)
    trust, now = read_trust([trusted]), signed + timedelta(days=1)
    found = authenticate(ChipFiles(chip.sod, {1: chip.dg1, 2: chip.dg2}), trust, now)
    assert found.authentic, found.checks
    assert (found.zone, found.portrait, found.country) == (lines, portrait, "ut")
    other = data_group_1((lines[0], lines[1].replace("F1204159", "F3204159")))
    changed = authenticate(ChipFiles(chip.sod, {1: other, 2: chip.dg2}), trust, now)
    assert changed.reasons == (Reason.CHIP_DATA_CHANGED,)


def test_written_as_the_distinguished_encoding_has_it() -> None:
    assert der.tlv(0x5F2E, bytes(200)) == b"\x5f\x2e\x81\xc8" + bytes(200)
    assert der.octets(bytes(300))[:4] == b"\x04\x82\x01\x2c"
    assert [der.integer(value) for value in (0, 127, 128)] == [b"\2\1\0", b"\2\1\x7f", b"\2\2\0\x80"]
    assert der.identifier("1.2.840.113549") == bytes.fromhex("06062a864886f70d")
    assert der.set_of(b"\2\1\2", b"\2\1\1") == b"\x31\6\2\1\1\2\1\2"


def test_drawn_faces_differ_by_seed() -> None:
    assert np.array_equal(cartoon(1), cartoon(1))
    assert not np.array_equal(cartoon(1), cartoon(2))
