"""What a sign-up is, as whoever asks is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.outcome import Outcome, Reason
from bonafide.privacy.manner import Manner
from bonafide.wording.language import Language

# How long a link is good: long enough to find one's document, too short to be sold on.
LINK_LIFE: Final = timedelta(minutes=30)
# How often one may hand in pictures that cannot be judged.
MOST_TRIES: Final = 5
# How long whoever hands in pictures may work on a sign-up before another may.
CLAIM_LIFE: Final = timedelta(seconds=60)
# How long a sign-up of which nothing came is kept after its link has run out.
LEFT_OVER: Final = timedelta(days=1)


class SignUpState(StrEnum):
    """Where a sign-up stands."""

    OPEN = "open"
    """Its link waits to be used."""

    AGREED = "agreed"
    """Somebody agreed, and has not yet handed in pictures that could be judged."""

    WAITING = "waiting"
    """A person must decide."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"

    DECLINED = "declined"
    """Somebody would rather take the other way, and has not yet agreed to that, if it goes by the link."""

    EXPIRED = "expired"
    """Nothing came of it in time: the link ran out, the tries are used up where no person can be asked, or no
    person decided."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up without its secret, nor whose it is.

    `manner` is who compares, None until somebody has agreed to one. `reasons` are why the machine decided or
    referred; there are none where a person decided. `decision` is
    the identifier of the latest decision, `decided_at` its moment; a machine that refers decides so.
    """

    id: str
    purpose: str
    state: SignUpState
    language: Language
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
    manner: Manner | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever handed in pictures is told: never a score, nor which check came closest.

    `again` says that the pictures could only not be judged, and better ones may be handed in: nothing is
    decided then, `outcome` is None, and nothing is kept but the number of tries.
    """

    state: SignUpState
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    tries_left: int
    again: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some sign-ups, newest first; `after` is what to ask for the next ones with, None after the last."""

    sign_ups: tuple[SignUp, ...]
    after: str | None
