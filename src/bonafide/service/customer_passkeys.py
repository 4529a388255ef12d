"""Customers' passkeys: made by whoever has just shown a face and document, or has their line in hand.

Coming in by one tells nobody who is a customer: the browser is asked for any passkey of this site's, and
every answer that opens nothing is refused alike. There is nothing to guess, so nothing is counted or locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bonafide.outcome import LineReason
from bonafide.privacy import Now
from bonafide.privacy.kept_line import WHILE_ACTIVE, LineRow, PasskeyRow, SessionRow
from bonafide.service.authenticators import (
    CHALLENGE_BYTES,
    Asked,
    Site,
    creation_options,
    handle_of,
    read_made,
    read_used,
    request_options,
    written,
)
from bonafide.service.ceremonies import CeremonyKind, begin_ceremony, end_ceremony, find_ceremony
from bonafide.service.counter import Counter
from bonafide.service.customer_access import LetIn
from bonafide.service.customer_session import SESSION_LIFE, CustomerSession, How, open_session
from bonafide.service.moment import as_kept
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store import Transaction
from bonafide.store.line_tables import CUSTOMER_PASSKEY, CUSTOMER_SESSION, LINE

MOST_PASSKEYS: Final = 10


class PasskeyRefusal(StrEnum):
    """Why no passkey was made."""

    NOT_FRESH = "not-fresh"
    """They came in by a passkey: whoever took one must not make others of it."""

    TOO_MANY = "too-many"
    RUN_OUT = "run-out"
    """What was asked was answered or has run out, or the line has ended meanwhile."""

    WRONG = "wrong"
    """The authenticator answered something else, or the passkey is there already."""


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey as its owner sees it. `made_at` has a time zone, `used_at` is a day; `of_line` says that it
    ends with the line by whose code it was made.
    """

    id: str
    made_at: datetime
    used_at: datetime | None
    of_line: bool


class CustomerPasskeys:
    """Passkeys of the customers of every operator; safe to share between threads. Everything raises
    `StoreUnusable` as the store does.
    """

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._store = counter.store

    def ask(self, operator: str, site: Site) -> Asked:
        """Begin to let somebody in; who they are the authenticator says."""
        now, challenge = self._counter.now(), random_bytes(CHALLENGE_BYTES)
        ceremony = self._store.write(
            operator,
            lambda transaction: begin_ceremony(
                transaction, CeremonyKind.CUSTOMER_ENTERS, written(challenge), now
            ),
        )
        return Asked(ceremony, request_options(site, challenge))

    def enter(self, operator: str, ceremony: str, answer: str, site: Site) -> LetIn:
        """Let in, for half an hour, whoever's authenticator answered what was asked, once."""
        now, handle = self._counter.now(), handle_of(answer)
        with self._store.read(operator) as transaction:
            asked = find_ceremony(transaction, ceremony, CeremonyKind.CUSTOMER_ENTERS, now)
            row = _with_handle(transaction, handle, now) if handle is not None else None
        if asked is None or row is None:
            return LetIn(None, None, LineReason.CUSTOMER_UNKNOWN)
        owner = UUID(row.subject).bytes
        uses = read_used(answer, asked.asked, site, owner=owner, public_key=row.public_key, uses=row.uses)

        def work(transaction: Transaction) -> str | None:
            # Whatever the answer is worth, it was the one.
            if not end_ceremony(transaction, asked) or uses is None:
                return None
            # Of two copies at once, one grows the count; and one that was removed meanwhile has none.
            same = (CUSTOMER_PASSKEY.c.id == row.id, CUSTOMER_PASSKEY.c.uses == row.uses)
            if not transaction.change(CUSTOMER_PASSKEY, *same, uses=uses, used_at=_day(now.wall)):
                return None
            return open_session(
                transaction,
                subject=row.subject,
                document_index=row.document_index,
                how=How.PASSKEY,
                opened_with=asked.id,
                now=now,
            )

        text = self._store.write(operator, work)
        if text is None:
            return LetIn(None, None, LineReason.CUSTOMER_UNKNOWN)
        return LetIn(text, now.wall + SESSION_LIFE)

    def ask_new(self, session: CustomerSession, site: Site) -> Asked | PasskeyRefusal:
        """Begin to make a passkey for a customer who is in by a face check or a code."""
        if session.how is How.PASSKEY:
            return PasskeyRefusal.NOT_FRESH
        now, challenge = self._counter.now(), random_bytes(CHALLENGE_BYTES)

        def work(transaction: Transaction) -> tuple[str, tuple[PasskeyRow, ...]] | None:
            rows = _rows(transaction, session)
            if len(rows) >= MOST_PASSKEYS:
                return None
            kind = CeremonyKind.CUSTOMER_MAKES
            return begin_ceremony(transaction, kind, written(challenge), now, session.id), rows

        begun = self._store.write(session.operator, work)
        if begun is None:
            return PasskeyRefusal.TOO_MANY
        ceremony, rows = begun
        options = creation_options(
            site,
            challenge,
            owner=UUID(session.subject).bytes,
            # What a device shows of it, to whoever holds the device: nothing of them.
            name=f"{session.operator} {now.wall:%Y-%m-%d}",
            known=[(row.handle, row.transports) for row in rows],
        )
        return Asked(ceremony, options)

    def make(
        self, session: CustomerSession, ceremony: str, answer: str, site: Site
    ) -> OwnPasskey | PasskeyRefusal:
        """Keep the passkey of an authenticator's answer to what was asked in this session, once."""
        if session.how is How.PASSKEY:
            return PasskeyRefusal.NOT_FRESH
        now, identifier = self._counter.now(), new_identifier()
        with self._store.read(session.operator) as transaction:
            asked = find_ceremony(transaction, ceremony, CeremonyKind.CUSTOMER_MAKES, now)
        if asked is None or asked.invitation != session.id:
            return PasskeyRefusal.RUN_OUT
        made = read_made(answer, asked.asked, site)
        if made is None:
            return PasskeyRefusal.WRONG
        row = PasskeyRow(
            id=identifier,
            subject=session.subject,
            document_index=session.document_index,
            line=session.line,
            handle=made.handle,
            public_key=made.public_key,
            uses=made.uses,
            transports=made.transports,
            made_at=as_kept(now.wall),
            used_at=None,
            deadline=WHILE_ACTIVE,
        )

        def work(transaction: Transaction) -> PasskeyRefusal | None:
            if not end_ceremony(transaction, asked):
                return PasskeyRefusal.RUN_OUT
            if not _still_in(transaction, session, now):
                return PasskeyRefusal.RUN_OUT
            if len(_rows(transaction, session)) >= MOST_PASSKEYS:
                return PasskeyRefusal.TOO_MANY
            return None if transaction.add_if_new(CUSTOMER_PASSKEY, row) else PasskeyRefusal.WRONG

        return self._store.write(session.operator, work) or _own(row)

    def of(self, session: CustomerSession) -> tuple[OwnPasskey, ...]:
        """The customer's passkeys, oldest first."""
        with self._store.read(session.operator) as transaction:
            return tuple(map(_own, _rows(transaction, session)))

    def remove(self, session: CustomerSession, passkey: str) -> bool:
        """Remove one of the customer's passkeys, and end whatever sessions passkeys of theirs opened but this
        one; whether it was there.
        """
        now = self._counter.now()

        def work(transaction: Transaction) -> bool:
            mine = (CUSTOMER_PASSKEY.c.id == passkey, CUSTOMER_PASSKEY.c.subject == session.subject)
            if not transaction.remove(CUSTOMER_PASSKEY, *mine):
                return False
            others = (
                CUSTOMER_SESSION.c.subject == session.subject,
                CUSTOMER_SESSION.c.how == How.PASSKEY.value,
                CUSTOMER_SESSION.c.id != session.id,
                CUSTOMER_SESSION.c.good_until > now.retention,
            )
            transaction.change(CUSTOMER_SESSION, *others, good_until=now.retention)
            return True

        return self._store.write(session.operator, work)


def _with_handle(transaction: Transaction, handle: str, now: Now) -> PasskeyRow | None:
    alive = (CUSTOMER_PASSKEY.c.handle == handle, CUSTOMER_PASSKEY.c.deadline > now.retention)
    return transaction.one(PasskeyRow, CUSTOMER_PASSKEY, *alive)


def _rows(transaction: Transaction, session: CustomerSession) -> tuple[PasskeyRow, ...]:
    order = [CUSTOMER_PASSKEY.c.made_at, CUSTOMER_PASSKEY.c.id]
    mine = CUSTOMER_PASSKEY.c.subject == session.subject
    return transaction.all(PasskeyRow, CUSTOMER_PASSKEY, mine, order=order)


def _still_in(transaction: Transaction, session: CustomerSession, now: Now) -> bool:
    """Whether the session goes on, and the line whose code opened it stands."""
    good = (CUSTOMER_SESSION.c.id == session.id, CUSTOMER_SESSION.c.good_until > now.retention)
    if transaction.one(SessionRow, CUSTOMER_SESSION, *good) is None:
        return False
    stands = (LINE.c.id == session.line, LINE.c.ended_at.is_(None))
    return session.line is None or transaction.one(LineRow, LINE, *stands) is not None


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _own(row: PasskeyRow) -> OwnPasskey:
    return OwnPasskey(row.id, row.made_at, row.used_at, row.line is not None)
