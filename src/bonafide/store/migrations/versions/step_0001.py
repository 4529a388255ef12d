"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("referred_case", sa.String(length=36), nullable=True),
        sa.Column("record", sa.String(length=36), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_access")),
    )
    op.create_index(op.f("ix_access_operator_deadline"), "access", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_access_operator_record"), "access", ["operator", "record"], unique=False)
    op.create_table(
        "approver",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "who", name=op.f("pk_approver")),
    )
    op.create_table(
        "break_glass",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_break_glass")),
    )
    op.create_index(
        op.f("ix_break_glass_operator_deadline"), "break_glass", ["operator", "deadline"], unique=False
    )
    op.create_table(
        "checkpoint",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("retention_at", sa.BigInteger(), nullable=False),
        sa.Column("wall_at", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(length=64), nullable=False),
        sa.Column("since_boot_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_table(
        "epoch",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "number", name=op.f("pk_epoch")),
    )
    op.create_table(
        "erasure",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("epochs", sa.Text(), nullable=False),
        sa.Column("unreadable_at", sa.BigInteger(), nullable=True),
        sa.Column("last_receipt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "leaf",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "position", name=op.f("pk_leaf")),
    )
    op.create_table(
        "log_head",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_log_head")),
    )
    op.create_table(
        "operator",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_operator")),
    )
    op.create_table(
        "subject",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_subject")),
    )
    op.create_table(
        "tile",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "level", "number", name=op.f("pk_tile")),
    )
    op.create_table(
        "approval",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("break_glass", sa.String(length=36), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "break_glass"],
            ["break_glass.operator", "break_glass.id"],
            name=op.f("fk_approval_operator_break_glass"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "who"], ["approver.operator", "approver.who"], name=op.f("fk_approval_operator_who")
        ),
        sa.PrimaryKeyConstraint("operator", "break_glass", "who", name=op.f("pk_approval")),
    )
    op.create_table(
        "consent",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("purpose_version", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("giver", sa.String(length=16), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_consent_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_operator_deadline"), "consent", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_consent_operator_subject"), "consent", ["operator", "subject"], unique=False)
    op.create_table(
        "decision",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("consent", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("document_index", sa.String(length=64), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"],
            ["consent.operator", "consent.id"],
            name=op.f("fk_decision_operator_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_decision_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_operator_deadline"), "decision", ["operator", "deadline"], unique=False)
    op.create_index(
        op.f("ix_decision_operator_document_index"), "decision", ["operator", "document_index"], unique=False
    )
    op.create_index(op.f("ix_decision_operator_subject"), "decision", ["operator", "subject"], unique=False)
    op.create_table(
        "referred_case",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("consent", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"],
            ["consent.operator", "consent.id"],
            name=op.f("fk_referred_case_operator_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_referred_case_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_referred_case")),
    )
    op.create_index(
        op.f("ix_referred_case_operator_deadline"), "referred_case", ["operator", "deadline"], unique=False
    )
    op.create_index(
        op.f("ix_referred_case_operator_subject"), "referred_case", ["operator", "subject"], unique=False
    )
    op.create_table(
        "sealed",
        sa.Column("operator", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("consent", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("referred_case", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("model_contract", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator", "consent"],
            ["consent.operator", "consent.id"],
            name=op.f("fk_sealed_operator_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "epoch"], ["epoch.operator", "epoch.number"], name=op.f("fk_sealed_operator_epoch")
        ),
        sa.ForeignKeyConstraint(
            ["operator", "referred_case"],
            ["referred_case.operator", "referred_case.id"],
            name=op.f("fk_sealed_operator_referred_case"),
        ),
        sa.ForeignKeyConstraint(
            ["operator", "subject"],
            ["subject.operator", "subject.id"],
            name=op.f("fk_sealed_operator_subject"),
        ),
        sa.PrimaryKeyConstraint("operator", "id", name=op.f("pk_sealed")),
    )
    op.create_index(op.f("ix_sealed_operator_deadline"), "sealed", ["operator", "deadline"], unique=False)
    op.create_index(op.f("ix_sealed_operator_epoch_id"), "sealed", ["operator", "epoch", "id"], unique=False)
    op.create_index(
        op.f("ix_sealed_operator_referred_case"), "sealed", ["operator", "referred_case"], unique=False
    )
    op.create_index(op.f("ix_sealed_operator_subject"), "sealed", ["operator", "subject"], unique=False)
    keep_apart(
        "access",
        "approver",
        "break_glass",
        "checkpoint",
        "epoch",
        "erasure",
        "leaf",
        "log_head",
        "subject",
        "tile",
        "approval",
        "consent",
        "decision",
        "referred_case",
        "sealed",
    )
    leave_out_of_statistics("access", "salt")
    leave_out_of_statistics("approver", "public_key")
    leave_out_of_statistics("break_glass", "request")
    leave_out_of_statistics("checkpoint", "note")
    leave_out_of_statistics("erasure", "receipt", "last_receipt")
    leave_out_of_statistics("leaf", "commitment")
    leave_out_of_statistics("tile", "hashes")
    leave_out_of_statistics("approval", "signature")
    leave_out_of_statistics("decision", "receipt", "document_index", "salt")
    leave_out_of_statistics("sealed", "wrapped_key", "nonce", "ciphertext")
