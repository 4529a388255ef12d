"""`/v1/sign-ups`: begun by the operator's own machines, which then ask what came of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from bonafide.api.answers import After, Identifier, Limit, ReasonAnswer, Taken, reason_answers
from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.idempotency import IdempotentRoute
from bonafide.api.problem import Refusal, language_of, problems
from bonafide.outcome import Outcome
from bonafide.privacy import Manner
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.sign_up import SignUp, SignUpState
from bonafide.service.sign_up_order import Wanted
from bonafide.service.sign_ups import SignUps
from bonafide.wording import Language

_Operator = Annotated[Caller, Depends(needs(Scope.SIGN_UPS))]
_REFUSED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)
_NAME: Final = r"^[^\x00-\x1f\x7f]+$"
PROOF_TYPE: Final = "text/plain"

_Name = Annotated[str, Field(min_length=1, max_length=64, pattern=_NAME)]


class SignUpWanted(Taken):
    """A sign-up that is to begin."""

    purpose: str = Field("sim-signup", max_length=64, description="What the customer is asked to agree to.")
    language: Language = Field(Language.ENGLISH, description="The language of the customer's pages.")
    reference: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="Your own name for the order; never the number of a line or document.",
    )
    return_address: str | None = Field(
        None, max_length=2048, description="Where the customer goes on afterwards: https."
    )
    attended: bool = Field(
        False, description="An agent, who is named, vouches for the customer's presence; needs `attend`."
    )
    agent: _Name | None = Field(None, description="Who attends, as your staff are called.")
    shop: _Name | None = Field(None, description="Where, as your shops are called.")


class SignUpAnswer(BaseModel):
    """A sign-up: never whose it is."""

    id: str
    purpose: str
    state: SignUpState
    manner: Manner | None = Field(
        description="Who compares, as the customer agreed: a program (face-matching) or a person alone."
    )
    language: Language
    reference: str | None
    return_address: str | None
    attended: bool
    agent: str | None
    shop: str | None
    made_at: datetime
    expires_at: datetime = Field(description="When the link runs out.")
    tries_left: int = Field(description="How often pictures that cannot be judged may still be given.")
    outcome: Outcome | None
    reasons: list[ReasonAnswer] = Field(description="Why the machine decided or referred.")
    decision: str | None = Field(description="The identifier of the latest decision, machine's or person's.")
    decided_at: datetime | None


class SignUpMade(BaseModel):
    """A sign-up that has begun."""

    sign_up: SignUpAnswer
    link: str = Field(description="The secret that opens it, once; it is told nowhere else.")


class SignUpsAnswer(BaseModel):
    """Some of the sign-ups, newest first."""

    sign_ups: list[SignUpAnswer]
    after: str | None = Field(description="What to ask for the next page with; null on the last.")


def routes(_counter: Counter) -> APIRouter:
    """Begin, list, read; receipt and proof."""
    router = APIRouter(tags=["sign-ups"], route_class=IdempotentRoute)

    @router.post(
        "/v1/sign-ups", status_code=201, summary="Begin a sign-up; its link is told once.", responses=_REFUSED
    )
    def create(request: Request, response: Response, caller: _Operator, wanted: SignUpWanted) -> SignUpMade:
        if wanted.attended:
            caller.require(Scope.ATTEND)
        made, link = _sign_ups(caller).create(Wanted(**dict(wanted)))
        response.headers["Location"] = f"/v1/sign-ups/{made.id}"
        return SignUpMade(sign_up=answer(made, language_of(request.scope)), link=link)

    @router.get("/v1/sign-ups", summary="The sign-ups, newest first.", responses=_REFUSED)
    def listed(request: Request, caller: _Operator, after: After = None, limit: Limit = 50) -> SignUpsAnswer:
        page = _sign_ups(caller).page(after=after, most=limit)
        language = language_of(request.scope)
        return SignUpsAnswer(sign_ups=[answer(each, language) for each in page.sign_ups], after=page.after)

    @router.get(
        "/v1/sign-ups/{identifier}",
        summary="How a sign-up stands.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND)},
    )
    def read(request: Request, caller: _Operator, identifier: Identifier) -> SignUpAnswer:
        return answer(_found(_sign_ups(caller), identifier), language_of(request.scope))

    @router.get(
        "/v1/sign-ups/{identifier}/receipt",
        summary="The signed receipt of its latest decision.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND)},
    )
    def receipt(caller: _Operator, identifier: Identifier) -> dict[str, Any]:
        sign_ups = _sign_ups(caller)
        content = sign_ups.receipt(_found(sign_ups, identifier).id)
        if content is None:
            raise Refusal(Code.NOT_FOUND)
        read: dict[str, Any] = json.loads(content)
        return read

    @router.get(
        "/v1/sign-ups/{identifier}/proof",
        summary="The proof that the log holds that decision (C2SP tlog-proof).",
        response_class=Response,
        responses={
            200: {
                "content": {PROOF_TYPE: {"schema": {"type": "string"}}},
                "description": "The proof's file.",
            },
            **_REFUSED,
            **problems(Code.NOT_FOUND, Code.PROOF_NOT_YET),
        },
    )
    def proof(caller: _Operator, identifier: Identifier) -> Response:
        sign_ups = _sign_ups(caller)
        found = _found(sign_ups, identifier)
        content = sign_ups.proof(found.id)
        if content is None:
            raise Refusal(Code.NOT_FOUND if found.decision is None else Code.PROOF_NOT_YET)
        return Response(content, media_type=PROOF_TYPE)

    return router


def answer(sign_up: SignUp, language: Language) -> SignUpAnswer:
    """A sign-up as it is told to its operator."""
    return SignUpAnswer(
        id=sign_up.id,
        purpose=sign_up.purpose,
        state=sign_up.state,
        manner=sign_up.manner,
        language=sign_up.language,
        reference=sign_up.reference,
        return_address=sign_up.return_address,
        attended=sign_up.attended,
        agent=sign_up.agent,
        shop=sign_up.shop,
        made_at=sign_up.made_at,
        expires_at=sign_up.expires_at,
        tries_left=sign_up.tries_left,
        outcome=sign_up.outcome,
        reasons=reason_answers(sign_up.reasons, language),
        decision=sign_up.decision,
        decided_at=sign_up.decided_at,
    )


def _sign_ups(caller: Caller) -> SignUps:
    return SignUps(caller.counter, caller.operator)


def _found(sign_ups: SignUps, identifier: str) -> SignUp:
    found = sign_ups.find(identifier)
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found
