"""A database of tests that is used again is as a new one."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import make_url
from tests.postgresql import Upgraded, administrator, drop

from bonafide.store import Store
from bonafide.store.metadata import METADATA

CHANGES = [
    "ALTER TABLE subject NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE subject DISABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS {policy} ON subject",
    "ALTER TABLE subject ADD COLUMN nickname text",
    "ALTER TABLE outbox RENAME TO inbox",
    "CREATE TABLE another (id text)",
    "GRANT SELECT ON subject TO PUBLIC",
    "UPDATE alembic_version SET version_num = 'later'",
]


@pytest.fixture
def own(upgraded_postgresql: Upgraded) -> Upgraded:
    """The same databases, with spare ones of this test's own."""
    return Upgraded(upgraded_postgresql.folder, upgraded_postgresql.template, upgraded_postgresql.shape)


def rows(own: Upgraded, url: str) -> int:
    with administrator(own.folder, str(make_url(url).database)) as admin:
        counts = [
            admin.execute(f"SELECT count(*) FROM {table.name}".encode()).fetchone()  # noqa: S608
            for table in METADATA.sorted_tables
        ]
    return sum(count[0] for count in counts if count)


def test_it_is_emptied_though_somebody_is_still_connected(own: Upgraded) -> None:
    url = own.take()
    with contextlib.closing(Store.open(url)) as store:
        store.begin_operator("a.example", datetime(2026, 11, 25, tzinfo=UTC))
        assert rows(own, url) == 1
        assert own.give_back(url)
    assert rows(own, url) == 0
    assert own.take() == url
    with contextlib.closing(Store.open(url)) as store:
        assert store.operators() == ()
        store.begin_operator("b.example", datetime(2026, 11, 25, tzinfo=UTC))
        assert store.operators() == ("b.example",)
    drop(url, own.folder)


def test_what_was_changed_is_not_used_again(own: Upgraded) -> None:
    url = own.copy()
    name = str(make_url(url).database)
    with administrator(own.folder, name) as admin:
        policy = admin.execute(
            "SELECT polname FROM pg_policy WHERE polrelid = 'subject'::regclass"
        ).fetchone()
        assert policy
    for change in CHANGES:
        with administrator(own.folder, name) as admin, admin.transaction(force_rollback=True):
            admin.execute(change.format(policy=policy[0]).encode())
            assert own.shape_in(admin) != own.shape, change
    assert own.give_back(url)
    with administrator(own.folder, name) as admin:
        admin.execute(CHANGES[0].encode())
    assert not own.give_back(own.take())
    assert own.spare == []
    drop(url, own.folder)
    assert not own.give_back(url), "it is gone"
