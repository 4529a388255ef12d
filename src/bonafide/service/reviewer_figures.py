"""How well each reviewer decides, by the cases whose answer was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bonafide.compare import clopper_pearson
from bonafide.outcome import Outcome
from bonafide.privacy.known_case import MeasurementRow
from bonafide.service.retention import Retention
from bonafide.store.known_tables import MEASUREMENT


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors of trials; `low` and `high` are the exact 95 % interval, None without trials."""

    errors: int
    trials: int
    low: float | None
    high: float | None

    @classmethod
    def of(cls, errors: int, trials: int) -> ErrorRate:
        """With its interval."""
        low, high = clopper_pearson(errors, trials) if trials else (None, None)
        return cls(errors, trials, low, high)


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """Of one reviewer: how many cases with a known answer they met, how many they accepted that were to be
    rejected and the other way round, how often they were right for another reason, and how long it took from
    the first look.
    """

    who: str
    met: int
    false_acceptances: ErrorRate
    false_rejections: ErrorRate
    other_reason: int
    median: timedelta


def reviewer_figures(kept: Retention, who: str | None = None) -> tuple[ReviewerFigures, ...]:
    """Of everybody who met one, or of somebody alone, as far as it is still kept, by name."""
    of = () if who is None else (MEASUREMENT.c.who == who,)
    with kept.store.read(kept.operator) as transaction:
        rows = transaction.all(
            MeasurementRow,
            MEASUREMENT,
            *of,
            order=[MEASUREMENT.c.who, MEASUREMENT.c.given_at, MEASUREMENT.c.id],
        )
    people: dict[str, list[MeasurementRow]] = {}
    for row in rows:
        people.setdefault(row.who, []).append(row)
    return tuple(_figures(who, met) for who, met in people.items())


def _figures(who: str, met: Sequence[MeasurementRow]) -> ReviewerFigures:
    def wrong(right: Outcome) -> ErrorRate:
        these = [row for row in met if row.right_outcome == right]
        return ErrorRate.of(sum(row.outcome != right for row in these), len(these))

    return ReviewerFigures(
        who,
        len(met),
        wrong(Outcome.REJECT),
        wrong(Outcome.ACCEPT),
        sum(row.outcome == row.right_outcome and row.reason != row.right_reason for row in met),
        timedelta(seconds=median((row.given_at - row.looked_at).total_seconds() for row in met)),
    )
