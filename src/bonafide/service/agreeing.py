"""What whoever has a link agrees to: that a program compares their face, that a person does, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bonafide.privacy import Manner, Now, Purpose, purposes
from bonafide.privacy.consent import Age, Giver, give, require_agreeable, require_manner, withdraw
from bonafide.privacy.sign_up_rows import SignUpRow
from bonafide.service.announcing import announce
from bonafide.service.counter import Counter
from bonafide.service.retention import new_identifier
from bonafide.service.sign_up import SignUp, SignUpState
from bonafide.service.sign_up_links import (
    UNDECIDED,
    busy,
    manner_of,
    read_link,
    require_usable,
    row_of_link,
    sign_up_of,
    used,
)
from bonafide.store import Transaction
from bonafide.store.sign_up_tables import SIGN_UP
from bonafide.wording.language import Language

# Whoever works on the sign-up has let go of it, for what they work on is agreed to no more.
_LET_GO: Final = {"claim": None, "claimed_at": None}


@dataclass(frozen=True, slots=True)
class Agreed:
    """To which words somebody agrees: a manner's, in a version and language."""

    version: int
    language: Language
    giver: Giver
    age: Age
    manner: Manner


def agree(counter: Counter, operator: str, link: str, words: Agreed) -> SignUp:
    """Record that whoever has the link read what the purpose asks in a manner, and agreed.

    To agree twice is to agree once. To agree to the other manner takes the agreement to the former back:
    until pictures were given that could be judged, and for a person's comparison after declining as well.
    Pictures that are being looked at meanwhile are let go, and cost their try.

    Raises `NotPermitted` as `SignUps.opened`, for a manner that the purpose has not, for words that are not
    the current ones, and for whom is too young or has a guardian who decides: they take the alternative;
    `InProgress` where another agreed to the other manner at this moment.
    """
    bearer, now = read_link(link, operator), counter.now()
    declined = words.manner is Manner.PERSON

    def work(transaction: Transaction) -> SignUpRow:
        row = row_of_link(transaction, bearer)
        require_usable(row, now, declined=declined)
        purpose = purposes()[row.purpose]
        require_manner(purpose, words.manner)
        require_agreeable(purpose, version=words.version, giver=words.giver, age=words.age)
        if manner_of(row) is not words.manner or row.state != SignUpState.AGREED:
            _change(transaction, row, purpose, words, now)
        row = row_of_link(transaction, bearer)
        require_usable(row, now)
        if manner_of(row) is not words.manner:  # somebody else with this link agreed to the other just now
            raise busy()
        return row

    return sign_up_of(counter.store.write(operator, work), frozenset(), now)


def _change(transaction: Transaction, row: SignUpRow, purpose: Purpose, words: Agreed, now: Now) -> None:
    # The row first, for whoever erases takes it first too; and as it was seen, for of two at once one agrees.
    seen = (
        SIGN_UP.c.id == row.id,
        SIGN_UP.c.state == row.state,
        SIGN_UP.c.consent.is_(None) if row.consent is None else SIGN_UP.c.consent == row.consent,
    )
    agreed = {"state": SignUpState.AGREED.value, "manner": words.manner.value, **_LET_GO}
    if transaction.change(SIGN_UP, *seen, **agreed) != 1:
        return
    if row.consent is not None:
        withdraw(transaction, row.consent, purpose, now)
    consent = give(
        transaction,
        purpose,
        version=words.version,
        language=words.language,
        giver=words.giver,
        age=words.age,
        now=now,
        identifier=new_identifier,
        subject=row.subject,
        manner=words.manner,
    )
    transaction.change(SIGN_UP, SIGN_UP.c.id == row.id, subject=consent.subject, consent=consent.id)


def decline(counter: Counter, operator: str, link: str) -> SignUp:
    """Record that whoever has the link declines; if they had agreed, that they do no more. To decline twice
    is to decline once. Where a person may be asked for by the same link, it stays open for that.

    Raises `NotPermitted` as `SignUps.opened`.
    """
    bearer, now = read_link(link, operator), counter.now()

    def work(transaction: Transaction) -> SignUpRow:
        row = row_of_link(transaction, bearer)
        if row.state == SignUpState.DECLINED:
            return row
        require_usable(row, now)
        undecided = (SIGN_UP.c.id == row.id, SIGN_UP.c.state.in_(UNDECIDED))
        if transaction.change(SIGN_UP, *undecided, state=SignUpState.DECLINED.value, **_LET_GO) != 1:
            raise used()
        row = row_of_link(transaction, bearer)  # who agreed at this moment is on it by now
        if row.consent is not None:
            withdraw(transaction, row.consent, purposes()[row.purpose], now)
        announce(transaction, "sign-up.declined", row.id, now)
        return row

    return sign_up_of(counter.store.write(operator, work), frozenset(), now)
