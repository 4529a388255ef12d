"""The checks of a machine readable zone, each by its stable name."""

from __future__ import annotations

from datetime import date

from bonafide.document.check import DocumentCheck
from bonafide.document.mrz.countries import is_issuing_state, is_known_state
from bonafide.document.mrz.dates import DateState, ZoneDate
from bonafide.document.mrz.parse import Zone
from bonafide.document.term import age, validity
from bonafide.outcome import Reason


def zone_checks(
    zone: Zone, today: date, minimum_age: int | None = None, *, certain: bool = True
) -> tuple[DocumentCheck, ...]:
    """Everything that the zone alone can answer.

    `certain` is the reader's own word on its characters; a repaired zone is never certain. What rests on a
    date whose check digit failed is not assessable. A visa's zone does not hold the day from which it is
    valid (9303-7, 4.2.2), and the French card's no expiry: neither is found here. `minimum_age` is in whole
    years; `mrz.age` is among the checks only if it is given.

    - `mrz.check_digits`: every digit is right and every character where it may be (9303-3, 4.9).
    - `mrz.certain`: the reading is sure.
    - `mrz.issuer`: issuing state and nationality are codes of 9303-3, section 5, the former not one of those
      without a state.
    - `mrz.dates`: the dates exist, and expiry does not precede birth.
    - `mrz.validity`: `today` is not after the day of expiry.
    - `mrz.age`: the holder has completed `minimum_age` years today.
    """
    # A date read by a doubtful character is as doubtful as one whose digit is wrong.
    birth = zone.birth_date if zone.passed("birth") else None
    expiry = zone.expiry_date if zone.passed("expiry") else None
    known = is_issuing_state(zone.issuer) and is_known_state(zone.nationality)
    checks = (
        DocumentCheck.of("mrz.check_digits", zone.sound, Reason.DOCUMENT_ZONE_WRONG),
        DocumentCheck.of("mrz.certain", certain and not zone.repaired, Reason.DOCUMENT_READING_UNSURE),
        DocumentCheck.of("mrz.issuer", known, Reason.DOCUMENT_ISSUER_UNKNOWN),
        _dates(zone, birth, expiry),
        validity("mrz.validity", expiry.value if expiry else None, today),
    )
    if minimum_age is None:
        return checks
    bounds = (birth.earliest, birth.latest) if birth else (None, None)
    return (*checks, age("mrz.age", *bounds, minimum_age, today))


def _dates(zone: Zone, birth: ZoneDate | None, expiry: ZoneDate | None) -> DocumentCheck:
    name = "mrz.dates"
    if any(found is not None and found.state is DateState.IMPOSSIBLE for found in (birth, expiry)):
        return DocumentCheck.failed(name, Reason.DOCUMENT_DATES_WRONG)
    if birth is None or (expiry is None and zone.expiry_date is not None):
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    if expiry is not None and expiry.value and birth.earliest and expiry.value < birth.earliest:
        return DocumentCheck.failed(name, Reason.DOCUMENT_DATES_WRONG)
    return DocumentCheck.passed(name)
