"""The tables. What is personal lies under an operator and has a deadline; names and numbers lie nowhere.

Identifiers are random, so that a row tells nothing of whom it is about. A new table of personal data also
needs a migration, which puts it under row-level security, and a holding in `bonafide.privacy` that exports
and erases it. Tests walk this metadata and fail without them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bonafide.store.metadata import ID, METADATA, SHA256, WHO, of, own_operator
from bonafide.store.moment import Moment

# What belongs to nobody in particular.

OPERATOR: Final = Table("operator", METADATA, own_operator(), Column("made_at", Moment, nullable=False))

CLOCK: Final = Table(
    "clock",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("retention_at", Moment, nullable=False),
    Column("wall_at", Moment, nullable=False),
    Column("boot", String(64), nullable=False),
    Column("since_boot_ms", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

EPOCH: Final = Table(
    "epoch",
    METADATA,
    own_operator(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begins_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("destroyed_at", Moment),
)

# Personal data.

SUBJECT: Final = Table(
    "subject",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("made_at", Moment, nullable=False),
)

CONSENT: Final = Table(
    "consent",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("purpose_version", Integer, nullable=False),
    Column("text_digest", SHA256, nullable=False),
    Column("language", String(16), nullable=False),
    Column("giver", String(16), nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("deadline", Moment, nullable=False),
    # Who compares; before there was a choice, a program.
    Column("manner", String(16), nullable=False, server_default="face-matching"),
    of("subject", "subject"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)

DECISION: Final = Table(
    "decision",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("consent", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("outcome", String(16), nullable=False),
    # The signed receipt: outcome, reasons, digests of models, calibration and policy; nothing about whom.
    Column("receipt", LargeBinary, nullable=False),
    # Keyed hash of the document's number, under the operator's own key; None where none was read.
    Column("document_index", SHA256),
    # Where its commitment stands in the operator's log, and what opens it.
    Column("position", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    of("consent", "consent"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "document_index"),
    Index(None, "operator", "deadline"),
)

REFERRED_CASE: Final = Table(
    "referred_case",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("consent", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("decided_at", Moment),
    # Whether the policy asked for two people when it was opened; None of those from before this was kept.
    Column("two_decide", Boolean),
    Column("deadline", Moment, nullable=False),
    # As its consent's.
    Column("manner", String(16), nullable=False, server_default="face-matching"),
    of("subject", "subject"),
    of("consent", "consent"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)

SEALED: Final = Table(
    "sealed",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("consent", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("referred_case", ID),
    Column("kind", String(32), nullable=False),
    Column("model_contract", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    of("consent", "consent"),
    of("referred_case", "referred_case"),
    ForeignKeyConstraint(["operator", "epoch"], ["epoch.operator", "epoch.number"]),
    Index(None, "operator", "subject"),
    Index(None, "operator", "referred_case"),
    Index(None, "operator", "epoch", "id"),
    Index(None, "operator", "deadline"),
)

# Who opened what. It speaks of staff, and of customers by random identifiers that lead nowhere after erasure.

ACCESS: Final = Table(
    "access",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("who", WHO, nullable=False),
    Column("action", String(32), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("referred_case", ID),
    Column("record", ID),
    Column("at", Moment, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("deadline", Moment, nullable=False),
    Index(None, "operator", "record"),
    Index(None, "operator", "deadline"),
)

APPROVER: Final = Table(
    "approver",
    METADATA,
    own_operator(),
    Column("who", WHO, primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("removed_at", Moment),
)

BREAK_GLASS: Final = Table(
    "break_glass",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "operator", "deadline"),
)

APPROVAL: Final = Table(
    "approval",
    METADATA,
    own_operator(),
    Column("break_glass", ID, primary_key=True),
    Column("who", WHO, primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    ForeignKeyConstraint(["operator", "break_glass"], ["break_glass.operator", "break_glass.id"]),
    ForeignKeyConstraint(["operator", "who"], ["approver.operator", "approver.who"]),
)

# What was erased, not whose it was.

ERASURE: Final = Table(
    "erasure",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("erased_at", Moment, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    # JSON list of the epochs whose keys could still open a backup of it.
    Column("epochs", Text, nullable=False),
    Column("unreadable_at", Moment),
    Column("last_receipt", LargeBinary),
)

# The evidence log: salted commitments, so that it never keeps anybody's data alive.

LEAF: Final = Table(
    "leaf",
    METADATA,
    own_operator(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)

LOG_HEAD: Final = Table("log_head", METADATA, own_operator(), Column("size", BigInteger, nullable=False))

TILE: Final = Table(
    "tile",
    METADATA,
    own_operator(),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

CHECKPOINT: Final = Table(
    "checkpoint",
    METADATA,
    own_operator(),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    # The signed note (C2SP tlog-checkpoint), with the cosignatures gathered so far.
    Column("note", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)
