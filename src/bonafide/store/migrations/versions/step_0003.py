"""The people of the sign-up service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("opinion", sa.Column("origin", sa.String(length=16), nullable=True))
    op.add_column("referred_case", sa.Column("two_decide", sa.Boolean(), nullable=True))
