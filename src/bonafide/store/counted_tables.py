"""The table of what the rules about patterns count, each row for as long as the longest rule looks back."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, String, Table

from bonafide.store.metadata import ID, METADATA, SHA256, WHO, of, own_operator
from bonafide.store.moment import Moment

# A row for each sign-up that was decided, apart from the sign-up itself, which is kept for years.
COUNTED: Final = Table(
    "counted",
    METADATA,
    own_operator(),
    # The sign-up's.
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    # Keyed hashes under the operator's own key: the decision's, and one of its own for the device.
    Column("document", SHA256),
    Column("device", SHA256),
    # Who attended; None where nobody did.
    Column("agent", WHO),
    # The machine's, until a person rejects.
    Column("outcome", String(16), nullable=False),
    # Whether the faces were compared and not found to match, and no person has said otherwise.
    Column("unmatched", Boolean, nullable=False),
    # In retention time, which nobody sets, as is the deadline.
    Column("at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index(None, "operator", "document", "at"),
    Index(None, "operator", "device", "at"),
    Index(None, "operator", "agent", "at"),
    Index(None, "operator", "agent", "outcome", "at"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)
