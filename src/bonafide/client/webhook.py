"""Messages that come in at a webhook: whether they are the service's, and of now (Standard Webhooks)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bonafide.client.problems import BadCall, WebhookRejected

# Older ones, and ones from the future, may be somebody else's copies.
TOLERANCE: Final = timedelta(minutes=5)
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to what. `id` is the same each time that a message comes again; `about` identifies a
    sign-up, line, objection or webhook, `state` what it has become.
    """

    id: str
    type: str
    at: datetime
    about: str
    state: str


def read_webhook(
    secrets: str | Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime
) -> Event:
    """The event that a message tells, which one of the secrets signed. `body` is the request's own bytes.

    Messages come at least once and in no order: take note of `Event.id`, and ask the service how things
    stand. Raises `WebhookRejected`, and `BadCall` for a secret that is none.
    """
    keys = [_key(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    said = {name.lower(): value for name, value in headers.items()}
    try:
        identifier, moment, signatures = (
            said[f"webhook-{part}"] for part in ("id", "timestamp", "signature")
        )
    except KeyError:
        raise WebhookRejected("A header of Standard Webhooks is missing") from None
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        raise WebhookRejected("The message's moment cannot be read")
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise WebhookRejected("The message is not of now")
    content = b".".join((identifier.encode(), moment.encode(), body))
    expected = [b"v1," + base64.b64encode(hmac.digest(key, content, "sha256")) for key in keys]
    given = [signature.encode() for signature in signatures.split()]
    # All of them are compared, so that the time tells nothing.
    if not sum(hmac.compare_digest(one, other) for one in expected for other in given):
        raise WebhookRejected("No secret of ours signed the message")
    return _event(identifier, body)


def _event(identifier: str, body: bytes) -> Event:
    try:
        said = json.loads(body)
        return Event(
            identifier,
            str(said["type"]),
            datetime.fromisoformat(said["timestamp"]),
            str(said["data"]["id"]),
            str(said["data"]["state"]),
        )
    except (ValueError, KeyError, TypeError):
        raise WebhookRejected("The message is not as expected") from None


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < 24:
        raise BadCall("That is no secret of a webhook: it begins with whsec_")
    return key
