"""Databases on the tests' own PostgreSQL server, made and emptied in little time."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

from bonafide.store import Store

# What a database is but for its rows: one that is not as its template was is not used again.
_SHAPE = b"""
SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
  SELECT concat_ws(' ', relname, relkind, relowner, relacl, reloptions, relrowsecurity, relforcerowsecurity)
    AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, attnum, atttypid, attnotnull, attisdropped)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) FROM
    pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled, tgtype) FROM pg_trigger
    WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', polrelid::regclass, polname, polcmd, polqual, polwithcheck) FROM pg_policy
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', setdatabase, setconfig) FROM pg_db_role_setting
    JOIN pg_roles ON pg_roles.oid = setrole AND rolname = %s
  UNION ALL SELECT version_num FROM alembic_version
) AS lines
"""
_TABLES = b"""
SELECT quote_ident(relname) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
_ALONE = b"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def administrator(folder: Path | str, database: str = "postgres") -> psycopg.Connection[Any]:
    """A connection as whom nothing binds, to the server in a folder."""
    return psycopg.connect(host=str(folder), user="postgres", dbname=database, autocommit=True)


def waits_for_disk(folder: Path, wanted: bool) -> None:
    """Let a server wait for the disk, as it does by default, or lose its last writes if the machine stops."""
    with administrator(folder) as admin:
        for setting in ("fsync", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {setting} = {'on' if wanted else 'off'}".encode())
        admin.execute("SELECT pg_reload_conf()")


def new_postgresql_database(folder: Path) -> str:
    """The URL of an empty database, owned by a role that row-level security binds."""
    name = f"bonafide_{secrets.token_hex(6)}"
    with administrator(folder) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS".encode())
        admin.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
    return f"postgresql+psycopg://{name}@/{name}?host={folder}"


@dataclass
class Upgraded:
    """Databases with this version's tables and no rows, all of one role, on the server in a folder."""

    folder: Path
    template: URL
    shape: str
    spare: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, folder: Path) -> Upgraded:
        url = new_postgresql_database(folder)
        with contextlib.closing(Store.open(url)) as made:
            made.upgrade()
        template = make_url(url)
        with administrator(folder, str(template.database)) as admin:
            return cls(folder, template, _shape(admin, str(template.username)))

    def copy(self) -> str:
        """The URL of one that nobody has used."""
        name = f"bonafide_{secrets.token_hex(6)}"
        with administrator(self.folder) as admin:
            admin.execute(
                f"CREATE DATABASE {name} OWNER {self.template.username} TEMPLATE {self.template.database}"
                " STRATEGY FILE_COPY".encode()
            )
        return self.template.set(database=name).render_as_string(hide_password=False)

    def take(self) -> str:
        """The URL of one in whose files there may be dead rows."""
        return self.spare.pop() if self.spare else self.copy()

    def give_back(self, url: str) -> bool:
        """Empty one that was taken, for others to take; False if it is not as it was, or somebody is in the
        middle of something.
        """
        try:
            with administrator(self.folder, str(make_url(url).database)) as admin:
                admin.execute(_ALONE)
                if self.shape_in(admin) != self.shape:
                    return False
                admin.execute("SET lock_timeout = '1s'")
                admin.execute("SET session_replication_role = replica")  # in any order of the tables
                tables = [str(name) for (name,) in admin.execute(_TABLES)]
                anything = " UNION ALL ".join(
                    f"(SELECT '{name}' FROM {name} LIMIT 1)"  # noqa: S608 - a table's name
                    for name in tables
                )
                for (name,) in admin.execute(anything.encode()).fetchall():
                    admin.execute(f"DELETE FROM {name}".encode())  # noqa: S608
        except psycopg.Error:
            return False
        self.spare.append(url)
        return True

    def shape_in(self, admin: psycopg.Connection[Any]) -> str:
        """What is in the database of a connection but rows."""
        return _shape(admin, str(self.template.username))


def drop(url: str, folder: Path) -> None:
    """Drop a database, if the server runs."""
    with contextlib.suppress(psycopg.OperationalError), administrator(folder) as admin:
        admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


def _shape(admin: psycopg.Connection[Any], role: str) -> str:
    found = admin.execute(_SHAPE, (role,)).fetchone()
    assert found is not None
    return str(found[0])
