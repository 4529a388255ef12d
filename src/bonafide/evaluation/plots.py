"""The figures of a report, as SVG without fonts, scripts or names: the page around them has the legend.

Colours are Okabe and Ito's (2008), told apart by colour-blind readers; line styles differ too, for black and
white.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import ndtri

from bonafide.evaluation.results import Measurement, ScoreHistogram

INK: Final = "#1a1a1a"
_QUIET: Final = "#8a8a8a"
MATED: Final = "#0072b2"
NON_MATED: Final = "#d55e00"
_GROUP_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_GROUP_DASHES: Final = ("6 2", "2 2", "8 2 2 2", "4 1", "1 2", "10 3")

# Matplotlib's own type of the keys differs from version to version.
_STYLE: Final[dict[Any, object]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bonafide",
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.4,
}
_SIZE: Final = (4.4, 3.6)
# What a DET axis can show: the normal deviate of 0 is at infinity.
_DET_LIMITS: Final = (1e-7, 0.9)
_DET_TICKS: Final = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the figures: a measurement, its colour (CSS) and its dashes (SVG; empty for none)."""

    name: str
    measured: Measurement
    colour: str
    dashes: str


def series(overall: Measurement, groups: Iterable[tuple[str, Measurement]], name: str) -> tuple[Series, ...]:
    """The whole set in ink, then the groups in colours that repeat only with other dashes."""
    found = [Series(name, overall, INK, "")]
    for number, (group, measured) in enumerate(groups):
        colour = _GROUP_COLOURS[number % len(_GROUP_COLOURS)]
        turn = number // len(_GROUP_COLOURS)
        found.append(Series(group, measured, colour, _GROUP_DASHES[(number + turn) % len(_GROUP_DASHES)]))
    return tuple(found)


def det_plot(lines: Sequence[Series], policy_fmr: float) -> str:
    """Detection error trade-off on normal deviate axes (ISO/IEC 19795-1), with the policy's point."""

    def draw(axes: Axes) -> None:
        shown: list[NDArray[np.float64]] = []
        for line in lines:
            curve = line.measured.det
            if curve is None:
                continue
            # Rates of 0 have no deviate: the curve ends where the set says no more.
            inside = (curve.fmr > 0) & (curve.fnmr > 0) & (curve.fmr < 1) & (curve.fnmr < 1)
            axes.plot(
                ndtri(curve.fmr[inside]), ndtri(curve.fnmr[inside]), color=line.colour, ls=_dashes(line)
            )
            shown.append(curve.fnmr[inside])
            for point in line.measured.operating_points:
                if point.fmr_target == policy_fmr and point.fmr.value and point.fnmr.value:
                    axes.plot(ndtri(point.fmr.value), ndtri(point.fnmr.value), "o", color=line.colour, ms=4.5)
        rates = np.concatenate(shown) if shown else np.empty(0)
        lowest = max(_DET_LIMITS[0], float(rates.min()) / 2) if len(rates) else 1e-3
        _deviate_axis(axes, (_lowest_fmr(lines), 0.5), (lowest, 0.5))
        axes.set_xlabel("False match rate")
        axes.set_ylabel("False non-match rate")

    return svg(draw, "Detection error trade-off: false non-match rate against false match rate")


def claims_plot(lines: Sequence[Series]) -> str:
    """The false match rate that the calibration claims, against the one that was measured, with intervals."""

    def draw(axes: Axes) -> None:
        lowest = 1e-1
        for line in lines:
            claims = [claim for claim in line.measured.claims if claim.measured.errors]
            if not claims:
                continue
            claimed = np.array([claim.claimed for claim in claims])
            measured = np.array([claim.measured.errors / claim.measured.trials for claim in claims])
            bounds = np.array([claim.measured.interval for claim in claims])
            axes.fill_between(claimed, bounds[:, 0], bounds[:, 1], color=line.colour, alpha=0.13, lw=0)
            axes.plot(claimed, measured, color=line.colour, ls=_dashes(line))
            lowest = min(lowest, float(claimed.min()))
        limits = (lowest / 5, 0.3)
        axes.plot(limits, limits, color=_QUIET, lw=0.9)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(limits)
        axes.set_ylim(limits)
        axes.minorticks_off()
        axes.text(0.04, 0.95, "above the line: worse than promised", transform=axes.transAxes, color=_QUIET)
        axes.set_xlabel("Promised false match rate")
        axes.set_ylabel("Measured false match rate")

    return svg(draw, "Measured against promised false match rate, with 95 % intervals")


def scores_plot(measured: Measurement, threshold: float | None) -> str:
    """How the comparison scores of one person and of different people are distributed."""

    def draw(axes: Axes) -> None:
        _histograms(axes, measured.scores)
        if threshold is not None:
            axes.axvline(threshold, color=INK, lw=0.9)
        axes.set_xlabel("Comparison score (cosine)")

    return svg(draw, "Distribution of comparison scores")


def ratios_plot(measured: Measurement) -> str:
    """How the evidence is distributed, log10 likelihood ratio."""

    def draw(axes: Axes) -> None:
        _histograms(axes, measured.ratios)
        axes.axvline(0, color=_QUIET, lw=0.9)
        axes.set_xlabel("Evidence for one person (log10 likelihood ratio)")

    return svg(draw, "Distribution of log-likelihood ratios")


def reliability_plot(measured: Measurement) -> str:
    """Claimed against measured likelihood ratios, with intervals."""

    def draw(axes: Axes) -> None:
        known = [found for found in measured.reliability if found.measured is not None and found.interval]
        claimed = np.array([found.claimed for found in known])
        ratio = np.array([found.measured for found in known], np.float64)
        bounds = np.array([found.interval for found in known], np.float64).reshape(-1, 2)
        spread = np.abs(bounds.T - ratio)
        widest = max(2.0, float(np.abs(np.concatenate((claimed, bounds.ravel(), [0]))).max()) * 1.05)
        axes.plot((-widest, widest), (-widest, widest), color=_QUIET, lw=0.9)
        axes.errorbar(claimed, ratio, spread, fmt="o", color=INK, ms=3.5, elinewidth=0.9)
        axes.set_xlim(-widest, widest)
        axes.set_ylim(-widest, widest)
        axes.set_xlabel("Claimed log10 likelihood ratio")
        axes.set_ylabel("Measured log10 likelihood ratio")

    return svg(draw, "Measured against claimed log-likelihood ratio, with 95 % intervals")


def _histograms(axes: Axes, histogram: ScoreHistogram) -> None:
    middle = (histogram.edges[1:] + histogram.edges[:-1]) / 2
    used = np.flatnonzero(histogram.mated + histogram.non_mated)
    for counts, colour in ((histogram.non_mated, NON_MATED), (histogram.mated, MATED)):
        share = counts / max(1, counts.sum()) * 100
        axes.fill_between(middle, share, step="mid", color=colour, alpha=0.18, lw=0)
        axes.step(middle, share, where="mid", color=colour, lw=1.1)
    if len(used):
        axes.set_xlim(histogram.edges[used[0]], histogram.edges[used[-1] + 1])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Share of comparisons (%)")


def _lowest_fmr(lines: Sequence[Series]) -> float:
    most = max((line.measured.non_mated for line in lines), default=0)
    return max(_DET_LIMITS[0], min(1e-2, 0.7 / max(1, most)))


def _deviate_axis(axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    axes.set_xlim(*ndtri(x))
    axes.set_ylim(*ndtri(y))
    for set_ticks, (low, high) in ((axes.set_xticks, x), (axes.set_yticks, y)):
        ticks = [tick for tick in _DET_TICKS if low <= tick <= high]
        set_ticks(ndtri(ticks), [_percent(tick) for tick in ticks])


def _percent(rate: float) -> str:
    return f"{rate * 100:.12g} %" if rate >= 1e-4 else f"{rate:.0e}".replace("e-0", "e-")


def _dashes(line: Series) -> str | tuple[int, tuple[float, ...]]:
    return (0, tuple(float(length) / 1.4 for length in line.dashes.split())) if line.dashes else "solid"


def svg(draw: Callable[[Axes], None], description: str) -> str:
    """One figure as an SVG element to stand inside a page; the same measurement gives the same bytes."""
    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.add_subplot())
        page = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(page, format="svg", transparent=True, metadata=nothing)
    svg = page.getvalue()
    return svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{description}"', 1)
