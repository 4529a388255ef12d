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
        "counted",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("unmatched", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_counted_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_counted")),
    )
    op.create_index(
        op.f("ix_counted_operator_agent_at"), "counted", ["operator", "agent", "at"], unique=False
    )
    op.create_index(
        op.f("ix_counted_operator_agent_outcome_at"),
        "counted",
        ["operator", "agent", "outcome", "at"],
        unique=False,
    )
    op.create_index(op.f("ix_counted_operator_deadline"), "counted", ["operator", "deadline"], unique=False)
    op.create_index(
        op.f("ix_counted_operator_device_at"), "counted", ["operator", "device", "at"], unique=False
    )
    op.create_index(
        op.f("ix_counted_operator_document_at"), "counted", ["operator", "document", "at"], unique=False
    )
    op.create_index(op.f("ix_counted_operator_subject"), "counted", ["operator", "subject"], unique=False)
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
        "customer_code",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("line", sa.String(length=36), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_customer_code_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_customer_code")),
    )
    op.create_index(
        op.f("ix_customer_code_operator_deadline"), "customer_code", ["operator", "deadline"], unique=False
    )
    op.create_index(
        op.f("ix_customer_code_operator_number_index"),
        "customer_code",
        ["operator", "number_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_code_operator_subject"), "customer_code", ["operator", "subject"], unique=False
    )
    op.create_table(
        "customer_session",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("document_index", sa.String(length=64), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("opened_with", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=36), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("good_until", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_customer_session_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_customer_session")),
    )
    op.create_index(
        op.f("ix_customer_session_operator_deadline"),
        "customer_session",
        ["operator", "deadline"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customer_session_operator_subject"),
        "customer_session",
        ["operator", "subject"],
        unique=False,
    )
    op.create_index(
        "uq_customer_session_opened_with", "customer_session", ["operator", "opened_with"], unique=True
    )
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
        "objection",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_objection_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_objection")),
    )
    op.create_index(
        op.f("ix_objection_operator_deadline"), "objection", ["operator", "deadline"], unique=False
    )
    op.create_index(
        op.f("ix_objection_operator_due_at_id"), "objection", ["operator", "due_at", "id"], unique=False
    )
    op.create_index(op.f("ix_objection_operator_subject"), "objection", ["operator", "subject"], unique=False)
    op.create_index(
        "uq_objection_open",
        "objection",
        ["operator", "line"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
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
        "line",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("consent", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("sign_up", sa.String(length=36), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("document_index", sa.String(length=64), nullable=False),
        sa.Column("shop", sa.String(length=64), nullable=True),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_because", sa.String(length=16), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"], ["consent.operator", "consent.id"], name=op.f("fk_line_operator_consent")
        ),
        sa.ForeignKeyConstraint(
            ["operator", "decision"],
            ["decision.operator", "decision.id"],
            name=op.f("fk_line_operator_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"], ["subject.operator", "subject.id"], name=op.f("fk_line_operator_subject")
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_line")),
    )
    op.create_index(
        op.f("ix_line_operator_bound_at_id"), "line", ["operator", "bound_at", "id"], unique=False
    )
    op.create_index(op.f("ix_line_operator_consent"), "line", ["operator", "consent"], unique=False)
    op.create_index(op.f("ix_line_operator_deadline"), "line", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_line_operator_decision"), "line", ["operator", "decision"], unique=False)
    op.create_index(
        op.f("ix_line_operator_document_index"), "line", ["operator", "document_index"], unique=False
    )
    op.create_index(op.f("ix_line_operator_number_index"), "line", ["operator", "number_index"], unique=False)
    op.create_index(op.f("ix_line_operator_subject"), "line", ["operator", "subject"], unique=False)
    op.create_index(
        "uq_line_active_number",
        "line",
        ["operator", "number_index"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("uq_line_sign_up", "line", ["operator", "sign_up"], unique=True)
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
        "idempotency",
        "outbox",
        "webhook",
        "attempt",
        "counted",
        "credential",
        "customer_code",
        "customer_session",
        "invitation",
        "objection",
        "web_session",
        "line",
        "opinion",
        "sign_up",
    )
    leave_out_of_statistics("idempotency", "nonce", "answer")
    leave_out_of_statistics("attempt", "key")
    leave_out_of_statistics("counted", "document", "device")
    leave_out_of_statistics("credential", "public_key")
    leave_out_of_statistics("customer_code", "number_index", "code_index")
    leave_out_of_statistics("customer_session", "document_index", "digest")
    leave_out_of_statistics("line", "number_index", "document_index")
    leave_out_of_statistics("sign_up", "reference", "return_address")
