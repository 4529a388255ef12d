"""What PostgreSQL does besides for a table of personal data. Steps already released rely on it as it is."""

from __future__ import annotations

from alembic import op

_OWN = "operator = current_setting('bonafide.operator', true)"


def keep_apart(*tables: str) -> None:
    """Put tables under row-level security: whoever has not said for which operator it speaks sees nothing,
    and nobody sees, changes or makes what is another's. The owner of the tables is bound as well.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_operator ON {table} USING ({_OWN}) WITH CHECK ({_OWN})")


def leave_out_of_statistics(table: str, *columns: str) -> None:
    """Let no value of these columns be sampled for the query planner, whose samples outlive their rows."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for column in columns:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
