"""Messages that receivers check with the library of the standard's authors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bonafide.service.announcing import Message
from bonafide.service.webhook_signing import payload, secret_text, sign

KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
MESSAGE = Message("row", "event", "hook", "line.bound", "the-line", AT, AT, 1, AT)


def now() -> datetime:
    """The library asks the machine's clock."""
    return datetime.now(UTC)


def test_the_library_of_the_standard_takes_it() -> None:
    signed = sign(MESSAGE, [KEY], now())
    assert Webhook(secret_text(KEY)).verify(signed.body, signed.headers) == {
        "type": "line.bound",
        "timestamp": "2026-11-25T09:00:00.000Z",
        "data": {"id": "the-line", "state": "bound"},
    }


def test_while_a_secret_changes_both_receivers_take_it() -> None:
    signed = sign(MESSAGE, [KEY, OLD], now())
    assert len(signed.headers["webhook-signature"].split()) == 2
    for key in (KEY, OLD):
        Webhook(secret_text(key)).verify(signed.body, signed.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(OTHER)).verify(signed.body, signed.headers)


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_one_that_is_sent_again_by_somebody_else_is_refused_by_its_moment(away: timedelta) -> None:
    signed = sign(MESSAGE, [KEY], now() + away)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(KEY)).verify(signed.body, signed.headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_whatever_is_changed_is_refused(header: str) -> None:
    signed = sign(MESSAGE, [KEY], now())
    receiver = Webhook(secret_text(KEY))
    with pytest.raises(WebhookVerificationError):
        receiver.verify(signed.body.replace(b"bound", b"ended"), signed.headers)
    value = signed.headers[header]
    changed = {**signed.headers, header: value[:-1] + ("1" if value[-1] == "0" else "0")}
    with pytest.raises(WebhookVerificationError):
        receiver.verify(signed.body, changed)


def test_the_secret_is_as_the_standard_writes_it() -> None:
    assert secret_text(KEY).startswith("whsec_")
    assert KEY.decode() not in repr(sign(MESSAGE, [KEY], AT))


def test_nothing_is_said_but_what_happened_to_what() -> None:
    content = json.loads(payload(MESSAGE))
    assert set(content) == {"type", "timestamp", "data"}
    assert set(content["data"]) == {"id", "state"}
