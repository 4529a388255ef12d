"""Access to what is kept: it happens only with a leaf in the log that says who, what and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import rfc8785

from bonafide.evidence.leaf import LeafKind
from bonafide.evidence.log import Appending, append
from bonafide.evidence.moment_text import moment_text
from bonafide.store import Transaction
from bonafide.store.schema import ACCESS

_FORMAT = "bonafide-access/1"


class Action(StrEnum):
    """What somebody did with what is kept, or with who may."""

    REVIEW = "review"
    """A reviewer opened a referred case."""

    DECIDE = "decide"
    """A reviewer decided a referred case."""

    OPINION = "opinion"
    """A reviewer gave an opinion on a referred case, and another's was wanted."""

    FIND = "find"
    """Somebody asked whether anything is kept of whoever showed a document."""

    EXPORT = "export"
    """All that is kept of somebody was given to them."""

    OBJECTION = "objection"
    """Somebody on the staff decided an objection to a line."""

    BREAK_GLASS = "break-glass"
    """Two people had something opened out of the ordinary."""

    INVITE = "invite"
    """Somebody was invited to make a way to enter; the record is their account."""

    GIVE_ROLES = "give-roles"
    """Somebody's account was given other roles."""

    END_ACCOUNT = "end-account"
    """Somebody's account was ended."""

    MAKE_KEY = "make-key"
    """A key for a machine was made; the record is the key, never its text."""

    REVOKE_KEY = "revoke-key"
    """A machine's key was revoked."""

    ADD_WEBHOOK = "add-webhook"
    """Events were made to be sent somewhere; the record is the webhook."""

    ROTATE_WEBHOOK = "rotate-webhook"
    """A webhook was given another secret."""

    ENABLE_WEBHOOK = "enable-webhook"
    """A webhook that was disabled is sent to again."""

    REMOVE_WEBHOOK = "remove-webhook"
    """Nothing is sent to a webhook any more."""


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """Who did what, for which purpose, with which case or record, by random identifiers; `at` has a zone."""

    identifier: str
    who: str
    action: str
    purpose: str
    referred_case: str | None
    record: str | None
    at: datetime

    def content(self) -> bytes:
        """What the log commits to: canonical JSON (RFC 8785)."""
        return rfc8785.dumps(
            {
                "format": _FORMAT,
                "identifier": self.identifier,
                "who": self.who,
                "action": self.action,
                "purpose": self.purpose,
                "referred_case": self.referred_case,
                "record": self.record,
                "at": moment_text(self.at, "milliseconds"),
            }
        )


@dataclass(frozen=True, slots=True)
class AccessRow:
    """An access as it is kept, with what opens its commitment at `position`."""

    id: str
    who: str
    action: str
    purpose: str
    referred_case: str | None
    record: str | None
    at: datetime
    position: int
    salt: bytes = field(repr=False)
    deadline: datetime

    @property
    def event(self) -> AccessEvent:
        """What its leaf commits to."""
        return AccessEvent(
            self.id, self.who, self.action, self.purpose, self.referred_case, self.record, self.at
        )


def record_access(
    transaction: Transaction, event: AccessEvent, *, deadline: datetime, salt: bytes
) -> AccessRow:
    """Log an access, before what it is about is opened; `salt` is 32 random bytes."""
    (position,) = append(transaction, event.at, Appending(LeafKind.ACCESS, event.content(), salt))
    row = AccessRow(
        event.identifier,
        event.who,
        event.action,
        event.purpose,
        event.referred_case,
        event.record,
        event.at,
        position,
        salt,
        deadline,
    )
    transaction.add(ACCESS, row)
    return row
