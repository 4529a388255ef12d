"""The small checks, one by one, and how they combine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bonafide.decide import (
    AllOf,
    CaseEvidence,
    Check,
    Description,
    DocumentSound,
    FaceAcquired,
    FaceGoodEnough,
    FacesMatch,
    Finding,
    InOrder,
    PersonPresent,
    PresenceNotRefuted,
)
from bonafide.document import DocumentCheck, Result
from bonafide.errors import UsageError
from bonafide.liveness.finding import Presence
from bonafide.outcome import Flaw, Outcome, Reason, Subject

ACCEPT, REFER, REJECT = Outcome
Case = Callable[..., CaseEvidence]


@dataclass(frozen=True)
class Fixed:
    """A check that says the same of every case."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    def assess(self, case: CaseEvidence) -> Finding:  # noqa: ARG002
        return Finding(self.outcome, self.reasons)

    def describe(self) -> Description:
        return {"check": "fixed"}


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("flaw", Flaw)
def test_only_no_face_and_several_faces_are_failures_to_acquire(
    case: Case, subject: Subject, flaw: Flaw
) -> None:
    found = FaceAcquired(subject).assess(case(**{subject.value: (flaw,)}))
    if flaw in (Flaw.NO_FACE, Flaw.SEVERAL_FACES):
        assert found == Finding(REFER, (Reason.of(subject, flaw),))
    else:
        assert found == Finding(ACCEPT, ())


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("flaw", Flaw)
def test_any_flaw_refers_and_is_named(case: Case, subject: Subject, flaw: Flaw) -> None:
    check = FaceGoodEnough(subject)
    assert check.assess(case(**{subject.value: (flaw,)})) == Finding(REFER, (Reason.of(subject, flaw),))


@pytest.mark.parametrize("check", [FaceAcquired, FaceGoodEnough])
def test_a_face_without_a_flaw_is_accepted_whatever_the_other_picture_shows(
    case: Case, check: type[FaceAcquired | FaceGoodEnough]
) -> None:
    assert check(Subject.SELFIE).assess(case(document=tuple(Flaw))) == Finding(ACCEPT, ())
    assert check(Subject.DOCUMENT).assess(case(selfie=tuple(Flaw))) == Finding(ACCEPT, ())


def test_every_flaw_is_told_in_its_order(case: Case) -> None:
    flaws = (Flaw.BLURRED, Flaw.TOO_DARK, Flaw.CUT_OFF)
    found = FaceGoodEnough(Subject.SELFIE).assess(case(selfie=flaws))
    assert found.reasons == (Reason.SELFIE_BLURRED, Reason.SELFIE_TOO_DARK, Reason.SELFIE_CUT_OFF)


@pytest.mark.parametrize(
    ("fmr", "llr", "outcome", "reason"),
    [
        (1e-5, 6, ACCEPT, Reason.MATCH_CONFIRMED),
        (1e-4, 0.1, ACCEPT, Reason.MATCH_CONFIRMED),
        (math.nextafter(1e-4, 1), 6, REFER, Reason.MATCH_DOUBTFUL),
        (1e-2, 0, REFER, Reason.MATCH_DOUBTFUL),
        (1, math.nextafter(-4, 0), REFER, Reason.MATCH_DOUBTFUL),
        (1, -4, REJECT, Reason.MATCH_REFUTED),
        (1, -8, REJECT, Reason.MATCH_REFUTED),
        (math.nan, math.nan, REFER, Reason.MATCH_DOUBTFUL),
        (math.nan, 6, REFER, Reason.MATCH_DOUBTFUL),
        (None, 0, REFER, Reason.MATCH_DOUBTFUL),
    ],
)
def test_faces_match_within_the_promised_rate_only(
    case: Case, fmr: float | None, llr: float, outcome: Outcome, reason: Reason
) -> None:
    check = FacesMatch(false_match_rate=1e-4, refuted_below=-4)
    assert check.assess(case(fmr=fmr, llr=llr)) == Finding(outcome, (reason,))


def test_only_an_agent_can_say_that_somebody_was_there(case: Case) -> None:
    assert PersonPresent().assess(case(attended=True)) == Finding(ACCEPT, (Reason.PRESENCE_ATTENDED,))
    assert PersonPresent().assess(case(attended=False)) == Finding(REFER, (Reason.PRESENCE_NOT_SHOWN,))


@pytest.mark.parametrize(
    ("presence", "attended", "outcome", "reasons"),
    [
        (Presence.LIVE, False, ACCEPT, (Reason.PRESENCE_CONFIRMED,)),
        (Presence.LIVE, True, ACCEPT, (Reason.PRESENCE_ATTENDED, Reason.PRESENCE_CONFIRMED)),
        (Presence.INCONCLUSIVE, False, REFER, (Reason.PRESENCE_DOUBTFUL,)),
        (Presence.INCONCLUSIVE, True, ACCEPT, (Reason.PRESENCE_ATTENDED,)),
        (Presence.NOT_LIVE, False, REJECT, (Reason.PRESENCE_REFUTED,)),
        # An agent says what the camera contradicts.
        (Presence.NOT_LIVE, True, REFER, (Reason.PRESENCE_REFUTED,)),
        (None, False, REFER, (Reason.PRESENCE_NOT_SHOWN,)),
        (None, True, ACCEPT, (Reason.PRESENCE_ATTENDED,)),
    ],
)
def test_a_session_shows_who_was_there(
    case: Case, presence: Presence | None, attended: bool, outcome: Outcome, reasons: tuple[Reason, ...]
) -> None:
    evidence = case(attended=attended, presence=presence)
    assert PersonPresent(attack_acceptance=0.01).assess(evidence) == Finding(outcome, reasons)


@pytest.mark.parametrize("presence", Presence)
def test_where_no_session_is_asked_for_none_counts(case: Case, presence: Presence) -> None:
    evidence = case(attended=False, presence=presence)
    assert PersonPresent().assess(evidence) == Finding(REFER, (Reason.PRESENCE_NOT_SHOWN,))


@pytest.mark.parametrize("attended", [True, False])
@pytest.mark.parametrize("presence", [*Presence, None])
def test_a_refuted_session_is_what_it_is_for_either_check_and_nothing_else_is(
    case: Case, presence: Presence | None, attended: bool
) -> None:
    evidence = case(attended=attended, presence=presence)
    found = PresenceNotRefuted().assess(evidence)
    if presence is Presence.NOT_LIVE:
        assert found == PersonPresent(attack_acceptance=0.01).assess(evidence)
        assert found == Finding(REFER if attended else REJECT, (Reason.PRESENCE_REFUTED,))
    else:
        assert found == Finding(ACCEPT, ())


def test_a_document_is_sound_if_every_check_passed(case: Case) -> None:
    assert DocumentSound(16).assess(case()) == Finding(ACCEPT, (Reason.DOCUMENT_CONSISTENT,))


def test_a_chip_that_agrees_is_told_beside_the_document(case: Case) -> None:
    checks = (DocumentCheck.passed("document.kind"), DocumentCheck.passed("chip.signature"))
    assert DocumentSound(16).assess(case(checks=checks)) == Finding(
        ACCEPT, (Reason.DOCUMENT_CONSISTENT, Reason.CHIP_AUTHENTIC)
    )


@pytest.mark.parametrize("made", [DocumentCheck.failed, DocumentCheck.not_assessable])
@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.startswith(("document.", "chip."))])
def test_a_doubt_about_the_document_refers_and_never_rejects(
    case: Case, made: Callable[[str, Reason], DocumentCheck], reason: Reason
) -> None:
    checks = (
        DocumentCheck.passed("document.kind"),
        made("made.up", reason),
        DocumentCheck.passed("chip.chain"),
    )
    assert DocumentSound(16).assess(case(checks=checks)) == Finding(REFER, (reason,))


def test_every_doubt_is_told_once_in_the_order_of_the_checks(case: Case) -> None:
    checks = (
        DocumentCheck.not_assessable("one", Reason.DOCUMENT_UNREADABLE),
        DocumentCheck.failed("two", Reason.DOCUMENT_EXPIRED),
        DocumentCheck.not_assessable("three", Reason.DOCUMENT_UNREADABLE),
    )
    assert DocumentSound(None).assess(case(checks=checks)).reasons == (
        Reason.DOCUMENT_UNREADABLE,
        Reason.DOCUMENT_EXPIRED,
    )


def test_a_document_of_which_nothing_was_read_refers(case: Case) -> None:
    assert DocumentSound(16).assess(case(checks=())) == Finding(REFER, (Reason.DOCUMENT_KIND_UNKNOWN,))


@pytest.mark.parametrize("result", [Result.FAILED, Result.NOT_ASSESSABLE])
def test_a_check_that_did_not_pass_refers_even_if_it_does_not_say_why(case: Case, result: Result) -> None:
    found = DocumentSound(16).assess(case(checks=(DocumentCheck("silent", result, None),)))
    assert found.outcome is REFER
    assert Reason.DOCUMENT_CONSISTENT not in found.reasons


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        ((ACCEPT,), ACCEPT),
        ((ACCEPT, ACCEPT), ACCEPT),
        ((ACCEPT, REFER), REFER),
        ((REFER, ACCEPT), REFER),
        ((REFER, REJECT, ACCEPT), REJECT),
        ((REJECT, REFER), REJECT),
    ],
)
def test_of_all_checks_the_severest_outcome_wins(
    case: Case, outcomes: tuple[Outcome, ...], worst: Outcome
) -> None:
    assert AllOf(tuple(map(Fixed, outcomes))).assess(case()).outcome is worst


def test_all_checks_tell_their_reasons_each_once(case: Case) -> None:
    confirmed, dark = (Reason.MATCH_CONFIRMED,), (Reason.SELFIE_TOO_DARK, Reason.SELFIE_BLURRED)
    checks = (Fixed(ACCEPT, confirmed), Fixed(REFER, dark), Fixed(REJECT, dark[::-1]))
    assert AllOf(checks).assess(case()).reasons == (*confirmed, *dark)


def test_in_order_stops_at_the_first_that_does_not_accept(case: Case) -> None:
    refers = Fixed(REFER, (Reason.SELFIE_TOO_DARK,))
    checks = (Fixed(ACCEPT, (Reason.PRESENCE_ATTENDED,)), refers, Fixed(REJECT, (Reason.MATCH_REFUTED,)))
    assert InOrder(checks).assess(case()) == Finding(REFER, refers.reasons)


def test_in_order_that_accepts_tells_every_reason(case: Case) -> None:
    checks = (Fixed(ACCEPT, (Reason.PRESENCE_ATTENDED,)), Fixed(ACCEPT, (Reason.MATCH_CONFIRMED,)))
    assert InOrder(checks).assess(case()) == Finding(
        ACCEPT, (Reason.PRESENCE_ATTENDED, Reason.MATCH_CONFIRMED)
    )


@pytest.mark.parametrize("combine", [AllOf, InOrder])
def test_no_checks_at_all_are_not_a_policy(combine: type[AllOf | InOrder]) -> None:
    with pytest.raises(UsageError, match="no checks"):
        combine(())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FaceAcquired(Subject.DOCUMENT), FaceAcquired(Subject.SELFIE)),
        (FaceAcquired(Subject.SELFIE), FaceGoodEnough(Subject.SELFIE)),
        (FacesMatch(1e-4, -4), FacesMatch(1e-3, -4)),
        (FacesMatch(1e-4, -4), FacesMatch(1e-4, -5)),
        (PersonPresent(), DocumentSound(16)),
        (PersonPresent(), PresenceNotRefuted()),
        (DocumentSound(16), DocumentSound(18)),
        (DocumentSound(0), DocumentSound(None)),
        (AllOf((PersonPresent(),)), InOrder((PersonPresent(),))),
        (InOrder((PersonPresent(), DocumentSound(16))), InOrder((DocumentSound(16), PersonPresent()))),
    ],
)
def test_checks_that_differ_describe_themselves_differently(one: Check, other: Check) -> None:
    assert one.describe() != other.describe()
