"""The presets: what they ask of a case, and that nobody changes them unseen."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.compare import Comparison
from bonafide.decide import (
    COMPARE_ONLY,
    HIGH_RISK,
    PRESETS,
    SIM_SIGNUP,
    AllOf,
    CaseEvidence,
    Description,
    FacesMatch,
    InOrder,
    Policy,
    SecondOpinion,
    preset,
)
from bonafide.document import DocumentCheck, Result
from bonafide.errors import UsageError
from bonafide.liveness.finding import Presence
from bonafide.outcome import Flaw, Outcome, Reason

Case = Callable[..., CaseEvidence]

SETTLED = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT)
EXPIRED = DocumentCheck.failed("mrz.validity", Reason.DOCUMENT_EXPIRED)


# Receipts name a policy by its digest. A policy that decides otherwise gets a higher version, and its digest
# is added here; those of earlier versions stay, so that it can still be told what decided old receipts.
DIGESTS = {
    ("sim-signup", 1): "801f918d51010d9b19b66071109b6da3941825fddbcf42d01bcb529e9b68fbbb",
    ("sim-signup", 2): "510fc7d3f8148af5f6b2ab7c4ed19066b2466362f700664b00d3554c9768e352",
    ("sim-signup", 3): "c82f7788fa98da8f582db0ef1c983491c6abf04f5c6a9801578ba495a6d93039",
    ("sim-signup", 4): "624a02fd4d4888fe1c92f03181f8bf2e546d5eb50c4d50cae8bc54666676f8bb",
    ("sim-signup", 5): "ca8b540229899e79f3f8b91326e79fed899c0ad0c18224697e1169f86a51c55e",
    ("compare-only", 1): "cda301c39e87ca4d6b09761b47519e8912b3749dd87d6093d9153c52485182b6",
}


@pytest.mark.parametrize("policy", [SIM_SIGNUP, COMPARE_ONLY], ids=lambda policy: policy.name)
def test_a_policy_is_what_its_version_was_published_as(policy: Policy) -> None:
    assert DIGESTS.get((policy.name, policy.version)) == policy.digest, "raise the policy's version"


def test_whatever_changes_a_policy_changes_its_digest() -> None:
    stricter = FacesMatch(false_match_rate=1e-5, refuted_below=SIM_SIGNUP.match.refuted_below)
    changed = [
        dataclasses.replace(SIM_SIGNUP, version=SIM_SIGNUP.version + 1),
        dataclasses.replace(SIM_SIGNUP, name="another"),
        dataclasses.replace(SIM_SIGNUP, check=InOrder((stricter,))),
        *(
            dataclasses.replace(SIM_SIGNUP, second_opinion=asks)
            for asks in (SecondOpinion.NEVER, SecondOpinion.ALWAYS)
        ),
    ]
    assert len({policy.digest for policy in (SIM_SIGNUP, *changed)}) == 6


def test_who_else_decides_what_is_referred() -> None:
    suspicious = sorted(HIGH_RISK)[0]
    asked = {
        asks: (asks.asked_for([Reason.MATCH_DOUBTFUL]), asks.asked_for([Reason.MATCH_DOUBTFUL, suspicious]))
        for asks in SecondOpinion
    }
    assert asked == {
        SecondOpinion.NEVER: (False, False),
        SecondOpinion.HIGH_RISK: (False, True),
        SecondOpinion.ALWAYS: (True, True),
    }
    assert all(reason.startswith(("document.", "chip.", "presence.refuted")) for reason in HIGH_RISK)
    assert SIM_SIGNUP.second_opinion is SecondOpinion.HIGH_RISK


@pytest.mark.parametrize("policy", [SIM_SIGNUP, COMPARE_ONLY], ids=lambda policy: policy.name)
def test_the_comparison_that_a_policy_names_is_the_one_it_makes(policy: Policy) -> None:
    def inside(description: Description) -> list[Description]:
        parts = [part for value in description.values() if isinstance(value, list) for part in value]
        return [description, *(deeper for part in parts for deeper in inside(part))]

    matches = [part for part in inside(policy.describe()) if part.get("check") == "faces_match"]
    assert matches == [policy.match.describe()]


def test_a_purpose_has_a_policy_or_is_a_usage_error() -> None:
    assert preset("sim-signup") is SIM_SIGNUP
    assert list(PRESETS) == ["sim-signup"]
    for unknown in ("", "SIM-SIGNUP", "compare-only", "surveillance"):
        with pytest.raises(UsageError, match="Choose one of sim-signup") as refused:
            preset(unknown)
        assert refused.value.exit_status == 2


def test_sign_up_promises_one_in_ten_thousand() -> None:
    # NIST SP 800-63A-4, and two people a hundred times likelier than one to reject.
    assert SIM_SIGNUP.match.false_match_rate == 1e-4
    assert math.exp(-SIM_SIGNUP.match.refuted_below) == pytest.approx(100)


@pytest.mark.parametrize(
    ("evidence", "outcome", "reasons"),
    [
        ({}, "accept", SETTLED),
        ({"fmr": 1e-4}, "accept", SETTLED),
        ({"attended": False}, "refer", (SETTLED[0], Reason.PRESENCE_NOT_SHOWN, SETTLED[2])),
        ({"fmr": 2e-4}, "refer", (Reason.MATCH_DOUBTFUL, *SETTLED[1:])),
        ({"fmr": 1, "llr": -4.5}, "refer", (Reason.MATCH_DOUBTFUL, *SETTLED[1:])),
        ({"fmr": 1, "llr": -4.7}, "reject", (Reason.MATCH_REFUTED, *SETTLED[1:])),
        (
            {"fmr": 1, "llr": -8, "attended": False},
            "reject",
            (Reason.MATCH_REFUTED, Reason.PRESENCE_NOT_SHOWN, SETTLED[2]),
        ),
        ({"fmr": None}, "refer", (Reason.MATCH_DOUBTFUL, *SETTLED[1:])),
        ({"checks": (EXPIRED,)}, "refer", (*SETTLED[:2], Reason.DOCUMENT_EXPIRED)),
        ({"checks": ()}, "refer", (*SETTLED[:2], Reason.DOCUMENT_KIND_UNKNOWN)),
        # Whoever is somebody else is so on a doubtful document too.
        (
            {"fmr": 1, "llr": -8, "checks": (EXPIRED,)},
            "reject",
            (Reason.MATCH_REFUTED, SETTLED[1], Reason.DOCUMENT_EXPIRED),
        ),
        ({"selfie": (Flaw.TOO_DARK,)}, "refer", (Reason.SELFIE_TOO_DARK,)),
        # A bad picture proves nothing against anybody either.
        ({"selfie": (Flaw.TOO_DARK,), "fmr": 1, "llr": -8}, "refer", (Reason.SELFIE_TOO_DARK,)),
        (
            {"document": (Flaw.BLURRED,), "selfie": (Flaw.COVERED,)},
            "refer",
            (Reason.DOCUMENT_BLURRED, Reason.SELFIE_COVERED),
        ),
        # Of a face that is not there, nothing else is told.
        (
            {"document": (Flaw.NO_FACE,), "selfie": (Flaw.COVERED,), "fmr": None},
            "refer",
            (Reason.DOCUMENT_NO_FACE,),
        ),
        (
            {"document": (Flaw.NO_FACE,), "selfie": (Flaw.SEVERAL_FACES,), "fmr": None},
            "refer",
            (Reason.DOCUMENT_NO_FACE, Reason.SELFIE_SEVERAL_FACES),
        ),
    ],
)
def test_sign_up(case: Case, evidence: dict[str, object], outcome: str, reasons: tuple[Reason, ...]) -> None:
    found = SIM_SIGNUP.decide(case(**evidence))
    assert (found.outcome, found.reasons) == (outcome, reasons)


UNREAD = DocumentCheck.not_assessable("mrz.check_digits", Reason.DOCUMENT_UNREADABLE)


@pytest.mark.parametrize(
    ("evidence", "also"),
    [
        ({}, (Reason.MATCH_CONFIRMED, Reason.DOCUMENT_CONSISTENT)),
        ({"document": (Flaw.BLURRED,)}, (Reason.DOCUMENT_BLURRED,)),
        ({"document": (Flaw.NO_FACE,), "fmr": None}, (Reason.DOCUMENT_NO_FACE,)),
        ({"selfie": (Flaw.SEVERAL_FACES,), "fmr": None}, (Reason.SELFIE_SEVERAL_FACES,)),
        ({"selfie": (Flaw.TOO_DARK,)}, (Reason.SELFIE_TOO_DARK,)),
        ({"checks": (UNREAD,)}, (Reason.MATCH_CONFIRMED, Reason.DOCUMENT_UNREADABLE)),
        ({"checks": ()}, (Reason.MATCH_CONFIRMED, Reason.DOCUMENT_KIND_UNKNOWN)),
        ({"fmr": 2e-4}, (Reason.MATCH_DOUBTFUL, Reason.DOCUMENT_CONSISTENT)),
    ],
)
@pytest.mark.parametrize(("attended", "outcome"), [(False, Outcome.REJECT), (True, Outcome.REFER)])
def test_nothing_hides_a_refuted_session(
    case: Case, evidence: dict[str, object], also: tuple[Reason, ...], attended: bool, outcome: Outcome
) -> None:
    found = SIM_SIGNUP.decide(case(**evidence, attended=attended, presence=Presence.NOT_LIVE))
    assert (found.outcome, found.reasons) == (outcome, (Reason.PRESENCE_REFUTED, *also))
    assert SIM_SIGNUP.second_opinion.asked_for(found.reasons)


def test_a_refuted_session_hides_nothing_either(case: Case) -> None:
    found = SIM_SIGNUP.decide(case(fmr=1, llr=-8, presence=Presence.NOT_LIVE))
    assert found.outcome is Outcome.REJECT, "an agent who vouches vouches for no likeness"
    assert Reason.MATCH_REFUTED in found.reasons


def test_sign_up_asks_for_a_document_and_an_age() -> None:
    # Civil Code, article 18: from 16, who lives by their own work acts for themselves.
    assert SIM_SIGNUP.document is not None
    assert SIM_SIGNUP.document.minimum_age == 16
    assert COMPARE_ONLY.document is None


def test_comparing_speaks_of_nothing_but_the_faces(case: Case) -> None:
    assert COMPARE_ONLY.decide(case(attended=False, checks=())).reasons == (Reason.MATCH_CONFIRMED,)
    assert COMPARE_ONLY.decide(case(selfie=(Flaw.BLURRED,))).outcome is Outcome.REFER


flaws = st.lists(st.sampled_from(Flaw), unique=True, max_size=3).map(tuple)
numbers = st.floats() | st.sampled_from([1e-4, 1e-5, 0.0, 1.0, -math.log(100)])
comparisons = st.none() | st.builds(
    Comparison,
    cosine=numbers,
    log_likelihood_ratio=numbers,
    false_match_rate=numbers,
    model=st.just("made-up"),
    contract=st.just("c" * 64),
    calibration=st.just("d" * 64),
)
checks = st.lists(
    st.just(DocumentCheck.passed("document.kind"))
    | st.builds(
        DocumentCheck, st.just("made.up"), st.sampled_from(Result), st.none() | st.sampled_from(Reason)
    ),
    max_size=3,
).map(tuple)
cases = st.builds(
    CaseEvidence, flaws, flaws, comparisons, st.booleans(), checks, st.none() | st.sampled_from(Presence)
)


@given(cases)
def test_nothing_that_is_missing_ever_accepts(evidence: CaseEvidence) -> None:
    complete = (
        not evidence.document_flaws
        and not evidence.selfie_flaws
        and evidence.comparison is not None
        and evidence.comparison.false_match_rate <= 1e-4
        and (evidence.presence is Presence.LIVE or evidence.attended)
        and evidence.presence is not Presence.NOT_LIVE
        and evidence.document_checks
        and all(check == DocumentCheck.passed(check.name) for check in evidence.document_checks)
    )
    assert (SIM_SIGNUP.decide(evidence).outcome is Outcome.ACCEPT) is bool(complete)


@given(cases)
def test_a_refuted_session_is_always_told_and_rejected_unless_attended(
    evidence: CaseEvidence,
) -> None:
    found = SIM_SIGNUP.decide(evidence)
    refuted = evidence.presence is Presence.NOT_LIVE
    assert (Reason.PRESENCE_REFUTED in found.reasons) is refuted
    if refuted:
        assert found.outcome is Outcome.REJECT or (found.outcome is Outcome.REFER and evidence.attended)


@given(cases)
def test_only_a_refuted_session_or_a_comparison_of_good_pictures_rejects(evidence: CaseEvidence) -> None:
    if evidence.presence is Presence.NOT_LIVE and not evidence.attended:
        return
    if SIM_SIGNUP.decide(evidence).outcome is Outcome.REJECT:
        assert evidence.comparison is not None
        assert evidence.comparison.log_likelihood_ratio <= -math.log(100)
        assert not evidence.document_flaws
        assert not evidence.selfie_flaws


@given(cases)
def test_every_outcome_has_a_reason_and_no_reason_comes_twice(evidence: CaseEvidence) -> None:
    for policy in (SIM_SIGNUP, COMPARE_ONLY):
        reasons = policy.decide(evidence).reasons
        assert reasons
        assert len(set(reasons)) == len(reasons)


def test_the_presets_are_made_of_checks_that_can_be_combined_anew(case: Case) -> None:
    both = AllOf((SIM_SIGNUP.check, COMPARE_ONLY.check))
    assert both.assess(case(fmr=1, llr=-8)).outcome is Outcome.REJECT
