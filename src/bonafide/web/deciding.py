"""The reviewers' queue, and a case: its pictures, why it was referred, and what a person thinks of it."""

from __future__ import annotations

from typing import Final

import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from starlette.responses import Response

from bonafide.capture import read_picture
from bonafide.errors import NotPermitted
from bonafide.outcome import Outcome
from bonafide.service.case_picture import PictureKind
from bonafide.service.known_plan import known_plan
from bonafide.service.opinions import CaseToDecide
from bonafide.service.review_desk import ReviewDesk
from bonafide.service.review_reason import REASONS_FOR, ReviewReason, outcome_for
from bonafide.service.reviewer_figures import reviewer_figures
from bonafide.service.roles import Permission
from bonafide.web.rendering import on_to, page
from bonafide.web.visit import Visit

QUEUE: Final = "/staff/cases"
# What a person zooms into; a selfie and a card need no more.
_MOST_SIDE: Final = 2400
_JPEG_QUALITY: Final = 90
_TOLD: Final = ("decided", "kept", "right", "wrong")
_PICTURE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def queue(visit: Visit) -> Response:
    """The cases that want an opinion of whoever is there, oldest first."""
    told, right = visit.query.get("told"), visit.query.get("right", "")
    return page(
        visit,
        "queue.html",
        cases=_desk(visit).queue(),
        now=visit.counter.now().wall,
        told=told if told in _TOLD else None,
        right=right if right in set(ReviewReason) else None,
        plan=known_plan(),
        own=next(iter(reviewer_figures(visit.kept, visit.account.name)), None),
    )


def case(visit: Visit) -> Response:
    """One case. That somebody looks at its pictures is in the log before they see them."""
    found = _wanted(visit)
    if found is None:
        return _gone(visit)
    return _case_page(visit, found)


def picture(visit: Visit) -> Response:
    """One picture of a case, written anew: nothing of its file but what is to be seen."""
    kind, found = visit.parts["kind"], _wanted(visit)
    if kind not in set(PictureKind) or found is None:
        return _gone(visit)
    try:
        with _desk(visit).picture(found, PictureKind(kind)) as opened:
            content = _jpeg(bytes(opened.content))
    except NotPermitted:
        return _gone(visit)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _PICTURE_POLICY}
    return Response(content, 200, headers, "image/jpeg")


def give_opinion(visit: Visit) -> Response:
    """What somebody thinks of a case, by the reason that they choose."""
    found = _wanted(visit)
    if found is None:
        return _gone(visit)
    reason = visit.form.get("reason", "")
    outcome = outcome_for(reason)
    if outcome is None:
        return _case_page(visit, found, why="no_reason")
    try:
        said = _desk(visit).say(found, outcome, ReviewReason(reason))
    except NotPermitted:
        if _wanted(visit) is None:
            return _gone(visit)
        return _case_page(visit, found, why="not_looked")
    if said.right is not None:
        told = "right" if said.right.outcome is outcome else "wrong"
        return on_to(f"{QUEUE}?told={told}&right={said.right.reason}")
    return on_to(f"{QUEUE}?told={'decided' if said.decision else 'kept'}")


def _case_page(visit: Visit, found: CaseToDecide, why: str | None = None) -> Response:
    kinds = _desk(visit).kinds(found)
    now = visit.counter.now().wall
    return page(
        visit,
        "case.html",
        status=400 if why else 200,
        case=found,
        kinds=kinds,
        age=now - found.opened_at,
        choices=[(outcome, REASONS_FOR[outcome]) for outcome in (Outcome.ACCEPT, Outcome.REJECT)],
        why=why,
    )


def _gone(visit: Visit) -> Response:
    return page(visit, "refused.html", status=404, why="no_case")


def _wanted(visit: Visit) -> CaseToDecide | None:
    return _desk(visit).find(visit.parts["case"])


def _desk(visit: Visit) -> ReviewDesk:
    return ReviewDesk(
        visit.kept,
        visit.counter.vault,
        visit.counter.signer,
        visit.account.name,
        reviews=visit.may(Permission.REVIEW),
        settles=visit.may(Permission.SETTLE),
    )


def _jpeg(content: bytes) -> bytes:
    found = read_picture(content)
    longest = max(found.width, found.height)
    pixels = found.decode(1 if longest <= _MOST_SIDE else 2 if longest <= 2 * _MOST_SIDE else 4)
    return bytes(simplejpeg.encode_jpeg(pixels, quality=_JPEG_QUALITY, colorspace="RGB"))
