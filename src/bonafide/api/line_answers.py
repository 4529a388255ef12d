"""How lines are told, and why something is refused of them: problems (RFC 9457) by the reason's own code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bonafide.api.problem import MEDIA_TYPE, language_of
from bonafide.outcome import LineReason
from bonafide.service.line import Bound, Line, LineEnd
from bonafide.wording import Language
from bonafide.wording.lines import line_advice, line_sentence

NUMBER: Final = r"^\+[1-9][0-9]{6,14}$"

_STATUS: Final[Mapping[LineReason, int]] = {
    LineReason.CUSTOMER_UNKNOWN: 403,
    LineReason.CUSTOMER_LOCKED: 429,
}
_CONFLICT: Final = 409


class LineAnswer(BaseModel):
    """A line: neither its number nor whose it is."""

    id: str
    sign_up: str = Field(description="The sign-up that was spent on it.")
    decision: str = Field(description="The decision that it rests on; its receipt is the sign-up's.")
    shop: str | None
    active: bool
    bound_at: datetime
    ended_at: datetime | None
    ended_because: LineEnd | None


class LineRefusal(HTTPException):
    """Something that is refused of a line or a customer."""

    def __init__(self, reason: LineReason) -> None:
        super().__init__(_STATUS.get(reason, _CONFLICT))
        self.reason = reason


async def answer_line_refusal(request: Request, error: Exception) -> Response:
    """The problem that tells a refusal, in the reader's language."""
    if not isinstance(error, LineRefusal):
        raise TypeError("no refusal of a line")
    language = language_of(request.scope)
    document = {
        "type": f"urn:bonafide:problem:{error.reason}",
        "title": line_sentence(error.reason, language).rstrip(".。"),
        "status": error.status_code,
        "code": str(error.reason),
        "detail": line_advice(error.reason, language),
    }
    content = json.dumps(document, ensure_ascii=False).encode()
    return Response(content, error.status_code, {"Content-Language": str(language)}, MEDIA_TYPE)


def line_problems(*reasons: LineReason) -> dict[int | str, dict[str, Any]]:
    """What a route's description says of these refusals."""
    found: dict[int | str, list[str]] = {}
    for reason in reasons:
        said = f"`{reason}`: {line_sentence(reason, Language.ENGLISH)}"
        found.setdefault(_STATUS.get(reason, _CONFLICT), []).append(said)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": " ".join(lines), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, lines in found.items()
    }


def line_answer(line: Line) -> LineAnswer:
    """A line as it is told."""
    return LineAnswer(
        id=line.id,
        sign_up=line.sign_up,
        decision=line.decision,
        shop=line.shop,
        active=line.active,
        bound_at=line.bound_at,
        ended_at=line.ended_at,
        ended_because=line.ended_because,
    )


def bound_line(bound: Bound) -> Line:
    """The line that was bound. Raises `LineRefusal`."""
    if bound.line is None:
        raise LineRefusal(bound.refusal or LineReason.NOT_ACCEPTED)
    return bound.line
