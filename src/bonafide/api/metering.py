"""`/metrics`, for a Prometheus that has a key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.metrics import MEDIA_TYPE, Metrics
from bonafide.api.problem import Refusal, problems
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.reviewing import Reviewing

_Monitor = Annotated[Caller, Depends(needs(Scope.METRICS))]


def routes(counter: Counter) -> APIRouter:
    """The figures of the whole installation, for keys of the operator that runs it. A proxy's own address
    would be loopback too, so that where a request comes from opens nothing.
    """
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics",
        summary="Figures for Prometheus.",
        responses={200: {"content": {"text/plain": {}}}, **problems(Code.KEY_MISSING, Code.SCOPE_MISSING)},
        response_class=Response,
    )
    def metrics(request: Request, caller: _Monitor) -> Response:
        if caller.operator != counter.settings.operator:
            raise Refusal(Code.SCOPE_MISSING)
        return Response(metrics_of(request).text(_queue(counter)), media_type=MEDIA_TYPE)

    return router


def metrics_of(request: Request) -> Metrics:
    """What this process counts."""
    counted = request.app.state.metrics
    if not isinstance(counted, Metrics):
        raise TypeError("the application counts nothing")
    return counted


def _queue(counter: Counter) -> dict[str, tuple[int, float]]:
    now = counter.now().wall
    found = {}
    for operator in counter.store.operators():
        cases = Reviewing(counter.kept(operator), counter.vault, counter.signer).waiting()
        age = max(0.0, (now - cases[0].opened_at).total_seconds()) if cases else 0.0
        found[operator] = (len(cases), age)
    return found
