"""The people of the sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
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
    keep_apart("customer_passkey")
    leave_out_of_statistics("customer_passkey", "document_index", "handle", "public_key")
