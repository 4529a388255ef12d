"""Sign-ups: a link that works once, for whoever agrees and shows a face and a document."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_

from bonafide.capture import Picture
from bonafide.errors import UsageError
from bonafide.evidence.proving import prove_record
from bonafide.evidence.records import Record, records_of
from bonafide.privacy import Manner
from bonafide.privacy.consent import Age, Giver
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.agreeing import Agreed, agree, decline
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.counter import Counter
from bonafide.service.page_place import place_of, read_place
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.service.sign_up import LEFT_OVER, LINK_LIFE, MOST_TRIES, Page, SignUp, SignUpState, Told
from bonafide.service.sign_up_links import (
    read_link,
    require_usable,
    row_of_link,
    sign_up_of,
    sign_ups_of,
)
from bonafide.service.sign_up_order import Wanted, check_wanted
from bonafide.service.submitting import Presented, Submitting
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording.language import Language

MOST_ON_A_PAGE: Final = 200


class SignUps:
    """Sign-ups of an operator; safe to share between threads. Of another operator's there is none here.

    Everything raises `StoreUnusable` as the store does; then nothing was half done.
    """

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator
        self._store = counter.store

    def create(self, wanted: Wanted) -> tuple[SignUp, str]:
        """Begin one; it and its link's text, which is nowhere else and is good for half an hour.

        Raises `UsageError` naming what is wrong with what is wanted.
        """
        check_wanted(wanted)
        now = self._counter.now()
        link = Bearer.made_of(BearerKind.LINK, self._operator, new_identifier(), random_bytes(SECRET_BYTES))
        row = SignUpRow(
            id=link.id,
            purpose=wanted.purpose,
            state=SignUpState.OPEN.value,
            digest=link.digest,
            language=wanted.language.value,
            reference=wanted.reference,
            return_address=wanted.return_address,
            attended=wanted.attended,
            agent=wanted.agent,
            shop=wanted.shop,
            made_at=now.wall,
            expires_at=now.wall + LINK_LIFE,
            tries_left=MOST_TRIES,
            deadline=now.retention + LINK_LIFE + LEFT_OVER,
        )
        self._store.write(self._operator, lambda transaction: transaction.add(SIGN_UP, row))
        return sign_up_of(row, frozenset(), now), link.text

    def find(self, id: str) -> SignUp | None:  # noqa: A002 - as the column
        """The operator's sign-up of an identifier, as it stands now."""
        now = self._counter.now()
        with self._store.read(self._operator) as transaction:
            rows = transaction.all(SignUpRow, SIGN_UP, SIGN_UP.c.id == id)
            return next(iter(sign_ups_of(transaction, rows, now)), None)

    def page(self, *, after: str | None = None, most: int = 50) -> Page:
        """At most so many (1 to 200), newest first, from `after` a former page on: one that begins meanwhile
        moves none of them. Raises `UsageError` for another number, and an `after` that no page gave.
        """
        if not 1 <= most <= MOST_ON_A_PAGE:
            raise UsageError(
                f"A page has 1 to {MOST_ON_A_PAGE} sign-ups", "Ask for so many, then for the next page"
            )
        older = () if after is None else (_older_than(after),)
        now = self._counter.now()
        query = (
            SIGN_UP.select()
            .where(*older)
            .order_by(SIGN_UP.c.made_at.desc(), SIGN_UP.c.id.desc())
            .limit(most + 1)
        )
        with self._store.read(self._operator) as transaction:
            rows = transaction.chosen(SignUpRow, query, SIGN_UP)
            found = sign_ups_of(transaction, rows[:most], now)
        return Page(found, place_of(rows[most - 1].made_at, rows[most - 1].id) if len(rows) > most else None)

    def opened(self, link: str) -> SignUp:
        """What a link opens, while it does: also after face matching was declined, where a person may be
        asked for by the same link. Raises `NotPermitted` if it never did, was used or ran out.
        """
        bearer, now = read_link(link, self._operator), self._counter.now()
        with self._store.read(self._operator) as transaction:
            row = row_of_link(transaction, bearer)
        require_usable(row, now, declined=True)
        return sign_up_of(row, frozenset(), now)

    def agree(
        self,
        link: str,
        *,
        version: int,
        language: Language,
        giver: Giver,
        age: Age,
        manner: Manner = Manner.FACE_MATCHING,
    ) -> SignUp:
        """Record that whoever has the link agreed to a manner, by its words; see `agreeing.agree`."""
        words = Agreed(version, language, giver, age, manner)
        return agree(self._counter, self._operator, link, words)

    def decline(self, link: str) -> SignUp:
        """Record that whoever has the link declines face matching; see `agreeing.decline`."""
        return decline(self._counter, self._operator, link)

    def submit(
        self,
        link: str,
        document: Picture,
        selfie: Picture,
        document_back: Picture | None = None,
        *,
        device: str | None = None,
    ) -> Told:
        """Decide by pictures, and keep what `Keeping.keep` keeps; see `Submitting`."""
        presented = Presented(document, selfie, document_back, device)
        return Submitting(self._counter, self._operator).submit(link, presented)

    def receipt(self, id: str) -> bytes | None:  # noqa: A002
        """The signed receipt of a sign-up's latest decision, None while there is none."""
        with self._store.read(self._operator) as transaction:
            record = _record(transaction, id)
        return record.content if record else None

    def proof(self, id: str) -> bytes | None:  # noqa: A002
        """That the latest decision is in the log (C2SP tlog-proof), None until a checkpoint covers it. Raises
        `LogBroken` if the log does not hold it where it should.
        """
        with self._store.read(self._operator) as transaction:
            record = _record(transaction, id)
            proof = prove_record(transaction, record) if record else None
        return bytes(proof) if proof else None


def _record(transaction: Transaction, sign_up: str) -> Record | None:
    row = transaction.one(SignUpRow, SIGN_UP, SIGN_UP.c.id == sign_up)
    if row is None or row.decision is None:
        return None
    return next(iter(records_of(transaction, row.decision)), None)


def _older_than(after: str) -> object:
    made_at, identifier = read_place(after)
    at_that_moment = and_(SIGN_UP.c.made_at == made_at, SIGN_UP.c.id < identifier)
    return or_(SIGN_UP.c.made_at < made_at, at_that_moment)
