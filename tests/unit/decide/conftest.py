"""Evidence made for these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bonafide.compare import Comparison
from bonafide.decide import CaseEvidence
from bonafide.document import DocumentCheck
from bonafide.liveness.finding import Presence
from bonafide.outcome import Flaw


@pytest.fixture(scope="session")
def compared() -> Callable[..., Comparison]:
    """A comparison worth so much."""

    def comparison(false_match_rate: float, log_likelihood_ratio: float) -> Comparison:
        return Comparison(0.5, log_likelihood_ratio, false_match_rate, "made-up", "c" * 64, "d" * 64)

    return comparison


SOUND = (DocumentCheck.passed("document.kind"), DocumentCheck.passed("mrz.check_digits"))


@pytest.fixture(scope="session")
def case(compared: Callable[..., Comparison]) -> Callable[..., CaseEvidence]:
    """Evidence with which nothing is wrong, but for what a test says."""

    def evidence(
        *,
        document: tuple[Flaw, ...] = (),
        selfie: tuple[Flaw, ...] = (),
        fmr: float | None = 1e-5,
        llr: float = 6,
        attended: bool = True,
        checks: tuple[DocumentCheck, ...] = SOUND,
        presence: Presence | None = None,
    ) -> CaseEvidence:
        comparison = None if fmr is None else compared(fmr, llr)
        return CaseEvidence(document, selfie, comparison, attended, checks, presence)

    return evidence
