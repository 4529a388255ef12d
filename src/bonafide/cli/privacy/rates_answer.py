"""Error rates beside what the calibration promises, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from bonafide.cli.table import table_lines
from bonafide.service.error_rates import Count, ErrorRates, Watched


def rates_document(rates: ErrorRates) -> dict[str, object]:
    """The rates as JSON values; what nothing was counted for is null."""
    return {
        "first": rates.first.isoformat(),
        "last": rates.last.isoformat(),
        "calibration": rates.promised and rates.promised.calibration,
        "left_open": rates.left_open,
        "measures": [
            {
                "measure": watched.measure.value,
                **_count(watched.total),
                "promised_at_most": watched.promised,
                "state": watched.state and watched.state.value,
                "weeks": [
                    {"from": week.isoformat(), **_count(count)}
                    for week, count in watched.weeks
                    if count.trials
                ],
            }
            for watched in rates.watched
        ],
    }


def rates_lines(rates: ErrorRates) -> Iterator[str]:
    """The rates as a table, and what is behind it in one line."""
    yield from table_lines(
        (f"COUNTED SINCE {rates.first}", "ERRORS", "OF", "RATE", "95 % INTERVAL", "PROMISED", "STATE"),
        *map(_row, rates.watched),
    )
    yield (
        f"{rates.left_open} whose faces were not matched were left open. What a count can say and what it "
        "cannot: docs/monitoring.md"
    )


def _count(count: Count) -> dict[str, object]:
    return {
        "errors": count.errors,
        "trials": count.trials,
        "rate": count.rate,
        "interval": count.interval and list(count.interval),
    }


def _row(watched: Watched) -> tuple[str | int | None, ...]:
    count = watched.total
    return (
        watched.measure.value,
        count.errors,
        count.trials,
        None if count.rate is None else f"{count.rate:.2g}",
        None if count.interval is None else f"{count.interval[0]:.2g} - {count.interval[1]:.2g}",
        None if watched.promised is None else f"{watched.promised:.2g}",
        watched.state and watched.state.value,
    )
