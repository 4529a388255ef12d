"""A trusted authority signs for its own state only."""

from __future__ import annotations

import pytest

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.chip.states import check_country, states
from bonafide.document.mrz import known_states
from bonafide.outcome import Reason


def made(issuer: str, country: str) -> DocumentCheck:
    return check_country("chip.country", (f"P<{issuer:<<3}SOMEBODY<<ELSE".ljust(44, "<"), "<" * 44), country)


@pytest.mark.parametrize(
    ("issuer", "country"), [("CHN", "CN"), ("CHN", "cn"), ("D", "DE"), ("GBR", "GB"), ("UTO", "ut")]
)
def test_the_issuing_states_own_authority(issuer: str, country: str) -> None:
    assert made(issuer, country).result is Result.PASSED


@pytest.mark.parametrize(("issuer", "country"), [("CHN", "UT"), ("D", "FR"), ("UTO", "CN")])
def test_another_states_authority(issuer: str, country: str) -> None:
    assert made(issuer, country) == DocumentCheck.failed("chip.country", Reason.CHIP_SIGNER_UNFIT)


@pytest.mark.parametrize("issuer", ["", "QQQ", "XXA"])
def test_an_issuer_that_is_no_state(issuer: str) -> None:
    assert made(issuer, "CN") == DocumentCheck.not_assessable("chip.country", Reason.DOCUMENT_ISSUER_UNKNOWN)


def test_every_country_of_iso_has_two_letters_of_its_own() -> None:
    table = states()
    assert len([code for code in table if len(code) == 3 and code in known_states()]) >= 249
    assert all(len(letters) == 2 and letters.isupper() for letters in table.values())
    assert table["USA"] == "US"
    assert table["ZWE"] == "ZW"
