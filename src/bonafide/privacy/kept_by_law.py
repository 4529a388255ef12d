"""What the law makes stay of a line that has ended, when the person in whose name it was wants all erased.

MIIT order 25 of 2013 (电话用户真实身份信息登记规定) has operators keep what was registered while the service
runs and for two years after it ended. PIPL, article 47, lets nothing but that stay then, and nothing be done
with it but to store it safely.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bonafide.privacy.kept_line import WHILE_ACTIVE, LineRow
from bonafide.privacy.now import Now
from bonafide.store import Transaction
from bonafide.store.line_tables import LINE
from bonafide.store.schema import CONSENT, DECISION


@dataclass(frozen=True, slots=True)
class KeptByLaw:
    """Identifiers of rows: of lines, whose sealed numbers have the same, and of the decisions, consents and
    subjects that they rest on. `lines` is how many lines; `until` when the last of them goes, in retention
    time, None for no line.
    """

    rows: frozenset[str]
    lines: int
    until: datetime | None


def kept_by_law(
    transaction: Transaction, subjects: Collection[str], now: Now, purpose: str | None = None
) -> KeptByLaw:
    """What must stay of somebody's lines, active or ended, for one purpose or altogether."""
    of_purpose = () if purpose is None else (LINE.c.purpose == purpose,)
    lines = transaction.all(
        LineRow, LINE, LINE.c.subject.in_(subjects), LINE.c.deadline > now.retention, *of_purpose
    )
    rows = {row for line in lines for row in (line.id, line.decision, line.consent, line.subject)}
    until = max((line.deadline for line in lines), default=None)
    return KeptByLaw(frozenset(rows), len(lines), until)


def let_go_with_the_line(transaction: Transaction, kept: KeptByLaw) -> None:
    """Let what an ended line rests on go when it goes, where it would have stayed longer by itself."""
    if kept.until is None or kept.until >= WHILE_ACTIVE:
        return
    for table in (DECISION, CONSENT):
        late = (table.c.id.in_(kept.rows), table.c.deadline > kept.until)
        transaction.change(table, *late, deadline=kept.until)
