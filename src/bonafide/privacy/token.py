"""The consent token: without one, the service touches nobody's face.

Who wants a person to compare gets a token of another type. No function that looks at a face takes it, so that
one cannot pass for the other, neither by its types nor while the service runs.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from typing import Final

from bonafide.errors import NotPermitted
from bonafide.privacy.purpose import Purpose

# Long enough to take a selfie twice, short enough for a withdrawal to take effect.
TOKEN_LIFE: Final = timedelta(minutes=10)
# A token that anybody could write down would prove nothing.
_ISSUER: Final = object()


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody agreed to one purpose, in one of its manners, and had not withdrawn when this was issued.

    Made by `bonafide.privacy` alone. `subject` and `consent` are the identifiers of what is kept of it, None
    where a person attested the consent and nothing is kept. `good_until` has a time zone: a token is for the
    moment, so that a withdrawal takes effect.
    """

    purpose: str
    purpose_version: int
    good_until: datetime
    subject: str | None = None
    consent: str | None = None
    issuer: InitVar[object] = None

    def __post_init__(self, issuer: object) -> None:
        """Raises `NotPermitted` for a token that was not issued."""
        if issuer is not _ISSUER:
            raise NotPermitted(
                "A consent token was made up", "Ask for consent and take the token that stands for it"
            )

    def require(self, now: datetime, *purposes: str) -> None:
        """Raises `NotPermitted` if the token is stale, or for none of the purposes."""
        if self.purpose not in purposes:
            raise NotPermitted(
                "The consent was given for another purpose", "Ask for consent to this purpose by itself"
            )
        if now > self.good_until:
            raise NotPermitted("The consent token is stale", "Ask whether the consent still stands")


@dataclass(frozen=True, slots=True)
class ConsentToken(Leave):
    """Somebody agreed that a program compares their face."""


@dataclass(frozen=True, slots=True)
class PersonToken(Leave):
    """Somebody agreed that a person looks at their pictures, and to nothing that a program does with a face:
    it opens the reading of the document.
    """


def issue(
    purpose: Purpose, good_until: datetime, subject: str | None = None, consent: str | None = None
) -> ConsentToken:
    """A token, for those in this room who looked at a consent."""
    return ConsentToken(purpose.name, purpose.version, good_until, subject, consent, issuer=_ISSUER)


def issue_for_person(purpose: Purpose, good_until: datetime, subject: str, consent: str) -> PersonToken:
    """The same for a consent to a person's comparison, which is always on record."""
    return PersonToken(purpose.name, purpose.version, good_until, subject, consent, issuer=_ISSUER)
