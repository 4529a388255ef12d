"""`/v1/cases`: what the machine could not decide, for the tools of people who decide. The key's name says who
looked and decided, for everybody who may ask the log. Cases with a known answer are not here: no machine is
measured.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
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
from bonafide.privacy.opinion import Origin
from bonafide.service.api_keys import Scope
from bonafide.service.case_picture import PictureKind
from bonafide.service.counter import Counter
from bonafide.service.opinions import CaseToDecide, Opinions
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
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


class Choices(BaseModel):
    """The reasons to choose from, by what they are reasons for."""

    accept: list[ReviewReason]
    reject: list[ReviewReason]


class CaseAnswer(BaseModel):
    """A case that waits for a person."""

    id: str
    purpose: str
    manner: Manner = Field(description="What the customer agreed to: person means that no program compared.")
    opened_at: datetime
    reasons: list[str] = Field(description="Why the machine referred it: codes of docs/reasons.md.")
    two_decide: bool = Field(
        description="Whether another's opinion is asked as well, be yours the first or the second."
    )
    choices: Choices


class CaseState(StrEnum):
    """What came of an opinion."""

    DECIDED = "decided"
    KEPT = "kept"


class CasesAnswer(BaseModel):
    """Some of the cases, oldest first."""

    cases: list[CaseAnswer]
    after: str | None = Field(description="What to ask for the next page with; null on the last.")


class Decision(Taken):
    """What a person thinks, and why."""

    outcome: Literal["accept", "reject"]
    reason: ReviewReason = Field(description="One that the case's `choices` name for this outcome.")


class DecisionAnswer(BaseModel):
    """What came of an opinion. Decided, the pictures of the case are erased."""

    state: CaseState = Field(
        description="`kept` where another's opinion is wanted; it does not tell whether there was one."
    )
    outcome: Outcome = Field(description="What you said.")
    decision: str | None = Field(description="Null until it is decided, as the receipt.")
    receipt: dict[str, Any] | None


def routes(_counter: Counter) -> APIRouter:
    """List, open, decide."""
    router = APIRouter(tags=["cases"], route_class=IdempotentRoute)

    @router.get(
        "/v1/cases", summary="The cases that want an opinion of yours, oldest first.", responses=_REFUSED
    )
    def listed(caller: _Reviewer, after: After = None, limit: Limit = 50) -> CasesAnswer:
        wanted = _opinions(caller).wanted_of(caller.key.name, reviews=True, settles=False)
        waiting = [case for case in wanted if after is None or _place(case) > after]
        page = waiting[:limit]
        answers = [_answer(case) for case in page]
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
        _require_wanted(caller, identifier)
        with _reviewing(caller).opened(identifier, caller.key.name) as opened:
            found = next((bytes(record.content) for record in opened if record.kind == kind), None)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return Response(found, media_type=_MEDIA_TYPES[read_picture(found).format])

    @router.post(
        "/v1/cases/{identifier}/decision",
        summary="Say what you think of a case that you looked at, and why.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND, Code.SCOPE_MISSING, Code.NOT_PERMITTED)},
    )
    def decide(
        request: Request, caller: _Reviewer, identifier: Identifier, wanted: Decision
    ) -> DecisionAnswer:
        outcome = Outcome(wanted.outcome)
        _require_wanted(caller, identifier)
        made = _opinions(caller).give(identifier, caller.key.name, outcome, wanted.reason)
        if made is None:
            return DecisionAnswer(state=CaseState.KEPT, outcome=outcome, decision=None, receipt=None)
        metrics_of(request).reviewed(outcome)
        return DecisionAnswer(
            state=CaseState.DECIDED, outcome=outcome, decision=made.id, receipt=json.loads(made.receipt)
        )

    return router


def _reviewing(caller: Caller) -> Reviewing:
    return Reviewing(caller.kept, caller.counter.vault, caller.counter.signer)


def _opinions(caller: Caller) -> Opinions:
    return Opinions(caller.kept, _reviewing(caller), Origin.KEY)


def _require_wanted(caller: Caller, case: str) -> None:
    """Raises `Refusal` for a case that wants no opinion of this key: what was decided, or was said already,
    is not there any more.
    """
    if _opinions(caller).find(case, caller.key.name, reviews=True, settles=False) is None:
        raise Refusal(Code.NOT_FOUND)


def _answer(case: CaseToDecide) -> CaseAnswer:
    return CaseAnswer(
        id=case.id,
        purpose=case.purpose,
        manner=case.manner,
        opened_at=case.opened_at,
        reasons=[reason.value for reason in case.reasons],
        two_decide=case.two_decide,
        choices=Choices(accept=list(REASONS_FOR[Outcome.ACCEPT]), reject=list(REASONS_FOR[Outcome.REJECT])),
    )


def _place(case: CaseToDecide) -> str:
    """Where a case stands in the order of all, which does not change when others are decided."""
    return f"{case.opened_at:%Y-%m-%dT%H:%M:%S.%f}_{case.id}"
