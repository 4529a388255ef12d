"""Durations: by the calendar where they are years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bonafide.privacy.duration import Duration


@given(st.integers(1, 50), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))
def test_it_is_never_longer_than_at_most(years: int, begins: datetime) -> None:
    duration, begins = Duration(years=years), begins.replace(tzinfo=UTC)
    assert timedelta(days=365 * years) <= duration.after(begins) - begins <= duration.at_most
