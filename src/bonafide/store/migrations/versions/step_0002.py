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
    keep_apart(
        "account",
        "api_key",
        "ceremony",
        "attempt",
        "credential",
        "invitation",
        "web_session",
        "opinion",
        "sign_up",
    )
    leave_out_of_statistics("attempt", "key")
    leave_out_of_statistics("credential", "public_key")
    leave_out_of_statistics("sign_up", "reference", "return_address")
