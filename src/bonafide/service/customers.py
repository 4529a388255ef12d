"""What a customer who has come in sees and does: their lines, consents and decisions, and their rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_

from bonafide.errors import NotPermitted, RecordAltered
from bonafide.evidence.proving import prove_record
from bonafide.evidence.records import records_of
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy import purpose_named, purposes
from bonafide.privacy.consent import Consent, withdraw
from bonafide.privacy.erasure import Erased, erase
from bonafide.privacy.export import Export, export
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.kept_by_law import kept_by_law
from bonafide.privacy.kept_line import WHILE_ACTIVE, LineRow, ObjectionRow
from bonafide.service.counter import Counter
from bonafide.service.customer_session import CustomerSession, How
from bonafide.service.line import Line, LineRefused
from bonafide.service.line_limit import take_turn
from bonafide.service.objections import Objection, make_objection
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store import Transaction
from bonafide.store.line_tables import LINE, OBJECTION
from bonafide.store.schema import CONSENT, DECISION
from bonafide.store.sealed import find, open_from
from bonafide.vault import wipe
from bonafide.version import SOFTWARE

# Who the log says looked, when it was the customer themselves.
THEMSELVES: Final = "customer"
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line in the customer's name, by the last four digits of its number; `number` is the whole of it, for
    whoever came in by a code to that very line. Both are None where the record was altered and does not open.
    """

    line: Line
    ends_in: str | None = field(repr=False)
    number: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """What was decided about the customer, and what proves it; `proof` is None until the log's next
    checkpoint.
    """

    id: str
    purpose: str
    decided_at: datetime
    outcome: Outcome
    receipt: bytes = field(repr=False)
    proof: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Objected:
    """What came of objecting to a line."""

    objection: Objection | None
    refusal: LineReason | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A consent as it stands, and what was erased of what rested on it; `stays` says why not all of it was,
    or nothing.
    """

    consent: Consent
    erased: Erased | None
    stays: LineReason | None = None


@dataclass(frozen=True, slots=True)
class ErasedAll:
    """What was erased, with its receipt, or why nothing was; `stays` says why not all of it was."""

    erased: Erased | None
    refusal: LineReason | None = None
    stays: LineReason | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an erasure would meet: how many lines of the customer's stand, and how many ended ones the law has
    stay, the last of them until a moment in retention time.
    """

    active: int
    in_term: int
    until: datetime | None


class Customer:
    """One customer, for as long as their session. Everything raises `StoreUnusable` as the store does."""

    def __init__(self, counter: Counter, session: CustomerSession) -> None:
        self._counter = counter
        self._session = session
        self._store = counter.store
        self._operator = session.operator

    def lines(self) -> tuple[OwnLine, ...]:
        """Every line under the customer's document or of their own, active or ended, newest first: where the
        line was bound by another sign-up with that document, it is shown as well, and nothing else of that
        sign-up. Raises `VaultClosed`.
        """
        with self._store.read(self._operator) as transaction:
            rows = transaction.all(
                LineRow, LINE, self._in_their_name(), order=[LINE.c.bound_at.desc(), LINE.c.id.desc()]
            )
            return tuple(self._own(transaction, row) for row in rows)

    def consents(self) -> tuple[Consent, ...]:
        """What the customer agreed to, newest first."""
        with self._store.read(self._operator) as transaction:
            return transaction.all(
                Consent,
                CONSENT,
                CONSENT.c.subject == self._session.subject,
                order=[CONSENT.c.given_at.desc(), CONSENT.c.id],
            )

    def decisions(self) -> tuple[OwnDecision, ...]:
        """What was decided about the customer, newest first. Raises `LogBroken` if the log holds it not."""
        with self._store.read(self._operator) as transaction:
            rows = transaction.all(
                DecisionRecord,
                DECISION,
                DECISION.c.subject == self._session.subject,
                order=[DECISION.c.decided_at.desc(), DECISION.c.id],
            )
            return tuple(_told(transaction, row) for row in rows)

    def objections(self) -> tuple[Objection, ...]:
        """What was objected to, by the customer or of lines in their name, newest first."""
        with self._store.read(self._operator) as transaction:
            lines = [row.id for row in transaction.all(LineRow, LINE, self._in_their_name())]
            theirs = or_(OBJECTION.c.subject == self._session.subject, OBJECTION.c.line.in_(lines))
            order = [OBJECTION.c.made_at.desc(), OBJECTION.c.id]
            return tuple(map(Objection.of, transaction.all(ObjectionRow, OBJECTION, theirs, order=order)))

    def object(self, line: str) -> Objected | None:
        """Say that a line in the customer's name is not theirs; a person must look into it. None if no such
        line is in their name.
        """
        now = self._counter.now()

        def work(transaction: Transaction) -> ObjectionRow | None:
            row = transaction.one(LineRow, LINE, LINE.c.id == line, self._in_their_name())
            return make_objection(transaction, row, self._session.subject, now) if row is not None else None

        try:
            made = self._store.write(self._operator, work)
        except LineRefused as refused:
            return Objected(None, refused.reason)
        return Objected(Objection.of(made)) if made is not None else None

    def export(self) -> Export:
        """Everything that is kept of the customer, opened. That they took it is in the log first. Raises
        `VaultClosed`.
        """
        return export(
            self._store,
            self._counter.vault,
            self._operator,
            [self._session.subject],
            who=THEMSELVES,
            now=self._counter.now(),
            identifier=new_identifier,
            random=random_bytes,
        )

    def withdraw(self, consent: str) -> Withdrawn | None:
        """Take a consent back, at once and in any case, and erase what rested on it: but not while a line
        stands on it, nor while another consent of theirs to that purpose does. What the law makes stay of an
        ended line stays. None if they gave no such consent.
        """
        now = self._counter.now()

        def work(transaction: Transaction) -> Consent | None:
            found = transaction.one(
                Consent, CONSENT, CONSENT.c.id == consent, CONSENT.c.subject == self._session.subject
            )
            if found is None:
                return None
            return withdraw(transaction, consent, purpose_named(found.purpose, purposes()), now)

        found = self._store.write(self._operator, work)
        if found is None:
            return None
        try:
            erased = self._erase(found.purpose, self._without_line(found.purpose))
            return Withdrawn(found, erased, LineReason.KEPT if erased.in_term else None)
        except LineRefused as refused:
            return Withdrawn(found, None, refused.reason)
        except NotPermitted:
            return Withdrawn(found, None, LineReason.CONSENT_STANDS)

    def erase(self) -> ErasedAll:
        """Erase everything that is kept of the customer, this session and their passkeys too; but not while a
        line stands in their name. What the law makes stay of an ended line stays, and nothing else.
        """
        try:
            erased = self._erase(None, self._without_line())
        except LineRefused as refused:
            return ErasedAll(None, refused.reason)
        return ErasedAll(erased, stays=LineReason.KEPT if erased.in_term else None)

    def standing(self) -> Standing:
        """What would be in the way of erasing everything, or stay."""
        now = self._counter.now()
        with self._store.read(self._operator) as transaction:
            law = kept_by_law(transaction, [self._session.subject], now)
            theirs = (LINE.c.subject == self._session.subject, LINE.c.ended_at.is_(None))
            active = len(transaction.all(LineRow, LINE, *theirs))
        return Standing(active, law.lines - active, law.until if law.until != WHILE_ACTIVE else None)

    def _erase(self, purpose: str | None, first: Callable[[Transaction], None]) -> Erased:
        return erase(
            self._store,
            self._operator,
            [self._session.subject],
            now=self._counter.now(),
            identifier=new_identifier,
            signer=self._counter.signer,
            software=SOFTWARE,
            purpose=purpose,
            within_law=True,
            first=first,
        )

    def _without_line(self, purpose: str | None = None) -> Callable[[Transaction], None]:
        """What refuses to erase while a line rests on it, asked when nobody can bind one meanwhile."""

        def first(transaction: Transaction) -> None:
            take_turn(transaction)
            of_purpose = () if purpose is None else (LINE.c.purpose == purpose,)
            theirs = (LINE.c.subject == self._session.subject, LINE.c.ended_at.is_(None), *of_purpose)
            if transaction.one(LineRow, LINE, *theirs) is not None:
                raise LineRefused(LineReason.ACTIVE)

        return first

    def _in_their_name(self) -> ColumnElement[bool]:
        own = LINE.c.subject == self._session.subject
        if self._session.document_index is None:
            return own
        return or_(own, LINE.c.document_index == self._session.document_index)

    def _own(self, transaction: Transaction, row: LineRow) -> OwnLine:
        sealed = find(transaction, row.id)
        if sealed is None:
            return OwnLine(Line.of(row), None, None)
        try:
            number = open_from(self._counter.vault, self._operator, sealed)
        except RecordAltered:
            return OwnLine(Line.of(row), None, None)
        try:
            ends_in = number[-_SHOWN:].decode("ascii")
            whole = self._session.how is How.CODE and self._session.line == row.id
            return OwnLine(Line.of(row), ends_in, number.decode("ascii") if whole else None)
        finally:
            wipe(number)


def _told(transaction: Transaction, row: DecisionRecord) -> OwnDecision:
    (record,) = records_of(transaction, row.id)
    proof = prove_record(transaction, record)
    return OwnDecision(
        row.id,
        row.purpose,
        row.decided_at,
        Outcome(row.outcome),
        row.receipt,
        bytes(proof) if proof is not None else None,
    )
