"""One-to-one comparison of two templates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bonafide.compare.calibration import Calibration
from bonafide.errors import ContractMismatch
from bonafide.face import Template


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the likeness of two faces is worth as evidence. Stays inside the service: scores let an attacker
    climb.

    `cosine` is -1..1. `log_likelihood_ratio` is natural, positive for one person. `false_match_rate` is the
    promised share of comparisons of different people that score this high, in the worst group measured.
    """

    cosine: float
    log_likelihood_ratio: float
    false_match_rate: float
    model: str
    contract: str
    calibration: str


def compare(probe: Template, reference: Template, calibration: Calibration) -> Comparison:
    """Compare two templates of one model by its calibration. Raises `ContractMismatch` if they do not belong
    together.
    """
    if probe.contract != calibration.contract:
        raise ContractMismatch(
            "A template and a calibration belong to different models",
            "Use the calibration of the template's model",
        )
    cosine = probe.cosine(reference)
    return Comparison(
        cosine=cosine,
        log_likelihood_ratio=float(calibration.log_likelihood_ratio(np.array([cosine]))[0]),
        false_match_rate=calibration.false_match_rate(cosine),
        model=calibration.model,
        contract=calibration.contract,
        calibration=calibration.digest,
    )
