"""What was counted is held against what the calibration says, and by its interval alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.compare import Promise
from bonafide.models import ModelStore
from bonafide.service.calibrations import calibration_for
from bonafide.service.error_rates import Count, Measure, Watched, promised_at_most
from bonafide.service.promised_rates import promised_rates
from bonafide.settings import Settings


@pytest.mark.parametrize(
    ("measure", "errors", "trials", "state"),
    [
        (Measure.FALSE_NON_MATCH, 0, 0, None),
        (Measure.FALSE_NON_MATCH, 2, 40, Promise.NOT_CONTRADICTED),
        (Measure.FALSE_NON_MATCH, 300, 400, Promise.EXCEEDED),
        (Measure.FALSE_NON_MATCH, 1, 4000, Promise.KEPT),
        (Measure.FALSE_MATCH, 0, 10, Promise.NOT_CONTRADICTED),
        (Measure.FALSE_MATCH, 1, 10_000, Promise.NOT_CONTRADICTED),
        (Measure.FALSE_MATCH, 20, 10_000, Promise.EXCEEDED),
        # However many were matched: nobody knows how many impostors were among them.
        (Measure.FALSE_MATCH, 0, 1_000_000, Promise.NOT_CONTRADICTED),
        (Measure.UPHELD, 0, 1_000_000, Promise.NOT_CONTRADICTED),
        (Measure.UNACQUIRED, 400, 400, None),
        (Measure.REFERRED, 0, 400, None),
    ],
)
def test_the_interval_alone_raises_an_alarm(
    tmp_path: Path, measure: Measure, errors: int, trials: int, state: Promise | None
) -> None:
    promised = promised_rates(Settings(tmp_path))
    assert promised is not None
    highest = promised_at_most(promised).get(measure)
    assert Watched(measure, Count(errors, trials), (), highest).state is state
    assert Watched(measure, Count(errors, trials), (), None).state is None


def test_what_is_promised_is_what_the_calibration_measured_where_it_is_worst(tmp_path: Path) -> None:
    promised = promised_rates(Settings(tmp_path))
    assert promised is not None
    assert promised.false_match_rate == 1e-4
    point = calibration_for(ModelStore(tmp_path).recogniser("accurate"), Settings(tmp_path)).operating_point(
        1e-4
    )
    assert promised.false_non_match == point.fnmr[promised.group]
    assert promised.false_non_match.value == max(rate.value for rate in point.fnmr.values())
    assert promised.false_non_match.value < promised.false_non_match_rate < 0.5


def test_without_a_calibration_that_fits_nothing_is_promised(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    promised = promised_rates(settings)
    assert promised is not None
    own = tmp_path / "calibrations" / f"{promised.model}.json"
    own.parent.mkdir()
    own.write_text("{}")
    assert promised_rates(settings) is None
