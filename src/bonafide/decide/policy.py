"""Policies: for each purpose, the checks that a case must pass."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import rfc8785

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
from bonafide.decide.evidence import CaseEvidence
from bonafide.decide.second_opinion import SecondOpinion
from bonafide.errors import UsageError
from bonafide.outcome import Subject


@dataclass(frozen=True)
class CasePolicy:
    """What one purpose asks of a case. `document` is what it asks of the document, None where none is read;
    `second_opinion` says which referrals two people decide.
    """

    name: str
    version: int
    check: Check
    document: DocumentSound | None
    second_opinion: SecondOpinion

    def decide(self, case: CaseEvidence) -> Finding:
        """The outcome and its reasons. Time, place and who asks change nothing."""
        return self.check.assess(case)

    def describe(self) -> Description:
        """Everything that changes what the policy decides, and who else does."""
        described: Description = {
            "policy": self.name,
            "version": str(self.version),
            "check": [self.check.describe()],
        }
        if self.second_opinion is SecondOpinion.NEVER:
            return described
        return {**described, "referred": [self.second_opinion.describe()]}

    @cached_property
    def digest(self) -> str:
        """SHA-256, hex, over the canonical form (RFC 8785) of the description."""
        return hashlib.sha256(rfc8785.dumps(self.describe())).hexdigest()


@dataclass(frozen=True)
class Policy(CasePolicy):
    """One in which faces are compared. `match` is the comparison it rests on, `presence` what it asks of a
    live session, None where nobody has to be there.
    """

    match: FacesMatch
    presence: PersonPresent | None


# NIST SP 800-63A-4 asks for at most 1:10,000. Refuted means that two people explain the likeness a hundred
# times better than one; whatever lies between goes to a person.
_ONE_IN_TEN_THOUSAND = FacesMatch(false_match_rate=1e-4, refuted_below=-math.log(100))

# NIST SP 800-63A-4 asks for less than seven in a hundred; what this promises is measured in simulation.
_ONE_ATTACK_IN_A_HUNDRED = PersonPresent(attack_acceptance=0.01)

_GOOD_PICTURES = (
    AllOf((FaceAcquired(Subject.DOCUMENT), FaceAcquired(Subject.SELFIE))),
    AllOf((FaceGoodEnough(Subject.DOCUMENT), FaceGoodEnough(Subject.SELFIE))),
)

# From 16, who lives by their own work acts for themselves (Civil Code, article 18); the operators ask for a
# guardian below it.
_SIGNUP_DOCUMENT = DocumentSound(minimum_age=16)

SIM_SIGNUP = Policy(
    name="sim-signup",
    version=5,
    # Neither hides the other: a refuted session whatever the pictures are like, and what else is wrong beside
    # a refuted session.
    check=AllOf(
        (
            PresenceNotRefuted(),
            InOrder(
                (*_GOOD_PICTURES, AllOf((_ONE_IN_TEN_THOUSAND, _ONE_ATTACK_IN_A_HUNDRED, _SIGNUP_DOCUMENT)))
            ),
        )
    ),
    match=_ONE_IN_TEN_THOUSAND,
    presence=_ONE_ATTACK_IN_A_HUNDRED,
    document=_SIGNUP_DOCUMENT,
    second_opinion=SecondOpinion.HIGH_RISK,
)

# A person alone compares: no face is evidence here, and nothing is accepted. What is seen of the document is
# told to whoever decides.
SIM_SIGNUP_BY_PERSON = CasePolicy(
    name="sim-signup",
    version=2,
    check=AllOf((PersonAsked(), PersonPresent(), _SIGNUP_DOCUMENT)),
    document=_SIGNUP_DOCUMENT,
    second_opinion=SecondOpinion.HIGH_RISK,
)

# Two pictures and nothing else: no document, nobody present, so it never decides about a line.
COMPARE_ONLY = Policy(
    name="compare-only",
    version=1,
    check=InOrder((*_GOOD_PICTURES, _ONE_IN_TEN_THOUSAND)),
    match=_ONE_IN_TEN_THOUSAND,
    presence=None,
    document=None,
    # Nothing of it is kept, so that nobody decides later.
    second_opinion=SecondOpinion.NEVER,
)

PRESETS = {policy.name: policy for policy in (SIM_SIGNUP,)}
# Of the purposes that offer it: where the customer asked for a person.
PERSON_PRESETS = {policy.name: policy for policy in (SIM_SIGNUP_BY_PERSON,)}


def preset(purpose: str) -> Policy:
    """The policy of a purpose. Raises `UsageError` for a purpose that has none."""
    try:
        return PRESETS[purpose]
    except KeyError:
        raise UsageError(
            "There is no policy for that purpose", f"Choose one of {', '.join(PRESETS)}"
        ) from None
