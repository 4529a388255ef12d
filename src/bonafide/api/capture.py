"""`/v1/capture`: what whoever has the link to a sign-up sees and does, in pages or native apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bonafide.api.answers import ReasonAnswer, Taken, customer_answers
from bonafide.api.caller import counter_of, pool_of
from bonafide.api.codes import Code
from bonafide.api.pictures import form_described, read_presented
from bonafide.api.problem import Refusal, language_of, problems
from bonafide.errors import NotPermitted
from bonafide.outcome import Outcome
from bonafide.privacy import Manner, purpose_named, purposes
from bonafide.privacy.consent import Age, Giver
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.counter import Counter
from bonafide.service.sign_up import SignUp, SignUpState
from bonafide.service.sign_ups import SignUps
from bonafide.wording import Language

T = TypeVar("T")

_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="link",
    bearerFormat="bfl/OPERATOR/ID/SECRET",
    description="The link to one sign-up.",
)
_REFUSED: Final = problems(Code.LINK_MISSING, Code.LINK_OVER, Code.NOT_PERMITTED)
_FORM: Final = form_described(
    {
        "device": {
            "type": "string",
            "maxLength": 128,
            "description": "What tells this device from others; only a keyed hash is kept, for hours.",
        }
    }
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has a link, to a sign-up of an operator."""

    operator: str
    sign_ups: SignUps
    link: str

    def look(self) -> SignUp:
        """The sign-up, while its link opens it. Raises `Refusal`."""
        return _opened(lambda: self.sign_ups.opened(self.link))


def holder(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Holder:
    """The dependency of routes for whoever has a link. Whether it is good, the sign-up says."""
    return holder_of(counter_of(request), credentials.credentials if credentials else "")


def holder_of(counter: Counter, link: str) -> Holder:
    """Whoever says this link. Raises `Refusal` for what is none."""
    bearer = Bearer.parse(BearerKind.LINK, link)
    if bearer is None:
        raise Refusal(Code.LINK_MISSING, headers={"WWW-Authenticate": 'Bearer realm="bonafide"'})
    return Holder(bearer.operator, SignUps(counter, bearer.operator), bearer.text)


_Holder = Annotated[Holder, Depends(holder)]


class NoticeAnswer(BaseModel):
    """What somebody reads before agreeing, sentence by sentence."""

    title: str
    asks: str
    why: str
    how: str
    keeps: str
    alternative: str
    rights: str
    age: str


class CaptureAnswer(BaseModel):
    """How the sign-up stands, for whoever has its link."""

    state: SignUpState
    manner: Manner | None = Field(description="What was agreed to; null before.")
    purpose: str
    version: int = Field(description="Of the words; consent names it.")
    language: Language = Field(description="Of the words; consent names it.")
    notice: NoticeAnswer
    by_person: NoticeAnswer | None = Field(
        description="The other way's words, where a person compares; null where it does not go by this link."
    )
    minimum_age: int = Field(description="In years.")
    guardian_below: int = Field(description="In years; below it a guardian decides.")
    expires_at: datetime
    tries_left: int
    return_address: str | None


class ConsentGiven(Taken):
    """That somebody agreed to the words they were shown."""

    manner: Manner = Field(
        Manner.FACE_MATCHING,
        description="Whose words: face-matching, those of `notice`; person, those of `by_person`.",
    )
    version: int = Field(ge=1, le=1_000_000)
    language: Language
    giver: Giver = Giver.PERSON
    age: Age = Field(description="How old whose face it is; it is not kept.")


class ToldAnswer(BaseModel):
    """What came of the pictures. `again` says that better ones may be given: nothing is decided then."""

    state: SignUpState
    outcome: Outcome | None
    reasons: list[ReasonAnswer]
    tries_left: int
    again: bool


def routes(_counter: Counter) -> APIRouter:
    """Look, agree or decline, give pictures."""
    router = APIRouter(tags=["capture"])

    @router.get("/v1/capture", summary="How the sign-up stands, and what is asked.", responses=_REFUSED)
    def look(request: Request, by: _Holder) -> CaptureAnswer:
        return _answer(by.look(), _wanted_language(request))

    @router.post(
        "/v1/capture/consent",
        summary="Agree to what is asked, or that a person compares instead.",
        responses={**_REFUSED, **problems(Code.IN_PROGRESS)},
    )
    def consent(by: _Holder, given: ConsentGiven) -> CaptureAnswer:
        by.look()
        agreed = by.sign_ups.agree(
            by.link,
            version=given.version,
            language=given.language,
            giver=given.giver,
            age=given.age,
            manner=given.manner,
        )
        return _answer(agreed, given.language)

    @router.post("/v1/capture/decline", summary="Decline face matching.", responses=_REFUSED)
    def decline(request: Request, by: _Holder) -> CaptureAnswer:
        return _answer(_opened(lambda: by.sign_ups.decline(by.link)), _wanted_language(request))

    @router.post(
        "/v1/capture/pictures",
        summary="Give the pictures, and be told what came of them.",
        openapi_extra=_FORM,
        responses={**_REFUSED, **problems(Code.REQUEST_MEDIA_TYPE, Code.IN_PROGRESS, Code.TOO_MANY_ATTEMPTS)},
    )
    async def pictures(request: Request, by: _Holder) -> ToldAnswer:
        # Before anybody's pictures are taken in: a link that is over opens nothing.
        await run_in_threadpool(by.look)
        with pool_of(request).holding():
            given = await read_presented(request, texts=("device",))
            device = given.said.get("device") or None
            if device is not None and len(device) > 128:
                raise Refusal(Code.REQUEST_INVALID, detail="The part device has at most 128 characters.")
            told = await pool_of(request).run(
                lambda: by.sign_ups.submit(
                    by.link, given.document, given.selfie, given.document_back, device=device
                )
            )
        return ToldAnswer(
            state=told.state,
            outcome=told.outcome,
            reasons=customer_answers(told.reasons, language_of(request.scope)),
            tries_left=told.tries_left,
            again=told.again,
        )

    return router


def _opened(look: Callable[[], T]) -> T:
    """Raises `Refusal` for a link that is over; why, is nobody's business who merely found one."""
    try:
        return look()
    except NotPermitted:
        raise Refusal(Code.LINK_OVER) from None


def _wanted_language(request: Request) -> Language | None:
    """The reader's own language, None where their app says nothing and the sign-up's is taken."""
    return language_of(request.scope) if "accept-language" in request.headers else None


def _answer(sign_up: SignUp, language: Language | None) -> CaptureAnswer:
    purpose = purpose_named(sign_up.purpose, purposes())
    spoken = language or sign_up.language
    return CaptureAnswer(
        state=sign_up.state,
        manner=sign_up.manner,
        purpose=purpose.name,
        version=purpose.version,
        language=spoken,
        notice=NoticeAnswer(**purpose.notices[spoken].as_document()),
        by_person=NoticeAnswer(**purpose.by_person[spoken].as_document()) if purpose.by_person else None,
        minimum_age=purpose.minimum_age,
        guardian_below=purpose.guardian_below,
        expires_at=sign_up.expires_at,
        tries_left=sign_up.tries_left,
        return_address=sign_up.return_address,
    )
