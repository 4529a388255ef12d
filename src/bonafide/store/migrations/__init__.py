"""How the tables came to be what they are, step by step, forwards only.

`python tools/make_migration.py WORDS` writes the next step after a change of `bonafide.store.schema`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, inspect, text

# In order; a test holds them against the files.
REVISIONS: Final = ("0001", "0002", "0003")


class State(StrEnum):
    """How a database's tables stand to this version of Bonafide."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def revision_of(connection: Connection) -> str | None:
    """The last step that the database has taken, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def state_of(revision: str | None) -> State:
    """What a revision means to this version."""
    if revision is None:
        return State.EMPTY
    if revision == REVISIONS[-1]:
        return State.CURRENT
    return State.OLDER if revision in REVISIONS else State.NEWER


def migrate(connection: Connection) -> None:
    """Take every step that is missing, in the transaction that the caller began and will commit."""
    # Loaded here: it takes as long as all else that a command loads, and next to none of them migrates.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bonafide.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
