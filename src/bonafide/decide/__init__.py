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
    PersonAsked,
    PersonPresent,
    PresenceNotRefuted,
)
from bonafide.decide.counter_rules import Counted, CounterRule, CounterRules, fired, referred
from bonafide.decide.counter_rules_file import parse_rules, shipped_rules
from bonafide.decide.evidence import CaseEvidence
from bonafide.decide.policy import (
    COMPARE_ONLY,
    PERSON_PRESETS,
    PRESETS,
    SIM_SIGNUP,
    SIM_SIGNUP_BY_PERSON,
    CasePolicy,
    Policy,
    preset,
)
from bonafide.decide.second_opinion import HIGH_RISK, SecondOpinion

__all__ = [
    "COMPARE_ONLY",
    "HIGH_RISK",
    "PERSON_PRESETS",
    "PRESETS",
    "SIM_SIGNUP",
    "SIM_SIGNUP_BY_PERSON",
    "AllOf",
    "CaseEvidence",
    "CasePolicy",
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
    "PersonAsked",
    "PersonPresent",
    "Policy",
    "PresenceNotRefuted",
    "SecondOpinion",
    "fired",
    "parse_rules",
    "preset",
    "referred",
    "shipped_rules",
]
