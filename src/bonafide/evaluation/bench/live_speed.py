"""What live sessions cost a service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guided:
    """How long guidance took to come, from the sending of a frame, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class LiveSpeed:
    """Whole live sessions, from the document to the decision, of a simulated person with a drawn face.

    `session_cpu_s` is the CPU time of one in the service, the median of `alone` sessions one after another;
    `verifications` is that by the CPU time of one verification of the same document in the same service.
    `at_once` sessions at once take `mb_each` more resident memory each than the service had before them.
    `guided_alone` and `guided_together` are what one customer and all of them waited; `refused` is how many
    of those at once were turned away or broke off. `cpu_share` is how much of the cores the service could
    have had it got while they ran together.
    """

    alone: int
    session_cpu_s: float
    session_s: float
    verifications: float
    at_once: int
    refused: int
    mb_each: float
    guided_alone: Guided
    guided_together: Guided
    cores_used: float
