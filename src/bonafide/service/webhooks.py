"""Webhooks: where an operator's systems are told of events, and the secrets that show it was us."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.access import Action
from bonafide.privacy import Now
from bonafide.privacy.staff import COMMAND_LINE
from bonafide.service.announcing import EventKind, message
from bonafide.service.managing_log import log_managing
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.webhook_address import parse_address
from bonafide.service.webhook_signing import secret_text
from bonafide.store import Transaction
from bonafide.store.delivery_tables import OUTBOX, WEBHOOK
from bonafide.vault import Vault

# Each event makes a message for each of them, in the unit of work that makes the event.
MOST: Final = 16
# How long messages bear the signature of the secret before as well, so that receivers can change over.
BOTH_FOR: Final = timedelta(hours=24)
_USE: Final = "webhook"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go, and of which events; without any named, of all. `failing_since` is None after a
    message was taken. One that is disabled is sent nothing, and misses what happens meanwhile.
    """

    id: str
    address: str
    events: tuple[EventKind, ...]
    made_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook as it is kept. `both_until` is in retention time; `given_up` counts messages that it never
    took.
    """

    id: str
    address: str
    events: str
    generation: int
    both_until: datetime | None
    made_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    given_up: int = 0

    @property
    def shown(self) -> Webhook:
        """As its operator sees it."""
        events = tuple(EventKind(kind) for kind in self.events.split())
        return Webhook(self.id, self.address, events, self.made_at, self.failing_since, self.disabled_at)


def signing_key(vault: Vault, operator: str, webhook: str, generation: int) -> bytearray:
    """The secret of a webhook: 32 bytes that are nowhere kept."""
    return vault.derived_key(operator, _USE, webhook, str(generation))


class Webhooks:
    """An operator's webhooks; safe to share between threads. `who` changes them, as the log calls them."""

    def __init__(
        self,
        kept: Retention,
        vault: Vault,
        identifier: Callable[[], str] = new_identifier,
        *,
        who: str = COMMAND_LINE,
    ) -> None:
        self._kept = kept
        self._vault = vault
        self._who = who
        self._identifier = identifier

    def create(self, address: str, events: Collection[EventKind] = ()) -> tuple[Webhook, str]:
        """A new webhook and its secret, which is shown once.

        Raises `UsageError` and `NotPermitted` for an address to which none may lead, `NotPermitted` where
        there are as many as there may be, `VaultClosed` and `StoreUnusable`.
        """
        parse_address(address, self._kept.settings)
        kinds = " ".join(sorted(set(events)))
        now = self._kept.now()
        row = WebhookRow(self._identifier(), address, kinds, 1, None, now.wall, None, None)
        secret = self._secret(row)

        def work(transaction: Transaction) -> WebhookRow:
            if len(transaction.all(WebhookRow, WEBHOOK)) >= MOST:
                raise NotPermitted(
                    f"There are {MOST} webhooks, and no more may be", "Remove one that is not needed"
                )
            transaction.add(WEBHOOK, row)
            self._log(transaction, Action.ADD_WEBHOOK, row.id, now)
            return _row(transaction, row.id) or row  # as it is kept: moments lose what they have too much

        return self._kept.store.write(self._kept.operator, work).shown, secret

    def all(self) -> tuple[Webhook, ...]:
        """All of them, oldest first."""
        with self._kept.store.read(self._kept.operator) as transaction:
            rows = transaction.all(WebhookRow, WEBHOOK, order=[WEBHOOK.c.made_at, WEBHOOK.c.id])
        return tuple(row.shown for row in rows)

    def find(self, webhook: str) -> Webhook | None:
        """One of them."""
        with self._kept.store.read(self._kept.operator) as transaction:
            row = _row(transaction, webhook)
        return row.shown if row else None

    def rotate(self, webhook: str) -> tuple[Webhook, str] | None:
        """Give a webhook another secret, shown once; for a day, messages bear both signatures. None if there
        is no such webhook.
        """
        now = self._kept.now()
        until = now.retention + BOTH_FOR

        def work(transaction: Transaction) -> WebhookRow | None:
            row = _row(transaction, webhook)
            if row is None:
                return None
            turned = replace(row, generation=row.generation + 1, both_until=until)
            same = (WEBHOOK.c.id == webhook, WEBHOOK.c.generation == row.generation)
            if not transaction.change(WEBHOOK, *same, generation=turned.generation, both_until=until):
                raise UsageError("Somebody else is changing this secret", "Look at it again, then try again")
            self._log(transaction, Action.ROTATE_WEBHOOK, webhook, now)
            return turned

        row = self._kept.store.write(self._kept.operator, work)
        return None if row is None else (row.shown, self._secret(row))

    def enable(self, webhook: str) -> Webhook | None:
        """Send to a webhook again that was disabled. None if there is no such webhook."""
        now = self._kept.now()

        def work(transaction: Transaction) -> WebhookRow | None:
            if transaction.change(WEBHOOK, WEBHOOK.c.id == webhook, disabled_at=None, failing_since=None):
                self._log(transaction, Action.ENABLE_WEBHOOK, webhook, now)
            return _row(transaction, webhook)

        row = self._kept.store.write(self._kept.operator, work)
        return row.shown if row else None

    def remove(self, webhook: str) -> bool:
        """Send nothing there any more, nor what still waits. False if there is no such webhook."""
        now = self._kept.now()

        def work(transaction: Transaction) -> bool:
            transaction.remove(OUTBOX, OUTBOX.c.webhook == webhook)
            if not transaction.remove(WEBHOOK, WEBHOOK.c.id == webhook):
                return False
            self._log(transaction, Action.REMOVE_WEBHOOK, webhook, now)
            return True

        return self._kept.store.write(self._kept.operator, work)

    def test(self, webhook: str) -> str | None:
        """Send a message of kind `webhook.test`, about the webhook itself. Its event's identifier, or None if
        there is no such webhook. Raises `NotPermitted` for one that is disabled.
        """
        now, event = self._kept.now(), self._identifier()

        def work(transaction: Transaction) -> bool:
            row = _row(transaction, webhook)
            if row is None:
                return False
            if row.disabled_at is not None:
                raise NotPermitted("The webhook is disabled", "Enable it first")
            transaction.add(OUTBOX, message(event, webhook, EventKind.WEBHOOK_TEST, webhook, now))
            return True

        return event if self._kept.store.write(self._kept.operator, work) else None

    def _log(self, transaction: Transaction, action: Action, webhook: str, now: Now) -> None:
        log_managing(transaction, self._who, action, webhook, now)

    def _secret(self, row: WebhookRow) -> str:
        return secret_text(signing_key(self._vault, self._kept.operator, row.id, row.generation))


def _row(transaction: Transaction, webhook: str) -> WebhookRow | None:
    return transaction.one(WebhookRow, WEBHOOK, WEBHOOK.c.id == webhook)
