"""The people of the sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("sign_up", sa.Column("machine_reasons", sa.Text(), nullable=True))
    op.add_column("webhook", sa.Column("given_up", sa.Integer(), server_default=sa.text("0"), nullable=False))
