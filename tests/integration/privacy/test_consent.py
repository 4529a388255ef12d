"""Consent: who may give it, to which words, for how long it is good, and what taking it back does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.privacy.conftest import START, Office

from bonafide.errors import NotPermitted
from bonafide.privacy.consent import (
    Age,
    Consent,
    Giver,
    consent_of,
    give,
    token,
    withdraw,
)
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.token import TOKEN_LIFE, ConsentToken
from bonafide.wording.language import Language

SIGNUP = purposes()["sim-signup"]
PAY = purposes()["face-pay"]
DAY = timedelta(days=1)


def asks(office: Office, consent: Consent | str, name: str = "sim-signup") -> ConsentToken:
    wanted = consent if isinstance(consent, str) else consent.id
    with office.store.read(office.operator) as transaction:
        return token(transaction, wanted, purposes()[name], office.now)


def takes_back(office: Office, consent: Consent, name: str = "sim-signup") -> Consent | None:
    return office.store.write(
        office.operator, lambda transaction: withdraw(transaction, consent.id, purposes()[name], office.now)
    )


def test_what_is_recorded_names_the_very_words(office: Office) -> None:
    consent = office.gives()
    with office.store.read(office.operator) as transaction:
        assert consent_of(transaction, consent.id) == consent
    assert consent.text_digest == SIGNUP.text_digest(Language.CHINESE)
    assert (consent.purpose, consent.purpose_version, consent.giver) == (
        "sim-signup",
        SIGNUP.version,
        "person",
    )
    assert consent.given_at == START
    assert consent.deadline == SIGNUP.deadline(Kept.CONSENT, START)


def test_a_token_is_for_the_moment_the_purpose_and_the_person(office: Office) -> None:
    consent = office.gives()
    issued = asks(office, consent)
    assert (issued.purpose, issued.purpose_version) == ("sim-signup", SIGNUP.version)
    assert (issued.subject, issued.consent) == (consent.subject, consent.id)
    assert issued.good_until == START + TOKEN_LIFE
    # Never longer than the consent lives.
    office.passes(3 * DAY - timedelta(minutes=1))
    assert asks(office, consent).good_until == START + 3 * DAY
    office.passes(timedelta(minutes=1))
    with pytest.raises(NotPermitted, match="run out"):
        asks(office, consent)


@pytest.mark.parametrize(
    ("name", "giver", "age", "complaint"),
    [
        ("sim-signup", Giver.PERSON, Age.ADULT, None),
        ("sim-signup", Giver.PERSON, Age.UNDER_18, None),
        ("sim-signup", Giver.PERSON, Age.UNDER_14, "a guardian decides"),
        ("sim-signup", Giver.GUARDIAN, Age.UNDER_14, None),
        ("fare-gate", Giver.PERSON, Age.UNDER_18, None),
        ("fare-gate", Giver.GUARDIAN, Age.UNDER_14, "Nobody of that age"),
        ("face-pay", Giver.GUARDIAN, Age.UNDER_18, "Nobody of that age"),
        ("face-pay", Giver.PERSON, Age.ADULT, None),
        ("attendance", Giver.PERSON, Age.UNDER_18, "a guardian decides"),
        ("attendance", Giver.GUARDIAN, Age.UNDER_18, None),
        ("testing", Giver.PERSON, Age.ADULT, "no consent is recorded"),
    ],
)
def test_who_may_agree(office: Office, name: str, giver: Giver, age: Age, complaint: str | None) -> None:
    def work() -> Consent:
        return office.store.write(
            office.operator,
            lambda transaction: give(
                transaction,
                purposes()[name],
                version=purposes()[name].version,
                language=Language.ENGLISH,
                giver=giver,
                age=age,
                now=office.now,
                identifier=office.identifier,
            ),
        )

    if complaint is None:
        assert work().giver == giver
    else:
        with pytest.raises(NotPermitted, match=complaint):
            work()


def test_words_that_are_not_the_current_ones_count_for_nothing(office: Office) -> None:
    consent = office.gives()
    newer = replace(SIGNUP, version=SIGNUP.version + 1)
    with office.store.read(office.operator) as transaction, pytest.raises(NotPermitted, match="other words"):
        token(transaction, consent.id, newer, office.now)
    # Nor if somebody changed them and left the version as it was.
    english = SIGNUP.notices[Language.ENGLISH]
    changed = replace(SIGNUP, notices={**SIGNUP.notices, Language.CHINESE: replace(english, title="Other")})
    with office.store.read(office.operator) as transaction, pytest.raises(NotPermitted, match="other words"):
        token(transaction, consent.id, changed, office.now)
    with pytest.raises(NotPermitted, match="not the current ones"):
        office.store.write(
            office.operator,
            lambda transaction: give(
                transaction,
                newer,
                version=SIGNUP.version,
                language=Language.ENGLISH,
                giver=Giver.PERSON,
                age=Age.ADULT,
                now=office.now,
                identifier=office.identifier,
            ),
        )


def test_one_consent_is_to_one_purpose(office: Office) -> None:
    signup = office.gives()
    pay = office.gives("face-pay", subject=signup.subject)
    with pytest.raises(NotPermitted, match="another purpose"):
        asks(office, signup, "face-pay")
    takes_back(office, pay, "face-pay")
    assert asks(office, signup).consent == signup.id  # the other stands
    with pytest.raises(NotPermitted, match="withdrawn"):
        asks(office, pay, "face-pay")
    with pytest.raises(NotPermitted, match="Nothing is kept"):
        office.gives(subject="nobody")


def test_another_operator_sees_no_consent_here(office: Office, other: Office) -> None:
    consent = office.gives()
    told = []
    for wanted in (consent.id, "never given"):
        with pytest.raises(NotPermitted) as refused:
            asks(other, wanted)
        told.append(str(refused.value))
    assert told[0] == told[1]
    assert takes_back(other, consent) is None
    assert asks(office, consent)


def test_taking_back_stays_on_record_and_twice_is_once(office: Office) -> None:
    consent = office.gives()
    office.passes(DAY)
    first = takes_back(office, consent)
    assert first is not None
    assert first.withdrawn_at == START + DAY
    assert first.deadline == (START + DAY).replace(year=2029)
    office.passes(DAY)
    assert takes_back(office, consent) == first
    assert takes_back(office, consent, "face-pay") is None
    with pytest.raises(NotPermitted, match="withdrawn"):
        asks(office, consent)


def test_a_wall_clock_that_was_set_back_prolongs_nothing(office: Office) -> None:
    consent = office.gives()
    office.now = Now(START - DAY, START + DAY)
    with pytest.raises(NotPermitted, match="run out"):
        asks(office, consent)
    office.now = Now(START - timedelta(seconds=2), START + timedelta(seconds=2))  # corrected a little
    assert asks(office, consent)
    office.now = Now(START + DAY, consent.deadline)
    with pytest.raises(NotPermitted, match="run out"):
        asks(office, consent)
