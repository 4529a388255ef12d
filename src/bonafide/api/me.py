"""`/v1/me`: what a customer who has come in sees and does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from bonafide.api.answers import Identifier, Taken
from bonafide.api.caller import counter_of
from bonafide.api.codes import Code
from bonafide.api.line_answers import LineAnswer, LineRefusal, line_answer, line_problems
from bonafide.api.objections import ObjectionAnswer, objection_answer
from bonafide.api.problem import Refusal, problems
from bonafide.outcome import LineReason, Outcome
from bonafide.privacy import Manner
from bonafide.privacy.consent import Consent
from bonafide.privacy.erasure import Erased
from bonafide.service.counter import Counter
from bonafide.service.customer_session import CustomerSession, end_session, session_of
from bonafide.service.customers import Customer

_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="session",
    bearerFormat="bfs/OPERATOR/ID/SECRET",
    description="A customer's session.",
)
_REFUSED: Final = problems(Code.SESSION_MISSING, Code.NOT_PERMITTED)
ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class _Known:
    """A customer who has come in."""

    customer: Customer
    counter: Counter
    session: CustomerSession


def _known(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> _Known:
    """The dependency of routes for customers."""
    counter = counter_of(request)
    found = session_of(counter.store, credentials.credentials, counter.now()) if credentials else None
    if found is None:
        raise Refusal(Code.SESSION_MISSING, headers={"WWW-Authenticate": 'Bearer realm="bonafide"'})
    return _Known(Customer(counter, found), counter, found)


_Me = Annotated[_Known, Depends(_known)]


class MyLine(BaseModel):
    """A line in the customer's name."""

    line: LineAnswer
    ends_in: str | None = Field(description="The last four digits of its number.")
    number: str | None = Field(description="All of it, for whoever came in by a code to that very line.")


class MyLines(BaseModel):
    """Every line in the customer's name, newest first."""

    lines: list[MyLine]


class MyConsent(BaseModel):
    """That the customer agreed to a purpose."""

    id: str
    purpose: str
    manner: Manner = Field(description="Who compares: a program (face-matching) or a person alone.")
    purpose_version: int
    language: str
    given_at: datetime
    withdrawn_at: datetime | None


class MyConsents(BaseModel):
    """What the customer agreed to, newest first."""

    consents: list[MyConsent]


class MyDecision(BaseModel):
    """What was decided about the customer, with what proves it."""

    id: str
    purpose: str
    decided_at: datetime
    outcome: Outcome
    receipt: dict[str, Any]
    proof: str | None = Field(description="C2SP tlog-proof; null until the log's next checkpoint.")


class MyDecisions(BaseModel):
    """What was decided about the customer, newest first."""

    decisions: list[MyDecision]


class MyObjections(BaseModel):
    """What was objected to of lines in the customer's name, newest first."""

    objections: list[ObjectionAnswer]


class ObjectionWanted(Taken):
    """A line that the customer says is not theirs."""

    line: str = Field(max_length=64)


class ErasedAnswer(BaseModel):
    """What was erased, by kind, with a signed receipt that says so."""

    erased: dict[str, int]
    receipt: dict[str, Any]
    stays_until: datetime | None = Field(
        description="Until when the law has the record of an ended line stay; null if nothing stays."
    )


class WithdrawnAnswer(BaseModel):
    """A consent that was taken back."""

    consent: MyConsent
    erasure: ErasedAnswer | None
    stays: LineReason | None = Field(description="Why not all that rested on it is erased, if it is not.")


def routes(_counter: Counter) -> APIRouter:
    """See, object, export, withdraw, erase, leave."""
    router = APIRouter(tags=["me"])

    @router.get("/v1/me/lines", summary="The lines in my name.", responses=_REFUSED)
    def lines(me: _Me) -> MyLines:
        return MyLines(
            lines=[
                MyLine(line=line_answer(own.line), ends_in=own.ends_in, number=own.number)
                for own in me.customer.lines()
            ]
        )

    @router.get("/v1/me/consents", summary="What I agreed to.", responses=_REFUSED)
    def consents(me: _Me) -> MyConsents:
        return MyConsents(consents=list(map(_consent, me.customer.consents())))

    @router.get("/v1/me/decisions", summary="What was decided, with receipts.", responses=_REFUSED)
    def decisions(me: _Me) -> MyDecisions:
        return MyDecisions(
            decisions=[
                MyDecision(
                    id=each.id,
                    purpose=each.purpose,
                    decided_at=each.decided_at,
                    outcome=each.outcome,
                    receipt=json.loads(each.receipt),
                    proof=each.proof.decode() if each.proof is not None else None,
                )
                for each in me.customer.decisions()
            ]
        )

    @router.get("/v1/me/objections", summary="What was objected to.", responses=_REFUSED)
    def objections(me: _Me) -> MyObjections:
        return MyObjections(objections=list(map(objection_answer, me.customer.objections())))

    @router.post(
        "/v1/me/objections",
        status_code=201,
        summary="A line in my name is not mine: a person must look into it.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND), **line_problems(LineReason.ENDED)},
    )
    def objects(me: _Me, wanted: ObjectionWanted) -> ObjectionAnswer:
        made = me.customer.object(wanted.line)
        if made is None:
            raise Refusal(Code.NOT_FOUND)
        if made.objection is None:
            raise LineRefusal(made.refusal or LineReason.ENDED)
        return objection_answer(made.objection)

    @router.get(
        "/v1/me/export",
        summary="Everything that is kept of me, in a ZIP file.",
        response_class=Response,
        responses={
            200: {
                "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
                "description": "`kept.json`, and a file for each record that is kept sealed.",
            },
            **_REFUSED,
        },
    )
    def export(me: _Me) -> Response:
        named = {"Content-Disposition": 'attachment; filename="kept.zip"'}
        return Response(me.customer.export().as_zip(), media_type=ZIP, headers=named)

    @router.post(
        "/v1/me/consents/{identifier}/withdraw",
        summary="Take a consent back, and erase what rested on it unless a line still does.",
        responses={**_REFUSED, **problems(Code.NOT_FOUND)},
    )
    def withdraw(me: _Me, identifier: Identifier) -> WithdrawnAnswer:
        done = me.customer.withdraw(identifier)
        if done is None:
            raise Refusal(Code.NOT_FOUND)
        erasure = _erased(done.erased) if done.erased is not None else None
        return WithdrawnAnswer(consent=_consent(done.consent), erasure=erasure, stays=done.stays)

    @router.post(
        "/v1/me/erase",
        summary="Erase what is kept of me, but what the law makes stay; no line may stand in my name.",
        responses={**_REFUSED, **line_problems(LineReason.ACTIVE)},
    )
    def erase(me: _Me) -> ErasedAnswer:
        done = me.customer.erase()
        if done.erased is None:
            raise LineRefusal(done.refusal or LineReason.ACTIVE)
        return _erased(done.erased)

    @router.post("/v1/me/leave", status_code=204, summary="End the session.", responses=_REFUSED)
    def leave(me: _Me) -> None:
        end_session(me.counter.store, me.session, me.counter.now())

    return router


def _consent(consent: Consent) -> MyConsent:
    return MyConsent(
        id=consent.id,
        purpose=consent.purpose,
        manner=Manner(consent.manner),
        purpose_version=consent.purpose_version,
        language=consent.language,
        given_at=consent.given_at,
        withdrawn_at=consent.withdrawn_at,
    )


def _erased(erased: Erased) -> ErasedAnswer:
    return ErasedAnswer(
        erased=dict(erased.rows), receipt=json.loads(erased.receipt), stays_until=erased.stays_until
    )
