"""`/v1/cases`: what the machine could not decide, for the tools of people who decide. The key's name says who
looked and decided, for everybody who may ask the log.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from bonafide.api.answers import After, Identifier, Limit, Taken
from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.idempotency import IdempotentRoute
from bonafide.api.metering import metrics_of
from bonafide.api.problem import Refusal, problems
from bonafide.capture import PictureFormat, read_picture
from bonafide.outcome import Outcome
from bonafide.privacy import Manner
from bonafide.privacy.referred_case import ReferredCase
from bonafide.service.api_keys import Scope
from bonafide.service.case_picture import PictureKind
from bonafide.service.counter import Counter
from bonafide.service.reviewing import Reviewing

_Reviewer = Annotated[Caller, Depends(needs(Scope.REVIEWS))]
_REFUSED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)
_MEDIA_TYPES: Final = {
    PictureFormat.JPEG: "image/jpeg",
    PictureFormat.PNG: "image/png",
    PictureFormat.WEBP: "image/webp",
    PictureFormat.HEIC: "image/heic",
}
_IMAGES: Final[dict[str, dict[str, str]]] = {media_type: {} for media_type in _MEDIA_TYPES.values()}


class CaseAnswer(BaseModel):
    """A case that waits for a person."""

    id: str
    purpose: str
    manner: Manner = Field(description="What the customer agreed to: person means that no program compared.")
    opened_at: datetime


class CasesAnswer(BaseModel):
    """Some of the cases, oldest first."""

    cases: list[CaseAnswer]
    after: str | None = Field(description="What to ask for the next page with; null on the last.")


class Decision(Taken):
    """What a person decided."""

    outcome: Literal["accept", "reject"]


class DecisionAnswer(BaseModel):
    """A decision of a person's; the pictures of the case are erased."""

    decision: str
    outcome: Outcome
    receipt: dict[str, Any]


def routes(_counter: Counter) -> APIRouter:
    """List, open, decide."""
    router = APIRouter(tags=["cases"], route_class=IdempotentRoute)

    @router.get("/v1/cases", summary="The cases that wait to be decided, oldest first.", responses=_REFUSED)
    def listed(caller: _Reviewer, after: After = None, limit: Limit = 50) -> CasesAnswer:
        waiting = [case for case in _reviewing(caller).waiting() if after is None or _place(case) > after]
        page = waiting[:limit]
        answers = [_case(case) for case in page]
        return CasesAnswer(cases=answers, after=_place(page[-1]) if len(waiting) > limit else None)

    @router.get(
        "/v1/cases/{identifier}/pictures/{kind}",
        summary="One picture of a case; that you looked is in the log first.",
        response_class=Response,
        responses={
            200: {"content": _IMAGES, "description": "The file as it was given."},
            **_REFUSED,
            **problems(Code.NOT_FOUND),
        },
    )
    def picture(caller: _Reviewer, identifier: Identifier, kind: PictureKind) -> Response:
        with _waiting(caller, identifier).opened(identifier, caller.key.name) as opened:
            found = next((bytes(record.content) for record in opened if record.kind == kind), None)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return Response(found, media_type=_MEDIA_TYPES[read_picture(found).format])

    @router.post(
        "/v1/cases/{identifier}/decision",
        summary="Decide a case that you looked at.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND, Code.SCOPE_MISSING, Code.NOT_PERMITTED)},
    )
    def decide(
        request: Request, caller: _Reviewer, identifier: Identifier, wanted: Decision
    ) -> DecisionAnswer:
        outcome = Outcome(wanted.outcome)
        made = _waiting(caller, identifier).decide(identifier, caller.key.name, outcome)
        metrics_of(request).reviewed(outcome)
        return DecisionAnswer(decision=made.id, outcome=outcome, receipt=json.loads(made.receipt))

    return router


def _reviewing(caller: Caller) -> Reviewing:
    return Reviewing(caller.kept, caller.counter.vault, caller.counter.signer)


def _waiting(caller: Caller, case: str) -> Reviewing:
    """Raises `Refusal` for a case that does not wait: what was decided is not there any more."""
    reviewing = _reviewing(caller)
    if all(each.id != case for each in reviewing.waiting()):
        raise Refusal(Code.NOT_FOUND)
    return reviewing


def _case(case: ReferredCase) -> CaseAnswer:
    return CaseAnswer(id=case.id, purpose=case.purpose, manner=Manner(case.manner), opened_at=case.opened_at)


def _place(case: ReferredCase) -> str:
    """Where a case stands in the order of all, which does not change when others are decided."""
    return f"{case.opened_at:%Y-%m-%dT%H:%M:%S.%f}_{case.id}"
