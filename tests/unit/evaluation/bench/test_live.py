"""What is made of live sessions one after another and at once."""

from __future__ import annotations

import threading

import pytest

from bonafide.evaluation.bench.live import measure
from bonafide.evaluation.bench.live_client import Held
from bonafide.evaluation.bench.served import Usage


class Machine:
    """Stands for a service: a session costs a second and a half of CPU, a verification half of one."""

    def __init__(self, refuses: int = 0) -> None:
        self.cpu_s = 10.0
        self.held = 0
        self.verified = 0
        self.paused: list[float] = []
        self.refuses = refuses
        self.lock = threading.Lock()

    def hold(self) -> Held:
        with self.lock:
            self.held += 1
            self.cpu_s += 1.5
            number = self.held
        refused = number <= 10 + 3 + self.refuses and number > 13
        return Held(None if refused else "accepted", 12.0, [] if refused else [0.02, 0.03, 0.04])

    def pauses(self, seconds: float) -> None:
        with self.lock:
            self.paused.append(seconds)

    def verify(self) -> None:
        self.verified += 1
        self.cpu_s += 0.5

    def usage(self) -> Usage:
        return Usage(500_000_000, self.cpu_s)


def test_a_session_stands_beside_a_verification() -> None:
    machine = Machine()
    found = measure(machine.hold, machine.verify, machine.usage, 10, machine.pauses)
    assert found.session_cpu_s == pytest.approx(1.5)
    assert found.verifications == pytest.approx(3)
    assert (found.alone, found.at_once, found.refused) == (3, 10, 0)
    assert machine.held == 10 + 3 + 20, "the first ones count for nothing"
    assert (found.guided_alone.count, found.guided_together.count) == (9, 60)
    assert found.guided_together.p50_ms == pytest.approx(30)
    assert found.guided_together.p99_ms == pytest.approx(40)
    assert found.mb_each == 0
    assert sorted(machine.paused) == pytest.approx([1.2 * number for number in range(10)])


def test_who_is_turned_away_is_counted() -> None:
    machine = Machine(refuses=4)
    assert measure(machine.hold, machine.verify, machine.usage, 10, machine.pauses).refused == 4
