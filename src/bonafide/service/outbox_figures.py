"""How the outbox stands: how much waits, for how long, and what was lost; not about whom, nor where to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from bonafide.service.retention import Retention
from bonafide.store.delivery_tables import OUTBOX, WEBHOOK


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """Of all webhooks of an operator together. `oldest` is the age of the message that waits longest, zero
    without any; `given_up` are those ever given up, of the webhooks that there are.
    """

    waiting: int
    oldest: timedelta
    given_up: int
    disabled: int


def outbox_figures(kept: Retention) -> OutboxFigures:
    """Counted now."""
    now = kept.now()
    waiting = select(func.count(), func.min(OUTBOX.c.made_at)).where(
        OUTBOX.c.operator == kept.operator, OUTBOX.c.deadline > now.retention
    )
    webhooks = select(func.sum(WEBHOOK.c.given_up), func.count(WEBHOOK.c.disabled_at)).where(
        WEBHOOK.c.operator == kept.operator
    )
    with kept.store.read(kept.operator) as transaction:
        count, first = transaction.connection.execute(waiting).one()
        given_up, disabled = transaction.connection.execute(webhooks).one()
    oldest = max(now.wall - first, timedelta(0)) if first is not None else timedelta(0)
    return OutboxFigures(count, oldest, int(given_up or 0), disabled)
