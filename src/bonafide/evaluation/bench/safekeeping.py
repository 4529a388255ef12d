"""Keeping records, beside a bare fsync of the same disk, which no durable record can do without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bonafide.errors import SetupBroken
from bonafide.evaluation.bench.case import passing_signer
from bonafide.evaluation.bench.disk import BareDisk
from bonafide.evaluation.bench.records import Records
from bonafide.evaluation.bench.results import Durable, SafekeepingSpeed, Work, WorkSpeed
from bonafide.evaluation.bench.rounds import Parts, least_parts, paired_ratio, percentile, take_turns
from bonafide.store import Store
from bonafide.vault import UnsafeFileHolder, Vault

ROUNDS: Final = 10
THREADS: Final = 64
# As many as the store itself commits together.
TOGETHER: Final = 256
# One decision alone waits for the disk; what does not, or shares the wait, is measured on so many times more.
_MORE: Final = 8
_SMALL, _LARGE = bytes(1000), bytes(100_000)
_WALL, _CPU = "wall", "cpu"


def measure_safekeeping(folder: Path, decisions: int) -> SafekeepingSpeed:
    """Keep so many decisions one by one, and more in groups, in a database that is made in the folder for it
    and removed. Raises `SetupBroken` if the folder cannot be written to.
    """
    with (
        _home(folder) as home,
        closing(BareDisk(home)) as disk,
        closing(Store.open(f"sqlite:///{home / 'records.sqlite'}")) as store,
    ):
        store.upgrade()
        vault = Vault(UnsafeFileHolder(home / "vault"))
        return measure(Records(store, vault, passing_signer(), datetime.now(UTC)), disk.write, decisions)


def measure(
    records: Records,
    fsync: Callable[[], None],
    decisions: int,
    *,
    wall_clock: Callable[[], float] = time.perf_counter,
    cpu_clock: Callable[[], float] = time.process_time,
) -> SafekeepingSpeed:
    """Measure in ten rounds, after one that counts for nothing."""
    watch = _Watch(wall_clock, cpu_clock)
    few = -(-decisions // ROUNDS)
    pairs: list[tuple[float, float]] = []

    def alone() -> Parts:
        # One by one, so that whatever else the disk has to do strikes both alike.
        these = [(watch.each(1, fsync)[_WALL], watch.each(1, records.decide)[_WALL]) for _ in range(few)]
        pairs.extend(these)
        return {_WALL: median(fsynced for fsynced, _ in these)}

    with ThreadPoolExecutor(THREADS) as pool:
        works = _works(records, pool, few, watch)
        contenders: Mapping[str, Callable[[], Parts]] = {
            "alone": alone,
            **{work.value: turn for work, turn in works.items()},
        }
        take_turns(contenders, 1)
        pairs.clear()
        taken = take_turns(contenders, ROUNDS)
    return summarise(pairs, taken["alone"], {work: taken[work.value] for work in works})


def summarise(
    pairs: Sequence[tuple[float, float]], fsync: Sequence[Parts], works: Mapping[Work, Sequence[Parts]]
) -> SafekeepingSpeed:
    """What the rounds say. `pairs` are a bare fsync and a decision each; `fsync` and `works` have for each
    round what one took by the wall and by the processor, all in milliseconds.
    """
    fsyncs, decisions = zip(*pairs, strict=True)
    return SafekeepingSpeed(
        rounds=len(fsync),
        fsync=_durable(fsyncs),
        decision=_durable(decisions),
        works=tuple(
            WorkSpeed(
                work,
                a_second=1000 / median(parts[_WALL] for parts in rounds),
                fsyncs=paired_ratio([{_WALL: parts[_WALL]} for parts in rounds], fsync),
                cpu_ms=least_parts(rounds)[_CPU],
            )
            for work, rounds in works.items()
        ),
    )


def _works(
    records: Records, pool: ThreadPoolExecutor, few: int, watch: _Watch
) -> dict[Work, Callable[[], Parts]]:
    many = few * _MORE

    def repeated(work: Callable[[], object]) -> Callable[[], Parts]:
        def repeat() -> None:
            for _ in range(few):
                work()

        return lambda: watch.each(few, repeat)

    def integrate() -> Parts:
        records.integrate()
        records.append_leaves(many, TOGETHER)
        return watch.each(many, records.integrate)

    def rewrap() -> Parts:
        records.rotate()
        return watch.each(many, records.rewrap)

    records.seal_kept(_SMALL, many)
    records.append_leaves(1, 1)
    records.integrate()
    small, large = records.seal(_SMALL), records.seal(_LARGE)
    return {
        Work.DECISIONS_BY_THREADS: lambda: watch.each(
            many, lambda: records.decide_by_threads(many, pool, THREADS)
        ),
        Work.DECISIONS_TOGETHER: lambda: watch.each(many, lambda: records.decide_together(many, TOGETHER)),
        Work.LEAVES: lambda: watch.each(many, lambda: records.append_leaves(many, TOGETHER)),
        Work.INTEGRATE: integrate,
        Work.PROVE: repeated(records.prove),
        Work.SEAL_SMALL: repeated(lambda: records.seal(_SMALL)),
        Work.OPEN_SMALL: repeated(lambda: records.open(small)),
        Work.SEAL_LARGE: repeated(lambda: records.seal(_LARGE)),
        Work.OPEN_LARGE: repeated(lambda: records.open(large)),
        Work.REWRAP: rewrap,
    }


@dataclass(frozen=True, slots=True)
class _Watch:
    """Two clocks that count seconds."""

    wall: Callable[[], float]
    cpu: Callable[[], float]

    def each(self, count: int, work: Callable[[], object]) -> Parts:
        """Milliseconds of each of so many that `work` does at once."""
        wall, cpu = self.wall(), self.cpu()
        work()
        return {_WALL: (self.wall() - wall) * 1000 / count, _CPU: (self.cpu() - cpu) * 1000 / count}


def _durable(times: Sequence[float]) -> Durable:
    return Durable(len(times), median(times), percentile(times, 99))


@contextmanager
def _home(folder: Path) -> Iterator[Path]:
    try:
        place = TemporaryDirectory(prefix="bonafide-bench-", dir=folder)
    except OSError as error:
        raise SetupBroken(
            f"The data folder cannot be written to ({error.strerror})",
            "Let this account write to it: how fast its disk is cannot be measured elsewhere",
        ) from None
    with place as name:
        yield Path(name)
