"""The application: every route, and what stands around all of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from bonafide.api import (
    capture,
    cases,
    customers,
    health,
    lines,
    live,
    me,
    metering,
    objections,
    sign_ups,
    verify,
    webhooks,
)
from bonafide.api.bodies import LimitedBodies
from bonafide.api.line_answers import LineRefusal, answer_line_refusal
from bonafide.api.metrics import Metrics
from bonafide.api.pool import Places, Pool
from bonafide.api.problem import EVERYWHERE, Problem, answer_problems
from bonafide.api.watch import Watch
from bonafide.service.counter import Counter
from bonafide.service.verification import Case
from bonafide.version import VERSION
from bonafide.web import app as pages

if TYPE_CHECKING:
    from bonafide.api.traces import Traces

# To add a theme is to add its line.
ROUTERS: Final[tuple[Callable[[Counter], APIRouter], ...]] = (
    sign_ups.routes,
    capture.routes,
    live.routes,
    verify.routes,
    cases.routes,
    webhooks.routes,
    lines.routes,
    customers.routes,
    me.routes,
    objections.routes,
    health.routes,
    metering.routes,
)

_ABOUT: Final = (
    "Is this person the one on this document? Outcomes come with reason codes and never with scores. "
    "Every refusal is a problem (RFC 9457) whose `code` programs go by; Accept-Language chooses the words."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes on. `threads` verify at a time and `waiting` more requests wait for them; at
    most `forms` requests, these included, hold pictures in memory, 26 MB each.
    """

    threads: int = 1
    waiting: int = 8
    forms: int = 24

    @property
    def sessions(self) -> int:
        """How many live sessions it carries at once, in threads of their own."""
        return self.threads * live.SESSIONS_A_THREAD

    @classmethod
    def of_machine(cls, workers: int) -> Limits:
        """One thread for each processor, shared among the processes of this machine."""
        threads = max(1, (os.cpu_count() or 1) // workers)
        # Some more whose pictures still come in: phones are slow, and verifying is not.
        return cls(threads, threads * 8, threads * 9 + 15)


def make_app(
    counter: Counter, *, limits: Limits | None = None, behind_tls: bool = False, traces: Traces | None = None
) -> FastAPI:
    """The service as an ASGI application (ASGI 3.0), answering from what a counter has open. `traces`, which
    it closes in the end, are told of requests and verifications.
    """
    limits = limits or Limits.of_machine(1)
    metrics = Metrics()
    # Each session has one frame measured at a time; one that breaks off lets go while its last still is.
    room = Pool(limits.threads, 2 * limits.sessions, limits.sessions)
    pool = Pool(limits.threads, limits.waiting, limits.forms)

    def verified(case: Case) -> None:
        metrics.verified(case)
        if traces is not None:
            traces.verified(case)

    counter = replace(counter, verifier=counter.verifier.telling(verified))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        yield
        room.close()
        pool.close()
        if traces is not None:
            traces.close()

    app = _routed(counter, life)
    app.state.counter = counter
    app.state.metrics = metrics
    app.state.pool = pool
    app.state.live = room
    app.state.strangers = Places(live.MOST_STRANGERS)
    answer_problems(app)
    app.add_exception_handler(LineRefusal, answer_line_refusal)
    app.add_middleware(LimitedBodies)
    app.add_middleware(Watch, metrics=metrics, traces=traces, behind_tls=behind_tls)
    return app


def describe() -> dict[str, Any]:
    """What the service says of itself (OpenAPI 3.1), with nothing opened for it."""
    # A router keeps what it is given for its routes, none of which is called here.
    return _routed(cast("Counter", None), None).openapi()


def _routed(counter: Counter, life: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None) -> FastAPI:
    # Its pages of documentation would load scripts from elsewhere.
    app = FastAPI(
        title="Bonafide",
        version=VERSION,
        description=_ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses=EVERYWHERE,
        redirect_slashes=False,
        generate_unique_id_function=_operation,
        # It would tell whatever tracing it finds, or the environment names, of addresses with their
        # identifiers and queries, and of the words of errors. `traces.py` says what is told instead.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    for routes in ROUTERS:
        app.include_router(routes(counter))
    app.include_router(pages.routes(counter))
    _describe(app)
    return app


def _operation(route: APIRoute) -> str:
    """What a route is called in the description, and so by generated clients."""
    return "_".join([*map(str, route.tags[:1]), route.name]).replace("-", "_")


def _describe(app: FastAPI) -> None:
    """Put the schema of problems into the description, which names it everywhere."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        document = describe()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(made.pop("$defs", {}))
            schemas["Problem"] = made
            # The framework's own way of saying what was invalid, which nothing here answers with.
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
        return document

    app.openapi = described  # type: ignore[method-assign]
