"""The figures of the laboratory's page, in the manner of `bonafide.evaluation.plots`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from bonafide.evaluation.attack_lab.results import LabReport, Outcomes
from bonafide.evaluation.plots import INK, MATED, NON_MATED, svg
from bonafide.liveness.calibration import OperatingPoint
from bonafide.liveness.finding import Cue

_CUE_NAMES: Final = {
    Cue.DEPTH: "Depth: relief over turn",
    Cue.REFLECTION: "Reflection: correlation",
    Cue.TIMING: "Timing: share that is plausible",
    Cue.CONTINUITY: "Continuity: least likeness",
    Cue.PICTURE: "Picture: minus the strongest sign of another medium",
}


def rates_plot(report: LabReport) -> str:
    """APCER of each species with its interval and its limit."""

    def draw(axes: Axes) -> None:
        rows = list(reversed(report.species))
        places = np.arange(len(rows))
        values = np.array([each.live.value for each in rows]) * 100
        bounds = np.array([each.live.interval for each in rows]) * 100
        spread = np.abs(bounds.T - values)
        axes.errorbar(values, places, xerr=spread, fmt="o", color=NON_MATED, ms=3.5, elinewidth=1.0)
        for place, each in zip(places, rows, strict=True):
            if each.limit is not None:
                axes.plot([each.limit * 100] * 2, [place - 0.35, place + 0.35], color=INK, lw=1.1)
        axes.set_yticks(places, [each.name for each in rows])
        axes.set_xlim(-2, 102)
        axes.set_xlabel("Attacks found live (APCER, %)")

    return svg(draw, "Share of each species of attack that was found live, with 95 % intervals and limits")


def ratios_plot(report: LabReport, point: OperatingPoint) -> str:
    """The overall ratio of every session, by species, with both thresholds."""

    def draw(axes: Axes) -> None:
        _strips(axes, report, lambda each: [session.ratio for session in each.sessions])
        axes.axvline(point.live, color=INK, lw=0.9)
        axes.axvline(point.not_live, color=INK, lw=0.9, ls=":")
        axes.set_xlabel("Evidence for a living person (natural log-likelihood ratio)")

    return svg(
        draw, "Overall evidence of every session, by species, with the thresholds of live and not live"
    )


def cue_plot(report: LabReport, cue: Cue) -> str | None:
    """What one cue measured in every session, by species; None where it measured nothing."""
    every = (report.bona_fide, *report.species)
    if not any(_told(each, cue) for each in every):
        return None

    def draw(axes: Axes) -> None:
        _strips(axes, report, lambda each: _told(each, cue))
        axes.set_xlabel(_CUE_NAMES.get(cue, cue.value))

    return svg(draw, f"What the cue {cue} measured in every session, by species")


def _told(outcomes: Outcomes, cue: Cue) -> list[float]:
    found = (session.cues.get(cue) for session in outcomes.sessions)
    return [value for value in found if value is not None]


def _strips(axes: Axes, report: LabReport, values: Callable[[Outcomes], list[float]]) -> None:
    rows: Sequence[Outcomes] = [*reversed(report.species), report.bona_fide]
    # The same picture for the same measurement.
    chance = np.random.default_rng(0)
    for place, each in enumerate(rows):
        found = np.asarray(values(each), np.float64)
        colour = MATED if each is report.bona_fide else NON_MATED
        axes.plot(
            found, place + chance.uniform(-0.28, 0.28, len(found)), ".", color=colour, ms=2.6, alpha=0.6
        )
    axes.set_yticks(range(len(rows)), [each.name for each in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
