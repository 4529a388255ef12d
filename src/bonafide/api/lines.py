"""`/v1/lines`: lines in people's names. A number is in a request's body, never in an address or an answer."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from bonafide.api.answers import After, Identifier, Limit, Taken
from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.idempotency import IdempotentRoute
from bonafide.api.line_answers import NUMBER, LineAnswer, bound_line, line_answer, line_problems
from bonafide.api.problem import Refusal, problems
from bonafide.outcome import LineReason
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.line import Bound, Line
from bonafide.service.lines import Lines

_Operator = Annotated[Caller, Depends(needs(Scope.LINES))]
_Number = Annotated[str, Field(pattern=NUMBER, description="In international form (E.164).")]
_SignUp = Annotated[str, Field(max_length=64, description="A sign-up that was accepted.")]
_REFUSED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)
_NOT_THERE: Final = {**_REFUSED, **problems(Code.NOT_FOUND)}
_BINDING: Final = (
    LineReason.NOT_ACCEPTED,
    LineReason.ALREADY_BOUND,
    LineReason.DOCUMENT_UNSURE,
    LineReason.LIMIT_REACHED,
    LineReason.TAKEN,
)


class LineWanted(Taken):
    """A line that is to be bound."""

    sign_up: _SignUp
    number: _Number


class NumberWanted(Taken):
    """A number whose lines are looked for."""

    number: _Number


class TransferWanted(Taken):
    """To whom a line passes."""

    sign_up: _SignUp


class LinesFound(BaseModel):
    """The lines that have or had a number, newest first; at most one is active."""

    lines: list[LineAnswer]


class LinesAnswer(BaseModel):
    """Some of the lines, newest first."""

    lines: list[LineAnswer]
    after: str | None = Field(description="What to ask for the next page with; null on the last.")


def routes(_counter: Counter) -> APIRouter:
    """Bind, find, pass on, end."""
    router = APIRouter(tags=["lines"], route_class=IdempotentRoute)

    @router.post(
        "/v1/lines",
        status_code=201,
        summary="Bind a line to whoever was accepted in a sign-up, which is then spent.",
        responses={**_REFUSED, **line_problems(*_BINDING)},
    )
    def bind(response: Response, caller: _Operator, wanted: LineWanted) -> LineAnswer:
        made = bound_line(_lines(caller).bind(wanted.sign_up, wanted.number))
        return _made(response, made)

    @router.post("/v1/lines/search", summary="The lines that have or had a number.", responses=_REFUSED)
    def search(caller: _Operator, wanted: NumberWanted) -> LinesFound:
        return LinesFound(lines=[line_answer(line) for line in _lines(caller).with_number(wanted.number)])

    @router.get("/v1/lines", summary="The lines, newest first.", responses=_REFUSED)
    def listed(caller: _Operator, after: After = None, limit: Limit = 50) -> LinesAnswer:
        page = _lines(caller).page(after=after, most=limit)
        return LinesAnswer(lines=[line_answer(line) for line in page.lines], after=page.after)

    @router.get("/v1/lines/{identifier}", summary="How a line stands.", responses=_NOT_THERE)
    def read(caller: _Operator, identifier: Identifier) -> LineAnswer:
        found = _lines(caller).find(identifier)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return line_answer(found)

    @router.post(
        "/v1/lines/{identifier}/end",
        summary="End a line; it is kept for two years from now.",
        responses={**_NOT_THERE, **line_problems(LineReason.ENDED)},
    )
    def end(caller: _Operator, identifier: Identifier) -> LineAnswer:
        return line_answer(_there(_lines(caller).end(identifier)))

    @router.post(
        "/v1/lines/{identifier}/transfer",
        status_code=201,
        summary="Pass a line on to whoever was accepted in a new sign-up. There is no other way to.",
        responses={**_NOT_THERE, **line_problems(*_BINDING, LineReason.ENDED)},
    )
    def transfer(
        response: Response, caller: _Operator, identifier: Identifier, wanted: TransferWanted
    ) -> LineAnswer:
        return _made(response, _there(_lines(caller).transfer(identifier, wanted.sign_up)))

    return router


def _lines(caller: Caller) -> Lines:
    return Lines(caller.counter, caller.operator)


def _there(bound: Bound | None) -> Line:
    if bound is None:
        raise Refusal(Code.NOT_FOUND)
    return bound_line(bound)


def _made(response: Response, line: Line) -> LineAnswer:
    response.headers["Location"] = f"/v1/lines/{line.id}"
    return line_answer(line)
