"""What was asked of somebody's authenticator: good for five minutes and one answer, on any worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bonafide.privacy import Now
from bonafide.service.accounts import InvitationRow, invited
from bonafide.service.retention import new_identifier
from bonafide.store import Transaction
from bonafide.store.people_tables import CEREMONY, CREDENTIAL, INVITATION

LIFE: Final = timedelta(minutes=5)


class Refusal(StrEnum):
    """Why somebody was not let in, or made no way to enter. None says which part of what they gave is
    wrong.
    """

    WRONG = "wrong"
    """Nobody has that name, passphrase and code, or that passkey."""

    LOCKED = "locked"
    """Too many were wrong; a passkey still enters. Whoever tries is told no more than that it is wrong, for
    only a name that somebody has can be locked.
    """

    RUN_OUT = "run-out"
    """The invitation, or what was asked, was used or has run out."""

    SHORT = "short"
    """The passphrase is too short, too long, or the account's own name."""

    CODE = "code"
    """The code is not the one that the new secret makes now."""


class CeremonyKind(StrEnum):
    """What was asked for."""

    ENTER = "enter"
    MAKE_PASSKEY = "make-passkey"
    MAKE_CODES = "make-codes"
    CUSTOMER_ENTERS = "customer-enters"
    CUSTOMER_MAKES = "customer-makes"
    ASK_ISSUER = "ask-issuer"


class CredentialKind(StrEnum):
    """How somebody enters."""

    PASSKEY = "passkey"
    CODES = "codes"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What was asked, as it is kept until it is answered. `invitation` is what it takes up: an invitation, or
    the session in which a customer makes a passkey.
    """

    id: str
    kind: str
    invitation: str | None
    asked: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """How somebody enters, as it is kept. `handle`, `public_key` and `uses` are a passkey's (of the
    issuer of sign-ins, `handle` is a hash of whom it names); `salt`,
    `last_step` and `passphrase` those of one-time codes.
    """

    id: str
    account: str
    kind: str
    made_at: datetime
    handle: str | None = None
    public_key: bytes | None = None
    uses: int = 0
    salt: str | None = None
    last_step: int = 0
    passphrase: str | None = None


def begin_ceremony(
    transaction: Transaction, kind: CeremonyKind, asked: str, now: Now, invitation: str | None = None
) -> str:
    """Remember what is asked; its identifier."""
    made = Ceremony(new_identifier(), kind, invitation, asked, now.retention + LIFE)
    transaction.add(CEREMONY, made)
    return made.id


def find_ceremony(transaction: Transaction, identifier: str, kind: CeremonyKind, now: Now) -> Ceremony | None:
    """What was asked, while it may be answered."""
    return transaction.one(
        Ceremony,
        CEREMONY,
        CEREMONY.c.id == identifier,
        CEREMONY.c.kind == kind,
        CEREMONY.c.deadline > now.retention,
    )


def end_ceremony(transaction: Transaction, ceremony: Ceremony) -> bool:
    """It was answered. Of two answers at once, one finds it there."""
    return transaction.remove(CEREMONY, CEREMONY.c.id == ceremony.id) == 1


def taking_up(
    transaction: Transaction, ceremony: Ceremony | None, text: str, now: Now
) -> InvitationRow | None:
    """The invitation that a ceremony takes up, if whoever answers bears it and both still stand."""
    found = invited(transaction, text, now)
    return found if ceremony is not None and found is not None and found.id == ceremony.invitation else None


def take_up(transaction: Transaction, invitation: InvitationRow, made: CredentialRow) -> bool:
    """Let somebody enter by what they made, and by nothing else; the invitation is used. Of two at once, one
    does.
    """
    if transaction.remove(INVITATION, INVITATION.c.id == invitation.id) != 1:
        return False
    transaction.remove(CREDENTIAL, CREDENTIAL.c.account == invitation.account)
    transaction.add(CREDENTIAL, made)
    return True
