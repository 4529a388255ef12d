"""Consent on record: who may give it, what it lets the service do, and how it ends."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bonafide.errors import NotPermitted
from bonafide.privacy.consent import (
    TOKEN_LIFE,
    Age,
    Consent,
    Giver,
    attested,
    consent_of,
    give,
    token,
    withdraw,
)
from bonafide.privacy.now import Now
from bonafide.privacy.purpose_file import purposes
from bonafide.store import Store, Transaction
from bonafide.wording import Language

A, B = "a.example", "b.example"
MOMENT = datetime(2026, 11, 25, 9, tzinfo=UTC)
SIGNUP, ATTENDANCE, PAY = (purposes()[name] for name in ("sim-signup", "attendance", "face-pay"))


def at(later: timedelta = timedelta(0)) -> Now:
    return Now(MOMENT + later, MOMENT + later)


def giving(**changes: object) -> Callable[[Transaction], Consent]:
    """A unit of work in which an adult agrees to a sign-up, but for what is changed."""
    numbers = itertools.count(1)
    how = {
        "purpose": SIGNUP,
        "version": 1,
        "language": Language.CHINESE,
        "giver": Giver.PERSON,
        "age": Age.ADULT,
        "now": at(),
        "identifier": lambda: f"{next(numbers)}",
    }
    arguments = how | changes
    purpose = arguments.pop("purpose")
    return lambda transaction: give(transaction, purpose, **arguments)  # type: ignore[arg-type]


def test_a_consent_names_the_words_that_were_read(store: Store) -> None:
    given = store.write(A, giving())
    with store.read(A) as transaction:
        assert consent_of(transaction, given.id) == given
        issued = token(transaction, given.id, SIGNUP, at())
    assert given.text_digest == SIGNUP.text_digest(Language.CHINESE)
    assert (issued.purpose, issued.subject, issued.consent) == ("sim-signup", given.subject, given.id)
    assert issued.good_until == MOMENT + TOKEN_LIFE


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"age": Age.UNDER_14}, "guardian"),
        ({"purpose": ATTENDANCE, "age": Age.UNDER_18}, "guardian"),
        ({"purpose": ATTENDANCE, "age": Age.UNDER_14, "giver": Giver.GUARDIAN}, "age"),
        ({"purpose": PAY, "age": Age.UNDER_18, "giver": Giver.GUARDIAN}, "age"),
        ({"version": 0}, "words"),
        ({"purpose": purposes()["testing"]}, "no consent is recorded"),
        ({"subject": "somebody"}, "Nothing is kept"),
    ],
)
def test_who_may_not_agree(store: Store, changes: dict[str, object], told: str) -> None:
    with pytest.raises(NotPermitted, match=told):
        store.write(A, giving(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"age": Age.UNDER_14, "giver": Giver.GUARDIAN},
        {"age": Age.UNDER_18},
        {"purpose": ATTENDANCE, "age": Age.UNDER_18, "giver": Giver.GUARDIAN},
    ],
)
def test_who_may(store: Store, changes: dict[str, object]) -> None:
    assert store.write(A, giving(**changes)).id


def test_it_is_for_one_purpose_one_operator_and_a_time(store: Store) -> None:
    given = store.write(A, giving())
    with store.read(A) as transaction:
        with pytest.raises(NotPermitted, match="another purpose"):
            token(transaction, given.id, PAY, at())
        with pytest.raises(NotPermitted, match="on record"):
            token(transaction, "another", SIGNUP, at())
        assert token(transaction, given.id, SIGNUP, at(timedelta(days=3, seconds=-1))).good_until == (
            MOMENT + timedelta(days=3)
        )
        for late in (timedelta(days=3), timedelta(days=-3)):
            with pytest.raises(NotPermitted, match="run out"):
                token(transaction, given.id, SIGNUP, at(late))
    with store.read(B) as transaction, pytest.raises(NotPermitted, match="on record"):
        token(transaction, given.id, SIGNUP, at())


def test_withdrawing_is_as_easy_and_ends_it_at_once(store: Store) -> None:
    given = store.write(A, giving())
    later = at(timedelta(hours=1))
    taken_back = store.write(A, lambda transaction: withdraw(transaction, given.id, SIGNUP, later))
    assert taken_back is not None
    assert taken_back.withdrawn_at == later.wall
    assert taken_back.deadline <= given.deadline
    again = store.write(
        A, lambda transaction: withdraw(transaction, given.id, SIGNUP, at(timedelta(hours=2)))
    )
    assert again == taken_back
    assert store.write(A, lambda transaction: withdraw(transaction, given.id, PAY, later)) is None
    with store.read(A) as transaction, pytest.raises(NotPermitted, match="withdrawn"):
        token(transaction, given.id, SIGNUP, later)


def test_a_person_may_vouch_where_nothing_is_kept_of_a_face() -> None:
    issued = attested(SIGNUP, at())
    assert (issued.purpose, issued.subject, issued.consent) == ("sim-signup", None, None)
    issued.require(MOMENT + TOKEN_LIFE, "sim-signup")
    with pytest.raises(NotPermitted, match="on record"):
        attested(PAY, at())
