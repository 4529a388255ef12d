"""Lines: bound to whoever was verified, passed on to whoever is verified anew, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import and_, or_

from bonafide.errors import UsageError
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy import Kept, Now, Purpose, purpose_named, purposes
from bonafide.privacy.consent import Consent, consent_of
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.kept_line import WHILE_ACTIVE, LineRow
from bonafide.service.announcing import announce
from bonafide.service.counter import Counter
from bonafide.service.line import Bound, Line, LineEnd, LinePage, LineRefused, require_number
from bonafide.service.line_limit import MOST_LINES, active_lines, hold_document, take_turn
from bonafide.service.moment import as_kept
from bonafide.service.page_place import place_of, read_place
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import SignUpState
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.line_tables import CUSTOMER_PASSKEY, LINE
from bonafide.store.schema import DECISION, SEALED
from bonafide.store.sealed import find, open_from, seal_into
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.vault import wipe

INDEX_USE: Final = "line"
MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A sign-up of which a line may be made."""

    sign_up: str
    shop: str | None
    purpose: Purpose
    decision: DecisionRecord
    document_index: str


@dataclass(frozen=True, slots=True)
class _SignUp:
    id: str
    state: str
    purpose: str
    shop: str | None
    decision: str | None


class Lines:
    """The lines of one operator; safe to share between threads. `most` may stand under one document."""

    def __init__(self, counter: Counter, operator: str, *, most: int = MOST_LINES) -> None:
        self._kept = counter.kept(operator)
        self._vault = counter.vault
        self._most = most

    def bind(self, sign_up: str, number: str) -> Bound:
        """Put a line into the name of whoever was accepted in a sign-up, which is then spent.

        `number` is in international form (E.164); it is sealed, and found again by a keyed hash alone. Raises
        `UsageError` for another form; `VaultClosed` and `StoreUnusable`, and then nothing is kept.
        """
        index = self.number_index(number)
        now, epoch, identifier = self._kept.now(), self._epoch(), new_identifier()

        def work(transaction: Transaction) -> LineRow:
            take_turn(transaction)
            accepted = self._accepted(transaction, sign_up, now)
            row = self._bind(transaction, accepted, index, now, identifier=identifier)
            self._seal(transaction, row, number.encode("ascii"), now, epoch)
            announce(transaction, "line.bound", row.id, now)
            return row

        return self._done(work)

    def transfer(self, line: str, sign_up: str) -> Bound | None:
        """Pass a line on to whoever was accepted in a new sign-up: the old one ends, a new one with its
        number begins. None if there is no such line. Raises as `bind`, and `RecordAltered` if somebody
        changed the number.
        """
        now, epoch, identifier = self._kept.now(), self._epoch(), new_identifier()

        def work(transaction: Transaction) -> LineRow:
            take_turn(transaction)
            old = _there(transaction, line)
            accepted = self._accepted(transaction, sign_up, now)
            # The number is free, and a place under the document, from here on.
            end_line(transaction, old, LineEnd.TRANSFERRED, now)
            row = self._bind(transaction, accepted, old.number_index, now, identifier=identifier)
            number = self._number(transaction, old)
            try:
                self._seal(transaction, row, number, now, epoch)
            finally:
                wipe(number)
            announce(transaction, "line.transferred", old.id, now)
            announce(transaction, "line.bound", row.id, now)
            return row

        try:
            return self._done(work)
        except _NoSuchLine:
            return None

    def end(self, line: str) -> Bound | None:
        """End a line, which is then kept for as long as its purpose says. None if there is no such line."""
        now = self._kept.now()

        def work(transaction: Transaction) -> LineRow:
            take_turn(transaction)
            ended = end_line(transaction, _there(transaction, line), LineEnd.CANCELLED, now)
            announce(transaction, "line.ended", ended.id, now)
            return ended

        try:
            return self._done(work)
        except _NoSuchLine:
            return None

    def find(self, line: str) -> Line | None:
        """A line, active or ended."""
        with self._kept.store.read(self._kept.operator) as transaction:
            row = _row(transaction, line)
        return Line.of(row) if row is not None else None

    def with_number(self, number: str) -> tuple[Line, ...]:
        """The lines that have or had a number, the newest first: at most one of them is active. Raises
        `UsageError` for a number in another form, `VaultClosed`.
        """
        index = self.number_index(number)
        with self._kept.store.read(self._kept.operator) as transaction:
            rows = transaction.all(
                LineRow, LINE, LINE.c.number_index == index, order=[LINE.c.bound_at.desc(), LINE.c.id.desc()]
            )
        return tuple(map(Line.of, rows))

    def page(self, *, after: str | None = None, most: int = 50) -> LinePage:
        """Lines, active or ended, newest first. Raises `UsageError` for an `after` that no page gave, or for
        more than `MOST_ON_A_PAGE` at once.
        """
        if not 0 < most <= MOST_ON_A_PAGE:
            raise UsageError(f"A page has 1 to {MOST_ON_A_PAGE} lines", "Ask for so many")
        query = LINE.select().order_by(LINE.c.bound_at.desc(), LINE.c.id.desc()).limit(most + 1)
        if after is not None:
            moment, identifier = read_place(after)
            query = query.where(
                or_(
                    LINE.c.bound_at < moment,
                    and_(LINE.c.bound_at == moment, LINE.c.id < identifier),
                )
            )
        with self._kept.store.read(self._kept.operator) as transaction:
            rows = transaction.chosen(LineRow, query, LINE)
        shown = rows[:most]
        return LinePage(
            tuple(map(Line.of, shown)),
            place_of(shown[-1].bound_at, shown[-1].id) if len(rows) > most else None,
        )

    def number_index(self, number: str) -> str:
        """What stands for a number in the records. Raises `UsageError` for another form, `VaultClosed`."""
        return self._vault.index(self._kept.operator, INDEX_USE, require_number(number))

    def _epoch(self) -> int:
        """Asked for before the unit of work, for beginning one is another."""
        now = self._kept.now().retention
        return current_epoch(self._kept.store, self._vault, self._kept.operator, now).number

    def _done(self, work: Callable[[Transaction], LineRow]) -> Bound:
        try:
            return Bound(Line.of(self._kept.store.write(self._kept.operator, work)))
        except LineRefused as refused:
            return Bound(None, refused.reason)

    def _accepted(self, transaction: Transaction, sign_up: str, now: Now) -> _Accepted:
        """A sign-up that is accepted, with its document held. Raises `LineRefused`."""
        found = transaction.one(_SignUp, SIGN_UP, SIGN_UP.c.id == sign_up)
        if found is None or found.state != SignUpState.ACCEPTED or found.decision is None:
            raise LineRefused(LineReason.NOT_ACCEPTED)
        purpose = purpose_named(found.purpose, purposes())
        decision = transaction.one(DecisionRecord, DECISION, DECISION.c.id == found.decision)
        if decision is None or decision.outcome != Outcome.ACCEPT or Kept.LINE not in purpose.keeps:
            raise LineRefused(LineReason.NOT_ACCEPTED)
        if decision.document_index is None:
            raise LineRefused(LineReason.DOCUMENT_UNSURE)
        # What was there a moment ago may have been erased while this waited for the document.
        if decision.id not in hold_document(transaction, decision.document_index):
            raise LineRefused(LineReason.NOT_ACCEPTED)
        if not _holds(consent_of(transaction, decision.consent), purpose, now):
            raise LineRefused(LineReason.NOT_ACCEPTED)
        return _Accepted(found.id, found.shop, purpose, decision, decision.document_index)

    def _bind(
        self, transaction: Transaction, accepted: _Accepted, number_index: str, now: Now, *, identifier: str
    ) -> LineRow:
        _require_unspent(transaction, accepted.sign_up)
        if active_lines(transaction, accepted.document_index) >= self._most:
            raise LineRefused(LineReason.LIMIT_REACHED)
        row = LineRow(
            id=identifier,
            subject=accepted.decision.subject,
            consent=accepted.decision.consent,
            decision=accepted.decision.id,
            purpose=accepted.purpose.name,
            sign_up=accepted.sign_up,
            number_index=number_index,
            document_index=accepted.document_index,
            shop=accepted.shop,
            bound_at=as_kept(now.wall),
            ended_at=None,
            ended_because=None,
            deadline=WHILE_ACTIVE,
        )
        # Somebody else may be first with the number, or with the sign-up, at this very moment.
        if not transaction.add_if_new(LINE, row):
            _require_unspent(transaction, accepted.sign_up)
            raise LineRefused(LineReason.TAKEN)
        return row

    def _seal(
        self, transaction: Transaction, row: LineRow, number: bytes | bytearray, now: Now, epoch: int
    ) -> None:
        seal_into(
            transaction,
            self._vault,
            number,
            epoch=epoch,
            id=row.id,
            subject=row.subject,
            consent=row.consent,
            purpose=row.purpose,
            kind=Kept.LINE,
            made_at=now.wall,
            deadline=row.deadline,
        )

    def _number(self, transaction: Transaction, row: LineRow) -> bytearray:
        sealed = find(transaction, row.id)
        if sealed is None:
            raise LineRefused(LineReason.ENDED)
        return open_from(self._vault, self._kept.operator, sealed)


class _NoSuchLine(Exception):  # noqa: N818 - it undoes a unit of work, and reaches nobody
    pass


def end_line(transaction: Transaction, row: LineRow, because: LineEnd, now: Now) -> LineRow:
    """End a line: its term begins, and its number's with it; passkeys made by its code are gone, as its code
    is. Raises `LineRefused` if it has ended.
    """
    deadline = purpose_named(row.purpose, purposes()).deadline(Kept.LINE, now.retention)
    if deadline is None:
        deadline = now.retention  # a purpose that keeps lines no more
    # Of two who end it at once, one finds it ended.
    active = (LINE.c.id == row.id, LINE.c.ended_at.is_(None))
    ended_at = as_kept(now.wall)
    ends = {"ended_at": ended_at, "ended_because": because.value, "deadline": deadline}
    if transaction.change(LINE, *active, **ends) != 1:
        raise LineRefused(LineReason.ENDED)
    transaction.change(SEALED, SEALED.c.id == row.id, deadline=deadline)
    transaction.remove(CUSTOMER_PASSKEY, CUSTOMER_PASSKEY.c.line == row.id)
    return replace(row, ended_at=ended_at, ended_because=because.value, deadline=deadline)


def _row(transaction: Transaction, line: str) -> LineRow | None:
    return transaction.one(LineRow, LINE, LINE.c.id == line)


def _there(transaction: Transaction, line: str) -> LineRow:
    row = _row(transaction, line)
    if row is None:
        raise _NoSuchLine
    return row


def _require_unspent(transaction: Transaction, sign_up: str) -> None:
    if transaction.one(LineRow, LINE, LINE.c.sign_up == sign_up) is not None:
        raise LineRefused(LineReason.ALREADY_BOUND)


def _holds(consent: Consent | None, purpose: Purpose, now: Now) -> bool:
    """Whether a sign-up is fresh enough to be spent: an old one must not be hoarded and sold on."""
    if consent is None or consent.withdrawn_at is not None or purpose.consent_life is None:
        return False
    return now.wall < purpose.consent_life.after(consent.given_at)
