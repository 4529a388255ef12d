"""A supervisor's page: cases with a known answer, and how well reviewers decide them."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bonafide.errors import NotPermitted, UnreadablePicture
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import purposes
from bonafide.service.case_picture import CasePicture, PictureKind
from bonafide.service.known_cases import PURPOSE, Answer, KnownCase, KnownCases
from bonafide.service.known_plan import known_plan
from bonafide.service.review_reason import REASONS_FOR, ReviewReason, outcome_for
from bonafide.service.reviewer_figures import reviewer_figures
from bonafide.web.rendering import on_to, page
from bonafide.web.visit import Visit

HERE: Final = "/staff/known-cases"
FILES: Final = tuple(PictureKind)
_TOLD: Final = ("removed",)
# What a machine refers for that a person can see in the pictures.
CAUSES: Final = tuple(
    reason
    for reason in Reason
    if reason.startswith(("document.", "chip.")) or reason is Reason.MATCH_DOUBTFUL
)


def known_page(visit: Visit) -> Response:
    """Everybody's figures, and every known case without its pictures."""
    told = visit.query.get("told")
    return _shown(visit, told=told if told in _TOLD else None)


def put_in(visit: Visit) -> Response:
    """A pair of pictures with its answer, under the consent of whoever is in them."""
    reason, cause = visit.form.get("reason", ""), visit.form.get("cause", "")
    outcome = outcome_for(reason)
    pictures = tuple(CasePicture(kind, visit.files[kind]) for kind in PictureKind if kind in visit.files)
    if outcome is None or cause not in CAUSES:
        return _shown(visit, why="no_answer", status=400)
    if not {PictureKind.DOCUMENT, PictureKind.SELFIE} <= {picture.kind for picture in pictures}:
        return _shown(visit, why="no_pictures", status=400)
    consent = visit.form.get("consent", "").strip() or None
    if consent is None and visit.form.get("agreed") != "yes":
        return _shown(visit, why="no_consent", status=400)
    try:
        made = KnownCases(visit.kept, visit.counter.vault).add(
            visit.account.name,
            pictures,
            (Reason(cause),),
            Answer(outcome, ReviewReason(reason)),
            consent=consent,
            language=visit.language,
        )
    except UnreadablePicture:
        return _shown(visit, why="unreadable", status=400)
    except NotPermitted:
        return _shown(visit, why="no_consent", status=409)
    return _shown(visit, made=made)


def take_out(visit: Visit) -> Response:
    """One and its pictures are erased; what was measured stays."""
    if not KnownCases(visit.kept, visit.counter.vault).remove(visit.parts["known"]):
        return page(visit, "refused.html", status=404, why="not_found")
    return on_to(f"{HERE}?told=removed")


def _shown(
    visit: Visit,
    *,
    status: int = 200,
    why: str | None = None,
    told: str | None = None,
    made: KnownCase | None = None,
) -> Response:
    return page(
        visit,
        "known.html",
        status=status,
        figures=reviewer_figures(visit.kept),
        known=KnownCases(visit.kept, visit.counter.vault).all(),
        plan=known_plan(),
        notice=purposes()[PURPOSE].notices[visit.language].as_document(),
        causes=CAUSES,
        choices=[(outcome, REASONS_FOR[outcome]) for outcome in (Outcome.ACCEPT, Outcome.REJECT)],
        kinds=FILES,
        why=why,
        told=told,
        made=made,
    )
