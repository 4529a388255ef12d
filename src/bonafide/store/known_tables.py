"""Cases whose answer is known, by which it is measured how well people decide, and what was measured."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, String, Table, Text

from bonafide.store.metadata import ID, METADATA, WHO, of, own_operator
from bonafide.store.moment import Moment

KNOWN_CASE: Final = Table(
    "known_case",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("consent", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    # Its pictures, sealed. No foreign keys: every sweep of sealed records would have to ask for them here.
    Column("document", ID, nullable=False),
    Column("document_back", ID),
    Column("selfie", ID, nullable=False),
    # Why a machine would have referred it, by codes with blanks between; and the answer.
    Column("reasons", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("made_by", WHO, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    of("consent", "consent"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)

# What a reviewer answered. It speaks of staff, and of a known case by an identifier that may lead nowhere.
MEASUREMENT: Final = Table(
    "measurement",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("known_case", ID, nullable=False),
    # The identifier under which they saw it, which nobody else did.
    Column("shown", ID, nullable=False),
    Column("who", WHO, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("right_outcome", String(16), nullable=False),
    Column("right_reason", String(32), nullable=False),
    Column("looked_at", Moment, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    Index(None, "operator", "shown", unique=True),
    Index(None, "operator", "who", "given_at"),
    Index(None, "operator", "deadline"),
)
