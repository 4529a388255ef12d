"""`POST /v1/verify`: one check, of which nothing is kept."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from bonafide.api.answers import ReasonAnswer, reason_answers
from bonafide.api.caller import Caller, needs, pool_of
from bonafide.api.codes import Code
from bonafide.api.pictures import Presented, form_described, read_presented
from bonafide.api.problem import Refusal, language_of, problems
from bonafide.decide import PRESETS
from bonafide.evidence import serialise_receipt
from bonafide.outcome import Outcome
from bonafide.privacy import attested, purposes
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.receipts import receipt_for
from bonafide.service.retention import new_identifier
from bonafide.service.verification import Verification
from bonafide.wording import Language

_Checker = Annotated[Caller, Depends(needs(Scope.VERIFY))]
_PURPOSE: Final = "sim-signup"
_YES: Final = "yes"
_FORM: Final = form_described(
    {
        "purpose": {
            "type": "string",
            "enum": sorted(PRESETS),
            "default": _PURPOSE,
            "description": "What the customer agreed to; it has the policy.",
        },
        "consented": {
            "type": "string",
            "const": _YES,
            "description": "You vouch that the customer read what the purpose asks and agreed.",
        },
        "attended": {
            "type": "string",
            "enum": [_YES, "no"],
            "default": "no",
            "description": "You vouch that an agent saw the customer; needs a key with `attend`.",
        },
    },
    required=("consented",),
)


class VerifyAnswer(BaseModel):
    """What was decided. There are no scores: they would let an attacker climb to a match."""

    outcome: Outcome
    reasons: list[ReasonAnswer]
    receipt: dict[str, Any] = Field(description="Signed; of nobody. Nobody keeps it but you.")


def routes(counter: Counter) -> APIRouter:
    """One stateless check."""
    router = APIRouter(tags=["verify"])

    @router.post(
        "/v1/verify",
        summary="Is this person the one on this document?",
        openapi_extra=_FORM,
        responses=problems(
            Code.KEY_MISSING,
            Code.SCOPE_MISSING,
            Code.NOT_PERMITTED,
            Code.REQUEST_MEDIA_TYPE,
            Code.REQUEST_INVALID,
            Code.PICTURE_UNREADABLE,
        ),
    )
    async def verify(request: Request, caller: _Checker) -> VerifyAnswer:
        language = language_of(request.scope)
        with pool_of(request).holding():
            given = await read_presented(request, texts=("purpose", "consented", "attended"))
            name, attended = _said(given, caller)
            return await pool_of(request).run(lambda: _verified(counter, given, name, attended, language))

    return router


def _said(given: Presented, caller: Caller) -> tuple[str, bool]:
    name = given.said.get("purpose", _PURPOSE)
    if name not in PRESETS:
        raise Refusal(Code.REQUEST_INVALID, detail=f"The purpose is one of {', '.join(sorted(PRESETS))}.")
    if given.said.get("consented") != _YES:
        raise Refusal(
            Code.NOT_PERMITTED,
            detail="Nobody's face is compared before they agreed to it: send consented=yes if they did, or "
            "offer the alternative.",
        )
    attended = given.said.get("attended", "no")
    if attended not in (_YES, "no"):
        raise Refusal(Code.REQUEST_INVALID, detail="Whether an agent attends is yes or no.")
    if attended == _YES:
        caller.require(Scope.ATTEND)
    return name, attended == _YES


def _verified(
    counter: Counter, given: Presented, name: str, attended: bool, language: Language
) -> VerifyAnswer:
    now = counter.now().wall
    case = counter.verifier.verify(
        given.document,
        given.selfie,
        attested(purposes()[name], now),
        document_back=given.document_back,
        attended=attended,
    )
    return _answer(case, counter, language)


def _answer(case: Verification, counter: Counter, language: Language) -> VerifyAnswer:
    made = receipt_for(case, counter.signer, issued_at=counter.now().wall, identifier=new_identifier())
    return VerifyAnswer(
        outcome=case.outcome,
        reasons=reason_answers(case.reasons, language),
        receipt=json.loads(serialise_receipt(made)),
    )
