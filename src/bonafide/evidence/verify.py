"""Checking a receipt offline, and naming what is wrong with a changed one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bonafide.evidence.receipt import Receipt, claim_digest, signed_message
from bonafide.vault import key_id


class DiscrepancyKind(StrEnum):
    """What may be wrong with a receipt."""

    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_WRONG = "signature_wrong"
    CLAIM_CHANGED = "claim_changed"
    CLAIM_REMOVED = "claim_removed"
    CLAIM_ADDED = "claim_added"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that is wrong; `claim` names the claim where it is one."""

    kind: DiscrepancyKind
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """What checking found; a receipt is valid only if nothing is wrong."""

    discrepancies: tuple[Discrepancy, ...]

    @property
    def valid(self) -> bool:
        """Whether the receipt is exactly what was signed, with a trusted key."""
        return not self.discrepancies


def check_receipt(receipt: Receipt, trusted: tuple[Ed25519PublicKey, ...]) -> ReceiptCheck:
    """Check signature and claims against trusted keys. Needs nothing but the receipt and them."""
    return ReceiptCheck((*_check_signature(receipt, trusted), *_check_claims(receipt)))


def _check_signature(receipt: Receipt, trusted: tuple[Ed25519PublicKey, ...]) -> Iterator[Discrepancy]:
    key = next((known for known in trusted if key_id(known) == receipt.key), None)
    if key is None:
        yield Discrepancy(DiscrepancyKind.KEY_UNKNOWN)
        return
    try:
        key.verify(receipt.signature, signed_message(receipt.digests, receipt.key))
    except InvalidSignature:
        yield Discrepancy(DiscrepancyKind.SIGNATURE_WRONG)


def _check_claims(receipt: Receipt) -> Iterator[Discrepancy]:
    for name in receipt.digests:
        if name not in receipt.claims:
            yield Discrepancy(DiscrepancyKind.CLAIM_REMOVED, name)
    for name, value in receipt.claims.items():
        if name not in receipt.digests:
            yield Discrepancy(DiscrepancyKind.CLAIM_ADDED, name)
        elif claim_digest(name, value) != receipt.digests[name]:
            yield Discrepancy(DiscrepancyKind.CLAIM_CHANGED, name)
