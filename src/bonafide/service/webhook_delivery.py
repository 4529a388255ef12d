"""Sending messages: at least once each, in no promised order, by as many processes and hosts as there are.

Whoever takes a message moves its next try on by more than a try lasts, and so has it to itself; whoever then
dies leaves it to be taken again. It goes when it was taken, or when its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bonafide.errors import BonafideError
from bonafide.privacy.now import Now
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.announcing import Message
from bonafide.service.safekeeping import open_store, open_vault
from bonafide.service.webhook_post import TIMEOUT_SECONDS, Sent, post
from bonafide.service.webhook_signing import sign
from bonafide.service.webhooks import WebhookRow, signing_key
from bonafide.settings import Settings
from bonafide.store import Store, Transaction
from bonafide.store.delivery_tables import OUTBOX, WEBHOOK
from bonafide.vault import Vault

# After each failed try (Standard Webhooks, "Deliverability and reliability"), each a quarter more or less.
RETRIES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# Longer than a try may last, with the time to look up a name and to write down what came of it.
LEASE: Final = timedelta(minutes=1)
# A webhook is disabled when a message is given up and none was taken for so long before.
FAILING: Final = timedelta(days=2)
_AT_ONCE: Final = 5
_EVERY_SECONDS: Final = 1.0

_LOG: Final = logging.getLogger(__name__)


class Courier:
    """Sends what waits, of every operator; one for a process. `tls` is by whom receivers are vouched for, by
    default whom this machine trusts; `chance` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: RetentionClock,
        *,
        tls: ssl.SSLContext | None = None,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._vault: Vault | None = None
        self._tls = tls or ssl.create_default_context()
        self._chance = chance or random.SystemRandom().random

    def deliver_due(self) -> int:
        """Try what is due at this moment, a few of each webhook; how many were taken. Raises `StoreUnusable`
        and `VaultClosed`.
        """
        return asyncio.run(self._deliver_due())

    def run(self, stopped: threading.Event) -> None:
        """Send what waits until told to stop; tries under way then come to their end."""
        asyncio.run(self._run(stopped))

    async def _deliver_due(self) -> int:
        tries = [self._deliver(operator, webhook) for operator, webhook in await asyncio.to_thread(self._due)]
        return sum(await asyncio.gather(*tries))

    async def _run(self, stopped: threading.Event) -> None:
        # A webhook that is slow keeps nobody waiting but itself.
        busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        while not stopped.is_set():
            busy = {webhook: task for webhook, task in busy.items() if not task.done()}
            try:
                for webhook in await asyncio.to_thread(self._due):
                    if webhook not in busy:
                        busy[webhook] = asyncio.create_task(self._patiently(*webhook, stopped))
            except Exception as error:
                _complain(error)
            await asyncio.to_thread(stopped.wait, _EVERY_SECONDS)
        await asyncio.gather(*busy.values())

    async def _patiently(self, operator: str, webhook: str, stopped: threading.Event) -> None:
        """Deliver while messages are taken. What fails by our own fault comes again after its lease."""
        try:
            while await self._deliver(operator, webhook) and not stopped.is_set():
                pass
        except Exception as error:
            _complain(error)

    async def _deliver(self, operator: str, webhook: str) -> int:
        """Try a few messages of one webhook, and write down what came of each; how many were taken."""
        now = await asyncio.to_thread(self._clock.now)
        # Before anything is taken: while the vault is closed, no try is lost.
        keys = await asyncio.to_thread(self._keys, operator, webhook, now)
        row, messages = await asyncio.to_thread(self._take, operator, webhook, now)
        if row is None or not messages:
            return 0
        settings, tls = self._settings, self._tls
        sent = await asyncio.gather(
            *(post(row.address, sign(message, keys, now.wall), settings, tls) for message in messages)
        )
        await asyncio.gather(
            *(
                asyncio.to_thread(self._settle, operator, message, how)
                for message, how in zip(messages, sent, strict=True)
            )
        )
        return sent.count(Sent.TAKEN)

    def _due(self) -> list[tuple[str, str]]:
        """The webhooks, each with its operator, for which something is due."""
        now = self._clock.now().retention
        found: list[tuple[str, str]] = []
        for operator in self._store.operators():
            with self._store.read(operator) as transaction:
                due = (
                    select(OUTBOX.c.webhook)
                    .where(
                        OUTBOX.c.operator == operator, OUTBOX.c.next_try_at <= now, OUTBOX.c.deadline > now
                    )
                    .distinct()
                )
                found += [(operator, row.webhook) for row in transaction.connection.execute(due)]
        return found

    def _take(self, operator: str, webhook: str, now: Now) -> tuple[WebhookRow | None, tuple[Message, ...]]:
        def work(transaction: Transaction) -> tuple[WebhookRow | None, tuple[Message, ...]]:
            row = transaction.one(WebhookRow, WEBHOOK, WEBHOOK.c.id == webhook)
            if row is None or row.disabled_at is not None:
                # The webhook's row first, as where a try is settled.
                _give_up(transaction, webhook, 0)
                _give_up(transaction, webhook, transaction.remove(OUTBOX, OUTBOX.c.webhook == webhook))
                return None, ()
            due = (
                OUTBOX.select()
                .where(
                    OUTBOX.c.webhook == webhook,
                    OUTBOX.c.next_try_at <= now.retention,
                    OUTBOX.c.deadline > now.retention,
                )
                .order_by(OUTBOX.c.next_try_at, OUTBOX.c.id)
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)  # SQLite has one writer, and knows no such lock
            )
            leased = now.retention + LEASE
            taken = []
            for message in transaction.chosen(Message, due, OUTBOX):
                mine = replace(message, next_try_at=leased, tries=message.tries + 1)
                transaction.change(OUTBOX, OUTBOX.c.id == mine.id, next_try_at=leased, tries=mine.tries)
                taken.append(mine)
            return row, tuple(taken)

        return self._store.write(operator, work)

    def _keys(self, operator: str, webhook: str, now: Now) -> list[bytearray]:
        """What to sign with: the newest secret, and for a while the one before."""
        with self._store.read(operator) as transaction:
            row = transaction.one(WebhookRow, WEBHOOK, WEBHOOK.c.id == webhook)
        if row is None:
            return []
        both = row.both_until is not None and now.retention < row.both_until
        generations = (row.generation, row.generation - 1) if both else (row.generation,)
        if self._vault is None:
            self._vault = open_vault(self._settings)
        return [signing_key(self._vault, operator, row.id, number) for number in generations]

    def _settle(self, operator: str, message: Message, how: Sent) -> None:
        now = self._clock.now()
        chance = self._chance()

        def work(transaction: Transaction) -> None:
            # Unless another, our lease being over, has it by now.
            mine = (OUTBOX.c.id == message.id, OUTBOX.c.tries == message.tries)
            to = WEBHOOK.c.id == message.webhook
            if how is Sent.TAKEN:
                transaction.remove(OUTBOX, OUTBOX.c.id == message.id)
                transaction.change(WEBHOOK, to, WEBHOOK.c.failing_since.is_not(None), failing_since=None)
                return
            transaction.change(WEBHOOK, to, WEBHOOK.c.failing_since.is_(None), failing_since=now.wall)
            again = None if message.tries > len(RETRIES) else _after(message.tries, chance, now)
            if again is not None and again < message.deadline and how is not Sent.GONE:
                transaction.change(OUTBOX, *mine, next_try_at=again)
                return
            if how is not Sent.GONE and not transaction.remove(OUTBOX, *mine):
                return
            if how is not Sent.GONE:  # then the message is still there, and goes with all others
                _give_up(transaction, message.webhook, 1)
            too_long = WEBHOOK.c.failing_since <= now.wall - FAILING
            conditions = (to,) if how is Sent.GONE else (to, too_long)
            transaction.change(WEBHOOK, *conditions, WEBHOOK.c.disabled_at.is_(None), disabled_at=now.wall)

        self._store.write(operator, work)


@contextlib.contextmanager
def delivering(settings: Settings) -> Iterator[None]:
    """Send what waits until the end of the block, in a thread of its own."""
    stopped = threading.Event()
    with contextlib.closing(open_store(settings)) as store:
        courier = Courier(settings, store, RetentionClock(store))
        thread = threading.Thread(target=courier.run, args=(stopped,), name="bonafide-webhooks", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            # What was not settled by then is tried again at the next start, or elsewhere.
            thread.join(TIMEOUT_SECONDS)


def _give_up(transaction: Transaction, webhook: str, number: int) -> None:
    transaction.change(WEBHOOK, WEBHOOK.c.id == webhook, given_up=WEBHOOK.c.given_up + number)


def _after(tries: int, chance: float, now: Now) -> datetime:
    return now.retention + RETRIES[tries - 1] * (0.75 + chance / 2)


def _complain(error: Exception) -> None:
    """Ours say nothing of anybody; of any other only its kind is told."""
    _LOG.warning("webhooks wait: %s", error if isinstance(error, BonafideError) else type(error).__name__)
