"""`/metrics`, for a Prometheus that has a key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from bonafide.api.caller import Caller, needs
from bonafide.api.codes import Code
from bonafide.api.gauges import Standing
from bonafide.api.metrics import MEDIA_TYPE, Metrics
from bonafide.api.problem import Refusal, problems
from bonafide.service.api_keys import Scope
from bonafide.service.counter import Counter
from bonafide.service.error_rates import Watched, error_rates
from bonafide.service.outbox_figures import outbox_figures
from bonafide.service.retention import Retention
from bonafide.service.reviewing import Reviewing

_DAYS: Final = 30
_COUNTED_EVERY: Final = timedelta(minutes=10)

_Monitor = Annotated[Caller, Depends(needs(Scope.METRICS))]


def routes(counter: Counter) -> APIRouter:
    """The figures of the whole installation, for keys of the operator that runs it. A proxy's own address
    would be loopback too, so that where a request comes from opens nothing.
    """
    router = APIRouter(tags=["health"])
    rates = _Rates()

    @router.get(
        "/metrics",
        summary="Figures for Prometheus.",
        responses={200: {"content": {"text/plain": {}}}, **problems(Code.KEY_MISSING, Code.SCOPE_MISSING)},
        response_class=Response,
    )
    def metrics(request: Request, caller: _Monitor) -> Response:
        if caller.operator != counter.settings.operator:
            raise Refusal(Code.SCOPE_MISSING)
        return Response(metrics_of(request).text(_standing(counter, rates)), media_type=MEDIA_TYPE)

    return router


def metrics_of(request: Request) -> Metrics:
    """What this process counts."""
    counted = request.app.state.metrics
    if not isinstance(counted, Metrics):
        raise TypeError("the application counts nothing")
    return counted


class _Rates:
    """Error rates of each operator, counted anew every ten minutes: they move by the day, and Prometheus asks
    every few seconds.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[datetime, tuple[Watched, ...]]] = {}

    def of(self, kept: Retention, now: datetime) -> tuple[Watched, ...]:
        at, found = self._found.get(kept.operator, (None, ()))
        if at is None or not at <= now < at + _COUNTED_EVERY:
            found = error_rates(kept, _DAYS).watched
            self._found[kept.operator] = now, found
        return found


def _standing(counter: Counter, rates: _Rates) -> dict[str, Standing]:
    now = counter.now()
    found = {}
    for operator in counter.store.operators():
        kept = counter.kept(operator)
        cases = Reviewing(kept, counter.vault, counter.signer).waiting()
        age = max(0.0, (now.wall - cases[0].opened_at).total_seconds()) if cases else 0.0
        found[operator] = Standing(len(cases), age, outbox_figures(kept), rates.of(kept, now.retention))
    return found
