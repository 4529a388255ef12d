"""Calibrated evidence to accept, refer or reject."""

from bonafide.decide.checks import (
    AllOf,
    Check,
    Description,
    DocumentSound,
    FaceAcquired,
    FaceGoodEnough,
    FacesMatch,
    Finding,
    InOrder,
    PersonPresent,
)
from bonafide.decide.evidence import CaseEvidence
from bonafide.decide.policy import COMPARE_ONLY, PRESETS, SIM_SIGNUP, Policy, preset

__all__ = [
    "COMPARE_ONLY",
    "PRESETS",
    "SIM_SIGNUP",
    "AllOf",
    "CaseEvidence",
    "Check",
    "Description",
    "DocumentSound",
    "FaceAcquired",
    "FaceGoodEnough",
    "FacesMatch",
    "Finding",
    "InOrder",
    "PersonPresent",
    "Policy",
    "preset",
]
