"""The measurement of re-wrapping: that it kills in the midst, goes on, and opens all; never how fast."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from rich.progress import Progress

import measure_rewrap
from bonafide.store import Store
from bonafide.store.epochs import epochs

ROWS = 200


def test_a_kill_in_the_midst_loses_no_row(database: str, tmp_path: Path) -> None:
    home, another = tmp_path / "home", tmp_path / "another"
    home.mkdir()
    another.mkdir()
    with Progress(disable=True) as shown:
        found = measure_rewrap.measure(database, home, ROWS, shown)
        assert (found.rows, found.opened) == (ROWS, ROWS)
        assert 0 < found.left < ROWS
        making, killed, resumed, opening = (task.completed for task in shown.tasks)
        assert (making, resumed, opening) == (ROWS, found.left, ROWS)
        assert 0 < killed < ROWS
        with contextlib.closing(Store.open(database)) as store:
            old, new = epochs(store, measure_rewrap.OPERATOR)
        assert old.destroyed_at is not None
        assert new.destroyed_at is None
        with pytest.raises(SystemExit, match="not empty"):
            measure_rewrap.measure(database, another, ROWS, shown)


def test_the_speed_is_of_all_rows_and_beside_a_bare_fsync() -> None:
    found = measure_rewrap.Findings(rows=1000, left=400, seconds=2.0, fsync_ms=0.5, peak_mb=80.0, opened=1000)
    assert found.a_second == 500
    assert found.fsyncs == 4
