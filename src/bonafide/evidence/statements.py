"""What receipts of erasures say: what was erased, never whose it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bonafide.evidence.claims import ClaimValue
from bonafide.evidence.moment_text import moment_text


@dataclass(frozen=True, slots=True)
class ErasureClaims:
    """That everything, or what rested on one purpose, was erased of somebody.

    `identifier` is random; `issued_at` and `keys_gone_by` have a time zone. `erased` counts rows by holding.
    `epochs` are those whose keys could still open an older backup, until `keys_gone_by` at the latest; none
    and None where there are no keys.
    """

    identifier: str
    issued_at: datetime
    purpose: str | None
    erased: tuple[tuple[str, int], ...]
    epochs: tuple[int, ...]
    keys_gone_by: datetime | None
    software: str

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""
        claims: dict[str, ClaimValue] = {
            "statement": "erased",
            "identifier": self.identifier,
            "issued_at": moment_text(self.issued_at),
            "erased": [f"{name}: {count}" for name, count in self.erased],
            "epochs": [str(epoch) for epoch in self.epochs],
            "software": self.software,
        }
        if self.purpose is not None:
            claims["purpose"] = self.purpose
        if self.keys_gone_by is not None:
            claims["keys_gone_by"] = moment_text(self.keys_gone_by)
        return claims


@dataclass(frozen=True, slots=True)
class UnreadableClaims:
    """That no backup of what an erasure erased can be opened any more: the keys of its epochs are destroyed.

    `erasure` is the identifier of the first receipt, `first_receipt` its file's SHA-256, hex.
    """

    identifier: str
    issued_at: datetime
    erasure: str
    first_receipt: str
    epochs: tuple[int, ...]
    software: str

    def as_document(self) -> Mapping[str, ClaimValue]:
        """The claims as JSON values, by name."""
        return {
            "statement": "backups-unreadable",
            "identifier": self.identifier,
            "issued_at": moment_text(self.issued_at),
            "erasure": self.erasure,
            "first_receipt": self.first_receipt,
            "epochs": [str(epoch) for epoch in self.epochs],
            "software": self.software,
        }


def erasure_salt(receipt: bytes) -> bytes:
    """What an erasure's commitment is salted with: a SHA-256 of the receipt, so that whoever holds the
    receipt can find it in the log and the row needs no more. It hides as well as chance would: the receipt,
    signed and with a random identifier, is nothing that anybody could guess, and nothing in it is of anybody.
    """
    return hashlib.sha256(b"bonafide-erasure-salt/1\n" + receipt).digest()
