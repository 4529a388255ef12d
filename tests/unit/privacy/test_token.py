"""A consent token: issued, fresh, and for one purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bonafide.errors import NotPermitted
from bonafide.privacy import purposes as known_purposes
from bonafide.privacy.token import ConsentToken, issue

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TOKEN = issue(known_purposes()["sim-signup"], NOW)


def test_a_fresh_token_stands_for_its_purpose() -> None:
    TOKEN.require(NOW, "sim-signup")
    TOKEN.require(NOW - timedelta(seconds=1), "testing", "sim-signup")


@pytest.mark.parametrize("purposes", [(), ("face-pay",), ("sim", "signup")])
def test_it_stands_for_no_other(purposes: tuple[str, ...]) -> None:
    with pytest.raises(NotPermitted, match="another purpose"):
        TOKEN.require(NOW, *purposes)


def test_it_goes_stale() -> None:
    with pytest.raises(NotPermitted, match="stale"):
        TOKEN.require(NOW + timedelta(seconds=1), "sim-signup")


def test_nobody_makes_one_up() -> None:
    for issuer in (None, object(), True):
        with pytest.raises(NotPermitted, match="made up"):
            ConsentToken("sim-signup", 1, NOW, issuer=issuer)
    with pytest.raises((NotPermitted, ValueError)):
        replace(TOKEN, purpose="face-pay")
