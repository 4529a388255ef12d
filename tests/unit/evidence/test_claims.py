"""What a receipt says, and above all what it does not."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest

from bonafide.evidence import Claims
from bonafide.evidence.live_claims import LiveClaims


def test_the_claims_are_these_and_no_other(claims: Claims) -> None:
    # Neither picture, template, score, name nor number: think hard before a line is added here.
    assert claims.as_document() == {
        "identifier": "3f0c6a5e-0000-4000-8000-000000000000",
        "issued_at": "2026-11-24T09:30:15Z",
        "purpose": "sim-signup",
        "outcome": "refer",
        "reasons": ["match.confirmed", "presence.not_shown"],
        "attended": False,
        "false_match_rate": "0.0001",
        "detector": "a" * 64,
        "recogniser": "b" * 64,
        "text_detector": "e" * 64,
        "text_recogniser": "f" * 64,
        "document": "td3",
        "calibration": "c" * 64,
        "policy": "d" * 64,
        "software": "bonafide 0.0.0",
        "rules": "1" * 64,
    }
    # Those of a live session have names of their own.
    assert {field.name for field in dataclasses.fields(claims)} - {"live"} == set(claims.as_document())


def test_a_live_session_is_told_by_how_and_by_what_stands_for_it(claims: Claims) -> None:
    live = LiveClaims("light", "live", "2" * 64, "3" * 64, "4" * 64, None)
    told = dataclasses.replace(claims, live=live).as_document()
    assert {name: told[name] for name in set(told) - set(claims.as_document())} == {
        "live_mode": "light",
        "live_presence": "live",
        "live_session": "2" * 64,
        "live_calibration": "3" * 64,
        "landmarker": "4" * 64,
    }
    with_model = dataclasses.replace(claims, live=dataclasses.replace(live, passive="5" * 64)).as_document()
    assert set(with_model) - set(told) == {"passive_model"}


def test_what_is_no_sign_up_names_no_rules(claims: Claims) -> None:
    without = dataclasses.replace(claims, rules=None)
    assert set(claims.as_document()) - set(without.as_document()) == {"rules"}


def test_what_read_no_document_is_left_out(claims: Claims) -> None:
    without = dataclasses.replace(claims, text_detector=None, text_recogniser=None, document=None)
    left_out = set(claims.as_document()) - set(without.as_document())
    assert left_out == {"text_detector", "text_recogniser", "document"}


def test_the_moment_is_told_in_universal_time(claims: Claims) -> None:
    local = datetime(2026, 11, 25, 1, 5, 0, tzinfo=timezone(timedelta(hours=8)))
    told = dataclasses.replace(claims, issued_at=local).as_document()
    assert told["issued_at"] == "2026-11-24T17:05:00Z"


@pytest.mark.parametrize(("rate", "told"), [(1e-4, "0.0001"), (1e-6, "1e-06"), (0.01, "0.01")])
def test_no_claim_is_a_number_that_a_reader_could_round(claims: Claims, rate: float, told: str) -> None:
    document = dataclasses.replace(claims, false_match_rate=rate).as_document()
    assert document["false_match_rate"] == told
    assert not [value for value in document.values() if isinstance(value, int | float) and value is not False]
