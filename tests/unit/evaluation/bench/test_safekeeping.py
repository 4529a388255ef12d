from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.disk import BLOCK, BareDisk
from bonafide.evaluation.bench.results import Durable, Work
from bonafide.evaluation.bench.rounds import Parts
from bonafide.evaluation.bench.safekeeping import ROUNDS, measure, measure_safekeeping, summarise


def test_a_decision_stands_beside_the_fsyncs_between_which_it_was_taken() -> None:
    pairs = [(0.5, 2.0)] * 90 + [(1.0, 3.0)] * 10
    found = summarise(pairs, [{"wall": 0.5}], {})
    assert (found.fsync, found.decision) == (Durable(100, 0.5, 1.0), Durable(100, 2.0, 3.0))
    assert (found.median_ratio, found.p99_ratio) == (4.0, 3.0)


def test_a_work_is_compared_with_the_fsyncs_of_its_own_round() -> None:
    fsync: list[Parts] = [{"wall": 0.5}, {"wall": 5.0}, {"wall": 1.0}]
    busy_in_the_second: list[Parts] = [
        {"wall": 0.1, "cpu": 0.08},
        {"wall": 1.0, "cpu": 0.07},
        {"wall": 0.3, "cpu": 0.09},
    ]
    found = summarise([(0.5, 1.0)], fsync, {Work.LEAVES: busy_in_the_second})
    assert found.rounds == 3
    # 0.3 ms each is 3,333 a second; 0.2, 0.2 and 0.3 fsyncs.
    (leaves,) = found.works
    assert leaves.work is Work.LEAVES
    assert (leaves.a_second, leaves.fsyncs, leaves.cpu_ms) == pytest.approx((10_000 / 3, 0.2, 0.07))


class Counted:
    """Stands for the records; each thing that is done takes as long as it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.done: dict[str, int] = {}

    def wall(self) -> float:
        return self.now

    def cpu(self) -> float:
        return self.now / 2

    def fsync(self) -> None:
        self._take("fsync", 0.001)

    def decide(self) -> None:
        self._take("decide", 0.004)

    def decide_by_threads(self, count: int, _pool: object, threads: int) -> None:
        assert threads > 1
        self._take("decide_by_threads", 0.0002 * count)

    def decide_together(self, count: int, _together: int) -> None:
        self._take("decide_together", 0.0001 * count)

    def append_leaves(self, count: int, _together: int) -> None:
        self.new = count
        self._take("append_leaves", 0.00002 * count)

    def integrate(self) -> None:
        self._take("integrate", 0.00005 * self.new)
        self.new = 0

    def prove(self) -> None:
        self._take("prove", 0.002)

    def seal_kept(self, _plaintext: bytes, count: int) -> None:
        self.kept = count
        self._take("seal_kept", 10)

    def seal(self, plaintext: bytes) -> bytes:
        self._take("seal", 1e-6 * len(plaintext))
        return plaintext

    def open(self, sealed: bytes) -> None:
        self._take("open", 2e-6 * len(sealed))

    def rotate(self) -> None:
        self._take("rotate", 10)

    def rewrap(self) -> None:
        self._take("rewrap", 0.0005 * self.kept)

    def _take(self, what: str, seconds: float) -> None:
        self.now += seconds
        self.done[what] = self.done.get(what, 0) + 1


def test_every_work_is_charged_for_itself_and_by_the_piece() -> None:
    records = Counted()
    found = measure(records, records.fsync, 30, wall_clock=records.wall, cpu_clock=records.cpu)  # type: ignore[arg-type]
    assert found.rounds == ROUNDS
    assert astuple(found.fsync) == pytest.approx((30, 1, 1))
    assert astuple(found.decision) == pytest.approx((30, 4, 4))
    assert found.median_ratio == pytest.approx(4)
    assert {speed.work: speed.a_second for speed in found.works} == pytest.approx(
        {
            Work.DECISIONS_BY_THREADS: 5000,
            Work.DECISIONS_TOGETHER: 10_000,
            Work.LEAVES: 50_000,
            Work.INTEGRATE: 20_000,
            Work.PROVE: 500,
            Work.SEAL_SMALL: 1000,
            Work.OPEN_SMALL: 500,
            Work.SEAL_LARGE: 10,
            Work.OPEN_LARGE: 5,
            Work.REWRAP: 2000,
        }
    )
    assert all(speed.fsyncs == pytest.approx(1000 / speed.a_second) for speed in found.works)
    assert all(speed.cpu_ms == pytest.approx(500 / speed.a_second) for speed in found.works)
    # The round before the first counts for nothing, and was taken.
    assert records.done["decide"] == records.done["fsync"] == 33


def test_the_bare_disk_grows_by_blocks_in_a_file_of_its_own(tmp_path: Path) -> None:
    disk = BareDisk(tmp_path)
    (file,) = tmp_path.iterdir()
    for blocks in (1, 2):
        disk.write()
        assert file.stat().st_size == blocks * len(BLOCK) == blocks * 4096
    disk.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        disk.write()


def test_a_folder_that_cannot_be_written_to_is_no_place_to_measure(tmp_path: Path) -> None:
    with pytest.raises(SetupBroken, match="data folder cannot be written to"):
        measure_safekeeping(tmp_path / "missing", 10)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    found = measure_safekeeping(tmp_path, 10)
    assert [speed.work for speed in found.works] == list(Work)
    assert (found.rounds, found.decision.count) == (ROUNDS, 10)
    assert list(tmp_path.iterdir()) == []
