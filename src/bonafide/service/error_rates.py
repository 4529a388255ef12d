"""Error rates as they show in what is kept, beside what the calibration promises; no score is ever looked at.

What a count can say and what it cannot is in docs/monitoring.md, measure by measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bonafide.compare import Promise, clopper_pearson
from bonafide.service.promised_rates import Promised, promised_rates
from bonafide.service.retention import Retention
from bonafide.service.sign_up import SignUpState
from bonafide.service.sign_up_days import Period
from bonafide.service.sign_up_groups import Days, Group, found_not_theirs, found_two_people, groups


class Measure(StrEnum):
    """What is counted among what."""

    FALSE_NON_MATCH = "false-non-match"
    """Among accepted sign-ups whose faces the machine compared: it had not matched them."""

    NOT_MATCHED = "not-matched"
    """Among all sign-ups whose faces it compared, whatever became of them: it did not match them."""

    FALSE_MATCH = "false-match"
    """Among sign-ups whose faces it matched: a person found two people."""

    UPHELD = "objection-upheld"
    """Among accepted sign-ups whose faces it matched: the line was found not to be theirs."""

    UNACQUIRED = "failure-to-acquire"
    """Among tries to hand in pictures: these could not be judged."""

    REFERRED = "referred"
    """Among sign-ups that the machine was to decide: it left them to a person."""


# A low count of these proves nothing: nobody knows how many impostors tried.
_ONE_SIDED: Final = frozenset({Measure.FALSE_MATCH, Measure.UPHELD})


@dataclass(frozen=True, slots=True)
class Count:
    """Errors among trials."""

    errors: int
    trials: int

    @property
    def rate(self) -> float | None:
        """From 0 to 1, None without trials."""
        return self.errors / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The exact interval of 95 % of the rate, as if trials were independent; None without any."""
        return clopper_pearson(self.errors, self.trials) if self.trials else None


@dataclass(frozen=True, slots=True)
class Watched:
    """A measure in a period. `weeks` are by their Monday (UTC), of all that the period touches; `promised` is
    the highest rate that was promised, None where nothing is.
    """

    measure: Measure
    total: Count
    weeks: tuple[tuple[date, Count], ...]
    promised: float | None

    @property
    def state(self) -> Promise | None:
        """How the count stands to the promise, by its interval alone; None where there is nothing to say."""
        interval = self.total.interval
        if interval is None or self.promised is None:
            return None
        found = Promise.of(interval, self.promised)
        return Promise.NOT_CONTRADICTED if self.one_sided and found is Promise.KEPT else found

    @property
    def one_sided(self) -> bool:
        """Whether a count may speak against the promise, and never for it."""
        return self.measure in _ONE_SIDED


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Of sign-ups that began from the first day to the last (UTC), both counted. `left_open` are those whose
    faces were not matched and of whom no person said whether they are one.
    """

    first: date
    last: date
    promised: Promised | None
    watched: tuple[Watched, ...]
    left_open: int


def error_rates(kept: Retention, days: int) -> ErrorRates:
    """What so many days up to today (UTC) say of the error rates, as what is still kept tells them."""
    period = Period.up_to(kept.now(), days)
    first, last, since = period.first, period.last, period.since
    promised = promised_rates(kept.settings)
    with kept.store.read(kept.operator) as transaction:
        among = tuple(groups(transaction, since))
        trials, errors = _tallies(among)
        errors[Measure.FALSE_MATCH] = found_two_people(transaction, since)
        errors[Measure.UPHELD] = found_not_theirs(transaction, since)
    weeks = tuple(_monday(first) + timedelta(weeks=n) for n in range((last - _monday(first)).days // 7 + 1))
    highest = promised_at_most(promised) if promised is not None else {}
    return ErrorRates(
        first,
        last,
        promised,
        tuple(
            Watched(
                measure,
                Count(errors[measure].total(), trials[measure].total()),
                _by_week(errors[measure], trials[measure], weeks),
                highest.get(measure),
            )
            for measure in Measure
        ),
        sum(group.number for group in among if group.left_open),
    )


def promised_at_most(promised: Promised) -> Mapping[Measure, float]:
    """The highest rate that each measure is held against, of those of which anything is promised."""
    return {
        Measure.FALSE_NON_MATCH: promised.false_non_match_rate,
        Measure.NOT_MATCHED: promised.false_non_match_rate,
        Measure.FALSE_MATCH: promised.false_match_rate,
        Measure.UPHELD: promised.false_match_rate,
    }


def _tallies(among: Iterable[Group]) -> tuple[dict[Measure, Days], dict[Measure, Days]]:
    """Of each measure the trials by day, and the errors that groups tell of."""
    trials: dict[Measure, Days] = {measure: Days() for measure in Measure}
    errors: dict[Measure, Days] = {measure: Days() for measure in Measure}

    def count(measure: Measure, group: Group, number: int, wrong: int = 0) -> None:
        trials[measure][group.day] += number
        errors[measure][group.day] += wrong

    for group in among:
        number, unmatched = group.number, 0 if group.matched else group.number
        accepted = group.state is SignUpState.ACCEPTED
        if group.compared:
            count(Measure.NOT_MATCHED, group, number, unmatched)
            if accepted:
                count(Measure.FALSE_NON_MATCH, group, number, unmatched)
        if group.matched:
            count(Measure.FALSE_MATCH, group, number)
            if accepted:
                count(Measure.UPHELD, group, number)
        if group.by_machine:
            count(Measure.REFERRED, group, number, number if group.referred else 0)
        # Of each sign-up the last try may have been judged, and none before it.
        judged = number if group.decided else 0
        count(Measure.UNACQUIRED, group, group.tries, max(0, group.tries - judged))
    return trials, errors


def _by_week(errors: Days, trials: Days, weeks: tuple[date, ...]) -> tuple[tuple[date, Count], ...]:
    def of(days: Days, week: date) -> int:
        return sum(number for day, number in days.items() if _monday(day) == week)

    return tuple((week, Count(of(errors, week), of(trials, week))) for week in weeks)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
