"""Rules about patterns across sign-ups: what is counted, for how long, and how many are too many.

They only ever refer. What was counted is handed in: this room knows no store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

import rfc8785

from bonafide.decide.checks import Finding
from bonafide.outcome import Outcome, Reason

FORMAT: Final = "bonafide-counter-rules/1"
# What is counted is kept for no longer, as the purpose `sim-signup` tells people.
LONGEST_WINDOW: Final = timedelta(days=30)
# The highest number a rule may allow, which bounds what counting costs.
MOST: Final = 1000


class Counted(StrEnum):
    """What a rule may count, within its window."""

    DOCUMENT_SIGN_UPS = "sign-ups-of-document"
    """Sign-ups decided with one document, whatever came of them."""

    DOCUMENT_REFUSALS = "refusals-of-document"
    """Those before this one that were rejected, or in which the faces were not found to match."""

    DEVICE_DOCUMENTS = "documents-of-device"
    """Different documents shown on one device."""

    AGENT_ACCEPTANCES = "acceptances-of-agent"
    """Acceptances, by the machine alone, of sign-ups that one agent attended."""

    AGENT_RUN = "unbroken-acceptances-of-agent"
    """Such acceptances in a row, with no other outcome between them."""


# What each kind is told by: a count of documents says nothing about an agent.
REASON_OF: Final[Mapping[Counted, Reason]] = {
    Counted.DOCUMENT_SIGN_UPS: Reason.PATTERN_SAME_DOCUMENT,
    Counted.DOCUMENT_REFUSALS: Reason.PATTERN_OUTCOME_FLIP,
    Counted.DEVICE_DOCUMENTS: Reason.PATTERN_DEVICE_DOCUMENTS,
    Counted.AGENT_ACCEPTANCES: Reason.PATTERN_AGENT_RUN,
    Counted.AGENT_RUN: Reason.PATTERN_AGENT_RUN,
}


@dataclass(frozen=True, slots=True)
class CounterRule:
    """It fires on more than `most` within the window. `why` says in words where the numbers come from."""

    name: str
    counts: Counted
    within: timedelta
    most: int
    reason: Reason
    why: str

    def describe(self) -> dict[str, str]:
        """Everything that changes when it fires, and what it is called."""
        return {
            "name": self.name,
            "counts": self.counts.value,
            "within_seconds": str(self.within // timedelta(seconds=1)),
            "most": str(self.most),
            "reason": self.reason.value,
        }


@dataclass(frozen=True, slots=True)
class CounterRules:
    """The rules that are in force, in their file's order."""

    rules: tuple[CounterRule, ...]

    @property
    def digest(self) -> str:
        """SHA-256, hex, over the canonical form (RFC 8785) of all rules but their `why`: what a receipt
        names beside its policy.
        """
        described: list[str | list[dict[str, str]]] = [FORMAT, [rule.describe() for rule in self.rules]]
        return hashlib.sha256(rfc8785.dumps(list(described))).hexdigest()


def fired(rules: CounterRules, counts: Mapping[str, int]) -> tuple[Reason, ...]:
    """The reasons of the rules that fire, each once, by what was counted for each rule's name. A rule for
    which nothing was counted fires: what is missing never accepts.
    """
    found = [rule.reason for rule in rules.rules if counts.get(rule.name, rule.most + 1) > rule.most]
    return tuple(dict.fromkeys(found))


def referred(finding: Finding, reasons: tuple[Reason, ...]) -> Finding:
    """A finding in view of the rules that fired: an acceptance becomes a referral that says why, any other
    outcome stays as it is.
    """
    if finding.outcome is not Outcome.ACCEPT or not reasons:
        return finding
    return Finding(Outcome.REFER, (*finding.reasons, *reasons))
