"""The sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "idempotency",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("claim", sa.String(length=36), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_idempotency")),
    )
    op.create_index(
        op.f("ix_idempotency_operator_deadline"), "idempotency", ["operator", "deadline"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("webhook", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_operator_deadline"), "outbox", ["operator", "deadline"], unique=False)
    op.create_index(
        op.f("ix_outbox_operator_next_try_at"), "outbox", ["operator", "next_try_at"], unique=False
    )
    op.create_index(op.f("ix_outbox_operator_webhook"), "outbox", ["operator", "webhook"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("both_until", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_webhook")),
    )
    keep_apart("idempotency", "outbox", "webhook")
    leave_out_of_statistics("idempotency", "nonce", "answer")
