"""The people of the sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "measurement",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("known_case", sa.String(length=36), nullable=False),
        sa.Column("shown", sa.String(length=36), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("right_outcome", sa.String(length=16), nullable=False),
        sa.Column("right_reason", sa.String(length=32), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_measurement")),
    )
    op.create_index(
        op.f("ix_measurement_operator_deadline"), "measurement", ["operator", "deadline"], unique=False
    )
    op.create_index(op.f("ix_measurement_operator_shown"), "measurement", ["operator", "shown"], unique=True)
    op.create_index(
        op.f("ix_measurement_operator_who_given_at"),
        "measurement",
        ["operator", "who", "given_at"],
        unique=False,
    )
    op.create_table(
        "customer_passkey",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("document_index", sa.String(length=64), nullable=True),
        sa.Column("line", sa.String(length=36), nullable=True),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_customer_passkey_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_customer_passkey")),
    )
    op.create_index(
        op.f("ix_customer_passkey_operator_deadline"),
        "customer_passkey",
        ["operator", "deadline"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_passkey_operator_handle"), "customer_passkey", ["operator", "handle"], unique=True
    )
    op.create_index(
        op.f("ix_customer_passkey_operator_line"), "customer_passkey", ["operator", "line"], unique=False
    )
    op.create_index(
        op.f("ix_customer_passkey_operator_subject"),
        "customer_passkey",
        ["operator", "subject"],
        unique=False,
    )
    op.create_table(
        "known_case",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("consent", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("document", sa.String(length=36), nullable=False),
        sa.Column("document_back", sa.String(length=36), nullable=True),
        sa.Column("selfie", sa.String(length=36), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"],
            ["consent.operator", "consent.id"],
            name=op.f("fk_known_case_operator_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_known_case_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_known_case")),
    )
    op.create_index(
        op.f("ix_known_case_operator_deadline"), "known_case", ["operator", "deadline"], unique=False
    )
    op.create_index(
        op.f("ix_known_case_operator_subject"), "known_case", ["operator", "subject"], unique=False
    )
    op.add_column(
        "consent", sa.Column("manner", sa.String(length=16), server_default="face-matching", nullable=False)
    )
    op.add_column("opinion", sa.Column("origin", sa.String(length=16), nullable=True))
    op.add_column("referred_case", sa.Column("two_decide", sa.Boolean(), nullable=True))
    op.add_column(
        "referred_case",
        sa.Column("manner", sa.String(length=16), server_default="face-matching", nullable=False),
    )
    op.add_column("sign_up", sa.Column("machine_reasons", sa.Text(), nullable=True))
    op.add_column("sign_up", sa.Column("manner", sa.String(length=16), nullable=True))
    op.add_column("webhook", sa.Column("given_up", sa.Integer(), server_default=sa.text("0"), nullable=False))
    keep_apart("measurement", "customer_passkey", "known_case")
    leave_out_of_statistics("customer_passkey", "document_index", "handle", "public_key")
