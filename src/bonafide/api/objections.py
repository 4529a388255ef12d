"""`/v1/objections`: lines that people say are not theirs, for the tools of those who look into it. The key's
name says who decided, for everybody who may ask the log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from bonafide.api.answers import After, Identifier, Limit, Taken
from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.idempotency import IdempotentRoute
from bonafide.api.line_answers import LineAnswer, line_answer
from bonafide.api.problem import Refusal, problems
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.objections import Objection, ObjectionOutcome, Objections, WaitingObjection

_Reviewer = Annotated[Caller, Depends(needs(Scope.REVIEWS))]
_REFUSED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)


class ObjectionAnswer(BaseModel):
    """An objection: never whose it is."""

    id: str
    line: str
    made_at: datetime
    due_at: datetime = Field(description="By when a person must have decided.")
    decided_at: datetime | None
    outcome: ObjectionOutcome | None


class WaitingAnswer(BaseModel):
    """An objection that waits, and the line that it is about."""

    objection: ObjectionAnswer
    line: LineAnswer | None = Field(description="Null if the line was erased since.")
    age_seconds: int
    overdue: bool


class ObjectionsAnswer(BaseModel):
    """Some of the objections that wait, the first due first."""

    objections: list[WaitingAnswer]
    after: str | None = Field(description="What to ask for the next page with; null on the last.")


class ObjectionDecision(Taken):
    """What a person found: the line is not theirs and ends, or it stays."""

    outcome: ObjectionOutcome


def routes(_counter: Counter) -> APIRouter:
    """List, read, decide."""
    router = APIRouter(tags=["objections"], route_class=IdempotentRoute)

    @router.get(
        "/v1/objections", summary="The objections that wait, the first due first.", responses=_REFUSED
    )
    def listed(caller: _Reviewer, after: After = None, limit: Limit = 50) -> ObjectionsAnswer:
        waiting = [each for each in _objections(caller).waiting() if after is None or _place(each) > after]
        page = waiting[:limit]
        more = len(waiting) > limit
        return ObjectionsAnswer(
            objections=list(map(_waiting, page)), after=_place(page[-1]) if more else None
        )

    @router.get(
        "/v1/objections/{identifier}",
        summary="How an objection stands.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND)},
    )
    def read(caller: _Reviewer, identifier: Identifier) -> ObjectionAnswer:
        return _there(_objections(caller).find(identifier))

    @router.post(
        "/v1/objections/{identifier}/decision",
        summary="Decide an objection; if it is upheld, its line ends.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND, Code.SCOPE_MISSING, Code.NOT_PERMITTED)},
    )
    def decide(caller: _Reviewer, identifier: Identifier, wanted: ObjectionDecision) -> ObjectionAnswer:
        return _there(_objections(caller).decide(identifier, caller.key.name, wanted.outcome))

    return router


def objection_answer(objection: Objection) -> ObjectionAnswer:
    """An objection as it is told."""
    return ObjectionAnswer(
        id=objection.id,
        line=objection.line,
        made_at=objection.made_at,
        due_at=objection.due_at,
        decided_at=objection.decided_at,
        outcome=objection.outcome,
    )


def _objections(caller: Caller) -> Objections:
    return Objections(caller.counter, caller.operator)


def _there(objection: Objection | None) -> ObjectionAnswer:
    if objection is None:
        raise Refusal(Code.NOT_FOUND)
    return objection_answer(objection)


def _waiting(each: WaitingObjection) -> WaitingAnswer:
    return WaitingAnswer(
        objection=objection_answer(each.objection),
        line=line_answer(each.line) if each.line is not None else None,
        age_seconds=int(each.age.total_seconds()),
        overdue=each.overdue,
    )


def _place(each: WaitingObjection) -> str:
    """Where it stands in the order of all, which does not change when others are decided."""
    return f"{each.objection.due_at:%Y-%m-%dT%H:%M:%S.%f}_{each.objection.id}"
