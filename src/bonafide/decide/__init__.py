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
from bonafide.decide.counter_rules import Counted, CounterRule, CounterRules, fired, referred
from bonafide.decide.counter_rules_file import parse_rules, shipped_rules
from bonafide.decide.evidence import CaseEvidence
from bonafide.decide.policy import COMPARE_ONLY, PRESETS, SIM_SIGNUP, Policy, preset
from bonafide.decide.second_opinion import HIGH_RISK, SecondOpinion

__all__ = [
    "COMPARE_ONLY",
    "HIGH_RISK",
    "PRESETS",
    "SIM_SIGNUP",
    "AllOf",
    "CaseEvidence",
    "Check",
    "Counted",
    "CounterRule",
    "CounterRules",
    "Description",
    "DocumentSound",
    "FaceAcquired",
    "FaceGoodEnough",
    "FacesMatch",
    "Finding",
    "InOrder",
    "PersonPresent",
    "Policy",
    "SecondOpinion",
    "fired",
    "parse_rules",
    "preset",
    "referred",
    "shipped_rules",
]
