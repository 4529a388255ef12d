"""Events are there if and only if what they tell of was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from tests.integration.service.conftest import OPERATOR, START, Counter

from bonafide.service.announcing import KEPT, EventKind, Message, announce
from bonafide.service.retention import new_identifier
from bonafide.store import Transaction
from bonafide.store.delivery_tables import OUTBOX, WEBHOOK


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    events: str
    disabled_at: datetime | None = None
    address: str = "https://shop.example/hook"
    generation: int = 1
    made_at: datetime = START


def subscribe(counter: Counter, events: str = "", disabled_at: datetime | None = None) -> str:
    row = Row(new_identifier(), events, disabled_at)
    counter.kept.store.write(OPERATOR, lambda transaction: transaction.add(WEBHOOK, row))
    return row.id


def happens(counter: Counter, kind: str, about: str) -> None:
    now = counter.kept.now()
    counter.kept.store.write(OPERATOR, lambda transaction: announce(transaction, kind, about, now))


def messages(counter: Counter) -> tuple[Message, ...]:
    with counter.kept.store.read(OPERATOR) as transaction:
        return transaction.all(Message, OUTBOX, order=[OUTBOX.c.made_at])


def test_whoever_subscribed_is_told_once_each(counter: Counter) -> None:
    everything = subscribe(counter)
    lines = subscribe(counter, "line.bound line.ended")
    subscribe(counter, "objection.made")
    subscribe(counter, disabled_at=START)
    about = new_identifier()
    happens(counter, "line.bound", about)
    found = messages(counter)
    assert {message.webhook for message in found} == {everything, lines}
    assert len({message.event for message in found}) == 1
    for message in found:
        assert (message.kind, message.about, message.tries) == (EventKind.LINE_BOUND, about, 0)
        assert message.next_try_at == START
        assert message.deadline == START + KEPT


def test_without_a_subscriber_nothing_is_kept(counter: Counter) -> None:
    happens(counter, "sign-up.accepted", new_identifier())
    assert messages(counter) == ()


def test_nobody_hears_of_what_was_undone(counter: Counter) -> None:
    subscribe(counter)
    now = counter.kept.now()

    def work(transaction: Transaction) -> None:
        announce(transaction, "line.bound", new_identifier(), now)
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        counter.kept.store.write(OPERATOR, work)
    assert messages(counter) == ()


def test_an_unknown_kind_is_refused(counter: Counter) -> None:
    with pytest.raises(ValueError, match=r"line\.sold"):
        happens(counter, "line.sold", new_identifier())
