"""How customers come in: a link whose sign-up was accepted, or a code to their line.

Whoever tries learns nothing of whether a number or a person is known: what is unknown is looked for, counted
and answered like what is known.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bonafide.errors import NotPermitted
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy import Now
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.kept_line import CodeRow, LineRow
from bonafide.privacy.now import not_set_back
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.attempt_limits import (
    AttemptKey,
    AttemptKind,
    any_locked,
    attempt_key,
    record_failure,
)
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.counter import Counter
from bonafide.service.customer_session import SESSION_LIFE, How, open_session
from bonafide.service.line import require_number
from bonafide.service.lines import INDEX_USE
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.service.sign_up import SignUpState
from bonafide.service.sign_up_links import row_of_link
from bonafide.store import Transaction
from bonafide.store.line_tables import CUSTOMER_CODE, LINE
from bonafide.store.schema import DECISION

# How long after it was accepted a sign-up's link lets its customer in.
FRESH: Final = timedelta(minutes=10)
CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
# How many codes there are for a number within that time, so that nobody is flooded with messages.
MOST_CODES: Final = 5

_CODE: Final = re.compile(r"[0-9]{8}", re.ASCII)
_REQUEST: Final = re.compile(
    r"([a-z0-9]+(?:[.-][a-z0-9]+)*)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII
)
_LONGEST_REQUEST: Final = 128
_CODE_USE: Final = "customer-code"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that the operator sends to a line as a message, and here alone: what is kept is a keyed hash.

    `request` names it when the customer comes with it; it is no secret. `expires_at` has a time zone.
    """

    request: str
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for a code."""

    code: Code | None
    refusal: LineReason | None = None


@dataclass(frozen=True, slots=True)
class LetIn:
    """What came of coming in: a session's text, shown once, and when it is over, or why there is none."""

    session: str | None = field(repr=False)
    expires_at: datetime | None
    refusal: LineReason | None = None


class CustomerAccess:
    """Lets customers of every operator in; safe to share between threads."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def ask_code(self, operator: str, number: str) -> Asked:
        """A code for a line, good for ten minutes and five tries; older ones for that number open nothing any
        more. A number that is no line gets one as well, which never opens anything.

        Refuses while codes for the number are locked or too many. Raises `UsageError` for a number in another
        form, `VaultClosed`, `StoreUnusable`.
        """
        vault, now = self._counter.vault, self._counter.now()
        identifier = new_identifier()
        code = f"{int.from_bytes(random_bytes(16), 'big') % 10**8:08}"
        index = vault.index(operator, INDEX_USE, require_number(number))
        code_index = vault.index(operator, _CODE_USE, f"{identifier} {code}")
        key = attempt_key(vault, operator, AttemptKind.LINE, index)

        def work(transaction: Transaction) -> bool:
            alive = (CUSTOMER_CODE.c.number_index == index, CUSTOMER_CODE.c.deadline > now.retention)
            if len(transaction.all(CodeRow, CUSTOMER_CODE, *alive)) >= MOST_CODES:
                return False
            if any_locked(transaction, [key], now):
                return False
            transaction.change(CUSTOMER_CODE, *alive, tries_left=0)
            line = transaction.one(LineRow, LINE, LINE.c.number_index == index, LINE.c.ended_at.is_(None))
            row = CodeRow(
                id=identifier,
                subject=line.subject if line is not None else None,
                line=line.id if line is not None else None,
                number_index=index,
                code_index=code_index,
                tries_left=CODE_TRIES,
                made_at=now.wall,
                deadline=now.retention + CODE_LIFE,
            )
            transaction.add(CUSTOMER_CODE, row)
            return True

        if not self._counter.store.write(operator, work):
            return Asked(None, LineReason.CUSTOMER_LOCKED)
        return Asked(Code(f"{operator}/{identifier}", code, now.wall + CODE_LIFE))

    def by_code(self, request: str, code: str) -> LetIn:
        """Let in whoever has the code of a request. Each try counts, whatever comes of it; wrong ones lock
        the number as other attempts are locked. Raises `VaultClosed`, `StoreUnusable`.
        """
        named = _REQUEST.fullmatch(request) if len(request) <= _LONGEST_REQUEST else None
        if named is None or not _CODE.fullmatch(code):
            return _unknown()
        operator, identifier = named[1], named[2]
        now = self._counter.now()
        with self._counter.store.read(operator) as transaction:
            row = transaction.one(CodeRow, CUSTOMER_CODE, CUSTOMER_CODE.c.id == identifier)
        if row is None:
            return _unknown()
        vault = self._counter.vault
        index = vault.index(operator, _CODE_USE, f"{identifier} {code}")
        key = attempt_key(vault, operator, AttemptKind.LINE, row.number_index)
        right = hmac.compare_digest(index, row.code_index)

        def work(transaction: Transaction) -> LetIn:
            return _tried(transaction, row, key, now, right=right)

        return self._counter.store.write(operator, work)

    def by_link(self, link: str) -> LetIn:
        """Let in whoever has the link of a sign-up that was accepted within the last ten minutes, once.
        Raises `StoreUnusable`.
        """
        bearer = Bearer.parse(BearerKind.LINK, link)
        if bearer is None:
            return _unknown()
        now = self._counter.now()
        with self._counter.store.read(bearer.operator) as transaction:
            known = _row_of(transaction, bearer) is not None
        if not known:
            return _unknown()
        return self._counter.store.write(
            bearer.operator, lambda transaction: _accepted(transaction, bearer, now)
        )


def _tried(transaction: Transaction, row: CodeRow, key: AttemptKey, now: Now, *, right: bool) -> LetIn:
    if any_locked(transaction, [key], now):
        return LetIn(None, None, LineReason.CUSTOMER_LOCKED)
    usable = (
        CUSTOMER_CODE.c.id == row.id,
        CUSTOMER_CODE.c.tries_left > 0,
        CUSTOMER_CODE.c.deadline > now.retention,
    )
    # Of many tries at once, no more than are left.
    if transaction.change(CUSTOMER_CODE, *usable, tries_left=CUSTOMER_CODE.c.tries_left - 1) != 1:
        return _unknown()
    line = None
    if right and row.line is not None:
        line = transaction.one(LineRow, LINE, LINE.c.id == row.line, LINE.c.ended_at.is_(None))
    if line is None:
        record_failure(transaction, [key], row.subject, now)
        return _unknown()
    transaction.change(CUSTOMER_CODE, CUSTOMER_CODE.c.id == row.id, tries_left=0)
    text = open_session(
        transaction,
        subject=line.subject,
        document_index=line.document_index,
        how=How.CODE,
        opened_with=row.id,
        now=now,
        line=line.id,
    )
    return _let_in(text, now)


def _accepted(transaction: Transaction, bearer: Bearer, now: Now) -> LetIn:
    row = _row_of(transaction, bearer)
    if row is None or row.state != SignUpState.ACCEPTED or row.decided_at is None:
        return _unknown()
    if not (not_set_back(now.wall, row.decided_at) and now.wall < row.decided_at + FRESH):
        return _unknown()
    decision = transaction.one(
        DecisionRecord, DECISION, DECISION.c.id == row.decision, DECISION.c.outcome == Outcome.ACCEPT.value
    )
    if decision is None:
        return _unknown()
    text = open_session(
        transaction,
        subject=decision.subject,
        document_index=decision.document_index,
        how=How.FACE,
        opened_with=row.id,
        now=now,
    )
    return _let_in(text, now)


def _row_of(transaction: Transaction, bearer: Bearer) -> SignUpRow | None:
    try:
        return row_of_link(transaction, bearer)
    except NotPermitted:
        return None


def _let_in(text: str | None, now: Now) -> LetIn:
    return LetIn(text, now.wall + SESSION_LIFE) if text is not None else _unknown()


def _unknown() -> LetIn:
    return LetIn(None, None, LineReason.CUSTOMER_UNKNOWN)
