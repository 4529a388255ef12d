"""A benchmark as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bonafide.evaluation.bench.live_speed import LiveSpeed
from bonafide.evaluation.bench.results import (
    Benchmark,
    NotMeasured,
    ProfileSpeed,
    ReadingSpeed,
    SafekeepingSpeed,
    ServingSpeed,
    WarmSpeed,
    Work,
)
from bonafide.evaluation.bench.targets import (
    LEAST_GROUPED_A_SECOND,
    LEAST_SERVED_RATIO,
    LEAST_TWO_WORKER_SCALING,
    MOST_ANSWER_SPREAD,
    MOST_COLD_START_S,
    MOST_DECISION_P99_MS,
    MOST_FLOOR_RATIO,
    MOST_GUIDANCE_P99_MS,
    MOST_MEMORY_GROWTH,
    MOST_RSS_MB,
    MOST_SESSION_CPU_S,
    MOST_SESSION_MB,
)

# Under this share of the processor, others slowed down what was measured by the clock on the wall.
_UNDISTURBED: Final = 0.9
_WORKS: Final = {
    Work.DECISIONS_BY_THREADS: "decisions a second, many threads",
    Work.DECISIONS_TOGETHER: "decisions a second, in groups",
    Work.LEAVES: "leaves a second, in groups",
    Work.INTEGRATE: "leaves a second into the tree",
    Work.PROVE: "proofs a second",
    Work.SEAL_SMALL: "1 kB sealed a second",
    Work.OPEN_SMALL: "1 kB opened a second",
    Work.SEAL_LARGE: "100 kB sealed a second",
    Work.OPEN_LARGE: "100 kB opened a second",
    Work.REWRAP: "records re-wrapped a second",
}


def as_table(benchmark: Benchmark) -> str:
    """The figures beside their targets and the stages beside their floor, profile by profile."""
    machine = benchmark.machine
    lines = [
        f"Bonafide {benchmark.version} on {machine.cores} cores, {machine.processor}",
        f"Python {machine.python}, " + ", ".join(f"{name} {it}" for name, it in machine.versions.items()),
        "Pictures: " + ("specimens, drawn" if benchmark.drawn else "as given"),
    ]
    for speed in benchmark.profiles:
        lines += ["", *_profile(speed)]
    lines += ["", *_reading(benchmark.reading), "", *_safekeeping(benchmark.safekeeping)]
    lines += ["", *_serving(benchmark.serving)]
    lines += ["", *_live(benchmark.live)]
    return "\n".join(lines)


def _profile(speed: ProfileSpeed) -> Iterator[str]:
    warm, cold, scaling = speed.warm, speed.cold, speed.scaling
    yield f"Face check, profile {speed.profile} ({speed.models['recogniser']}, {speed.models['detector']})"
    yield from _aligned(
        [
            ("", "measured", "target", ""),
            (
                "whole / floor, CPU time",
                f"{warm.floor_ratio:.3f}",
                f"<= {MOST_FLOOR_RATIO:.2f}",
                f"median of {warm.rounds} rounds; {warm.least_ratio:.3f} by the least of each",
            ),
            (
                "cold start to answer, s",
                f"{cold.best_s:.2f}",
                f"< {MOST_COLD_START_S:.1f}",
                f"best of {cold.starts}; median {cold.median_s:.2f}, CPU {cold.cpu_s:.2f}",
            ),
            ("resident memory, MB", f"{cold.rss_mb:.0f}", f"< {MOST_RSS_MB:.0f}", "peak of that process"),
            (
                "two threads / one",
                _ratio(scaling.threads),
                f">= {LEAST_TWO_WORKER_SCALING:.1f}",
                "there are not two cores" if scaling.threads is None else "best windows, wall time",
            ),
            *(
                [("two processes / one", _ratio(scaling.processes), "", "")]
                if scaling.processes is not None
                else []
            ),
        ]
    )
    if warm.cpu_share < _UNDISTURBED:
        yield (
            f"  The machine was busy: the benchmark got {warm.cpu_share:.0%} of a core. Wall times are too "
            "long, and ratios too high."
        )
    yield ""
    yield from _stages(warm)


def _stages(warm: WarmSpeed) -> Iterator[str]:
    rows = [("stage, CPU ms", "Bonafide", "floor", "over")]
    for stage in warm.stages:
        floor = stage.floor_ms
        over = stage.cpu_ms - (floor or 0)
        rows.append(
            (stage.name, f"{stage.cpu_ms:.2f}", "" if floor is None else f"{floor:.2f}", f"{over:.2f}")
        )
    whole, floor = warm.whole_ms, warm.floor_ms
    rows.append(("the whole", f"{whole:.2f}", f"{floor:.2f}", f"{whole - floor:.2f}"))
    yield from _aligned(rows)


def _reading(speed: ReadingSpeed) -> Iterator[str]:
    yield f"Reading a drawn passport ({', '.join(speed.models.values())})"
    yield from _aligned(
        [
            ("", "measured", "", ""),
            ("whole / floor, CPU time", f"{speed.floor_ratio:.3f}", "", f"median of {speed.rounds} rounds"),
            ("whole, CPU ms", f"{speed.median_ms:.0f}", "", f"median; 90th percentile {speed.p90_ms:.0f}"),
            ("floor, CPU ms", f"{speed.floor_ms:.0f}", "", f"{speed.looks} looks, {speed.lines} lines"),
        ]
    )


def _safekeeping(speed: SafekeepingSpeed) -> Iterator[str]:
    fsync, decision = speed.fsync, speed.decision
    yield (
        f"Keeping records (SQLite, keys in files; a bare fsync takes {fsync.median_ms:.2f} ms, "
        f"99th percentile {fsync.p99_ms:.2f})"
    )
    yield from _aligned(
        [
            ("", "measured", "target", "as long as"),
            ("a durable decision, ms", f"{decision.median_ms:.2f}", "", _fsyncs(speed.median_ratio)),
            (
                "its 99th percentile, ms",
                f"{decision.p99_ms:.2f}",
                f"< {MOST_DECISION_P99_MS:.0f}",
                f"{_fsyncs(speed.p99_ratio)} at its own; of {decision.count}",
            ),
            *(
                (
                    _WORKS[found.work],
                    f"{found.a_second:,.0f}",
                    f">= {LEAST_GROUPED_A_SECOND:,.0f}" if found.work is Work.DECISIONS_TOGETHER else "",
                    f"{_fsyncs(found.fsyncs)}; {found.cpu_ms:.2g} CPU ms",
                )
                for found in speed.works
            ),
        ]
    )


def _serving(speed: ServingSpeed | NotMeasured) -> Iterator[str]:
    if isinstance(speed, NotMeasured):
        yield f"Serving: not measured, {speed.why}"
        return
    answers, first, last = speed.answers, speed.first, speed.last
    yield f"Serving whole verifications of a drawn passport, {speed.connections} at a time"
    yield from _aligned(
        [
            ("", "measured", "target", ""),
            (
                "two workers / one process without a service",
                f"{speed.two_workers_ratio:.2f}",
                f">= {LEAST_SERVED_RATIO:.1f}",
                f"median of {speed.rounds} rounds; {speed.two_workers_a_second:.2f} a second and "
                f"{speed.in_process_a_second:.2f}",
            ),
            (
                "one worker / the same",
                f"{speed.one_worker_ratio:.2f}",
                "",
                f"{speed.one_worker_a_second:.2f} a second",
            ),
            ("CPU time of one / the same", f"{speed.cpu_ratio:.3f}", "", "two workers"),
            (
                "answers' 99th percentile / median",
                f"{answers.spread:.2f}",
                f"<= {MOST_ANSWER_SPREAD:.1f}",
                f"{answers.p99_ms:.0f} ms and {answers.p50_ms:.0f}; of {answers.count}, by two workers",
            ),
            (
                f"memory after {last.served:,} / after {first.served:,}",
                f"{speed.growth:.3f}",
                f"<= {MOST_MEMORY_GROWTH:.1f}",
                f"{last.mb:.0f} MB and {first.mb:.0f}, peak {speed.peak_mb:.0f}; the whole service",
            ),
        ]
    )
    if speed.cpu_share < _UNDISTURBED:
        yield (
            f"  The machine was busy: the process alone got {speed.cpu_share:.0%} of a core. What others "
            "leave, two workers share: their throughput says nothing, nor do waits. CPU time and memory do."
        )


def _live(speed: LiveSpeed | NotMeasured) -> Iterator[str]:
    if isinstance(speed, NotMeasured):
        yield f"Live sessions: not measured, {speed.why}"
        return
    alone, together = speed.guided_alone, speed.guided_together
    yield f"Live sessions of a simulated person, with a service of two workers; {speed.at_once} at once"
    yield from _aligned(
        [
            ("", "measured", "target", ""),
            (
                "one session / one verification, CPU time",
                f"{speed.verifications:.2f}",
                "",
                f"median of {speed.alone}, {speed.session_s:.0f} s each",
            ),
            ("one session, CPU s", f"{speed.session_cpu_s:.2f}", f"<= {MOST_SESSION_CPU_S:.1f}", ""),
            (
                "memory of each of those at once, MB",
                f"{speed.mb_each:.0f}",
                f"<= {MOST_SESSION_MB:.0f}",
                f"{speed.refused} refused or broken off",
            ),
            (
                "guidance together / alone, medians",
                f"{together.p50_ms / alone.p50_ms:.2f}",
                "",
                f"{together.p50_ms:.0f} ms and {alone.p50_ms:.0f}",
            ),
            (
                "its 99th percentile together, ms",
                f"{together.p99_ms:.0f}",
                f"< {MOST_GUIDANCE_P99_MS:.0f}",
                f"of {together.count}; {speed.cores_used:.2f} cores used",
            ),
        ]
    )


def _fsyncs(ratio: float) -> str:
    return f"{ratio:.3g} fsyncs"


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[str]:
    """A name to the left, two figures to the right, a remark as it comes."""
    name_width, one_width, two_width, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, one, two, remark in rows:
        yield f"  {name:{name_width}}  {one:>{one_width}}  {two:>{two_width}}  {remark}".rstrip()


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
