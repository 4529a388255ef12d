"""Events: what happened, for whoever the operator wants told, written in the unit of work that does it.

So an event is there if and only if what it tells of was kept; `webhook_delivery.py` sends it later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.privacy.now import Now
from bonafide.service.retention import new_identifier
from bonafide.store import Transaction
from bonafide.store.delivery_tables import OUTBOX, WEBHOOK

# How long somebody's systems may be away without missing an event.
KEPT: Final = timedelta(days=4)


class EventKind(StrEnum):
    """What may happen. A subscriber is told this and a random identifier, nothing else."""

    SIGN_UP_ACCEPTED = "sign-up.accepted"
    SIGN_UP_REJECTED = "sign-up.rejected"
    SIGN_UP_WAITING = "sign-up.waiting"
    SIGN_UP_DECLINED = "sign-up.declined"
    LINE_BOUND = "line.bound"
    LINE_ENDED = "line.ended"
    LINE_TRANSFERRED = "line.transferred"
    OBJECTION_MADE = "objection.made"
    OBJECTION_DECIDED = "objection.decided"
    WEBHOOK_TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to one webhook. `next_try_at` and `deadline` are in retention time."""

    id: str
    event: str
    webhook: str
    kind: str
    about: str
    made_at: datetime
    next_try_at: datetime
    tries: int
    deadline: datetime


@dataclass(frozen=True, slots=True)
class _Subscriber:
    id: str
    events: str


def announce(transaction: Transaction, kind: str, about: str, now: Now) -> None:
    """Tell of an event whoever subscribed to its kind, once this unit of work is on the disk.

    `about` is the random identifier of what it happened to. Raises `ValueError` for a kind that is not an
    `EventKind`: nobody could have subscribed to it.
    """
    event = new_identifier()
    subscribers = transaction.all(_Subscriber, WEBHOOK, WEBHOOK.c.disabled_at.is_(None))
    wanted = EventKind(kind).value
    transaction.add(
        OUTBOX,
        *(
            message(event, subscriber.id, wanted, about, now)
            for subscriber in subscribers
            if not subscriber.events or wanted in subscriber.events.split()
        ),
    )


def message(event: str, webhook: str, kind: str, about: str, now: Now) -> Message:
    """A message that is due at once."""
    return Message(
        id=new_identifier(),
        event=event,
        webhook=webhook,
        kind=kind,
        about=about,
        made_at=now.wall,
        next_try_at=now.retention,
        tries=0,
        deadline=now.retention + KEPT,
    )
