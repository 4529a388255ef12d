"""An evaluation as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bonafide.compare import Promise
from bonafide.evaluation.document import rate_name
from bonafide.evaluation.error_rates import MeasuredRate
from bonafide.evaluation.intervals import Interval
from bonafide.evaluation.results import Evaluation, Measurement

_PROMISES = {
    Promise.KEPT: "kept",
    Promise.NOT_CONTRADICTED: "cannot tell",
    Promise.EXCEEDED: "EXCEEDED",
    None: "-",
}


def as_table(evaluation: Evaluation) -> str:
    """Counts, operating points beside their promise, true accept rates and Cllr, for all and by group."""
    made = evaluation.provenance
    lines = [
        f"{made.model} ({made.profile}), calibration {made.calibration[:12]}, "
        f"impostors {evaluation.impostors}"
    ]
    if evaluation.missing:
        lines.append(f"{evaluation.missing:,} listed pictures are not on disk and were left out")
    for name, measured in (("All", evaluation.overall), *evaluation.groups.items()):
        lines += ["", *_measurement(name, measured)]
    for differential in evaluation.differentials:
        if differential.fmr_target == made.policy_fmr and differential.worst_fmr is not None:
            lines += ["", f"Worst group at {rate_name(made.policy_fmr)}: {differential.worst_fmr}"]
    return "\n".join(lines)


def _measurement(name: str, measured: Measurement) -> Iterator[str]:
    yield (
        f"{name}: {measured.pictures:,} pictures, {measured.failure_rate.errors:,} failures to acquire; "
        f"{measured.mated:,} mated and {measured.non_mated:,} non-mated comparisons"
    )
    if measured.failures:
        yield "  not acquired: " + ", ".join(
            f"{reason} {count:,}" for reason, count in sorted(measured.failures.items())
        )
    rows = [("promised FMR", "FMR", "95 % interval", "promise", "FNMR", "95 % interval")]
    rows += [
        (
            rate_name(point.fmr_target),
            _small(point.fmr.value),
            _interval(point.fmr, _small),
            _PROMISES[point.promise],
            _percent(point.fnmr.value),
            _interval(point.fnmr, _percent),
        )
        for point in measured.operating_points
    ]
    yield from _aligned(rows)
    yield from _aligned(
        [
            ("TAR at FMR", *(rate_name(tar.fmr_target) for tar in measured.tar_at_fmr), "EER", "Cllr (bit)"),
            (
                "",
                *(_percent(tar.value) for tar in measured.tar_at_fmr),
                _percent(measured.equal_error_rate),
                "-" if measured.cllr is None else f"{measured.cllr:.4f}",
            ),
        ]
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _small(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.1e}" if rate else "0"


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.2%}"


def _interval(rate: MeasuredRate, write: Callable[[float], str]) -> str:
    interval: Interval | None = rate.by_people or rate.interval
    return "-" if interval is None else " .. ".join(map(write, interval))
