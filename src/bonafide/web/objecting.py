"""Objections to lines: the queue of them, and what a person found."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from bonafide.service.objections import ObjectionOutcome, Objections
from bonafide.web.rendering import on_to, page
from bonafide.web.visit import Visit

HERE: Final = "/staff/objections"


def objections_page(visit: Visit) -> Response:
    """The objections that wait, the one due first on top."""
    told = visit.query.get("told")
    return page(
        visit,
        "objections.html",
        waiting=_objections(visit).waiting(),
        told=told if told in set(ObjectionOutcome) else None,
    )


def decide_objection(visit: Visit) -> Response:
    """Whether the line is theirs; if not, it has ended."""
    outcome = visit.form.get("outcome", "")
    if outcome not in set(ObjectionOutcome):
        return page(visit, "refused.html", status=400, why="malformed")
    decided = _objections(visit).decide(
        visit.parts["objection"], visit.account.name, ObjectionOutcome(outcome)
    )
    if decided is None:
        return page(visit, "refused.html", status=404, why="not_found")
    return on_to(f"{HERE}?told={outcome}")


def _objections(visit: Visit) -> Objections:
    return Objections(visit.counter, visit.operator)
