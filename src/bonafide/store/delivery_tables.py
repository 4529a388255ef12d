"""What leaves by webhooks, and what came in twice. It speaks of people by random identifiers only."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, text

from bonafide.store.metadata import ID, METADATA, SHA256, own_operator
from bonafide.store.moment import Moment

# Where an operator's own systems are told of events. The signing secret is not here: it is derived from the
# operator's index key, this row's identifier and its generation (`Vault.derived_key`).
WEBHOOK: Final = Table(
    "webhook",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("address", Text, nullable=False),
    # Kinds of events, space between them; empty for all.
    Column("events", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    # Until when messages are signed with the secret of the generation before as well.
    Column("both_until", Moment),
    Column("made_at", Moment, nullable=False),
    # Since when no message was taken; None after one was.
    Column("failing_since", Moment),
    Column("disabled_at", Moment),
    # How many messages were given up, ever.
    Column("given_up", Integer, nullable=False, server_default=text("0")),
)

# Messages that wait to be taken: one for each event and webhook. No foreign key to the webhook, for removing
# one must not make what happens at that moment fail.
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("event", ID, nullable=False),
    Column("webhook", ID, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("about", ID, nullable=False),
    Column("made_at", Moment, nullable=False),
    # Whoever takes it to deliver moves this on first, and so has it to itself until then.
    Column("next_try_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("deadline", Moment, nullable=False),
    Index(None, "operator", "webhook"),
    Index(None, "operator", "next_try_at"),
    Index(None, "operator", "deadline"),
)

# Requests that bore an Idempotency-Key. Identifier and request are keyed hashes: a body may hold a number.
IDEMPOTENCY: Final = Table(
    "idempotency",
    METADATA,
    own_operator(),
    Column("id", SHA256, primary_key=True),
    Column("request", SHA256, nullable=False),
    # Who is working on it, and until when nobody else may.
    Column("claim", ID, nullable=False),
    Column("claimed_until", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    # The answer, sealed under a key that takes the caller's own Idempotency-Key to derive.
    Column("status", Integer),
    Column("nonce", LargeBinary),
    Column("answer", LargeBinary),
    Column("deadline", Moment, nullable=False),
    Index(None, "operator", "deadline"),
)
