"""What a tracing system is told, if the operator names one: the way of a request, and of nobody in it.

A span of each request has its method, the template of its route and its status; below it lies one of each
verification and its stages, with names and times. No address, query, header, body, identifier, outcome or
error is in any of them, and no trace that a caller began is gone on with: its identifiers are the caller's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context

from bonafide.service.verification import Case
from bonafide.version import VERSION

METHOD: Final = "http.request.method"
ROUTE: Final = "http.route"
STATUS: Final = "http.response.status_code"
_SERVICE: Final = "bonafide"
_TOTAL: Final = "total"
# An operator's collector that is away keeps no stopping service from stopping.
_PATIENCE_S: Final = 5.0

# A request's method, the template of its route, and the status of the answer.
Answered = Callable[[str, str, int], None]

# The request that this thread or task works for.
_current: ContextVar[Span | None] = ContextVar("bonafide_request", default=None)


class Traces:
    """Tells one processor of spans. It is this service's own, and not what libraries find by themselves: they
    would add addresses and the words of errors.
    """

    def __init__(self, processor: SpanProcessor, *, clock: Callable[[], int] = time.time_ns) -> None:
        # Nothing is looked up: neither this machine's name nor its accounts are anybody's business.
        about = Resource({"service.name": _SERVICE, "service.version": VERSION})
        self._provider = TracerProvider(resource=about, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer(_SERVICE, VERSION)
        self._clock = clock

    @classmethod
    def sent_to(cls, address: str) -> Traces:
        """Send them to an OTLP collector by HTTP, in groups and in a thread of its own."""
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - slow to import
            OTLPSpanExporter,
        )

        exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces", timeout=_PATIENCE_S)
        return cls(BatchSpanProcessor(exporter))

    @contextmanager
    def request(self) -> Iterator[Answered]:
        """The span of a request, until the end of the block; what is verified meanwhile lies below it.
        Gives what to tell of the answer.
        """
        span = self._tracer.start_span("request", kind=SpanKind.SERVER, start_time=self._clock())
        token = _current.set(span)
        try:
            yield lambda method, route, status: _answered(span, method, route, status)
        finally:
            _current.reset(token)
            span.end(self._clock())

    def verified(self, case: Case) -> None:
        """Add a verification that ends now, and its stages, which follow one another, end to end."""
        parent = _current.get()
        ends = self._clock()
        at = begins = ends - _nanoseconds(case.timings_ms.get(_TOTAL, 0.0))
        context = None if parent is None else set_span_in_context(parent)
        whole = self._tracer.start_span("verification", context, start_time=begins)
        within = set_span_in_context(whole)
        for name, milliseconds in case.timings_ms.items():
            if name != _TOTAL:
                stage = self._tracer.start_span(name, within, start_time=at)
                at += _nanoseconds(milliseconds)
                stage.end(at)
        whole.end(ends)

    def close(self) -> None:
        """Send what has not been sent yet, and stop."""
        self._provider.shutdown()


def _answered(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attributes({METHOD: method, ROUTE: route, STATUS: status})
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * 1_000_000)
