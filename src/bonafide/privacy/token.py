"""The consent token: without one, the service touches nobody's face."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final

from bonafide.errors import NotPermitted

# Handed over by those who looked at a consent; a token that anybody could write down would prove nothing.
ISSUER: Final = object()


@dataclass(frozen=True, slots=True)
class ConsentToken:
    """Somebody consented to one purpose, and had not withdrawn when this was issued.

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
        if issuer is not ISSUER:
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
