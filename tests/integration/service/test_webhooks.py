"""Webhooks as an operator keeps them: made, listed, rotated, removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.integration.service.conftest import OPERATOR, START, Counter, Machine

from bonafide.errors import NotPermitted, UsageError
from bonafide.service.announcing import EventKind, Message
from bonafide.service.retention import new_identifier
from bonafide.service.webhooks import MOST, Webhooks
from bonafide.store.delivery_tables import OUTBOX

ADDRESS = "https://shop.example/hook"


@pytest.fixture
def webhooks(counter: Counter) -> Webhooks:
    return Webhooks(counter.kept, counter.vault)


def waiting(counter: Counter) -> tuple[Message, ...]:
    with counter.kept.store.read(OPERATOR) as transaction:
        return transaction.all(Message, OUTBOX)


def test_a_webhook_is_made_and_found(webhooks: Webhooks) -> None:
    made, secret = webhooks.create(
        ADDRESS, [EventKind.LINE_ENDED, EventKind.LINE_BOUND, EventKind.LINE_BOUND]
    )
    assert (made.address, made.made_at, made.disabled_at) == (ADDRESS, START, None)
    assert made.events == (EventKind.LINE_BOUND, EventKind.LINE_ENDED)
    assert secret.startswith("whsec_")
    every, other = webhooks.create(ADDRESS)
    assert every.events == ()
    assert other != secret
    assert webhooks.find(made.id) == made
    assert set(webhooks.all()) == {made, every}
    assert webhooks.find(new_identifier()) is None


def test_no_secret_is_in_the_store(webhooks: Webhooks, everything: Callable[[], bytes]) -> None:
    made, secret = webhooks.create(ADDRESS)
    turned = webhooks.rotate(made.id)
    assert turned is not None
    assert ADDRESS.encode() in everything()
    for each in (secret, turned[1]):
        assert each.removeprefix("whsec_").encode() not in everything()


def test_a_rotated_secret_is_another(webhooks: Webhooks) -> None:
    made, secret = webhooks.create(ADDRESS)
    secrets = {secret}
    for _ in range(3):
        turned = webhooks.rotate(made.id)
        assert turned is not None
        assert turned[0] == made
        secrets.add(turned[1])
    assert len(secrets) == 4
    assert webhooks.rotate(new_identifier()) is None


def test_one_that_is_removed_takes_its_messages_along(counter: Counter, webhooks: Webhooks) -> None:
    made, other = webhooks.create(ADDRESS)[0], webhooks.create(ADDRESS)[0]
    assert webhooks.test(made.id)
    assert webhooks.test(other.id)
    assert webhooks.remove(made.id)
    assert not webhooks.remove(made.id)
    assert [message.webhook for message in waiting(counter)] == [other.id]
    assert webhooks.all() == (other,)
    assert webhooks.test(made.id) is None
    assert webhooks.enable(made.id) is None


def test_a_test_is_about_the_webhook_itself(counter: Counter, webhooks: Webhooks, machine: Machine) -> None:
    made, _ = webhooks.create(ADDRESS, [EventKind.LINE_BOUND])
    machine.passes(timedelta(hours=1))
    event = webhooks.test(made.id)
    (message,) = waiting(counter)
    assert (message.event, message.kind, message.about) == (event, "webhook.test", made.id)


def test_there_are_not_ever_more(webhooks: Webhooks) -> None:
    made = [webhooks.create(ADDRESS)[0] for _ in range(MOST)]
    with pytest.raises(NotPermitted, match=str(MOST)):
        webhooks.create(ADDRESS)
    webhooks.remove(made[0].id)
    webhooks.create(ADDRESS)


def test_an_address_that_leads_nowhere_makes_none(webhooks: Webhooks) -> None:
    for address in ("http://shop.example/", "https://10.0.0.1/", "shop.example"):
        with pytest.raises(UsageError):
            webhooks.create(address)
    assert webhooks.all() == ()
