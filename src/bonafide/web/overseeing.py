"""A privacy officer's page: what is kept, until when, who looked, what was erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from bonafide.privacy import Kept
from bonafide.privacy.duration import Duration
from bonafide.privacy.report import FILING, NEAR_FILING
from bonafide.service.privacy_facts import latest_accesses, privacy_facts
from bonafide.web.rendering import page
from bonafide.web.visit import Visit
from bonafide.web.words import said
from bonafide.wording import Language

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
        keeps=lambda keeps: _keeps(keeps, visit.language),
    )


def _keeps(keeps: Mapping[Kept, Duration], language: Language) -> str:
    """What a purpose keeps and how long, in words."""
    return (
        ", ".join(
            f"{said(f'keeps.{kept}', language)} {_lasts(span, language)}" for kept, span in keeps.items()
        )
        or "–"
    )


def _lasts(span: Duration, language: Language) -> str:
    if span.years:
        return said("lasts.years", language, number=span.years)
    if span.days:
        return said("lasts.days", language, number=span.days)
    return said("lasts.hours", language, number=span.hours)
