"""The sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_api_key")),
    )
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
    op.create_table(
        "attempt",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_attempt_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_operator_deadline"), "attempt", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_attempt_operator_key"), "attempt", ["operator", "key"], unique=False)
    op.create_index(op.f("ix_attempt_operator_subject"), "attempt", ["operator", "subject"], unique=False)
    op.create_table(
        "sign_up",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("return_address", sa.Text(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("shop", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=36), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("consent", sa.String(length=36), nullable=True),
        sa.Column("decision", sa.String(length=36), nullable=True),
        sa.Column("referred_case", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"],
            ["consent.operator", "consent.id"],
            name=op.f("fk_sign_up_operator_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "decision"],
            ["decision.operator", "decision.id"],
            name=op.f("fk_sign_up_operator_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_sign_up_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_sign_up")),
    )
    op.create_index(op.f("ix_sign_up_operator_consent"), "sign_up", ["operator", "consent"], unique=False)
    op.create_index(op.f("ix_sign_up_operator_deadline"), "sign_up", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_sign_up_operator_decision"), "sign_up", ["operator", "decision"], unique=False)
    op.create_index(
        op.f("ix_sign_up_operator_made_at_id"), "sign_up", ["operator", "made_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sign_up_operator_referred_case"), "sign_up", ["operator", "referred_case"], unique=False
    )
    op.create_index(op.f("ix_sign_up_operator_subject"), "sign_up", ["operator", "subject"], unique=False)
    keep_apart("api_key", "idempotency", "outbox", "webhook", "attempt", "sign_up")
    leave_out_of_statistics("idempotency", "nonce", "answer")
    leave_out_of_statistics("attempt", "key")
    leave_out_of_statistics("sign_up", "reference", "return_address")
