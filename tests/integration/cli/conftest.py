"""Databases for tests of commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import SQLITE_AND_LATER_POSTGRESQL, database_of


@pytest.fixture(params=SQLITE_AND_LATER_POSTGRESQL)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of each kind, but that `make test` leaves PostgreSQL to `make test-long`."""
    yield from database_of(request, tmp_path)
