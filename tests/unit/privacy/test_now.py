from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bonafide.privacy.now import not_set_back

MADE = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "stands"), [(5, True), (0, True), (-10, True), (-10.001, False), (-600, False)]
)
def test_a_clock_that_is_corrected_was_not_set_back(minutes: float, stands: bool) -> None:
    assert not_set_back(MADE + timedelta(minutes=minutes), MADE) is stands
