"""What a benchmark found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bonafide.evaluation.bench.live_speed import LiveSpeed


@dataclass(frozen=True, slots=True)
class StageTime:
    """CPU time of one stage in milliseconds, and how much of it is floor; None for a stage that has none."""

    name: str
    cpu_ms: float
    floor_ms: float | None


@dataclass(frozen=True, slots=True)
class WarmSpeed:
    """One process that goes on comparing faces, CPU time.

    `floor_ratio` is the median over the rounds of whole by floor within a round. `whole_ms` and `floor_ms`
    are the least over the rounds, and `least_ratio` is the one by the other. `cpu_share` is CPU time by wall
    time: well under 1, others were using the machine.
    """

    rounds: int
    whole_ms: float
    floor_ms: float
    floor_ratio: float
    least_ratio: float
    cpu_share: float
    stages: tuple[StageTime, ...]


@dataclass(frozen=True, slots=True)
class ColdStart:
    """`bonafide compare` as a process, start to exit, wall time in seconds; files are in the page cache.

    `cpu_s` is the least CPU time of such a process, `rss_mb` the largest peak of its resident memory in
    megabytes (10^6 bytes).
    """

    starts: int
    best_s: float
    median_s: float
    cpu_s: float
    rss_mb: float


@dataclass(frozen=True, slots=True)
class ReadingSpeed:
    """One process that goes on reading one drawn document, CPU time in milliseconds.

    `median_ms` and `p90_ms` are over the rounds, `floor_ms` is the least of them. `floor_ratio` is the median
    over the rounds of the reading by the floor within a round. `looks` and `lines` are how often the detector
    and the recogniser of text had to run.
    """

    models: Mapping[str, str]
    rounds: int
    median_ms: float
    p90_ms: float
    floor_ms: float
    floor_ratio: float
    looks: int
    lines: int


class Work(StrEnum):
    """What is done with kept records."""

    DECISIONS_BY_THREADS = "decisions_by_threads"
    """Decisions one by one from many threads, which the store commits in groups."""

    DECISIONS_TOGETHER = "decisions_together"
    """Decisions many to a transaction."""

    LEAVES = "leaves"
    """Leaves of the log alone, many to a transaction."""

    INTEGRATE = "integrate"
    """Leaves put into the tree, under a checkpoint signed for them all."""

    PROVE = "prove"
    """Proofs that a leaf is in the tree, one by one."""

    SEAL_SMALL = "seal_1kB"
    OPEN_SMALL = "open_1kB"
    SEAL_LARGE = "seal_100kB"
    OPEN_LARGE = "open_100kB"

    REWRAP = "rewrap"
    """Records put under another epoch."""


@dataclass(frozen=True, slots=True)
class WorkSpeed:
    """How much of a work is done in a second, and how many bare fsyncs one of it takes as long as: medians
    over the rounds, wall time. `cpu_ms` is the least CPU time of one in a round, which others' work on the
    same machine does not lengthen.
    """

    work: Work
    a_second: float
    fsyncs: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Durable:
    """Wall times of something that waits for the disk, in milliseconds."""

    count: int
    median_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class SafekeepingSpeed:
    """What keeping records costs on the disk under the data folder. A bare fsync and one durable decision
    alone were taken by turns, so that their quotient is worth more than each.
    """

    rounds: int
    fsync: Durable
    decision: Durable
    works: tuple[WorkSpeed, ...]

    @property
    def median_ratio(self) -> float:
        """One decision's median by that of a bare fsync."""
        return self.decision.median_ms / self.fsync.median_ms

    @property
    def p99_ratio(self) -> float:
        """The same of the 99th percentiles."""
        return self.decision.p99_ms / self.fsync.p99_ms


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A section that says why it has no figures."""

    why: str


@dataclass(frozen=True, slots=True)
class Answers:
    """How long answers of a service under load took to come, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float

    @property
    def spread(self) -> float:
        """The 99th percentile by the median."""
        return self.p99_ms / self.p50_ms


@dataclass(frozen=True, slots=True)
class Resident:
    """Megabytes (10^6 bytes) that a service had resident when it had served so many verifications."""

    served: int
    mb: float


@dataclass(frozen=True, slots=True)
class ServingSpeed:
    """A service of one worker, one of two, and a process without a service, which took turns at whole
    verifications of one drawn passport.

    `…_a_second` are by the median of the rounds, wall time; `…_ratio` the median over the rounds of a
    service's throughput by that of the process alone. `cpu_ratio` is that of the CPU time of one verification
    in the service of two workers by that in the process: what the service costs, be the machine busy or not.
    `cpu_share` is how much of a core the process alone got, median: well under 1, others were using the
    machine, and two workers got no more of it than one.
    `answers` are those of the service of two workers while
    every one of `connections` waited for one. `first` is its memory after the first hundred verifications
    (after the first window if there were fewer), `last` after all, `peak_mb` the most that was seen.
    """

    rounds: int
    connections: int
    in_process_a_second: float
    one_worker_a_second: float
    two_workers_a_second: float
    one_worker_ratio: float
    two_workers_ratio: float
    cpu_ratio: float
    cpu_share: float
    answers: Answers
    first: Resident
    last: Resident
    peak_mb: float

    @property
    def growth(self) -> float:
        """Its memory after all by that after the first hundred."""
        return self.last.mb / self.first.mb


@dataclass(frozen=True, slots=True)
class Scaling:
    """Throughput of two workers over that of one, best windows, wall time.

    None where there are not two cores. `processes` is None, too, where threads reach the target.
    """

    threads: float | None
    processes: float | None


@dataclass(frozen=True, slots=True)
class ProfileSpeed:
    """Everything measured of one profile."""

    profile: str
    models: Mapping[str, str]
    warm: WarmSpeed
    cold: ColdStart
    scaling: Scaling


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on. `versions` has those of the libraries that do the work."""

    processor: str
    cores: int
    python: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A run of the benchmark; `profiles` has the one asked for, or the default first, then the other.

    `drawn` says that specimens were used, not the operator's pictures.
    """

    measured_at: datetime
    version: str
    drawn: bool
    machine: Machine
    profiles: tuple[ProfileSpeed, ...]
    reading: ReadingSpeed
    safekeeping: SafekeepingSpeed
    serving: ServingSpeed | NotMeasured
    live: LiveSpeed | NotMeasured
