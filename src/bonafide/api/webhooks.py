"""`/v1/webhooks`: where an operator's systems are told of events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from bonafide.api.answers import Identifier, Taken
from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.idempotency import IdempotentRoute
from bonafide.api.problem import Refusal, problems
from bonafide.service.announcing import EventKind
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.webhooks import Webhook, Webhooks

_Configurer = Annotated[Caller, Depends(needs(Scope.WEBHOOKS))]
_REFUSED: Final = problems(Code.KEY_MISSING, Code.SCOPE_MISSING)
_ONE: Final = {**_REFUSED, **problems(Code.NOT_FOUND)}
_PERMITTED: Final = problems(Code.SCOPE_MISSING, Code.NOT_PERMITTED)


class WebhookWanted(Taken):
    """Where events are to be sent, and which."""

    address: str = Field(
        min_length=1,
        max_length=1024,
        description="Begins with https://; http:// to this machine, for trying out.",
    )
    events: list[EventKind] = Field(
        default_factory=list, max_length=len(EventKind), description="None named: all of them."
    )


class WebhookAnswer(BaseModel):
    """Where events are sent."""

    id: str
    address: str
    events: list[EventKind] = Field(description="None named: all of them.")
    made_at: datetime
    failing_since: datetime | None = Field(description="Since when no message was taken.")
    disabled_at: datetime | None = Field(
        description="Since when nothing is sent, for too long failing or by 410."
    )


class WebhookWithSecret(WebhookAnswer):
    """Where events are sent, and the secret by which their signatures are checked."""

    secret: str = Field(description="Shown this once.", pattern=r"^whsec_[A-Za-z0-9+/]{43}=$")


class WebhooksAnswer(BaseModel):
    """All of them, oldest first."""

    webhooks: list[WebhookAnswer]


class TestSent(BaseModel):
    """A test message that waits to be sent."""

    event: str = Field(description="Its `webhook-id`.")


def routes(_counter: Counter) -> APIRouter:
    """Make, list, test, rotate, enable, remove."""
    router = APIRouter(tags=["webhooks"], route_class=IdempotentRoute)

    @router.post(
        "/v1/webhooks",
        status_code=201,
        summary="Have events sent somewhere; the secret is shown this once.",
        responses={**_REFUSED, **_PERMITTED},
    )
    def create(caller: _Configurer, wanted: WebhookWanted) -> WebhookWithSecret:
        return _with_secret(_webhooks(caller).create(wanted.address, wanted.events))

    @router.get("/v1/webhooks", summary="Where events are sent.", responses=_REFUSED)
    def listed(caller: _Configurer) -> WebhooksAnswer:
        return WebhooksAnswer(webhooks=[_answer(webhook) for webhook in _webhooks(caller).all()])

    @router.get("/v1/webhooks/{identifier}", summary="One of them.", responses=_ONE)
    def one(caller: _Configurer, identifier: Identifier) -> WebhookAnswer:
        return _answer(_found(_webhooks(caller).find(identifier)))

    @router.post(
        "/v1/webhooks/{identifier}/rotate",
        summary="Give it another secret, shown this once; for a day messages are signed with both.",
        responses=_ONE,
    )
    def rotate(caller: _Configurer, identifier: Identifier) -> WebhookWithSecret:
        found = _webhooks(caller).rotate(identifier)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return _with_secret(found)

    @router.post(
        "/v1/webhooks/{identifier}/test",
        status_code=202,
        summary="Send it a message of kind webhook.test.",
        responses={**_ONE, **_PERMITTED},
    )
    def test(caller: _Configurer, identifier: Identifier) -> TestSent:
        event = _webhooks(caller).test(identifier)
        if event is None:
            raise Refusal(Code.NOT_FOUND)
        return TestSent(event=event)

    @router.post("/v1/webhooks/{identifier}/enable", summary="Send to it again.", responses=_ONE)
    def enable(caller: _Configurer, identifier: Identifier) -> WebhookAnswer:
        return _answer(_found(_webhooks(caller).enable(identifier)))

    @router.delete(
        "/v1/webhooks/{identifier}",
        status_code=204,
        summary="Send nothing there any more, nor what still waits.",
        responses=_ONE,
    )
    def remove(caller: _Configurer, identifier: Identifier) -> Response:
        if not _webhooks(caller).remove(identifier):
            raise Refusal(Code.NOT_FOUND)
        return Response(status_code=204)

    return router


def _webhooks(caller: Caller) -> Webhooks:
    return Webhooks(caller.kept, caller.counter.vault, who=caller.key.name)


def _found(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise Refusal(Code.NOT_FOUND)
    return webhook


def _answer(webhook: Webhook) -> WebhookAnswer:
    return WebhookAnswer(
        id=webhook.id,
        address=webhook.address,
        events=list(webhook.events),
        made_at=webhook.made_at,
        failing_since=webhook.failing_since,
        disabled_at=webhook.disabled_at,
    )


def _with_secret(made: tuple[Webhook, str]) -> WebhookWithSecret:
    webhook, secret = made
    return WebhookWithSecret(**_answer(webhook).model_dump(), secret=secret)
