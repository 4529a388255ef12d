"""What is made of the rounds of a service and a process without one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.load import Window
from bonafide.evaluation.bench.results import Answers, Resident
from bonafide.evaluation.bench.served import Process, Served, Usage, family, seconds
from bonafide.evaluation.bench.serving import CONNECTIONS, Contenders, Took, measure, summarise, why_not


def test_a_service_stands_beside_the_process_of_its_own_round() -> None:
    found = summarise(
        in_process=[{"wall": 0.5, "cpu": 0.4}, {"wall": 5.0, "cpu": 0.5}, {"wall": 0.6, "cpu": 0.4}],
        one_worker=[{"wall": 0.5}, {"wall": 4.0}, {"wall": 0.5}],
        two_workers=[{"wall": 0.25, "cpu": 0.44}, {"wall": 2.5, "cpu": 0.5}, {"wall": 0.4, "cpu": 0.5}],
        waits=[1.0] * 98 + [2.5, 9.0],
        memory=[Resident(24, 480.0), Resident(104, 500.0), Resident(204, 530.0), Resident(304, 510.0)],
    )
    # 2, 2 and 1.5; 1, 1.25 and 1.2; 1.1, 1 and 1.25.
    assert (found.two_workers_ratio, found.one_worker_ratio, found.cpu_ratio) == pytest.approx((2, 1.2, 1.1))
    # 0.8, 0.1 and 0.667 of a core.
    assert found.cpu_share == pytest.approx(2 / 3)
    assert found.in_process_a_second == pytest.approx(1 / 0.6)
    assert found.one_worker_a_second == pytest.approx(2)
    assert found.two_workers_a_second == pytest.approx(2.5)
    assert found.answers == Answers(100, 1000, 2500)
    assert found.answers.spread == 2.5
    assert (found.first, found.last, found.peak_mb) == (Resident(104, 500), Resident(304, 510), 530)
    assert found.growth == pytest.approx(1.02)
    assert (found.rounds, found.connections) == (3, CONNECTIONS)


class Machine:
    """Stands for a service and for the process beside it; a service answers four more than its window has."""

    def __init__(self) -> None:
        self.served = 0
        self.windows: list[int] = []
        self.alone: list[int] = []

    def contenders(self) -> Contenders:
        return Contenders(self.in_process, self.one_worker, self.two_workers, self.usage)

    def in_process(self, count: int) -> Took:
        self.alone.append(count)
        return Took(0.5, 0.4)

    def one_worker(self, count: int) -> Window:
        return Window(0.4, (9.0,) * count, count + 4)

    def two_workers(self, count: int) -> Window:
        self.windows.append(count)
        self.served += count + 4
        return Window(0.25, (float(len(self.windows)),) * count, count + 4)

    def usage(self) -> Usage:
        return Usage(resident=(1000 + self.served) * 1_000_000, cpu_s=0.5 * self.served)


def test_ten_rounds_are_taken_after_one_that_does_not_count() -> None:
    machine = Machine()
    found = measure(machine.contenders(), 200)
    assert found.rounds == 10
    assert machine.windows == [20] * 11
    assert machine.alone == [10] * 11
    # The first window's answers are not among them.
    assert found.answers.count == 200
    assert found.answers.p50_ms == pytest.approx(6500)
    assert (found.two_workers_ratio, found.cpu_ratio) == pytest.approx((2, 1.25))
    assert (found.first, found.last) == (Resident(120, 1120), Resident(264, 1264))


def test_what_is_more_than_the_rounds_the_service_serves_by_itself() -> None:
    machine = Machine()
    found = measure(machine.contenders(), 1000)
    assert machine.windows == [20] * 11 + [100] * 7 + [8]
    assert len(machine.alone) == 11
    assert found.answers.count == 200
    assert found.last.served == 264 + 7 * 104 + 12 >= 1000


def test_one_verification_is_enough_to_see_that_it_works() -> None:
    machine = Machine()
    found = measure(machine.contenders(), 1)
    assert (machine.windows, found.rounds, found.answers.count) == ([1, 1], 1, 1)
    assert (found.first.served, found.last.served) == (5, 10)


def test_what_cannot_be_measured_says_why() -> None:
    assert why_not(200, 2, []) is None
    assert why_not(0, 1, ["uvicorn"]) == "not asked for"
    assert why_not(200, 2, ["uvicorn"]) == "the extra `service` is not installed (uvicorn)"
    assert why_not(200, 1, []) == "there are not two cores"


def test_a_service_is_all_the_processes_that_descend_from_its_first() -> None:
    processes = [
        Process(5, 4, Usage(1, 0.5)),
        Process(4, 2, Usage(10, 0.25)),
        Process(2, 1, Usage(100, 1.0)),
        Process(3, 1, Usage(1000, 9.0)),
        Process(1, 0, Usage(10_000, 9.0)),
    ]
    assert family(processes, 2) == Usage(111, 1.75)
    with pytest.raises(SetupBroken, match="has ended"):
        family(processes, 7)


def test_this_machine_tells_what_processes_use() -> None:
    large = "held = bytes(100_000_000); print(flush=True); input()"
    with subprocess.Popen((sys.executable, "-c", large), stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        own = Served(0, "", os.getpid()).usage()
        child = Served(0, "", process.pid).usage()
        process.communicate(b"\n")
    assert own.resident > child.resident > 5_000_000
    assert own.cpu_s > 0


@pytest.mark.parametrize(("time", "expected"), [("0:00.05", 0.05), ("12:30.50", 750.5), ("1:02:03", 3723)])
def test_the_times_of_ps_are_read(time: str, expected: float) -> None:
    assert seconds(time) == pytest.approx(expected)
