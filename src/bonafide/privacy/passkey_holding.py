"""Customers' passkeys: each lives as long as what it opens, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists, or_

from bonafide.privacy.holding import remove_some
from bonafide.privacy.kept_line import PasskeyRow
from bonafide.store import Transaction
from bonafide.store.line_tables import CUSTOMER_PASSKEY, LINE
from bonafide.store.schema import CONSENT, DECISION

# What a passkey opens. That a consent was given and withdrawn is on record without it.
_OPENED: tuple[Table, ...] = (LINE, DECISION)


@dataclass(frozen=True, slots=True)
class Passkeys:
    """They go with the last line, decision and standing consent of whose they are, and with any erasure that
    leaves of these nothing but what the law makes stay, which is stored and shown to nobody.
    """

    name: str = "customer-passkey"
    tables: tuple[Table, ...] = (CUSTOMER_PASSKEY,)

    def export(self, transaction: Transaction, subject: str) -> Sequence[object]:
        mine = CUSTOMER_PASSKEY.c.subject == subject
        return transaction.all(PasskeyRow, CUSTOMER_PASSKEY, mine, order=[CUSTOMER_PASSKEY.c.id])

    def erase(
        self,
        transaction: Transaction,
        subject: str,
        purpose: str | None = None,
        *,
        staying: frozenset[str] = frozenset(),
    ) -> int:
        mine = CUSTOMER_PASSKEY.c.subject == subject
        if purpose is None:
            return transaction.remove(CUSTOMER_PASSKEY, mine)
        # Before this, whatever of the purpose goes has gone.
        return transaction.remove(CUSTOMER_PASSKEY, mine, *_nothing_left(staying))

    def erase_due(self, transaction: Transaction, now: datetime, most: int) -> int:
        ended = or_(CUSTOMER_PASSKEY.c.deadline <= now, and_(*_nothing_left(frozenset())))
        return remove_some(transaction, CUSTOMER_PASSKEY, ended, most=most)


def _nothing_left(staying: frozenset[str]) -> list[ColumnElement[bool]]:
    """That somebody has nothing any more that a passkey would open."""
    standing = CONSENT.c.withdrawn_at.is_(None)
    return [
        *(_none(table, table.c.id.not_in(staying)) for table in _OPENED),
        _none(CONSENT, and_(standing, CONSENT.c.id.not_in(staying))),
    ]


def _none(table: Table, which: ColumnElement[bool]) -> ColumnElement[bool]:
    same = and_(
        table.c.operator == CUSTOMER_PASSKEY.c.operator, table.c.subject == CUSTOMER_PASSKEY.c.subject
    )
    return ~exists().where(same, which).correlate(CUSTOMER_PASSKEY)
