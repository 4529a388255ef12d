"""What the service tells: frozen, without scores, without names or numbers of documents.

Every moment has a time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# A signed receipt, as it is to be kept and verified (`bonafide receipt verify`).
Receipt = Mapping[str, Any]


class Outcome(StrEnum):
    """What was decided; `refer` leaves it to a person."""

    ACCEPT = "accept"
    REFER = "refer"
    REJECT = "reject"


class SignUpState(StrEnum):
    """Where a sign-up stands; `waiting` for a person to decide."""

    OPEN = "open"
    AGREED = "agreed"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DECLINED = "declined"
    EXPIRED = "expired"


class Age(StrEnum):
    """How old somebody who agrees is."""

    UNDER_14 = "under-14"
    UNDER_18 = "14-to-17"
    ADULT = "18-or-over"


class Giver(StrEnum):
    """Who agreed."""

    PERSON = "person"
    GUARDIAN = "guardian"


class ReviewReason(StrEnum):
    """Why a person accepts or rejects a case; a case's `choices` say which fit."""

    SAME_PERSON = "review.same_person"
    DOUBT_CLEARED = "review.doubt_cleared"
    OTHER_PERSON = "review.other_person"
    DOCUMENT_ALTERED = "review.document_altered"
    DOCUMENT_NOT_ORIGINAL = "review.document_not_original"
    DOCUMENT_NOT_ACCEPTED = "review.document_not_accepted"
    PICTURES_UNUSABLE = "review.pictures_unusable"


class OpinionState(StrEnum):
    """What came of an opinion: the case is decided, or another's is wanted."""

    DECIDED = "decided"
    KEPT = "kept"


class Manner(StrEnum):
    """Who compares: a program, and a person where it cannot tell, or a person alone."""

    FACE_MATCHING = "face-matching"
    PERSON = "person"


class PictureKind(StrEnum):
    """What a picture of a case shows."""

    DOCUMENT = "document"
    DOCUMENT_BACK = "document-back"
    SELFIE = "selfie"


class LineEnd(StrEnum):
    """Why a line ended."""

    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    NOT_THEIRS = "not-theirs"


class ObjectionOutcome(StrEnum):
    """What a person found: the line was not theirs and ended, or it stays."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of many; `after` asks for the next, and is None on the last."""

    items: tuple[T, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an outcome is what it is; programs go by `code`."""

    code: str
    sentence: str
    advice: str | None


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up: never whose it is."""

    id: str
    purpose: str
    state: SignUpState
    manner: Manner | None
    language: str
    reference: str | None
    return_address: str | None
    attended: bool
    agent: str | None
    shop: str | None
    made_at: datetime
    expires_at: datetime
    tries_left: int
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    decision: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class BegunSignUp:
    """A sign-up that has begun, and the secret that opens it once."""

    sign_up: SignUp
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody must be shown before they agree."""

    title: str
    asks: str
    why: str
    how: str
    keeps: str
    alternative: str
    rights: str
    age: str


@dataclass(frozen=True, slots=True)
class Asked:
    """How a sign-up stands for whoever has its link, and what is asked. Ages are in years. `by_person` are
    the words of the other way, None where that does not go by this link.
    """

    state: SignUpState
    manner: Manner | None
    purpose: str
    version: int
    language: str
    notice: Notice
    by_person: Notice | None
    minimum_age: int
    guardian_below: int
    expires_at: datetime
    tries_left: int
    return_address: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What came of pictures; with `again`, nothing is decided and better ones may be given."""

    state: SignUpState
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    tries_left: int
    again: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of one check of which the service keeps nothing."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Choices:
    """Codes of the reasons to choose from (`ReviewReason`, and what a newer service has besides)."""

    accept: tuple[str, ...]
    reject: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case that waits for a person. `reasons` are codes: why the machine referred it; `two_decide` whether
    another's opinion is asked as well.
    """

    id: str
    purpose: str
    manner: Manner
    opened_at: datetime
    reasons: tuple[str, ...]
    two_decide: bool
    choices: Choices


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """What came of an opinion, whose `outcome` it repeats. `decision` and `receipt` are None where another's
    is wanted.
    """

    state: OpinionState
    outcome: Outcome
    decision: str | None
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line: neither its number nor whose it is."""

    id: str
    sign_up: str
    decision: str
    shop: str | None
    active: bool
    bound_at: datetime
    ended_at: datetime | None
    ended_because: LineEnd | None


@dataclass(frozen=True, slots=True)
class Objection:
    """Somebody's word that a line is not theirs; a person must decide by `due_at`."""

    id: str
    line: str
    made_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: ObjectionOutcome | None


@dataclass(frozen=True, slots=True)
class WaitingObjection:
    """An objection that waits, and its line, None if that was erased since."""

    objection: Objection
    line: Line | None
    age_seconds: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A code for a line, told here alone: send it to the line's number, and show it to nobody."""

    request: str
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A customer's session, told once."""

    session: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MyLine:
    """A line in a customer's name, by the end of its number; all of it for who came in by a code to it."""

    line: Line
    ends_in: str | None = field(repr=False)
    number: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """That a customer agreed to a purpose."""

    id: str
    purpose: str
    manner: Manner
    purpose_version: int
    language: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a customer, and what proves it; `proof` is None until the log's next
    checkpoint.
    """

    id: str
    purpose: str
    decided_at: datetime
    outcome: Outcome
    receipt: Receipt
    proof: str | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased, by kind, and the signed receipt that says so. `stays_until` is until when the law has
    the record of an ended line stay, None if nothing stays.
    """

    erased: Mapping[str, int]
    receipt: Receipt
    stays_until: datetime | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A consent that was taken back; `stays` is the code of why not all that rested on it is erased."""

    consent: Consent
    erasure: Erasure | None
    stays: str | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events are sent; without any named, all of them. `failing_since` is None after one was taken."""

    id: str
    address: str
    events: tuple[str, ...]
    made_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """A webhook and the secret that its messages are signed with, told once."""

    webhook: Webhook
    secret: str = field(repr=False)
