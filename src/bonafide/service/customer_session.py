"""A customer who has come in: by face and document, by a code to their line, or by a passkey."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.privacy import Now
from bonafide.privacy.kept_line import SessionRow
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store import Store, Transaction
from bonafide.store.line_tables import CUSTOMER_SESSION

# Long enough to look and to decide, too short to be found in a phone that was left behind.
SESSION_LIFE: Final = timedelta(minutes=30)
# Its row stays a little longer, so that what opened it once opens nothing again.
_LEFT_OVER: Final = timedelta(days=1)


class How(StrEnum):
    """How a customer came in."""

    FACE = "face"
    """They were accepted in a sign-up a moment ago."""

    CODE = "code"
    """They have the code that was sent to their line."""

    PASSKEY = "passkey"
    """They have the passkey that they made at sign-up."""


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """Whose records a customer sees: their own, and which lines stand under their document.

    `document_index` is None where no document was read; `line` is the one whose code they had. `good_until`
    is retention time.
    """

    id: str
    operator: str
    subject: str
    document_index: str | None = field(repr=False)
    how: How
    line: str | None
    good_until: datetime


def open_session(
    transaction: Transaction,
    *,
    subject: str,
    document_index: str | None,
    how: How,
    opened_with: str,
    now: Now,
    line: str | None = None,
) -> str | None:
    """Let a customer in for half an hour; the session's text, which is nowhere else. None if what it is
    opened with, a random identifier, opened one before.
    """
    bearer = Bearer.made_of(
        BearerKind.SESSION, transaction.operator, new_identifier(), random_bytes(SECRET_BYTES)
    )
    row = SessionRow(
        id=bearer.id,
        subject=subject,
        document_index=document_index,
        how=how.value,
        opened_with=opened_with,
        line=line,
        digest=bearer.digest,
        made_at=now.wall,
        good_until=now.retention + SESSION_LIFE,
        deadline=now.retention + SESSION_LIFE + _LEFT_OVER,
    )
    return bearer.text if transaction.add_if_new(CUSTOMER_SESSION, row) else None


def session_of(store: Store, text: str, now: Now) -> CustomerSession | None:
    """The session of a text, None for whatever else it is and for one that is over."""
    bearer = Bearer.parse(BearerKind.SESSION, text)
    if bearer is None:
        return None
    with store.read(bearer.operator) as transaction:
        row = transaction.one(SessionRow, CUSTOMER_SESSION, CUSTOMER_SESSION.c.id == bearer.id)
    if row is None or not bearer.matches(row.digest) or now.retention >= row.good_until:
        return None
    return CustomerSession(
        row.id, bearer.operator, row.subject, row.document_index, How(row.how), row.line, row.good_until
    )


def end_session(store: Store, session: CustomerSession, now: Now) -> None:
    """Let a customer out. What opened the session opens no other."""
    store.write(
        session.operator,
        lambda transaction: transaction.change(
            CUSTOMER_SESSION, CUSTOMER_SESSION.c.id == session.id, good_until=now.retention
        ),
    )
