"""How many lines one document may have, counted so that two who come at once are not both the fifth."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from bonafide.store import Transaction
from bonafide.store.line_tables import LINE
from bonafide.store.schema import DECISION, LOG_HEAD

# MIIT's opinions against fraud by telephone (November 2016): at most five for one person at one operator.
MOST_LINES: Final = 5


def take_turn(transaction: Transaction) -> None:
    """Begin a unit of work that changes lines: nobody else changes any of the operator's until it ends.

    A process commits together what comes at once, in whatever order it came, so that two processes could wait
    for lines of one another for ever. What every decision waits for, the log's head, puts them in one line.
    """
    head = select(LOG_HEAD.c.size).where(LOG_HEAD.c.operator == transaction.operator).with_for_update()
    transaction.connection.execute(head)


def hold_document(transaction: Transaction, document_index: str) -> frozenset[str]:
    """Let nobody else bind or erase under a document until this unit of work ends; its decisions there are.

    PostgreSQL locks them, in one order, so that two who come at once wait for one another and not for ever;
    SQLite has one writer. What was committed meanwhile is seen by whatever is asked next (READ COMMITTED).
    """
    decisions = (
        select(DECISION.c.id)
        .where(DECISION.c.operator == transaction.operator, DECISION.c.document_index == document_index)
        .order_by(DECISION.c.id)
        .with_for_update(key_share=True)  # rows that merely refer to them do not wait
    )
    return frozenset(transaction.connection.execute(decisions).scalars())


def active_lines(transaction: Transaction, document_index: str) -> int:
    """How many lines stand under a document, which is to be held first."""
    query = (
        select(func.count())
        .select_from(LINE)
        .where(
            LINE.c.operator == transaction.operator,
            LINE.c.document_index == document_index,
            LINE.c.ended_at.is_(None),
        )
    )
    return transaction.connection.execute(query).scalar_one()
