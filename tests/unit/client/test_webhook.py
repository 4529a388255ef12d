"""Messages are taken that the standard's own library signed, and no others."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook as Oracle

from bonafide.client import BadCall, Event, WebhookRejected, read_webhook
from bonafide.service.announcing import Message
from bonafide.service.webhook_signing import secret_text, sign

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
SECRET, OTHER = (f"whsec_{base64.b64encode(key * 32).decode()}" for key in (b"k", b"x"))
BODY = json.dumps(
    {"type": "line.bound", "timestamp": "2026-11-25T08:59:59.000Z", "data": {"id": "l", "state": "bound"}}
).encode()
EVENT = Event("msg_1", "line.bound", NOW - timedelta(seconds=1), "l", "bound")


def signed(body: bytes = BODY, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Oracle(secret).sign("msg_1", at, body.decode()),
    }


def test_what_the_standard_signs_is_taken() -> None:
    assert read_webhook(SECRET, signed(), BODY, now=NOW) == EVENT
    assert read_webhook([OTHER, SECRET], signed(), BODY, now=NOW) == EVENT


def test_what_the_service_signs_is_taken() -> None:
    message = Message("row", "event", "hook", "line.ended", "l", NOW, NOW, 1, NOW)
    both = sign(message, [b"x" * 32, b"k" * 32], NOW)
    for secret in (SECRET, OTHER):
        assert read_webhook(secret, both.headers, both.body, now=NOW) == Event(
            "event", "line.ended", NOW, "l", "ended"
        )
    assert secret_text(b"k" * 32) == SECRET


@pytest.mark.parametrize("away", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_a_copy_that_comes_later_is_refused(away: timedelta) -> None:
    headers = signed()
    with pytest.raises(WebhookRejected, match="not of now"):
        read_webhook(SECRET, headers, BODY, now=NOW + away)
    # Nor does another moment on it help whoever has no secret.
    moved = {**headers, "Webhook-Timestamp": str(int((NOW + away).timestamp()))}
    with pytest.raises(WebhookRejected, match="No secret"):
        read_webhook(SECRET, moved, BODY, now=NOW + away)


def test_what_another_signed_or_changed_is_refused() -> None:
    with pytest.raises(WebhookRejected):
        read_webhook(OTHER, signed(), BODY, now=NOW)
    with pytest.raises(WebhookRejected):
        read_webhook(SECRET, signed(), BODY.replace(b"bound", b"ended"), now=NOW)
    with pytest.raises(WebhookRejected):
        read_webhook(SECRET, {**signed(), "Webhook-Id": "msg_2"}, BODY, now=NOW)


@pytest.mark.parametrize("header", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
@pytest.mark.parametrize("value", [None, "", "x", "v1,", "v1a,AAAA", "-1", "9" * 30, "１７"])
def test_headers_that_are_none_are_refused(header: str, value: str | None) -> None:
    headers = signed()
    del headers[header]
    if value is not None:
        headers[header] = value
    with pytest.raises(WebhookRejected):
        read_webhook(SECRET, headers, BODY, now=NOW)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'{"type": "x", "timestamp": 1, "data": {}}', b"\xff"]
)
def test_a_body_that_is_none_is_refused(body: bytes) -> None:
    at = str(int(NOW.timestamp()))
    import hmac

    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.digest(key, b"msg_1." + at.encode() + b"." + body, "sha256")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
    with pytest.raises(WebhookRejected, match="not as expected"):
        read_webhook(SECRET, headers, body, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_!" * 9, SECRET.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_no_secret(secret: str) -> None:
    with pytest.raises(BadCall):
        read_webhook(secret, signed(), BODY, now=NOW)
