"""The sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.String(length=128), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_since", sa.BigInteger(), nullable=True),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_account")),
    )
    op.create_index(op.f("ix_account_operator_deadline"), "account", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_account_operator_name"), "account", ["operator", "name"], unique=True)
    op.create_table(
        "ceremony",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("invitation", sa.String(length=36), nullable=True),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_ceremony")),
    )
    op.create_index(op.f("ix_ceremony_operator_deadline"), "ceremony", ["operator", "deadline"], unique=False)
    op.create_table(
        "credential",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("passphrase", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "account"],
            ["account.operator", "account.id"],
            name=op.f("fk_credential_operator_account"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_credential")),
    )
    op.create_index(
        op.f("ix_credential_operator_account"), "credential", ["operator", "account"], unique=False
    )
    op.create_index(op.f("ix_credential_operator_handle"), "credential", ["operator", "handle"], unique=True)
    op.create_table(
        "invitation",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "account"],
            ["account.operator", "account.id"],
            name=op.f("fk_invitation_operator_account"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_invitation")),
    )
    op.create_index(
        op.f("ix_invitation_operator_account"), "invitation", ["operator", "account"], unique=False
    )
    op.create_index(
        op.f("ix_invitation_operator_deadline"), "invitation", ["operator", "deadline"], unique=False
    )
    op.create_table(
        "web_session",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "account"],
            ["account.operator", "account.id"],
            name=op.f("fk_web_session_operator_account"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_web_session")),
    )
    op.create_index(
        op.f("ix_web_session_operator_account"), "web_session", ["operator", "account"], unique=False
    )
    op.create_index(
        op.f("ix_web_session_operator_deadline"), "web_session", ["operator", "deadline"], unique=False
    )
    op.create_table(
        "opinion",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("referred_case", sa.String(length=36), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "referred_case"],
            ["referred_case.operator", "referred_case.id"],
            name=op.f("fk_opinion_operator_referred_case"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_opinion_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_operator_deadline"), "opinion", ["operator", "deadline"], unique=False)
    op.create_index(
        op.f("ix_opinion_operator_referred_case_who"),
        "opinion",
        ["operator", "referred_case", "who"],
        unique=True,
    )
    op.create_index(op.f("ix_opinion_operator_subject"), "opinion", ["operator", "subject"], unique=False)
    keep_apart("account", "ceremony", "credential", "invitation", "web_session", "opinion")
    leave_out_of_statistics("credential", "public_key")
