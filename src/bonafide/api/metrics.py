"""What is counted and timed, for Prometheus; nothing of any person, and no label that a caller could fill."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bonafide.api.gauges import Gauges, Standing
from bonafide.outcome import Outcome
from bonafide.service.verification import Case

# prometheus_client looks for it when it is imported.
SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class LiveEnd(StrEnum):
    """How a live session ended."""

    TOLD = "told"
    REFUSED = "refused"
    LOST = "lost"
    FAULT = "fault"


class Metrics:
    """The counts of one process. What several processes of a machine count is added up where it is read, by
    files in the folder that `PROMETHEUS_MULTIPROC_DIR` names, which `bonafide serve` makes.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._outcomes = Counter(
            "bonafide_outcomes",
            "Decisions, by who made them and their outcome.",
            ("by", "outcome"),
            registry=self._registry,
        )
        self._reasons = Counter(
            "bonafide_reasons",
            "Reasons of decisions that the machine made; one has several.",
            ("outcome", "reason"),
            registry=self._registry,
        )
        self._stages = Histogram(
            "bonafide_stage_seconds",
            "Time of each stage of a verification, and of the whole.",
            ("stage",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Histogram(
            "bonafide_request_seconds",
            "Time of answering, by route and status.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )

        self._live = Counter(
            "bonafide_live_sessions", "Live sessions, by how they ended.", ("end",), registry=self._registry
        )
        self._guidance = Histogram(
            "bonafide_live_guidance_seconds",
            "Time from a frame's arrival until its guidance was sent.",
            buckets=_SECONDS,
            registry=self._registry,
        )

    def live_ended(self, end: LiveEnd) -> None:
        """Count a live session."""
        self._live.labels(end.value).inc()

    def guided(self, seconds: float) -> None:
        """Count a frame that was answered."""
        self._guidance.observe(seconds)

    def verified(self, case: Case) -> None:
        """Count what the machine decided."""
        self._outcomes.labels("machine", case.outcome.value).inc()
        for reason in case.reasons:
            self._reasons.labels(case.outcome.value, reason.value).inc()
        for stage, milliseconds in case.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def reviewed(self, outcome: Outcome) -> None:
        """Count what a person decided."""
        self._outcomes.labels("person", outcome.value).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by its route's template, never by its address."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def text(self, standing: Mapping[str, Standing]) -> bytes:
        """All of it in Prometheus's text format, with how things stand at each operator."""
        folder = os.environ.get(SHARED_FOLDER)
        counted = self._registry
        if folder:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, folder)  # type: ignore[no-untyped-call]
        asked = CollectorRegistry()
        asked.register(Gauges(standing))
        return generate_latest(counted) + generate_latest(asked)
