"""A supervisor's page: outcomes, reasons and times, as plots and as tables."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bonafide.service.error_rates import error_rates
from bonafide.service.figures import figures
from bonafide.service.sign_up import SignUpState
from bonafide.web.error_rates import rates_shown
from bonafide.web.plots import columns, stacked
from bonafide.web.rendering import page
from bonafide.web.visit import Visit

PERIODS: Final = (7, 30, 90)
_USUAL: Final = 30
# From the bottom up; what is still under way is on top.
_STATES: Final = (
    SignUpState.ACCEPTED,
    SignUpState.REJECTED,
    SignUpState.WAITING,
    SignUpState.DECLINED,
    SignUpState.EXPIRED,
    SignUpState.AGREED,
    SignUpState.OPEN,
)


def figures_page(visit: Visit) -> Response:
    """Of the last 7, 30 or 90 days."""
    asked = visit.query.get("days", "")
    days = next((period for period in PERIODS if str(period) == asked), _USUAL)
    found = figures(visit.kept, days)
    shown = tuple(state for state in _STATES if found.of(state))
    return page(
        visit,
        "figures.html",
        figures=found,
        days=days,
        periods=PERIODS,
        states=shown,
        decided=found.of(SignUpState.ACCEPTED) + found.of(SignUpState.REJECTED),
        accepted=found.of(SignUpState.ACCEPTED),
        plot=stacked([(f"{day.day:%m-%d}", [day.states.get(s, 0) for s in shown]) for day in found.days]),
        times_plot=columns([(f"<{hours} h", count) for hours, count in found.times.by_hours]),
        error_rates=rates_shown(error_rates(visit.kept, days)),
        most_reasons=max((count for _, count in found.reasons), default=1),
    )
