"""Rows for tests of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LATER = NOW + timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class SubjectRow:
    id: str
    made_at: datetime = NOW


@dataclass(frozen=True, slots=True)
class ConsentRow:
    id: str
    subject: str
    purpose: str = "sim-signup"
    purpose_version: int = 1
    text_digest: str = "0" * 64
    language: str = "en"
    giver: str = "self"
    given_at: datetime = NOW
    deadline: datetime = LATER


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: str
    subject: str
    consent: str
    purpose: str = "sim-signup"
    opened_at: datetime = NOW
    deadline: datetime = LATER


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A sealed record as the table has it; sealed by nobody."""

    id: str
    subject: str
    consent: str
    referred_case: str | None
    ciphertext: bytes
    epoch: int = 1
    purpose: str = "sim-signup"
    kind: str = "selfie"
    model_contract: str = ""
    wrapped_key: bytes = b"k" * 60
    nonce: bytes = b"n" * 12
    made_at: datetime = NOW
    deadline: datetime = LATER


@dataclass(frozen=True, slots=True)
class DecisionRow:
    id: str
    subject: str
    consent: str
    position: int
    purpose: str = "sim-signup"
    decided_at: datetime = NOW
    outcome: str = "accept"
    receipt: bytes = b"{}"
    document_index: str | None = None
    salt: bytes = b"s" * 32
    deadline: datetime = LATER


@dataclass(frozen=True, slots=True)
class EpochRow:
    number: int = 1
    begins_at: datetime = NOW
    ends_at: datetime = NOW + timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LeafRow:
    position: int
    commitment: bytes
    kind: str = "decision"
    made_at: datetime = NOW


@dataclass(frozen=True, slots=True)
class HeadRow:
    size: int
