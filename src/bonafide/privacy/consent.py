"""Consent: given to one purpose in words that were shown, and withdrawn as easily."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bonafide.errors import NotPermitted
from bonafide.privacy.manner import Manner
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept, Purpose
from bonafide.privacy.token import TOKEN_LIFE, ConsentToken, Leave, PersonToken, issue, issue_for_person
from bonafide.store import Transaction
from bonafide.store.schema import CONSENT, SUBJECT
from bonafide.wording.language import Language


class Giver(StrEnum):
    """Who agreed."""

    PERSON = "person"
    GUARDIAN = "guardian"


class Age(StrEnum):
    """How old somebody is, as closely as consent needs to know; it is not kept."""

    UNDER_14 = "under-14"
    UNDER_18 = "14-to-17"
    ADULT = "18-or-over"

    @property
    def at_least(self) -> int:
        """Years."""
        return {Age.UNDER_14: 0, Age.UNDER_18: 14, Age.ADULT: 18}[self]


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody, by an identifier that tells nothing."""

    id: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody agreed to one purpose, in which manner, and to which words. It stays on record when it
    was withdrawn.
    """

    id: str
    subject: str
    purpose: str
    purpose_version: int
    text_digest: str
    language: str
    giver: str
    given_at: datetime
    deadline: datetime
    withdrawn_at: datetime | None = None
    manner: str = Manner.FACE_MATCHING.value


def give(
    transaction: Transaction,
    purpose: Purpose,
    *,
    version: int,
    language: Language,
    giver: Giver,
    age: Age,
    now: Now,
    identifier: Callable[[], str],
    subject: str | None = None,
    manner: Manner = Manner.FACE_MATCHING,
) -> Consent:
    """Record that somebody agreed to a purpose, in a manner, after reading its words in a language and
    version.

    `subject` is who agrees, None for somebody new; it must be given by them, never looked up by their face.
    Raises `NotPermitted` below the purpose's minimum age, without a guardian where one decides, for words
    that are not the current ones, for a purpose whose consent is not recorded or that has not that manner,
    and for a subject that there is not.
    """
    _permit(purpose, version, giver, age)
    require_manner(purpose, manner)
    deadline = purpose.deadline(Kept.CONSENT, now.retention)
    if deadline is None:
        raise NotPermitted(
            "For this purpose no consent is recorded, for nothing is kept", "Let a person attest the consent"
        )
    if subject is None:
        subject = identifier()
        transaction.add(SUBJECT, Subject(subject, now.wall))
    elif transaction.one(Subject, SUBJECT, SUBJECT.c.id == subject) is None:
        raise NotPermitted("Nothing is kept of whom this names", "Record the consent as somebody new's")
    consent = Consent(
        identifier(),
        subject,
        purpose.name,
        purpose.version,
        purpose.text_digest(language, manner),
        str(language),
        str(giver),
        now.wall,
        deadline,
        manner=manner.value,
    )
    transaction.add(CONSENT, consent)
    return consent


def require_agreeable(purpose: Purpose, *, version: int, giver: Giver, age: Age) -> None:
    """Raises `NotPermitted` for whom `give` would refuse: too young, without a guardian, or other words."""
    _permit(purpose, version, giver, age)


def require_manner(purpose: Purpose, manner: Manner) -> None:
    """Raises `NotPermitted` for a manner that a purpose has not."""
    if not purpose.words(manner):
        raise NotPermitted(
            "For this purpose nobody is compared in that manner", "Take the alternative that its words name"
        )


def old_enough(purpose: Purpose, giver: Giver, age: Age) -> bool:
    """Whether somebody of an age may agree, or their guardian for them; who may not takes the alternative."""
    return _too_young(purpose, giver, age) is None


def consent_of(transaction: Transaction, consent: str) -> Consent | None:
    """A consent on record."""
    return transaction.one(Consent, CONSENT, CONSENT.c.id == consent)


def withdraw(transaction: Transaction, consent: str, purpose: Purpose, now: Now) -> Consent | None:
    """Take a consent back; from the next token on, nothing is done under it. None if there is none of that
    identifier to that purpose; a second time changes nothing.

    What rested on it is for `erase` to erase, of that purpose. That it was given and withdrawn stays on
    record for as long as the purpose says, counted from now.
    """
    found = transaction.one(Consent, CONSENT, CONSENT.c.id == consent, CONSENT.c.purpose == purpose.name)
    if found is None or found.withdrawn_at is not None:
        return found
    kept = purpose.keeps.get(Kept.CONSENT)
    deadline = min(found.deadline, kept.after(now.retention)) if kept else found.deadline
    transaction.change(CONSENT, CONSENT.c.id == consent, withdrawn_at=now.wall, deadline=deadline)
    return replace(found, withdrawn_at=now.wall, deadline=deadline)


def token(transaction: Transaction, consent: str, purpose: Purpose, now: Now) -> ConsentToken:
    """What lets the service touch a face, for ten minutes.

    Raises `NotPermitted` for a consent that there is not (with this operator), was given to another purpose,
    to a person's comparison or to other words than the current ones, was withdrawn, or has run out.
    """
    found, ends = _good(transaction, consent, purpose, Manner.FACE_MATCHING, now)
    return issue(purpose, ends, found.subject, found.id)


def person_token(transaction: Transaction, consent: str, purpose: Purpose, now: Now) -> PersonToken:
    """What lets the service read a document and show pictures to a person, for ten minutes, and touch no
    face. Raises as `token`, for a consent to face matching.
    """
    found, ends = _good(transaction, consent, purpose, Manner.PERSON, now)
    return issue_for_person(purpose, ends, found.subject, found.id)


def _good(
    transaction: Transaction, consent: str, purpose: Purpose, manner: Manner, now: Now
) -> tuple[Consent, datetime]:
    """A consent that stands, and until when a token to it is good."""
    found = consent_of(transaction, consent)
    if found is None or purpose.consent_life is None:
        raise NotPermitted("Nobody is on record as having agreed to this", "Ask for consent")
    if found.purpose != purpose.name:
        raise NotPermitted(
            "The consent was given for another purpose", "Ask for consent to this purpose by itself"
        )
    if found.manner != manner.value:
        raise NotPermitted(
            "The consent was given to another manner of comparing", "Ask for consent to this one by itself"
        )
    if found.withdrawn_at is not None:
        raise NotPermitted("The consent was withdrawn", "Offer the alternative, or ask anew")
    if not _same_words(found, purpose, manner):
        raise NotPermitted(
            "The consent was given to other words than the current ones", "Show them and ask anew"
        )
    ends = purpose.consent_life.after(found.given_at)
    # A wall clock that was set back must not prolong it; that it is corrected a little is no reason to
    # refuse.
    if now.wall >= ends or now.wall < found.given_at - TOKEN_LIFE or now.retention >= found.deadline:
        raise NotPermitted("The consent has run out", "Ask anew")
    return found, min(now.wall + TOKEN_LIFE, ends)


def standing(transaction: Transaction, issued: Leave, purpose: Purpose, now: Now) -> Consent:
    """The consent on record that a token stands for, if something may be kept under it.

    A token outlives a withdrawal by minutes: enough to look, but nothing more may be kept. Raises
    `NotPermitted` for a token that is stale or to another purpose, for a consent that a person vouched for,
    and for one that was withdrawn or erased.
    """
    issued.require(now.wall, purpose.name)
    found = consent_of(transaction, issued.consent) if issued.consent is not None else None
    if (
        found is None
        or found.subject != issued.subject
        or (found.manner == Manner.PERSON) is not isinstance(issued, PersonToken)
    ):
        raise NotPermitted("Nobody is on record as having agreed to this", "Record the consent")
    if found.withdrawn_at is not None:
        raise NotPermitted("The consent was withdrawn", "Offer the alternative, or ask anew")
    return found


def _permit(purpose: Purpose, version: int, giver: Giver, age: Age) -> None:
    if version != purpose.version:
        raise NotPermitted("The words that were shown are not the current ones", "Show them and ask anew")
    refusal = _too_young(purpose, giver, age)
    if refusal is not None:
        raise refusal


def _too_young(purpose: Purpose, giver: Giver, age: Age) -> NotPermitted | None:
    if age.at_least < purpose.minimum_age:
        return NotPermitted("Nobody of that age may agree to this", "Offer the alternative")
    if age.at_least < purpose.guardian_below and giver is not Giver.GUARDIAN:
        return NotPermitted("At that age a guardian decides", "Ask the guardian, or offer the alternative")
    return None


def _same_words(consent: Consent, purpose: Purpose, manner: Manner) -> bool:
    shown = {str(language): purpose.text_digest(language, manner) for language in purpose.words(manner)}
    return consent.purpose_version == purpose.version and consent.text_digest == shown.get(consent.language)
