"""Messages as Standard Webhooks has them (standardwebhooks.com, specification 1.0)."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bonafide.service.announcing import Message


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """What is sent: the body and the headers that sign it."""

    body: bytes
    headers: dict[str, str] = field(repr=False)


def secret_text(key: bytes | bytearray) -> str:
    """A signing key of 32 bytes as receivers are given it."""
    return "whsec_" + base64.b64encode(key).decode()


def payload(message: Message) -> bytes:
    """The body: what happened, when, and to what; identifiers and states, and nothing of anybody."""
    state = message.kind.rpartition(".")[2]
    content = {
        "type": message.kind,
        "timestamp": message.made_at.astimezone(UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "data": {"id": message.about, "state": state},
    }
    return json.dumps(content, separators=(",", ":")).encode()


def sign(message: Message, keys: Sequence[bytes | bytearray], at: datetime) -> SignedMessage:
    """Sign a message that is sent at a moment, by the wall: receivers refuse one whose moment is long ago,
    and know by its identifier, the event's, one that they had before. Each key makes a signature, of which a
    receiver takes whichever it knows.
    """
    body = payload(message)
    moment = str(int(at.timestamp()))
    signed = b".".join((message.event.encode(), moment.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return SignedMessage(
        body,
        {
            "webhook-id": message.event,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
            "content-type": "application/json",
        },
    )
