"""A benchmark as one JSON object."""

from __future__ import annotations

from typing import Final

from bonafide.evaluation.bench.live_speed import Guided, LiveSpeed
from bonafide.evaluation.bench.results import (
    Benchmark,
    Durable,
    NotMeasured,
    ProfileSpeed,
    ReadingSpeed,
    SafekeepingSpeed,
    ServingSpeed,
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

_TARGETS: Final = {
    "floor_ratio": MOST_FLOOR_RATIO,
    "cold_start_s": MOST_COLD_START_S,
    "rss_mb": MOST_RSS_MB,
    "two_worker_scaling": LEAST_TWO_WORKER_SCALING,
}


def as_document(benchmark: Benchmark) -> dict[str, object]:
    """The first profile's figures at the top, all profiles' under `profiles`, and what they rest on."""
    profiles = {speed.profile: _profile(speed) for speed in benchmark.profiles}
    return {
        **profiles[benchmark.profiles[0].profile],
        "targets": _TARGETS,
        "processor": benchmark.machine.processor,
        "cores": benchmark.machine.cores,
        "versions": {
            "bonafide": benchmark.version,
            "python": benchmark.machine.python,
            **benchmark.machine.versions,
        },
        "pictures": "drawn" if benchmark.drawn else "given",
        "measured_at": benchmark.measured_at.isoformat(timespec="seconds"),
        "profiles": profiles,
        "reading": _reading(benchmark.reading),
        "safekeeping": _safekeeping(benchmark.safekeeping),
        "serving": _serving(benchmark.serving),
        "live": _live(benchmark.live),
    }


def _profile(speed: ProfileSpeed) -> dict[str, object]:
    warm, cold = speed.warm, speed.cold
    return {
        "profile": speed.profile,
        "models": dict(speed.models),
        "floor_ratio": round(warm.floor_ratio, 4),
        "floor_ratio_least": round(warm.least_ratio, 4),
        "whole_cpu_ms": round(warm.whole_ms, 3),
        "floor_cpu_ms": round(warm.floor_ms, 3),
        "rounds": warm.rounds,
        "cpu_share": round(warm.cpu_share, 3),
        "stages": {
            stage.name: {
                "cpu_ms": round(stage.cpu_ms, 3),
                "floor_cpu_ms": None if stage.floor_ms is None else round(stage.floor_ms, 3),
            }
            for stage in warm.stages
        },
        "cold_start_s": round(cold.best_s, 3),
        "cold_start_median_s": round(cold.median_s, 3),
        "cold_start_cpu_s": round(cold.cpu_s, 3),
        "starts": cold.starts,
        "rss_mb": round(cold.rss_mb, 1),
        "two_worker_scaling": _rounded(speed.scaling.threads),
        "two_process_scaling": _rounded(speed.scaling.processes),
    }


def _reading(speed: ReadingSpeed) -> dict[str, object]:
    return {
        "models": dict(speed.models),
        "floor_ratio": round(speed.floor_ratio, 4),
        "cpu_ms": {"median": round(speed.median_ms, 2), "p90": round(speed.p90_ms, 2)},
        "floor_cpu_ms": round(speed.floor_ms, 2),
        "rounds": speed.rounds,
        "looks": speed.looks,
        "lines": speed.lines,
    }


def _safekeeping(speed: SafekeepingSpeed) -> dict[str, object]:
    return {
        "rounds": speed.rounds,
        "decisions": speed.decision.count,
        "decision_ms": _durable(speed.decision),
        "fsync_ms": _durable(speed.fsync),
        "decision_fsyncs": {"median": round(speed.median_ratio, 3), "p99": round(speed.p99_ratio, 3)},
        "works": {
            found.work.value: {
                "a_second": round(found.a_second, 1),
                "fsyncs": round(found.fsyncs, 5),
                "cpu_ms": round(found.cpu_ms, 4),
            }
            for found in speed.works
        },
        "targets": {
            "decision_p99_ms": MOST_DECISION_P99_MS,
            "decisions_together_a_second": LEAST_GROUPED_A_SECOND,
        },
    }


def _serving(speed: ServingSpeed | NotMeasured) -> dict[str, object]:
    if isinstance(speed, NotMeasured):
        return {"not_measured": speed.why}
    answers = speed.answers
    return {
        "two_workers_ratio": round(speed.two_workers_ratio, 3),
        "one_worker_ratio": round(speed.one_worker_ratio, 3),
        "cpu_ratio": round(speed.cpu_ratio, 4),
        "cpu_share": round(speed.cpu_share, 3),
        "a_second": {
            "in_process": round(speed.in_process_a_second, 3),
            "one_worker": round(speed.one_worker_a_second, 3),
            "two_workers": round(speed.two_workers_a_second, 3),
        },
        "rounds": speed.rounds,
        "connections": speed.connections,
        "answers": answers.count,
        "answer_ms": {"p50": round(answers.p50_ms, 1), "p99": round(answers.p99_ms, 1)},
        "answer_spread": round(answers.spread, 3),
        "memory_growth": round(speed.growth, 4),
        "memory": {
            "first": {"served": speed.first.served, "mb": round(speed.first.mb, 1)},
            "last": {"served": speed.last.served, "mb": round(speed.last.mb, 1)},
            "peak_mb": round(speed.peak_mb, 1),
        },
        "targets": {
            "two_workers_ratio": LEAST_SERVED_RATIO,
            "answer_spread": MOST_ANSWER_SPREAD,
            "memory_growth": MOST_MEMORY_GROWTH,
        },
    }


def _live(speed: LiveSpeed | NotMeasured) -> dict[str, object]:
    if isinstance(speed, NotMeasured):
        return {"not_measured": speed.why}
    return {
        "session_cpu_s": round(speed.session_cpu_s, 3),
        "session_verifications": round(speed.verifications, 3),
        "session_s": round(speed.session_s, 2),
        "sessions": speed.alone,
        "at_once": speed.at_once,
        "refused": speed.refused,
        "session_mb": round(speed.mb_each, 1),
        "cores_used": round(speed.cores_used, 2),
        "guidance_ms": {"alone": _guided(speed.guided_alone), "together": _guided(speed.guided_together)},
        "targets": {
            "session_cpu_s": MOST_SESSION_CPU_S,
            "session_mb": MOST_SESSION_MB,
            "guidance_p99_ms": MOST_GUIDANCE_P99_MS,
        },
    }


def _guided(found: Guided) -> dict[str, float]:
    return {"count": found.count, "p50": round(found.p50_ms, 1), "p99": round(found.p99_ms, 1)}


def _durable(found: Durable) -> dict[str, float]:
    return {"median": round(found.median_ms, 3), "p99": round(found.p99_ms, 3)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
