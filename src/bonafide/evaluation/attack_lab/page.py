"""The laboratory's page: one file of HTML that needs nothing else. No names, no paths, no pictures, no
script.
"""

from __future__ import annotations

from importlib import resources

import jinja2
from markupsafe import Markup

from bonafide.evaluation.attack_lab import drawings
from bonafide.evaluation.attack_lab.results import NOTICE, LabReport, Share
from bonafide.liveness.calibration import PresenceCalibration
from bonafide.liveness.finding import Cue


def render_page(report: LabReport, calibration: PresenceCalibration) -> str:
    """The page, as HTML text, of a report that was judged by that calibration."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters |= {"percent": _percent, "interval": _interval}
    template = resources.files("bonafide.evaluation.attack_lab").joinpath("page.html.j2").read_text("utf-8")
    point = calibration.operating_point(report.mode, report.made.apcer_target)
    cues = {cue: svg for cue in Cue if (svg := drawings.cue_plot(report, cue)) is not None}
    # The only markup that is not escaped; matplotlib wrote it, from numbers and the names of species.
    return environment.from_string(template).render(
        notice=NOTICE,
        report=report,
        made=report.made,
        people=report.bona_fide,
        point=point,
        calibration=calibration,
        rates=Markup(drawings.rates_plot(report)),  # noqa: S704
        ratios=Markup(drawings.ratios_plot(report, point)),  # noqa: S704
        cues={cue: Markup(svg) for cue, svg in cues.items()},  # noqa: S704
    )


def _percent(share: Share) -> str:
    return f"{share.value * 100:.1f} %"


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{low * 100:.1f} – {high * 100:.1f} %"
