from __future__ import annotations

import pytest

from bonafide.evaluation.bench.results import StageTime
from bonafide.evaluation.bench.rounds import Parts
from bonafide.evaluation.bench.stages import STAGES
from bonafide.evaluation.bench.warm import summarise


def test_the_ratio_is_the_median_round_and_stages_stand_beside_their_floor() -> None:
    whole: list[Parts] = [{"whole": 60.0}, {"whole": 44.0}]
    floor: list[Parts] = [
        {"decode": 6.0, "find": 4.0, "template": 30.0},
        {"decode": 7.0, "find": 5.0, "template": 38.0},
    ]
    stages: list[Parts] = [dict.fromkeys(STAGES, 2.0), dict.fromkeys(STAGES, 1.0)]
    found = summarise(whole, floor, stages, cpu_share=0.5)
    assert (found.rounds, found.whole_ms, found.floor_ms) == (2, 44.0, 40.0)
    assert found.floor_ratio == pytest.approx((60 / 40 + 44 / 50) / 2)
    assert found.least_ratio == pytest.approx(1.1)
    assert [stage.name for stage in found.stages] == list(STAGES)
    assert found.stages[1] == StageTime("decode", 1.0, 6.0)
    assert found.stages[0].floor_ms is None
