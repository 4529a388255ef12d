"""The report of an evaluation: one page of HTML that needs nothing else, for an operator's auditor.

It holds counts, rates and digests: no names, no paths, no pictures, and no script.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import resources

import jinja2
from markupsafe import Markup

from bonafide.compare import Promise
from bonafide.evaluation import plots
from bonafide.evaluation.intervals import Interval
from bonafide.evaluation.results import Evaluation, MeasuredPoint, Measurement

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def render_report(evaluation: Evaluation) -> str:
    """The page, as HTML text."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {
        "small": small_rate,
        "percent": percent,
        "small_interval": lambda interval: _between(interval, small_rate),
        "percent_interval": lambda interval: _between(interval, percent),
        "count": "{:,}".format,
        "power": power,
    }
    template = resources.files("bonafide.evaluation").joinpath("report.html.j2").read_text("utf-8")
    lines = plots.series(evaluation.overall, evaluation.groups.items(), "All")
    chosen = policy_point(evaluation.overall, evaluation.provenance.policy_fmr)
    figures = {
        "det": plots.det_plot(lines, chosen.fmr_target),
        "claims": plots.claims_plot(lines),
        "scores": plots.scores_plot(evaluation.overall, chosen.threshold),
        "ratios": plots.ratios_plot(evaluation.overall),
        "reliability": plots.reliability_plot(evaluation.overall),
    }
    return environment.from_string(template).render(
        evaluation=evaluation,
        made=evaluation.provenance,
        overall=evaluation.overall,
        lines=lines,
        chosen=chosen,
        # The only markup that is not escaped; matplotlib wrote it, from numbers.
        figures={name: Markup(svg) for name, svg in figures.items()},  # noqa: S704
        point_of=lambda measured: policy_point(measured, evaluation.provenance.policy_fmr),
        differential=next(
            (found for found in evaluation.differentials if found.fmr_target == chosen.fmr_target), None
        ),
        verdict=_verdict(evaluation),
        Promise=Promise,
    )


def policy_point(measured: Measurement, policy_fmr: float) -> MeasuredPoint:
    """The operating point that the policy uses; the strictest if the calibration has another set."""
    return min(
        measured.operating_points,
        key=lambda point: (not math.isclose(point.fmr_target, policy_fmr, rel_tol=1e-6), point.fmr_target),
    )


def small_rate(rate: float | None) -> str:
    """A rate as a power of ten, with three digits."""
    if rate is None:
        return "–"
    if rate == 0:
        return "0"
    if rate >= 0.1:
        return f"{rate:.3g}"
    digits, exponent = f"{rate:.2e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def power(rate: float) -> str:
    """A rate that is promised: a bare power of ten where it is one."""
    digits, exponent = f"{rate:.1e}".split("e")
    return f"10{str(int(exponent)).translate(_SUPERSCRIPT)}" if digits == "1.0" else small_rate(rate)


def percent(rate: float | None) -> str:
    """A rate in percent, with two decimals, or three where it is small."""
    if rate is None:
        return "–"
    return f"{rate * 100:.3f} %" if 0 < rate < 1e-3 else f"{rate * 100:.2f} %"


def _between(interval: Interval | None, write: Callable[[float], str]) -> str:
    return "–" if interval is None else f"{write(interval[0])} – {write(interval[1])}"


def _verdict(evaluation: Evaluation) -> Promise | None:
    """The worst that any group says of any promise."""
    found = {
        point.promise
        for measured in (evaluation.overall, *evaluation.groups.values())
        for point in measured.operating_points
    }
    return next(
        (
            verdict
            for verdict in (Promise.EXCEEDED, Promise.NOT_CONTRADICTED, Promise.KEPT)
            if verdict in found
        ),
        None,
    )
