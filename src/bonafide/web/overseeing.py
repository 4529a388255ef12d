"""A privacy officer's page: what is kept, until when, who looked, what was erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from bonafide.privacy.report import FILING, NEAR_FILING
from bonafide.service.privacy_facts import latest_accesses, privacy_facts
from bonafide.web.rendering import page
from bonafide.web.visit import Visit

_PERIOD: Final = timedelta(days=365)


def privacy_page(visit: Visit) -> Response:
    """Of the last year, as `bonafide privacy report` counts it."""
    kept = visit.kept
    report = privacy_facts(kept, kept.now().wall - _PERIOD)
    return page(
        visit,
        "privacy.html",
        report=report,
        accesses=latest_accesses(kept),
        filing_at=FILING,
        near_at=NEAR_FILING,
        share=min(1.0, report.filing.people / FILING),
    )
