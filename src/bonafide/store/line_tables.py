"""Lines in people's names, what they object to, and how they come in to see them.

The number of a line lies in the table of sealed records, under the line's own identifier; here stands a keyed
hash that finds it again. A line rests on its decision and consent, which so stay for as long as it does.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from bonafide.store.metadata import ID, METADATA, SHA256, WHO, of, own_operator
from bonafide.store.moment import Moment

LINE: Final = Table(
    "line",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("consent", ID, nullable=False),
    Column("decision", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    # Which sign-up was spent on it; the sign-up's own row goes sooner.
    Column("sign_up", ID, nullable=False),
    # Keyed hashes, of the number and of the document that it stands under.
    Column("number_index", SHA256, nullable=False),
    Column("document_index", SHA256, nullable=False),
    Column("shop", WHO),
    Column("bound_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_because", String(16)),
    # Far away while it is active, and counted from its end after that.
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    of("consent", "consent"),
    of("decision", "decision"),
    # One sign-up binds one line, ever; one number is one active line.
    Index("uq_line_sign_up", "operator", "sign_up", unique=True),
    Index(
        "uq_line_active_number",
        "operator",
        "number_index",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "operator", "number_index"),
    Index(None, "operator", "document_index"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "consent"),
    Index(None, "operator", "decision"),
    Index(None, "operator", "bound_at", "id"),
    Index(None, "operator", "deadline"),
)

# `line` is no reference: an objection outlives the line that somebody else had erased.
OBJECTION: Final = Table(
    "objection",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("line", ID, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("outcome", String(16)),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index(
        "uq_objection_open",
        "operator",
        "line",
        unique=True,
        sqlite_where=text("decided_at IS NULL"),
        postgresql_where=text("decided_at IS NULL"),
    ),
    Index(None, "operator", "subject"),
    Index(None, "operator", "due_at", "id"),
    Index(None, "operator", "deadline"),
)

CUSTOMER_SESSION: Final = Table(
    "customer_session",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    # Under which document's lines it looks, None where none was read.
    Column("document_index", SHA256),
    Column("how", String(16), nullable=False),
    # What it was opened with: of each, one session.
    Column("opened_with", ID, nullable=False),
    # The line whose code opened it, and whose number it so may see.
    Column("line", ID),
    Column("digest", SHA256, nullable=False),
    Column("made_at", Moment, nullable=False),
    # In retention time, which nobody sets, as is the deadline.
    Column("good_until", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index("uq_customer_session_opened_with", "operator", "opened_with", unique=True),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)

# A code for a number that is no line has a row like any other, of nobody.
CUSTOMER_CODE: Final = Table(
    "customer_code",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID),
    Column("line", ID),
    Column("number_index", SHA256, nullable=False),
    # Keyed hash of the code: eight digits are soon tried.
    Column("code_index", SHA256, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index(None, "operator", "subject"),
    Index(None, "operator", "number_index"),
    Index(None, "operator", "deadline"),
)

# How a customer comes in again. It speaks of a device's key, and of nothing that unlocks the device.
CUSTOMER_PASSKEY: Final = Table(
    "customer_passkey",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    # What whoever made it had shown: under which document's lines it looks, and the line whose code it was,
    # with which it ends; None after a face check.
    Column("document_index", SHA256),
    Column("line", ID),
    # What its authenticator calls it (base64url), its public key (COSE), its count of uses, and by which
    # ways it can be asked, with blanks between.
    Column("handle", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("transports", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
    # Far away: it goes with the last of what it opens.
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    Index(None, "operator", "handle", unique=True),
    Index(None, "operator", "subject"),
    Index(None, "operator", "line"),
    Index(None, "operator", "deadline"),
)
