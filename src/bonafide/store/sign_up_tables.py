"""The tables of sign-ups, and of what machines sign them up with."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from bonafide.store.metadata import ID, METADATA, SHA256, WHO, of, own_operator
from bonafide.store.moment import Moment

# Of machines, and so of nobody: what a key may do, until when, and the digest by which it is known.
API_KEY: Final = Table(
    "api_key",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("name", WHO, nullable=False),
    Column("digest", SHA256, nullable=False),
    # Scopes by name, in order, with blanks between.
    Column("scopes", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

# Personal from the moment somebody agrees. What the operator says of it (reference, return address, names of
# staff and shop) lies in the clear, for the operator searches by it.
SIGN_UP: Final = Table(
    "sign_up",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("purpose", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    # Of the link's secret; the secret is nowhere.
    Column("digest", SHA256, nullable=False),
    Column("language", String(16), nullable=False),
    Column("reference", String(64)),
    Column("return_address", Text),
    Column("attended", Boolean, nullable=False),
    Column("agent", WHO),
    Column("shop", WHO),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries_left", Integer, nullable=False),
    # Who works on it, since when in retention time: of many that come at once, one.
    Column("claim", ID),
    Column("claimed_at", Moment),
    Column("subject", ID),
    Column("consent", ID),
    # Of the latest decision: the machine's, or a person's once there is one.
    Column("decision", ID),
    # The case that a person decides or has decided: the machine's decision, which may go before this row.
    Column("referred_case", ID),
    Column("outcome", String(16)),
    # Codes, with blanks between.
    Column("reasons", Text),
    # Those of the machine once a person has decided: why it referred, which error rates are told by.
    Column("machine_reasons", Text),
    Column("decided_at", Moment),
    Column("deadline", Moment, nullable=False),
    # Who compares, as the latest consent says; a program in those from before there was a choice.
    Column("manner", String(16)),
    of("subject", "subject"),
    of("consent", "consent"),
    of("decision", "decision"),
    Index(None, "operator", "made_at", "id"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "consent"),
    Index(None, "operator", "decision"),
    Index(None, "operator", "referred_case"),
    Index(None, "operator", "deadline"),
)

# Failures, for an hour, so that nobody tries on and on.
ATTEMPT: Final = Table(
    "attempt",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    # Whose sign-up it was, until they are erased.
    Column("subject", ID),
    Column("kind", String(16), nullable=False),
    # Keyed hash of the document's index, the device or the subject, under the operator's own key.
    Column("key", SHA256, nullable=False),
    # In retention time, as the deadline.
    Column("at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index(None, "operator", "key"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)
