"""The people who may approve, each with an Ed25519 key of their own (RFC 8032)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bonafide.errors import NotPermitted
from bonafide.privacy.now import Now
from bonafide.privacy.staff import require_staff_name
from bonafide.store import Transaction
from bonafide.store.schema import APPROVER


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may approve; `public_key` is the raw Ed25519 key, 32 bytes."""

    who: str
    public_key: bytes
    made_at: datetime
    removed_at: datetime | None = None


def register_approver(transaction: Transaction, who: str, key: Ed25519PublicKey, now: Now) -> Approver:
    """Let somebody approve from now on. Raises `NotPermitted` for a name or a key that was ever registered:
    one key is one person, for good; `UsageError` for what is no name.
    """
    require_staff_name(who)
    raw = key.public_bytes_raw()
    approver = Approver(who, raw, now.wall)
    if transaction.all(Approver, APPROVER, (APPROVER.c.who == who) | (APPROVER.c.public_key == raw)):
        raise NotPermitted(
            "That name or that key was registered before", "Register another person, or a new key and name"
        )
    transaction.add(APPROVER, approver)
    return approver


def remove_approver(transaction: Transaction, who: str, now: Now) -> None:
    """Let somebody approve no more; what they approved and nobody used counts no more either."""
    transaction.change(APPROVER, APPROVER.c.who == who, APPROVER.c.removed_at.is_(None), removed_at=now.wall)


def approvers(transaction: Transaction) -> tuple[Approver, ...]:
    """Everybody who was ever registered, by name."""
    return transaction.all(Approver, APPROVER, order=[APPROVER.c.who])


def find_approver(transaction: Transaction, who: str) -> Approver | None:
    """Somebody who may approve now."""
    return transaction.one(Approver, APPROVER, APPROVER.c.who == who, APPROVER.c.removed_at.is_(None))


def signed_by(approver: Approver, content: bytes, signature: bytes) -> bool:
    """Whether that person's key signed the content."""
    try:
        Ed25519PublicKey.from_public_bytes(approver.public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
