"""Secrets that whoever bears them may use: keys of machines, links to a sign-up, sessions of customers
and of staff, invitations to an account.

Each names its operator, so that it is looked up among that operator's records alone. Only a digest is kept:
the secret is 256 random bits, which nobody guesses, and needs no slow hash (NIST SP 800-63B, 3.1.2.2).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

SECRET_BYTES: Final = 32

_FORM: Final = re.compile(
    r"(bf[a-z])/([a-z0-9]+(?:[.-][a-z0-9]+)*)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([A-Za-z0-9_-]{43})",
    re.ASCII,
)
_LONGEST: Final = 256


class BearerKind(StrEnum):
    """What a secret opens; it begins with this, so that a scanner of leaked secrets knows it."""

    KEY = "bfk"
    LINK = "bfl"
    SESSION = "bfs"
    STAFF = "bfw"
    INVITATION = "bfi"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A secret of an operator's, with the identifier of the row that knows its digest. Its text is fit for an
    `Authorization` header (RFC 6750) and for the fragment of an address, which browsers send to nobody.
    """

    kind: BearerKind
    operator: str
    id: str
    secret: str = field(repr=False)

    @classmethod
    def made_of(cls, kind: BearerKind, operator: str, identifier: str, random: bytes) -> Bearer:
        """A new one of `SECRET_BYTES` random bytes."""
        return cls(kind, operator, identifier, base64.urlsafe_b64encode(random).decode().rstrip("="))

    @classmethod
    def parse(cls, kind: BearerKind, text: str) -> Bearer | None:
        """Read one of a kind; None for whatever else it is."""
        form = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
        if form is None or form[1] != kind:
            return None
        return cls(kind, form[2], form[3], form[4])

    @property
    def text(self) -> str:
        """What is handed over, once."""
        return f"{self.kind}/{self.operator}/{self.id}/{self.secret}"

    @property
    def digest(self) -> str:
        """SHA-256, hex: what is kept of it."""
        return hashlib.sha256(self.text.encode("ascii")).hexdigest()

    def matches(self, digest: str) -> bool:
        """Whether a digest on record is its own, in a time that tells nothing."""
        return hmac.compare_digest(self.digest, digest)
