"""Around every request: what is counted and logged of it, what every answer says, how many there may be."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bonafide.api.codes import Code
from bonafide.api.fault import place_of
from bonafide.api.headers import secure
from bonafide.api.metrics import Metrics
from bonafide.api.problem import language_of, problem_response

# Requests that one process answers at a time. Each may hold a body of 26 MB.
MOST_REQUESTS: Final = 128

if TYPE_CHECKING:
    from bonafide.api.traces import Answered, Traces

_log = logging.getLogger(__name__)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watch:
    """The outermost middleware. An unexpected fault is logged by its kind and place, never by what it says,
    and answered with nothing of it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        traces: Traces | None = None,
        behind_tls: bool,
        most: int = MOST_REQUESTS,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._traces = traces
        self._behind_tls = behind_tls
        self._room = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._traces is None:
            await self._watch(scope, receive, send)
        else:
            with self._traces.request() as traced:
                await self._watch(scope, receive, send, traced)

    async def _watch(
        self, scope: Scope, receive: Receive, send: Send, traced: Answered | None = None
    ) -> None:
        began = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                secure(MutableHeaders(scope=message), behind_tls=self._behind_tls)
            await send(message)

        if self._room == 0:
            await problem_response(Code.BUSY, language_of(scope))(scope, receive, answer)
        else:
            self._room -= 1
            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                _log.error("A fault: %s", place_of(error))
                if status:
                    raise Broken from None  # the connection breaks: half an answer must not pass for one
                await problem_response(Code.FAULT, language_of(scope))(scope, receive, answer)
            finally:
                self._room += 1
                self._told(scope, status, time.perf_counter() - began, traced)

    def _told(self, scope: Scope, status: int, seconds: float, traced: Answered | None) -> None:
        # Neither an address nor a query: they hold identifiers, and whatever a stranger puts there.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _template(scope)
        self._metrics.answered(method, route, status, seconds)
        if traced is not None:
            traced(method, route, status)
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        _log.info("request", extra={"request": told})


class Broken(Exception):  # noqa: N818 - it names the state of the answer
    """An answer that broke off; what broke it is in the log."""


def _template(scope: Scope) -> str:
    route = scope.get("route")
    path = getattr(route, "path", None) if isinstance(route, BaseRoute) else None
    return path if isinstance(path, str) else "unknown"
