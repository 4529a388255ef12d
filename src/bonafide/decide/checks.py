"""Small checks, and how they combine. A policy is one check made of others.

Each check looks at one thing and says accept, refer or reject with its reasons. What is missing refers;
nothing that is missing ever accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bonafide.decide.evidence import CaseEvidence
from bonafide.document import Result
from bonafide.errors import UsageError
from bonafide.liveness.finding import Presence
from bonafide.outcome import Flaw, Outcome, Reason, Subject

_SEVERITY = {Outcome.ACCEPT: 0, Outcome.REFER: 1, Outcome.REJECT: 2}
_UNACQUIRED = (Flaw.NO_FACE, Flaw.SEVERAL_FACES)

# A check's description: its name, its numbers as text, and the checks it is made of.
Description = Mapping[str, "str | list[Description]"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says."""

    outcome: Outcome
    reasons: tuple[Reason, ...]


class Check(Protocol):
    """One thing to look at."""

    def assess(self, case: CaseEvidence) -> Finding:
        """Accept, refer or reject as far as this one thing goes."""

    def describe(self) -> Description:
        """Everything that changes what the check says; the policy's digest is made of it."""


@dataclass(frozen=True, slots=True)
class FaceAcquired:
    """There is one face to speak of (otherwise a failure to acquire, ISO/IEC 19795-1)."""

    subject: Subject

    def assess(self, case: CaseEvidence) -> Finding:
        """Refer when there is no face, or more than one."""
        return _flawed(self.subject, [flaw for flaw in case.flaws(self.subject) if flaw in _UNACQUIRED])

    def describe(self) -> Description:
        """Its subject."""
        return {"check": "face_acquired", "subject": self.subject.value}


@dataclass(frozen=True, slots=True)
class FaceGoodEnough:
    """The face is of the quality for which the false match rate was measured."""

    subject: Subject

    def assess(self, case: CaseEvidence) -> Finding:
        """Refer on any flaw: a bad picture proves nothing for its subject, nor against."""
        return _flawed(self.subject, case.flaws(self.subject))

    def describe(self) -> Description:
        """Its subject."""
        return {"check": "face_good_enough", "subject": self.subject.value}


@dataclass(frozen=True, slots=True)
class FacesMatch:
    """Selfie and portrait show one person, at a promised false match rate.

    Accepts when the comparison's promised rate is at most `false_match_rate`; rejects when two people explain
    it at least exp(`refuted_below`) times better than one (natural log-likelihood ratio, negative); refers
    between.
    """

    false_match_rate: float
    refuted_below: float

    def assess(self, case: CaseEvidence) -> Finding:
        """Accept, refer or reject by the comparison; refer without one."""
        comparison = case.comparison
        if comparison is None:
            return Finding(Outcome.REFER, (Reason.MATCH_DOUBTFUL,))
        if comparison.false_match_rate <= self.false_match_rate:
            return Finding(Outcome.ACCEPT, (Reason.MATCH_CONFIRMED,))
        if comparison.log_likelihood_ratio <= self.refuted_below:
            return Finding(Outcome.REJECT, (Reason.MATCH_REFUTED,))
        return Finding(Outcome.REFER, (Reason.MATCH_DOUBTFUL,))

    def describe(self) -> Description:
        """Its two limits."""
        return {
            "check": "faces_match",
            "false_match_rate": f"{self.false_match_rate:g}",
            "refuted_below": f"{self.refuted_below:.6g}",
        }


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """The customer asked for a person to compare them with their document, so that no program does."""

    def assess(self, case: CaseEvidence) -> Finding:  # noqa: ARG002 - nothing of the case changes it
        """Refer, always."""
        return Finding(Outcome.REFER, (Reason.PERSON_ASKED,))

    def describe(self) -> Description:
        """Its name."""
        return {"check": "person_asked"}


@dataclass(frozen=True, slots=True)
class PresenceNotRefuted:
    """No live session showed that an attack is likelier than a person who is there.

    It says nothing in anybody's favour: `PersonPresent` asks for that. It stands beside what judges the
    pictures, never behind it, for whoever attacks would else send a bad one with it.
    """

    def assess(self, case: CaseEvidence) -> Finding:
        """Reject what a session refuted, or refer it where an agent says the contrary; accept all else."""
        return _refuted(case) or Finding(Outcome.ACCEPT, ())

    def describe(self) -> Description:
        """Its name."""
        return {"check": "presence_not_refuted"}


@dataclass(frozen=True, slots=True)
class PersonPresent:
    """A living person was there: an agent says so, or a live session showed it.

    `attack_acceptance` is the share of attacks (APCER, ISO/IEC 30107-3) that a live session may let through
    in the worst species that its calibration promises; None where no live session is asked for.
    """

    attack_acceptance: float | None = None

    def assess(self, case: CaseEvidence) -> Finding:
        """Accept what an agent vouches for or a session showed; reject what a session refuted, but refer it
        where an agent says the contrary; refer whatever is between or missing.
        """
        presence = case.presence if self.attack_acceptance is not None else None
        if presence is not None and (refuted := _refuted(case)) is not None:
            return refuted
        live = (Reason.PRESENCE_CONFIRMED,) if presence is Presence.LIVE else ()
        if case.attended:
            return Finding(Outcome.ACCEPT, (Reason.PRESENCE_ATTENDED, *live))
        if live:
            return Finding(Outcome.ACCEPT, live)
        missing = Reason.PRESENCE_NOT_SHOWN if presence is None else Reason.PRESENCE_DOUBTFUL
        return Finding(Outcome.REFER, (missing,))

    def describe(self) -> Description:
        """The share of attacks it names, if it does."""
        described: dict[str, str] = {"check": "person_present"}
        if self.attack_acceptance is not None:
            described["attack_acceptance"] = f"{self.attack_acceptance:g}"
        return described


@dataclass(frozen=True, slots=True)
class DocumentSound:
    """What the document says was read and agrees with itself, and with its chip if that was given.

    `minimum_age` in whole years is asked of the holder; None asks nothing.
    """

    minimum_age: int | None

    def assess(self, case: CaseEvidence) -> Finding:
        """Accept if every check passed; otherwise refer with each one's reason.

        A doubt is a signal, never a proof: cameras, printers and readers err, so no document is rejected
        here. Without any check nothing was read, which is a doubt as well.
        """
        checks = case.document_checks
        if not checks:
            return Finding(Outcome.REFER, (Reason.DOCUMENT_KIND_UNKNOWN,))
        doubts = tuple(dict.fromkeys(check.reason for check in checks if check.reason is not None))
        if doubts or any(check.result is not Result.PASSED for check in checks):
            return Finding(Outcome.REFER, doubts)
        chip = any(check.name.startswith("chip.") for check in checks)
        sound = (Reason.DOCUMENT_CONSISTENT, *((Reason.CHIP_AUTHENTIC,) if chip else ()))
        return Finding(Outcome.ACCEPT, sound)

    def describe(self) -> Description:
        """The age it asks for."""
        return {
            "check": "document_sound",
            "minimum_age": "none" if self.minimum_age is None else str(self.minimum_age),
        }


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every check must accept; the severest outcome wins, and every reason is told."""

    checks: tuple[Check, ...]

    def __post_init__(self) -> None:
        _something(self.checks)

    def assess(self, case: CaseEvidence) -> Finding:
        """Assess all of them."""
        findings = [check.assess(case) for check in self.checks]
        worst = max((finding.outcome for finding in findings), key=_SEVERITY.__getitem__)
        reasons = dict.fromkeys(reason for finding in findings for reason in finding.reasons)
        return Finding(worst, tuple(reasons))

    def describe(self) -> Description:
        """What it is made of."""
        return {"check": "all_of", "checks": [check.describe() for check in self.checks]}


@dataclass(frozen=True, slots=True)
class InOrder:
    """Stops at the first check that does not accept: what follows would speak about bad evidence."""

    checks: tuple[Check, ...]

    def __post_init__(self) -> None:
        _something(self.checks)

    def assess(self, case: CaseEvidence) -> Finding:
        """Assess one after the other."""
        reasons: tuple[Reason, ...] = ()
        for check in self.checks:
            finding = check.assess(case)
            if finding.outcome is not Outcome.ACCEPT:
                return finding
            reasons += finding.reasons
        return Finding(Outcome.ACCEPT, reasons)

    def describe(self) -> Description:
        """What it is made of."""
        return {"check": "in_order", "checks": [check.describe() for check in self.checks]}


def _something(checks: tuple[Check, ...]) -> None:
    if not checks:
        raise UsageError("A policy of no checks would accept anybody", "Name what it has to check")


def _refuted(case: CaseEvidence) -> Finding | None:
    """What follows from a refuted session, None where none was."""
    if case.presence is not Presence.NOT_LIVE:
        return None
    # Camera and agent contradict each other: one of the two is wrong, and people have to say which.
    return Finding(Outcome.REFER if case.attended else Outcome.REJECT, (Reason.PRESENCE_REFUTED,))


def _flawed(subject: Subject, flaws: tuple[Flaw, ...] | list[Flaw]) -> Finding:
    if not flaws:
        return Finding(Outcome.ACCEPT, ())
    return Finding(Outcome.REFER, tuple(Reason.of(subject, flaw) for flaw in flaws))
