"""JSON to dataclasses: what fits is read, what does not is named without being repeated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bonafide.client.decode import decode
from bonafide.client.models import CaseDecision, Manner, MyLine, Outcome, SignUp, SignUpState, Webhook
from bonafide.client.problems import UnexpectedAnswer

SIGN_UP: dict[str, Any] = {
    "id": "a",
    "purpose": "sim-signup",
    "state": "waiting",
    "manner": "person",
    "language": "en",
    "reference": None,
    "return_address": None,
    "attended": False,
    "agent": None,
    "shop": "shop-1",
    "made_at": "2026-11-25T09:00:00Z",
    "expires_at": "2026-11-25T09:30:00.123000+00:00",
    "tries_left": 5,
    "outcome": "refer",
    "reasons": [{"code": "match_doubtful", "sentence": "s", "advice": None}],
    "decision": "b",
    "decided_at": None,
}


def test_a_sign_up_is_read() -> None:
    read = decode(SignUp, {**SIGN_UP, "of_a_newer_service": {"x": 1}})
    assert (read.state, read.outcome) == (SignUpState.WAITING, Outcome.REFER)
    assert read.manner is Manner.PERSON
    assert read.made_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert read.reasons[0].code == "match_doubtful"
    assert read.decided_at is None


def test_what_is_in_others_is_read() -> None:
    line = {
        "id": "a",
        "sign_up": "b",
        "decision": "c",
        "shop": None,
        "active": False,
        "bound_at": "2026-11-25T09:00:00Z",
        "ended_at": "2026-11-25T09:00:00Z",
        "ended_because": "transferred",
    }
    assert (
        decode(MyLine, {"line": line, "ends_in": "8000", "number": None}).line.ended_because == "transferred"
    )
    hook = {"id": "a", "address": "b", "events": ["line.bound"], "made_at": "2026-11-25T09:00:00Z"}
    assert decode(Webhook, {**hook, "failing_since": None, "disabled_at": None}).events == ("line.bound",)
    receipt = {"any": ["thing", 1]}
    decided = {"state": "decided", "decision": "a", "outcome": "accept", "receipt": receipt}
    assert decode(CaseDecision, decided).receipt == receipt


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "asleep"),
        ("outcome", 1),
        ("made_at", "yesterday"),
        ("made_at", "2026-11-25T09:00:00"),
        ("made_at", 1),
        ("made_at", None),
        ("tries_left", "5"),
        ("tries_left", True),
        ("attended", 1),
        ("reasons", {}),
        ("reasons", [{"code": "secret-4711"}]),
        ("id", None),
    ],
)
def test_what_does_not_fit_is_named(name: str, value: object) -> None:
    with pytest.raises(UnexpectedAnswer, match=rf"SignUp\.{name}") as refused:
        decode(SignUp, {**SIGN_UP, name: value})
    assert "4711" not in str(refused.value)


@pytest.mark.parametrize("document", [None, [], "text", 7, {}, {"id": "a"}])
def test_what_is_no_sign_up_is_refused(document: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        decode(SignUp, document)
