"""The error rates on the supervisor's page, in words, numbers and plots."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.service.error_rates import Count, ErrorRates, Watched
from bonafide.web.rate_plot import RatePlot, percent, rate_plot


@dataclass(frozen=True, slots=True)
class RateRow:
    """A count, its rate and its interval."""

    errors: int
    trials: int
    rate: str
    interval: str


@dataclass(frozen=True, slots=True)
class RateSection:
    """A measure, its plot and the weeks behind it; `words` and `state` are the ends of its keys."""

    words: str
    state: str
    total: RateRow
    promised: str
    plot: RatePlot | None
    weeks: tuple[tuple[str, RateRow], ...]


@dataclass(frozen=True, slots=True)
class RatesShown:
    """All of it. `false_match_rate` and `false_non_match` are what the calibration says, in percent."""

    rates: ErrorRates
    sections: tuple[RateSection, ...]
    false_match_rate: str
    false_non_match: str
    false_non_match_interval: str


def rates_shown(rates: ErrorRates) -> RatesShown:
    """What the page shows."""
    promised = rates.promised
    return RatesShown(
        rates,
        tuple(map(_section, rates.watched)),
        percent(promised.false_match_rate) if promised else "–",
        percent(promised.false_non_match.value) if promised else "–",
        _between(promised.false_non_match.interval) if promised else "–",
    )


def _section(watched: Watched) -> RateSection:
    state = watched.state
    if state is None:
        name = "none" if not watched.total.trials else "unpromised"
    else:
        name = f"{state.value}_one_sided" if watched.one_sided else state.value
    weeks = [(f"{week:%m-%d}", count) for week, count in watched.weeks]
    plot = rate_plot([(label, count.rate, count.interval) for label, count in weeks], watched.promised)
    return RateSection(
        watched.measure.value.replace("-", "_"),
        name,
        _row(watched.total),
        "–" if watched.promised is None else percent(watched.promised),
        plot if watched.total.trials else None,
        tuple((f"{week}", _row(count)) for week, count in watched.weeks),
    )


def _row(count: Count) -> RateRow:
    rate, interval = count.rate, count.interval
    return RateRow(
        count.errors,
        count.trials,
        "–" if rate is None else percent(rate),
        "–" if interval is None else _between(interval),
    )


def _between(interval: tuple[float, float]) -> str:
    return f"{percent(interval[0]).removesuffix(' %')} – {percent(interval[1])}"
