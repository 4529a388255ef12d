"""What Alembic runs: the steps, in the caller's transaction on the caller's connection."""

from __future__ import annotations

from alembic import context

from bonafide.store.metadata import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
