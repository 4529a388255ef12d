"""A benchmark's JSON and its table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from bonafide.evaluation.bench.document import as_document
from bonafide.evaluation.bench.live_speed import Guided, LiveSpeed
from bonafide.evaluation.bench.results import (
    Answers,
    Benchmark,
    ColdStart,
    Durable,
    Machine,
    NotMeasured,
    ProfileSpeed,
    ReadingSpeed,
    Resident,
    SafekeepingSpeed,
    Scaling,
    ServingSpeed,
    StageTime,
    WarmSpeed,
    Work,
    WorkSpeed,
)
from bonafide.evaluation.bench.table import as_table


def speed(profile: str, *, cpu_share: float = 0.99, scaling: Scaling | None = None) -> ProfileSpeed:
    return ProfileSpeed(
        profile=profile,
        models={"detector": "finder", "recogniser": f"{profile}-model"},
        warm=WarmSpeed(
            rounds=60,
            whole_ms=44.0,
            floor_ms=40.0,
            floor_ratio=1.1,
            least_ratio=1.12,
            cpu_share=cpu_share,
            stages=(StageTime("header", 0.3, None), StageTime("decode", 6.5, 6.25)),
        ),
        cold=ColdStart(starts=7, best_s=0.512, median_s=0.6, cpu_s=0.5, rss_mb=151.24),
        scaling=scaling or Scaling(1.93, None),
    )


READING = ReadingSpeed(
    models={"text_detector": "lines", "text_recogniser": "letters"},
    rounds=15,
    median_ms=321.46,
    p90_ms=350.5,
    floor_ms=280.0,
    floor_ratio=1.15,
    looks=1,
    lines=9,
)


SAFEKEEPING = SafekeepingSpeed(
    rounds=10,
    fsync=Durable(1000, 0.4, 2.0),
    decision=Durable(1000, 1.2345, 5.0),
    works=tuple(WorkSpeed(work, 12_345.67, 0.02, 0.0456) for work in Work),
)


SERVING = ServingSpeed(
    rounds=10,
    connections=4,
    in_process_a_second=2.0,
    one_worker_a_second=3.5,
    two_workers_a_second=3.7,
    one_worker_ratio=1.75,
    two_workers_ratio=1.85,
    cpu_ratio=1.08,
    cpu_share=0.98,
    answers=Answers(200, 1000.0, 2500.0),
    first=Resident(104, 800.0),
    last=Resident(10_004, 820.0),
    peak_mb=833.3,
)


LIVE = LiveSpeed(
    alone=3,
    session_cpu_s=1.234,
    session_s=14.5,
    verifications=2.5,
    at_once=10,
    refused=1,
    mb_each=12.34,
    guided_alone=Guided(100, 20.0, 40.0),
    guided_together=Guided(1000, 50.0, 250.0),
    cores_used=1.456,
)


def benchmark(
    *profiles: ProfileSpeed,
    serving: ServingSpeed | NotMeasured = SERVING,
    live: LiveSpeed | NotMeasured = LIVE,
) -> Benchmark:
    return Benchmark(
        measured_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        version="1.2.3",
        drawn=True,
        machine=Machine("x86_64 avx2", 2, "3.11.7", {"onnxruntime": "1.32.0"}),
        profiles=profiles,
        reading=READING,
        safekeeping=SAFEKEEPING,
        serving=serving,
        live=live,
    )


def test_the_first_profile_stands_at_the_top() -> None:
    document = json.loads(json.dumps(as_document(benchmark(speed("accurate"), speed("fast")))))
    assert document["profile"] == "accurate"
    assert document["models"]["recogniser"] == "accurate-model"
    assert document["floor_ratio"] == 1.1
    assert document["cold_start_s"] == 0.512
    assert document["rss_mb"] == 151.2
    assert document["two_worker_scaling"] == 1.93
    assert document["stages"]["decode"] == {"cpu_ms": 6.5, "floor_cpu_ms": 6.25}
    assert document["stages"]["header"]["floor_cpu_ms"] is None
    assert document["versions"] == {"bonafide": "1.2.3", "python": "3.11.7", "onnxruntime": "1.32.0"}
    assert document["targets"].keys() <= document.keys()
    assert list(document["profiles"]) == ["accurate", "fast"]
    assert document["reading"] == {
        "models": {"text_detector": "lines", "text_recogniser": "letters"},
        "floor_ratio": 1.15,
        "cpu_ms": {"median": 321.46, "p90": 350.5},
        "floor_cpu_ms": 280.0,
        "rounds": 15,
        "looks": 1,
        "lines": 9,
    }
    safekeeping = document["safekeeping"]
    assert safekeeping["decision_ms"] == {"median": 1.234, "p99": 5.0}
    assert safekeeping["fsync_ms"] == {"median": 0.4, "p99": 2.0}
    assert safekeeping["decision_fsyncs"] == {"median": 3.086, "p99": 2.5}
    assert (safekeeping["decisions"], safekeeping["rounds"]) == (1000, 10)
    assert list(safekeeping["works"]) == list(Work)
    assert safekeeping["works"]["rewrap"] == {"a_second": 12345.7, "fsyncs": 0.02, "cpu_ms": 0.0456}
    assert safekeeping["targets"] == {"decision_p99_ms": 20.0, "decisions_together_a_second": 10000.0}
    assert document["profiles"]["fast"]["models"]["recogniser"] == "fast-model"


def test_the_table_has_figures_beside_their_targets() -> None:
    text = as_table(benchmark(speed("accurate")))
    assert "Face check, profile accurate (accurate-model, finder)" in text
    row = next(line for line in text.splitlines() if line.startswith("  whole / floor"))
    assert "1.100" in row
    assert "<= 1.15" in row
    assert "1.120 by the least" in row
    assert ["the", "whole", "44.00", "40.00", "4.00"] in [line.split() for line in text.splitlines()]
    assert "busy" not in text
    assert "processes" not in text


def test_the_table_says_what_reading_costs() -> None:
    _, _, text = as_table(benchmark(speed("fast"))).partition("Reading a drawn passport (lines, letters)\n")
    rows = [line.split() for line in text.splitlines()[1:]]
    assert [row[5:] for row in rows[:1]] == [["1.150", "median", "of", "15", "rounds"]]
    assert rows[1] == ["whole,", "CPU", "ms", "321", "median;", "90th", "percentile", "350"]
    assert rows[2] == ["floor,", "CPU", "ms", "280", "1", "looks,", "9", "lines"]


def test_the_document_says_what_a_service_does_under_load() -> None:
    document = json.loads(json.dumps(as_document(benchmark(speed("fast")))))
    assert document["serving"] == {
        "two_workers_ratio": 1.85,
        "one_worker_ratio": 1.75,
        "cpu_ratio": 1.08,
        "cpu_share": 0.98,
        "a_second": {"in_process": 2.0, "one_worker": 3.5, "two_workers": 3.7},
        "rounds": 10,
        "connections": 4,
        "answers": 200,
        "answer_ms": {"p50": 1000.0, "p99": 2500.0},
        "answer_spread": 2.5,
        "memory_growth": 1.025,
        "memory": {
            "first": {"served": 104, "mb": 800.0},
            "last": {"served": 10004, "mb": 820.0},
            "peak_mb": 833.3,
        },
        "targets": {"two_workers_ratio": 1.7, "answer_spread": 3.0, "memory_growth": 1.1},
    }
    assert document["serving"]["targets"].keys() <= document["serving"].keys()


def test_the_table_ends_with_a_service_under_load() -> None:
    _, _, text = as_table(benchmark(speed("fast"))).partition("passport, 4 at a time\n")
    rows = {line[:45].strip(): line[45:].split() for line in text.splitlines()[1:]}
    assert rows["two workers / one process without a service"][:3] == ["1.85", ">=", "1.7"]
    assert rows["one worker / the same"][:1] == ["1.75"]
    assert rows["CPU time of one / the same"][:1] == ["1.080"]
    assert rows["answers' 99th percentile / median"][:3] == ["2.50", "<=", "3.0"]
    assert rows["memory after 10,004 / after 104"][:3] == ["1.025", "<=", "1.1"]


def test_a_service_that_others_disturbed_is_said_to_be() -> None:
    found = as_table(benchmark(speed("fast"), serving=replace(SERVING, cpu_share=0.2)))
    assert "the process alone got 20% of a core" in found


def test_a_service_that_cannot_be_measured_says_why() -> None:
    found = benchmark(speed("fast"), serving=NotMeasured("there are not two cores"))
    assert as_document(found)["serving"] == {"not_measured": "there are not two cores"}
    assert "\nServing: not measured, there are not two cores\n" in as_table(found)


def test_the_table_says_what_keeping_records_costs() -> None:
    _, _, text = as_table(benchmark(speed("fast"))).partition("Keeping records (")
    head, _, *rows = text.partition("\n\n")[0].splitlines()
    assert "takes 0.40 ms, 99th percentile 2.00" in head
    assert rows[0].split() == ["a", "durable", "decision,", "ms", "1.23", "3.09", "fsyncs"]
    assert rows[1].split()[4:] == ["5.00", "<", "20", "2.5", "fsyncs", "at", "its", "own;", "of", "1000"]
    assert len(rows) == 2 + len(Work)
    assert "in groups" in rows[3]
    assert rows[3].split()[5:] == ["12,346", ">=", "10,000", "0.02", "fsyncs;", "0.046", "CPU", "ms"]


def test_a_busy_machine_and_missing_cores_are_said() -> None:
    text = as_table(benchmark(speed("fast", cpu_share=0.4, scaling=Scaling(None, None))))
    assert "got 40% of a core" in text
    assert "there are not two cores" in text


def test_processes_are_shown_where_threads_fall_short() -> None:
    text = as_table(benchmark(speed("fast", scaling=Scaling(1.4, 1.9))))
    assert next(line for line in text.splitlines() if "processes" in line).split()[-1] == "1.90"


def test_the_document_says_what_live_sessions_cost() -> None:
    document = json.loads(json.dumps(as_document(benchmark(speed("fast")))))
    assert document["live"] == {
        "session_cpu_s": 1.234,
        "session_verifications": 2.5,
        "session_s": 14.5,
        "sessions": 3,
        "at_once": 10,
        "refused": 1,
        "session_mb": 12.3,
        "cores_used": 1.46,
        "guidance_ms": {
            "alone": {"count": 100, "p50": 20.0, "p99": 40.0},
            "together": {"count": 1000, "p50": 50.0, "p99": 250.0},
        },
        "targets": {"session_cpu_s": 1.5, "session_mb": 60.0, "guidance_p99_ms": 300.0},
    }


def test_the_table_says_what_live_sessions_cost_or_why_not() -> None:
    _, _, text = as_table(benchmark(speed("fast"))).partition("two workers; 10 at once\n")
    rows = {line[:42].strip(): line[42:].split() for line in text.splitlines()[1:]}
    assert rows["one session, CPU s"][:3] == ["1.23", "<=", "1.5"]
    assert rows["guidance together / alone, medians"][:1] == ["2.50"]
    assert rows["its 99th percentile together, ms"][:3] == ["250", "<", "300"]
    assert "1 refused or broken off" in text
    without = as_table(benchmark(speed("fast"), live=NotMeasured("not asked for")))
    assert "Live sessions: not measured, not asked for" in without
