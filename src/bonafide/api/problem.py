"""Every refusal as problem details (RFC 9457), with nothing in it of a person or of the inside."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from bonafide.api.codes import STATUS, Code
from bonafide.errors import (
    BonafideError,
    InProgress,
    NotPermitted,
    SetupBroken,
    TooManyTries,
    UnreadableInput,
    UnreadablePicture,
    UsageError,
)
from bonafide.wording import Language
from bonafide.wording.accepted import accepted_language
from bonafide.wording.problems import problem_words

MEDIA_TYPE: Final = "application/problem+json"
# How long to wait before trying again what is broken or busy, in seconds.
RETRY_AFTER: Final = 5

_log = logging.getLogger(__name__)
_BY_STATUS: Final = {
    400: Code.REQUEST_MALFORMED,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.REQUEST_TOO_LARGE,
    415: Code.REQUEST_MEDIA_TYPE,
}


class Invalid(BaseModel):
    """One thing in a request that is missing or not allowed."""

    where: str = Field(description="Its place, such as `body.purpose`.")
    code: str = Field(description="What is wrong with it, such as `missing`.")


class Problem(BaseModel):
    """Why something was refused (RFC 9457)."""

    type: str = Field(description="`urn:bonafide:problem:` and the code.")
    title: str = Field(description="The kind of problem, in English or Chinese by Accept-Language.")
    status: int
    code: str = Field(description="What kind of problem it is; programs go by this.")
    detail: str = Field(description="What is wrong and what to do next, in the same language.")
    errors: list[Invalid] | None = Field(default=None, description="What in the request is at fault.")


class Refusal(HTTPException):
    """A request that is refused with a problem. `detail` takes the place of the code's own words in English;
    it says nothing of any person.
    """

    def __init__(
        self, code: Code, *, detail: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(STATUS[code], headers=headers)
        self.code = code
        self.words = detail


def problems(*codes: Code) -> dict[int | str, dict[str, Any]]:
    """What a route's description says of the problems it answers with; those that every route may answer
    with are there already (`EVERYWHERE`).
    """
    found: dict[int | str, list[str]] = {}
    for code in codes:
        title = problem_words(code, Language.ENGLISH).title
        found.setdefault(STATUS[code], []).append(f"`{code}`: {title}.")
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": " ".join(lines), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, lines in found.items()
    }


EVERYWHERE: Final = problems(
    Code.REQUEST_MALFORMED,
    Code.NOT_FOUND,
    Code.REQUEST_TOO_SLOW,
    Code.REQUEST_TOO_LARGE,
    Code.REQUEST_INVALID,
    Code.INPUT_UNREADABLE,
    Code.FAULT,
    Code.BUSY,
    Code.UNAVAILABLE,
)


def language_of(scope: Scope) -> Language:
    """The language that whoever asks reads."""
    return accepted_language(Headers(scope=scope).get("accept-language", ""), Language.ENGLISH)


def problem_response(
    code: Code,
    language: Language,
    *,
    detail: str | None = None,
    errors: list[Invalid] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that tells a problem. `detail` is English."""
    words = problem_words(code, language)
    document: dict[str, Any] = {
        "type": f"urn:bonafide:problem:{code}",
        "title": words.title,
        "status": STATUS[code],
        "code": str(code),
        "detail": detail if detail and language is Language.ENGLISH else words.detail,
    }
    if errors is not None:
        document["errors"] = [error.model_dump() for error in errors]
    told = dict(headers or {})
    if STATUS[code] == 503:
        told["Retry-After"] = str(RETRY_AFTER)
    told["Content-Language"] = str(language)
    content = json.dumps(document, ensure_ascii=False).encode()
    return Response(content, STATUS[code], told, MEDIA_TYPE)


def answer_problems(app: FastAPI) -> None:
    """Let an application answer what is raised in it by problems."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BonafideError, _broken)


async def _refused(request: Request, error: Exception) -> Response:
    language = language_of(request.scope)
    if isinstance(error, Refusal):
        return problem_response(error.code, language, detail=error.words, headers=error.headers)
    status = error.status_code if isinstance(error, HTTPException) else 500
    # What a framework says of a request may repeat it.
    return problem_response(
        _BY_STATUS.get(status, Code.FAULT if status >= 500 else Code.REQUEST_MALFORMED), language
    )


async def _invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    if any(each["type"] == "json_invalid" for each in found):
        return problem_response(Code.REQUEST_MALFORMED, language_of(request.scope))
    # Neither values nor the names of what nobody asked for: both are the caller's own.
    errors = [Invalid(where=_place(each), code=str(each["type"])) for each in found]
    return problem_response(Code.REQUEST_INVALID, language_of(request.scope), errors=errors)


def _place(error: Mapping[str, Any]) -> str:
    place = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return ".".join(map(str, place))


async def _broken(request: Request, error: Exception) -> Response:
    code, detail = told_of(error)
    return problem_response(code, language_of(request.scope), detail=detail)


def told_of(error: Exception) -> tuple[Code, str | None]:
    """The problem that an error is told by, and its words, in English. What only whoever runs the service can
    mend is logged, with what to do, and told without words of its own.
    """
    code = _code_of(error)
    if STATUS[code] >= 500:
        _log.error("%s: %s", type(error).__name__, error)
        return code, None
    return code, str(error)


def _code_of(error: Exception) -> Code:
    kinds = (
        (UnreadablePicture, Code.PICTURE_UNREADABLE),
        (UnreadableInput, Code.INPUT_UNREADABLE),
        (TooManyTries, Code.TOO_MANY_ATTEMPTS),
        (InProgress, Code.IN_PROGRESS),
        (NotPermitted, Code.NOT_PERMITTED),
        (UsageError, Code.REQUEST_MALFORMED),
        (SetupBroken, Code.UNAVAILABLE),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), Code.FAULT)
