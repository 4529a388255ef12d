"""Sessions of the operator's people: 12 hours at most, 30 minutes without a sign of them, ended at will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bonafide.privacy import Now
from bonafide.service.accounts import Account, seen_account
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.store import Store, Transaction
from bonafide.store.people_tables import WEB_SESSION

# NIST SP 800-63B, 2.2.3: reauthentication after 12 hours, or 30 minutes of inactivity.
LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
# How exactly it is known when somebody was last seen: not every look at a page is worth a commit.
_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WebSession:
    """A session as it is kept; `seen_at` and the deadline are in retention time."""

    id: str
    account: str
    digest: str
    made_at: datetime
    seen_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has entered, and by which session."""

    operator: str
    account: Account
    session: str


def begin_session(transaction: Transaction, account: str, now: Now) -> str:
    """A new session for whoever has just proved who they are; its text, to be handed over once."""
    bearer = Bearer.made_of(
        BearerKind.STAFF, transaction.operator, new_identifier(), random_bytes(SECRET_BYTES)
    )
    transaction.add(
        WEB_SESSION,
        WebSession(bearer.id, account, bearer.digest, now.wall, now.retention, now.retention + LONGEST),
    )
    return bearer.text


def present(store: Store, text: str, now: Now) -> Present | None:
    """Whoever bears the text of a session that stands; they have then been seen. None for anybody else."""
    bearer = Bearer.parse(BearerKind.STAFF, text)
    if bearer is None:
        return None
    with store.read(bearer.operator) as transaction:
        session = transaction.one(WebSession, WEB_SESSION, WEB_SESSION.c.id == bearer.id)
        if session is None or not bearer.matches(session.digest) or not _stands(session, now):
            return None
        account = seen_account(transaction, session.account)
    if account is None or account.ended_at is not None:
        return None
    if now.retention - session.seen_at >= _NOTED_EVERY:
        store.write(
            bearer.operator,
            lambda transaction: transaction.change(
                WEB_SESSION, WEB_SESSION.c.id == session.id, seen_at=now.retention
            ),
        )
    return Present(bearer.operator, account, session.id)


def end_session(kept: Retention, session: str) -> None:
    """End a session; one that is not there is no error."""
    kept.store.write(
        kept.operator, lambda transaction: transaction.remove(WEB_SESSION, WEB_SESSION.c.id == session)
    )


def end_sessions(kept: Retention, account: str) -> int:
    """End all sessions of an account; how many there were."""
    return kept.store.write(
        kept.operator, lambda transaction: transaction.remove(WEB_SESSION, WEB_SESSION.c.account == account)
    )


def _stands(session: WebSession, now: Now) -> bool:
    return now.retention < session.deadline and now.retention - session.seen_at < IDLE
