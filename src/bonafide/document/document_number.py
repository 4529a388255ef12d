"""Which document it is: who issued it and its number, where both were read for certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonafide.document.check import Result
from bonafide.document.kind import Kind
from bonafide.document.reading import Reading

# Checks that must have passed for the number to be certain. Another digit would be another document.
_CARD: Final = ("cn.number",)
_ZONE: Final = ("mrz.check_digits", "mrz.certain", "mrz.issuer")
_LICENCE: Final = ("aamva.structure", "aamva.issuer")
_CHECKS: Final = {
    Kind.CN_RESIDENT_ID: _CARD,
    Kind.CN_HMT_PERMIT: _CARD,
    Kind.CN_FOREIGN_PERMANENT: _CARD,
    Kind.TD1: _ZONE,
    Kind.TD2: _ZONE,
    Kind.TD3: _ZONE,
    Kind.MRV_A: _ZONE,
    Kind.MRV_B: _ZONE,
    Kind.AAMVA: _LICENCE,
}
# Chinese cards name no issuing state (ICAO 9303-3, section 5).
_CHINA: Final = "CHN"


@dataclass(frozen=True, slots=True, repr=False)
class DocumentNumber:
    """One document of one issuer: personal data."""

    issuer: str
    number: str


def certain_number(reading: Reading) -> DocumentNumber | None:
    """The document's number, None where it was not read or is not certain."""
    wanted = _CHECKS.get(reading.kind)
    passed = {check.name for check in reading.checks if check.result is Result.PASSED}
    if wanted is None or not passed.issuperset(wanted):
        return None
    issuer = _CHINA if wanted is _CARD else reading.fields.get("issuer")
    number = reading.fields.get("number")
    if not isinstance(issuer, str) or not isinstance(number, str):
        return None
    return DocumentNumber(issuer, number)
