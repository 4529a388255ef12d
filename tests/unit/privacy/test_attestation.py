"""Consent that a person vouches for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bonafide.errors import NotPermitted
from bonafide.privacy import Kept, OneToMany, attested, purposes

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NEEDS_A_RECORD = [
    name
    for name, purpose in purposes().items()
    if Kept.TEMPLATE in purpose.keeps or purpose.one_to_many is not OneToMany.NEVER
]


def test_it_is_for_its_purpose_and_ten_minutes() -> None:
    token = attested(purposes()["sim-signup"], NOW)
    assert (token.purpose, token.subject, token.consent) == ("sim-signup", None, None)
    assert token.good_until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("name", NEEDS_A_RECORD)
def test_nobody_vouches_for_a_purpose_that_keeps_templates(name: str) -> None:
    with pytest.raises(NotPermitted, match="on record"):
        attested(purposes()[name], NOW)


def test_those_are_the_purposes_with_templates() -> None:
    assert set(NEEDS_A_RECORD) == {"face-pay", "fare-gate", "loyalty", "attendance"}
