"""What leaves by webhooks and what came in twice, for as long as its identifiers lead to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table

from bonafide.privacy.holding import NobodysOwn, remove_some
from bonafide.store import Transaction
from bonafide.store.delivery_tables import IDEMPOTENCY, OUTBOX


@dataclass(frozen=True, slots=True)
class Messages(NobodysOwn):
    """Events on their way: a kind, and an identifier that leads nowhere after an erasure. They stay then, for
    the operator's systems must still learn what happened. What each is about is exported where it is kept.
    """

    name: str = "message"
    tables: tuple[Table, ...] = (OUTBOX,)

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(transaction, OUTBOX, OUTBOX.c.deadline <= now, most=most)


@dataclass(frozen=True, slots=True)
class Answers(NobodysOwn):
    """Answers kept for a day, so that a request that comes twice is carried out once. Each opens with its
    caller's own Idempotency-Key only, so nobody here can tell whom one speaks of: an erasure takes them all.
    The rows stay, and a request that comes again is still not carried out again. What each speaks of is
    exported where it is kept.
    """

    name: str = "answer"
    tables: tuple[Table, ...] = (IDEMPOTENCY,)

    def erase(
        self,
        transaction: Transaction,
        subject: str,  # noqa: ARG002
        purpose: str | None = None,  # noqa: ARG002
        *,
        staying: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> int:
        transaction.change(IDEMPOTENCY, IDEMPOTENCY.c.answer.is_not(None), answer=None, nonce=None)
        return 0

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        return remove_some(transaction, IDEMPOTENCY, IDEMPOTENCY.c.deadline <= now, most=most)
