"""Which document it is: only a number that is certain counts."""

from __future__ import annotations

import pytest

from bonafide.document import DocumentCheck, Kind, Reading
from bonafide.document.document_number import DocumentNumber, certain_number
from bonafide.outcome import Reason

CARD = ("cn.number",)
ZONE = ("mrz.check_digits", "mrz.certain", "mrz.issuer")
LICENCE = ("aamva.structure", "aamva.issuer")
KINDS = {
    **dict.fromkeys((Kind.CN_RESIDENT_ID, Kind.CN_HMT_PERMIT, Kind.CN_FOREIGN_PERMANENT), CARD),
    **dict.fromkeys((Kind.TD1, Kind.TD2, Kind.TD3, Kind.MRV_A, Kind.MRV_B), ZONE),
    Kind.AAMVA: LICENCE,
}
FIELDS = {"issuer": "UTO", "number": "L898902C3"}


def reading(kind: Kind, *passed: str, failed: str = "document.age", **fields: str) -> Reading:
    checks = (
        DocumentCheck.failed(failed, Reason.DOCUMENT_READING_UNSURE),
        *map(DocumentCheck.passed, passed),
    )
    return Reading(kind, fields or FIELDS, checks, None)


def test_every_kind_that_is_read_is_spoken_of() -> None:
    assert set(KINDS) == set(Kind) - {Kind.UNKNOWN}


@pytest.mark.parametrize(("kind", "checks"), KINDS.items())
def test_a_number_whose_checks_passed_is_certain(kind: Kind, checks: tuple[str, ...]) -> None:
    issuer = "CHN" if checks is CARD else "UTO"
    assert certain_number(reading(kind, *checks)) == DocumentNumber(issuer, "L898902C3")


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, missing) for kind, checks in KINDS.items() for missing in checks]
)
def test_one_check_that_did_not_pass_leaves_none(kind: Kind, missing: str) -> None:
    others = [name for name in KINDS[kind] if name != missing]
    assert certain_number(reading(kind, *others, failed=missing)) is None
    assert certain_number(reading(kind, *others)) is None


def test_nothing_read_is_no_number() -> None:
    assert certain_number(reading(Kind.TD3, *ZONE, issuer="UTO")) is None
    assert certain_number(reading(Kind.TD3, *ZONE, number="L898902C3")) is None
    assert certain_number(reading(Kind.UNKNOWN, *CARD, *ZONE, *LICENCE)) is None


def test_it_is_not_shown() -> None:
    assert "L898902C3" not in repr(DocumentNumber("UTO", "L898902C3"))
