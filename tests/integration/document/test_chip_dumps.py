"""The developers' shared chip files: other code made them, and says which are genuine and why not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from bonafide.document.chip import (
    PortraitFormat,
    TrustStore,
    authenticate,
    portrait_picture,
    read_chip_files,
    read_trust,
)
from bonafide.outcome import Reason

NOW: Final = datetime(2026, 11, 25, tzinfo=UTC)
REASONS: Final = {
    "dg2_swapped": Reason.CHIP_DATA_CHANGED,
    "dg1_changed": Reason.CHIP_DATA_CHANGED,
    "signature": Reason.CHIP_SIGNATURE_WRONG,
    "untrusted_csca": Reason.CHIP_SIGNER_UNTRUSTED,
    "dsc_expired": Reason.CHIP_SIGNER_EXPIRED,
    "dg2_not_in_sod": Reason.CHIP_DATA_UNCOVERED,
}


@pytest.fixture(scope="module")
def dumps(shared_data: Path) -> Path:
    folder = shared_data / "emrtd"
    if not folder.is_dir():
        pytest.skip("needs the developers' shared chip files")
    return folder


def expected(dumps: Path) -> dict[str, bool]:
    cases = json.loads((dumps / "expected.json").read_text("utf-8"))
    return {str(case["case"]): bool(case["expect_valid"]) for case in cases}


def test_each_is_what_its_maker_says(dumps: Path) -> None:
    cases = expected(dumps)
    assert len(cases) == 24
    for case, genuine in cases.items():
        files = read_chip_files(dumps / case)
        found = authenticate(files, read_trust([dumps / case / "csca.der"]), NOW)
        wrong = next((reason for ending, reason in REASONS.items() if case.endswith(ending)), None)
        assert found.authentic is genuine, case
        assert found.reasons == (wrong or Reason.CHIP_AUTHENTIC,), case
        assert [len(line) for line in found.zone] == [44, 44]
        assert found.format is PortraitFormat.JPEG
        assert found.portrait is not None
        assert portrait_picture(found.portrait).decode().shape == (600, 480, 3)


def test_none_is_authentic_where_nobody_is_trusted(dumps: Path) -> None:
    for case in expected(dumps):
        found = authenticate(read_chip_files(dumps / case), TrustStore(), NOW)
        assert not found.authentic
        assert Reason.CHIP_SIGNER_UNTRUSTED in found.reasons


def test_each_is_authentic_by_its_own_authority_alone(dumps: Path) -> None:
    """Every authority here has the same name; only the key tells them apart."""
    genuine = [case for case, valid in expected(dumps).items() if valid]
    stores = {case: read_trust([dumps / case / "csca.der"]) for case in genuine}
    for case in genuine:
        files = read_chip_files(dumps / case)
        for other, trust in stores.items():
            same = trust.authorities == stores[case].authorities
            assert authenticate(files, trust, NOW).authentic is same, (case, other)
    everybody = read_trust([dumps / case / "csca.der" for case in genuine])
    assert all(authenticate(read_chip_files(dumps / case), everybody, NOW).authentic for case in genuine)
