from __future__ import annotations

import json
import sys

import pytest

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.cold import Start, summarise
from bonafide.evaluation.bench.launcher import main


def start(wall: float, *, status: int = 0, cpu: float = 0.4, rss: int = 150_000_000) -> Start:
    return Start(status, wall, cpu, rss)


def test_the_best_and_the_median_and_the_largest_memory() -> None:
    found = summarise([start(0.9, cpu=0.5), start(0.5, status=10), start(0.6, rss=160_000_000)])
    assert (found.starts, found.best_s, found.median_s) == (3, 0.5, 0.6)
    assert (found.cpu_s, found.rss_mb) == (0.4, 160.0)


@pytest.mark.parametrize("status", [1, 2, 3, 4, -9])
def test_a_start_without_an_answer_is_no_measurement(status: int) -> None:
    with pytest.raises(SetupBroken, match="no answer"):
        summarise([start(0.5), start(0.1, status=status)])


def test_the_launcher_reports_status_time_and_memory(capfd: pytest.CaptureFixture[str]) -> None:
    main([sys.executable, "-c", "print('hidden'); raise SystemExit(10)"])
    found = Start(**json.loads(capfd.readouterr().out))
    assert found.status == 10
    assert 0 < found.cpu_s < 60
    assert found.wall_s > 0
    assert 1_000_000 < found.rss_bytes < 2_000_000_000
