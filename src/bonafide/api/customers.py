"""`/v1/customers`: how customers come in. A code is asked for by the operator's machines; whoever has it, or
the link of a sign-up that was just accepted, needs no key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, model_validator

from bonafide.api.answers import Taken
from bonafide.api.caller import Caller, counter_of, needs
from bonafide.api.codes import Code
from bonafide.api.line_answers import NUMBER, LineRefusal, line_problems
from bonafide.api.problem import problems
from bonafide.outcome import LineReason
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.customer_access import CustomerAccess

_Operator = Annotated[Caller, Depends(needs(Scope.CUSTOMERS))]
_KEYED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)


class CodeWanted(Taken):
    """A line whose customer wants to come in."""

    number: str = Field(pattern=NUMBER, description="In international form (E.164).")


class CodeAnswer(BaseModel):
    """A code, told here alone: send it to the number as a message, and show it to nobody."""

    request: str = Field(description="Names the code when the customer comes with it; no secret.")
    code: str = Field(description="Eight digits, good for five tries.")
    expires_at: datetime


class Coming(Taken):
    """What a customer comes in with: a link, or a request and its code."""

    link: str | None = Field(None, max_length=256, description="`bfl/…`, accepted within ten minutes.")
    request: str | None = Field(None, max_length=128)
    code: str | None = Field(None, max_length=16)

    @model_validator(mode="after")
    def one_way(self) -> Coming:
        """Raises `ValueError` for both ways, or neither."""
        by_code = self.request is not None and self.code is not None
        if (self.link is not None) is by_code or (self.request is None) is not (self.code is None):
            raise ValueError("come in by a link, or by a request and its code")
        return self


class SessionAnswer(BaseModel):
    """A customer's session, told once."""

    session: str = Field(description="To be sent as `Authorization: Bearer bfs/…` to /v1/me.")
    expires_at: datetime


def routes(_counter: Counter) -> APIRouter:
    """Ask for a code, come in."""
    router = APIRouter(tags=["customers"])

    @router.post(
        "/v1/customers/codes",
        status_code=201,
        summary="A code for a line. A number that is no line is answered alike.",
        responses={**_KEYED, **line_problems(LineReason.CUSTOMER_LOCKED)},
    )
    def code(caller: _Operator, wanted: CodeWanted) -> CodeAnswer:
        asked = CustomerAccess(caller.counter).ask_code(caller.operator, wanted.number)
        if asked.code is None:
            raise LineRefusal(asked.refusal or LineReason.CUSTOMER_LOCKED)
        return CodeAnswer(request=asked.code.request, code=asked.code.code, expires_at=asked.code.expires_at)

    @router.post(
        "/v1/customers/sessions",
        status_code=201,
        summary="Come in, for half an hour: by a code, or once by a link that was just accepted.",
        responses=line_problems(LineReason.CUSTOMER_UNKNOWN, LineReason.CUSTOMER_LOCKED),
    )
    def come_in(request: Request, coming: Coming) -> SessionAnswer:
        access = CustomerAccess(counter_of(request))
        if coming.link is not None:
            let_in = access.by_link(coming.link)
        else:
            let_in = access.by_code(coming.request or "", coming.code or "")
        if let_in.session is None or let_in.expires_at is None:
            raise LineRefusal(let_in.refusal or LineReason.CUSTOMER_UNKNOWN)
        return SessionAnswer(session=let_in.session, expires_at=let_in.expires_at)

    return router
