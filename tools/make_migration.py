"""Writes the step that brings a database to `bonafide.store.schema` as it is now.

Say `python tools/make_migration.py WORDS` and look the step over: what Alembic does not see (data to carry
over, a renamed column) is written by hand. Tables that are new in it come under row-level security. Then add
its revision to `REVISIONS` in `bonafide.store.migrations`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateTableOp
from sqlalchemy import LargeBinary, create_engine

from bonafide.store import migrations
from bonafide.store.metadata import METADATA, UNDER_NO_OPERATOR
from bonafide.store.moment import Moment

_VERSIONS = Path(migrations.__file__).parent / "versions"
# Hashes and the like that are text: no more for the planner's samples than what is binary.
_UNSAMPLED = {
    ("decision", "document_index"),
    ("line", "number_index"),
    ("line", "document_index"),
    ("customer_session", "document_index"),
    ("customer_session", "digest"),
    ("customer_code", "number_index"),
    ("customer_code", "code_index"),
    ("customer_passkey", "document_index"),
    ("customer_passkey", "handle"),
    ("sign_up", "reference"),
    ("sign_up", "return_address"),
    ("attempt", "key"),
    ("counted", "document"),
    ("counted", "device"),
}


def main() -> None:
    words = " ".join(sys.argv[1:])
    if not words:
        sys.exit("Say in a few words what the step does")
    before = sorted(path.stem.removeprefix("step_") for path in _VERSIONS.glob("step_*.py"))
    revision = f"{len(before) + 1:04}"
    path = _VERSIONS / f"step_{revision}.py"
    path.write_text(_step(words, revision, before[-1] if before else None), encoding="utf-8")
    for command in (["format", "--quiet"], ["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, path], check=True)  # noqa: S603
    print(path)  # noqa: T201


def _step(words: str, revision: str, before: str | None) -> str:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        if before is not None:
            migrations.migrate(connection)
        context = MigrationContext.configure(connection)
        upgrade = produce_migrations(context, METADATA).upgrade_ops
        if upgrade is None:
            raise RuntimeError("Alembic compared nothing")
        body = render_python_code(upgrade, render_item=_render_item, migration_context=context)
    new = [
        METADATA.tables[operation.table_name]
        for operation in upgrade.ops
        if isinstance(operation, CreateTableOp) and operation.table_name not in UNDER_NO_OPERATOR
    ]
    lines = [line for line in body.splitlines() if not line.lstrip().startswith("#")]
    if new:
        lines.append(f"    keep_apart({', '.join(repr(table.name) for table in new)})")
    for table in new:
        hidden = [
            column.name
            for column in table.columns
            if isinstance(column.type, LargeBinary) or (table.name, column.name) in _UNSAMPLED
        ]
        if hidden:
            lines.append(f"    leave_out_of_statistics({table.name!r}, {', '.join(map(repr, hidden))})")
    return "\n".join(
        [
            f'"""{words[0].upper()}{words[1:]}."""',
            "from __future__ import annotations",
            "import sqlalchemy as sa",
            "from alembic import op",
            "from bonafide.store.migrations.operators import keep_apart, leave_out_of_statistics",
            f"revision = {revision!r}",
            f"down_revision = {before!r}",
            "def upgrade() -> None:",
            *lines,
            "",
        ]
    )


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's signature
    # A step says what a database has, whatever our own types later become.
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Moment) else False


if __name__ == "__main__":
    main()
