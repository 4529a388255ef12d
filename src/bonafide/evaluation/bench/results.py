"""What a benchmark found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
