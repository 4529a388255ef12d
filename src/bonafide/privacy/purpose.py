"""What people are asked: a purpose, in the words that they were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import rfc8785

from bonafide.privacy.duration import Duration
from bonafide.privacy.manner import Manner
from bonafide.wording.language import Language

_FORMAT = "bonafide-purpose/1"
_TEXT_FORMAT = "bonafide-purpose-text/1"
_PERSON_FORMAT = "bonafide-purpose-person-text/1"


class Asked(StrEnum):
    """What is asked of somebody."""

    SELFIE = "selfie"
    DOCUMENT = "document"
    PICTURES = "pictures"


class Alternative(StrEnum):
    """What who declines does instead."""

    EMPLOYEE = "employee"
    CARD_OR_CODE = "card-or-code"
    TICKET_OR_TRANSIT_CARD = "ticket-or-transit-card"
    REGISTRATION_DESK = "registration-desk"
    LOYALTY_NUMBER = "loyalty-number"
    SIGNED_LIST = "signed-list"
    LEFT_OUT = "left-out"


class OneToMany(StrEnum):
    """Whether a face may be compared with those of others: never, or of those who enrolled at that place."""

    NEVER = "never"
    OPT_IN_GALLERY = "opt-in-gallery"


class Kept(StrEnum):
    """What may be kept."""

    DECISION = "decision"
    CONSENT = "consent"
    CASE_PICTURE = "case-picture"
    TEMPLATE = "template"
    LINE = "line"
    COUNTED = "counted"
    KNOWN_PICTURE = "known-picture"


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody reads before agreeing, in one language, sentence by sentence. Who asks, and how to reach
    them, is shown above it.
    """

    title: str
    asks: str
    why: str
    how: str
    keeps: str
    alternative: str
    rights: str
    age: str

    def as_document(self) -> dict[str, str]:
        """Its parts, by name, in the order in which they are read."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose, of one version. Agreeing to it is agreeing to nothing else.

    `minimum_age` and `guardian_below` are in years; below the latter a guardian decides. `consent_life` is
    how long somebody is taken at their word before they are asked again, None where consent is attested and
    not recorded. `keeps` says how long each kind is kept; a kind that is not in it is not kept at all.
    `by_person` is what somebody reads who would rather be compared by a person; empty where that is not done
    by the same link.
    """

    name: str
    version: int
    asks: tuple[Asked, ...]
    alternative: Alternative
    minimum_age: int
    guardian_below: int
    one_to_many: OneToMany
    consent_life: Duration | None
    keeps: Mapping[Kept, Duration]
    notices: Mapping[Language, Notice]
    by_person: Mapping[Language, Notice] = field(default_factory=dict)

    def words(self, manner: Manner) -> Mapping[Language, Notice]:
        """What somebody reads before they agree to a manner; empty for one that the purpose has not."""
        return self.by_person if manner is Manner.PERSON else self.notices

    @property
    def recorded(self) -> bool:
        """Whether consent is recorded, as it is where anything is kept."""
        return Kept.CONSENT in self.keeps

    def deadline(self, kind: Kept, now: datetime) -> datetime | None:
        """Until when a thing of a kind is kept that begins to be kept now; None if it may not be kept.

        `now` and the result are retention time. A consent is kept from the end of its life, a line from its
        own end: `now` is then that moment.
        """
        if kind not in self.keeps:
            return None
        begins = self.consent_life.after(now) if kind is Kept.CONSENT and self.consent_life else now
        return self.keeps[kind].after(begins)

    def text_digest(self, language: Language, manner: Manner = Manner.FACE_MATCHING) -> str:
        """SHA-256, hex, of a manner's words in one language: what a consent names."""
        words: list[str | int | dict[str, str]] = [
            _PERSON_FORMAT if manner is Manner.PERSON else _TEXT_FORMAT,
            self.name,
            self.version,
            str(language),
            self.words(manner)[language].as_document(),
        ]
        return hashlib.sha256(rfc8785.dumps(list(words))).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256, hex, over the canonical form (RFC 8785) of all that it says, in every language."""
        document: dict[str, Any] = {
            "format": _FORMAT,
            "name": self.name,
            "version": self.version,
            "asks": [str(asked) for asked in self.asks],
            "alternative": str(self.alternative),
            "minimum_age": self.minimum_age,
            "guardian_below": self.guardian_below,
            "one_to_many": str(self.one_to_many),
            "consent_life": str(self.consent_life) if self.consent_life else "",
            "keeps": {str(kind): str(duration) for kind, duration in self.keeps.items()},
            "texts": {str(language): self.text_digest(language) for language in self.notices},
        }
        if self.by_person:
            document["by_person"] = {
                str(language): self.text_digest(language, Manner.PERSON) for language in self.by_person
            }
        return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
