"""The main job, with patches of grey for faces."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pickle
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from bonafide.capture import Picture
from bonafide.document import DocumentCheck, Kind
from bonafide.errors import NotPermitted, UnreadablePicture
from bonafide.face import FoundFaces
from bonafide.liveness.finding import Presence
from bonafide.models import ModelEntry, Role
from bonafide.outcome import Flaw, Outcome, Reason, Subject
from bonafide.privacy import purposes
from bonafide.privacy.token import issue
from bonafide.service.engine import FaceWork
from bonafide.service.judging import flaws_to_mend
from bonafide.service.verification import Verification
from bonafide.service.verifier import Verifier

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio, TellingReader

ACCEPTED = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT)
NOW = datetime(2026, 11, 25, 23, 30, tzinfo=timezone(timedelta(hours=8)))
CONSENT = issue(purposes()["sim-signup"], datetime(2100, 1, 1, tzinfo=UTC))
TRIAL = issue(purposes()["testing"], datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def verifier(studio: Studio, reader: TellingReader) -> Verifier:
    return Verifier(studio.engine, studio.documents(reader), now=lambda: NOW)


@pytest.fixture
def same(studio: Studio, patch: type[Patch]) -> tuple[Picture, Picture]:
    """A document and a selfie of one person."""
    return studio.draw(patch(0.5)), studio.draw(patch(0.52))


def test_the_same_person_with_an_agent_beside_is_accepted(
    verifier: Verifier, same: tuple[Picture, Picture]
) -> None:
    case = verifier.verify(*same, CONSENT, attended=True)
    assert (case.outcome, case.reasons, case.attended) == (Outcome.ACCEPT, ACCEPTED, True)


def test_without_an_agent_the_best_is_a_referral(verifier: Verifier, same: tuple[Picture, Picture]) -> None:
    case = verifier.verify(*same, CONSENT)
    assert case.outcome is Outcome.REFER
    assert Reason.PRESENCE_NOT_SHOWN in case.reasons


@pytest.mark.parametrize(
    ("shade", "found"),
    [
        (0.25, ("accept", "match.confirmed")),
        (0.76, ("refer", "match.doubtful")),
        (1, ("reject", "match.refuted")),
    ],
)
def test_the_less_alike_the_less_accepted(
    verifier: Verifier, studio: Studio, patch: type[Patch], shade: float, found: tuple[str, str]
) -> None:
    case = verifier.verify(studio.draw(patch(0)), studio.draw(patch(shade)), CONSENT, attended=True)
    assert (case.outcome, case.reasons[0]) == found


@pytest.mark.parametrize(("document", "selfie"), [(1, 0), (0, 1), (0, 0)])
def test_a_picture_without_a_face_is_named(
    verifier: Verifier, studio: Studio, patch: type[Patch], document: int, selfie: int
) -> None:
    pictures = [studio.draw(*[patch(0.5)] * count) for count in (document, selfie)]
    case = verifier.verify(pictures[0], pictures[1], CONSENT, attended=True)
    expected = {Reason.DOCUMENT_NO_FACE: document, Reason.SELFIE_NO_FACE: selfie}
    assert case.outcome is Outcome.REFER
    assert case.reasons == tuple(reason for reason, count in expected.items() if not count)


@pytest.mark.parametrize("second", [0.5, 0.9])
@pytest.mark.parametrize("size", [1, 0.3])
def test_two_faces_in_a_selfie_are_never_resolved(
    verifier: Verifier, studio: Studio, patch: type[Patch], second: float, size: float
) -> None:
    selfie = studio.draw(patch(0.5), patch(second, size))
    case = verifier.verify(studio.draw(patch(0.5)), selfie, CONSENT, attended=True)
    assert (case.outcome, case.reasons) == (Outcome.REFER, (Reason.SELFIE_SEVERAL_FACES,))


def test_a_ghost_image_on_the_document_is_not_a_second_person(
    verifier: Verifier, studio: Studio, patch: type[Patch]
) -> None:
    document = studio.draw(patch(0.5), patch(0.45, 0.5))
    assert (
        verifier.verify(document, studio.draw(patch(0.5)), CONSENT, attended=True).outcome is Outcome.ACCEPT
    )


@pytest.mark.parametrize(("shade", "size"), [(1.0, 0.5), (0.02, 0.95)])
def test_a_second_person_or_a_second_portrait_on_the_document_refers(
    verifier: Verifier, studio: Studio, patch: type[Patch], shade: float, size: float
) -> None:
    document = studio.draw(patch(0.02), patch(shade, size))
    case = verifier.verify(document, studio.draw(patch(0.02)), CONSENT, attended=True)
    assert (case.outcome, case.reasons) == (Outcome.REFER, (Reason.DOCUMENT_SEVERAL_FACES,))


@pytest.mark.parametrize("subject", Subject)
def test_a_bad_picture_is_named_before_anything_is_said_of_likeness(
    verifier: Verifier, studio: Studio, patch: type[Patch], subject: Subject
) -> None:
    studio.flaws[subject] = (Flaw.BLURRED, Flaw.TOO_DARK)
    case = verifier.verify(studio.draw(patch(0)), studio.draw(patch(1)), CONSENT, attended=True)
    assert case.outcome is Outcome.REFER
    assert case.reasons == (Reason.of(subject, Flaw.BLURRED), Reason.of(subject, Flaw.TOO_DARK))


@pytest.mark.parametrize("flawed", [(), *((subject,) for subject in Subject)])
@pytest.mark.parametrize("attended", [True, False])
def test_a_bad_picture_does_not_hide_a_refuted_session(
    verifier: Verifier,
    studio: Studio,
    same: tuple[Picture, Picture],
    monkeypatch: pytest.MonkeyPatch,
    *,
    flawed: tuple[Subject, ...],
    attended: bool,
) -> None:
    sight = MagicMock()
    sight.assess.return_value.presence = Presence.NOT_LIVE
    monkeypatch.setattr(FaceWork, "live", lambda _: sight)
    studio.flaws.update(dict.fromkeys(flawed, (Flaw.BLURRED,)))
    case = verifier.verify(*same, CONSENT, attended=attended, session=MagicMock())
    assert case.outcome is (Outcome.REFER if attended else Outcome.REJECT)
    assert Reason.PRESENCE_REFUTED in case.reasons
    assert {Reason.of(subject, Flaw.BLURRED) for subject in flawed} < set(case.reasons)
    assert flaws_to_mend(case) == ()
    assert case.policy.second_opinion.asked_for(case.reasons)


def test_comparing_alone_needs_no_agent_and_speaks_of_no_document(
    verifier: Verifier, same: tuple[Picture, Picture]
) -> None:
    case = verifier.compare(*same, TRIAL)
    assert (case.outcome, case.reasons) == (Outcome.ACCEPT, (Reason.MATCH_CONFIRMED,))
    assert case.policy.name == "compare-only"
    assert (case.document_kind, case.document_checks, case.text_detector) == (None, (), None)


@pytest.mark.parametrize(("which", "said"), [(0, "Document: "), (1, "Selfie: ")])
def test_which_picture_is_damaged_is_told(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture], which: int, said: str
) -> None:
    pictures = list(same)
    pictures[which] = studio.damage(pictures[which])
    with pytest.raises(UnreadablePicture, match=rf"^{said}[a-z]") as refused:
        verifier.verify(pictures[0], pictures[1], CONSENT)
    assert refused.value.exit_status == 3
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(("which", "said"), [(0, "Document: "), (1, "Selfie: ")])
def test_damage_found_while_cutting_out_is_told_the_same_way(
    verifier: Verifier, same: tuple[Picture, Picture], which: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = FoundFaces.crop

    def crop(found: FoundFaces, face: object) -> object:
        if found.picture is same[which]:
            raise UnreadablePicture("The picture is damaged", "Take it again")
        return cut(found, face)  # type: ignore[arg-type]

    monkeypatch.setattr(FoundFaces, "crop", crop)
    with pytest.raises(UnreadablePicture, match=f"^{said}the picture is damaged. Take it again.$"):
        verifier.verify(*same, CONSENT)


@pytest.mark.parametrize("purpose", [name for name in purposes() if name != "sim-signup"])
def test_consent_to_another_purpose_is_refused_before_any_picture_is_looked_at(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture], purpose: str
) -> None:
    token = issue(purposes()[purpose], NOW)
    with pytest.raises(NotPermitted, match="another purpose"):
        verifier.verify(studio.damage(same[0]), studio.damage(same[1]), token)


def test_a_sign_up_is_no_test(verifier: Verifier, same: tuple[Picture, Picture]) -> None:
    with pytest.raises(NotPermitted, match="another purpose"):
        verifier.compare(*same, CONSENT)


def test_a_stale_consent_is_refused_before_any_picture_is_looked_at(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture]
) -> None:
    token = issue(purposes()["sim-signup"], NOW - timedelta(seconds=1))
    with pytest.raises(NotPermitted, match="stale"):
        verifier.verify(studio.damage(same[0]), studio.damage(same[1]), token)


def test_the_time_of_each_stage_is_told_by_the_clock_that_is_given(
    studio: Studio, reader: TellingReader, same: tuple[Picture, Picture]
) -> None:
    ticks = itertools.count()
    case = Verifier(studio.engine, studio.documents(reader), clock=lambda: next(ticks) / 100).verify(
        *same, CONSENT
    )
    faces = {"document_find", "document_template", "selfie_find", "selfie_template"}
    # The clock is read at the beginning, before and after each of six stages, and at the end.
    assert case.timings_ms == pytest.approx(
        dict.fromkeys(faces | {"document_read", "decide"}, 10) | {"total": 130}
    )
    assert list(case.timings_ms)[-2:] == ["decide", "total"]


def test_the_document_is_read_on_the_day_and_for_the_age_that_count(
    verifier: Verifier, reader: TellingReader, same: tuple[Picture, Picture], studio: Studio
) -> None:
    back = studio.draw()
    verifier.verify(*same, CONSENT, document_back=back)
    ((front, other, today, minimum_age),) = reader.asked
    assert (front.picture.data, front.portrait.portrait) == (same[0].data, front.faces[0])
    assert other is not None
    assert (other.picture.data, other.faces, other.portrait.portrait) == (back.data, (), None)
    # The day where the document is shown, not the universal one.
    assert (today, minimum_age) == (date(2026, 11, 25), 16)


def test_a_doubt_about_the_document_refers_the_right_person(
    studio: Studio, reader: TellingReader, same: tuple[Picture, Picture]
) -> None:
    expired = DocumentCheck.failed("mrz.validity", Reason.DOCUMENT_EXPIRED)
    reader.reading = dataclasses.replace(reader.reading, checks=(*reader.reading.checks, expired))
    case = Verifier(studio.engine, studio.documents(reader)).verify(*same, CONSENT, attended=True)
    assert (case.outcome, case.reasons) == (Outcome.REFER, (*ACCEPTED[:2], Reason.DOCUMENT_EXPIRED))
    assert case.document_checks == reader.reading.checks


def test_who_cannot_read_documents_refers(studio: Studio, same: tuple[Picture, Picture]) -> None:
    case = Verifier(studio.engine).verify(*same, CONSENT, attended=True)
    assert (case.outcome, case.reasons) == (Outcome.REFER, (*ACCEPTED[:2], Reason.DOCUMENT_KIND_UNKNOWN))
    assert (case.text_detector, case.text_recogniser, case.document_kind) == (None, None, None)


def test_a_damaged_back_is_told_as_the_document(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture]
) -> None:
    with pytest.raises(UnreadablePicture, match=r"^Document: [a-z]"):
        verifier.verify(*same, CONSENT, document_back=studio.damage(studio.draw()))


def test_what_a_document_says_is_not_kept(
    studio: Studio, reader: TellingReader, same: tuple[Picture, Picture]
) -> None:
    reader.reading = dataclasses.replace(
        reader.reading, fields={"surname": "ERIKSSON", "mrz": ("L898902C36",)}
    )
    case = Verifier(studio.engine, studio.documents(reader)).verify(
        *same, CONSENT, attended=True, explain=True
    )
    for shown in (repr(case), pickle.dumps(case).decode("latin-1")):
        assert "ERIKSSON" not in shown
        assert "L898902C" not in shown


def numbers(text: str) -> set[float]:
    return {round(float(found), 4) for found in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", text)}


def test_no_score_leaves_the_service_unless_it_is_explained(studio: Studio, patch: type[Patch]) -> None:
    # No real timing may happen to read as a score.
    verifier = Verifier(studio.engine, clock=lambda: 0.0)
    pictures = studio.draw(patch(0)), studio.draw(patch(0.7))
    explained = verifier.verify(*pictures, CONSENT, explain=True).explanation
    assert explained
    assert explained.comparison
    scores = {explained.comparison.cosine, explained.comparison.log_likelihood_ratio}
    case = verifier.verify(*pictures, CONSENT)
    assert case.explanation is None
    for shown in (repr(case), json.dumps(dataclasses.asdict(case), default=repr)):
        assert not {round(score, 4) for score in scores} & numbers(shown)
        for word in ("cosine", "likelihood", "Template", "Face(", "landmarks", "array("):
            assert word not in shown


def test_an_explanation_has_scores_faces_and_measures(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture]
) -> None:
    studio.flaws[Subject.SELFIE] = (Flaw.BLURRED,)
    explained = verifier.verify(*same, CONSENT, explain=True).explanation
    assert explained
    assert explained.comparison
    assert explained.comparison.cosine == pytest.approx(1, abs=0.01)
    assert explained.document_face
    assert explained.selfie_quality
    assert [measure.flaw for measure in explained.selfie_quality.measures] == [Flaw.BLURRED]


def test_a_face_that_could_not_be_told_has_no_explanation(
    verifier: Verifier, studio: Studio, patch: type[Patch]
) -> None:
    explained = verifier.verify(studio.draw(), studio.draw(patch(0.5)), CONSENT, explain=True).explanation
    assert explained
    assert (explained.comparison, explained.document_face, explained.document_quality) == (None, None, None)
    assert explained.selfie_face


def test_a_case_says_by_what_it_was_decided(
    verifier: Verifier, studio: Studio, same: tuple[Picture, Picture]
) -> None:
    case = verifier.verify(*same, CONSENT)
    assert case.detector is studio.engine.detector
    assert case.recogniser is studio.engine.recogniser
    assert case.calibration is studio.faces.calibration
    assert case.text_detector is not None
    assert case.text_recogniser is not None
    assert (case.text_detector.role, case.text_recogniser.role) == (Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER)
    assert case.document_kind is Kind.TD3
    assert case.promise.fmr_target == case.policy.match.false_match_rate == 1e-4


def test_a_case_crosses_to_another_process_whole(verifier: Verifier, same: tuple[Picture, Picture]) -> None:
    case = verifier.verify(*same, CONSENT)
    received: Verification = pickle.loads(pickle.dumps(case))  # noqa: S301 - our own bytes
    assert (received.outcome, received.reasons, received.timings_ms) == (
        case.outcome,
        case.reasons,
        case.timings_ms,
    )


@pytest.mark.parametrize("named", ["detector", "recogniser"])
def test_a_non_commercial_model_is_named_at_every_start(studio: Studio, named: str) -> None:
    assert Verifier(studio.engine).notices == ()
    entries: dict[str, ModelEntry] = {
        "detector": studio.engine.detector,
        "recogniser": studio.engine.recogniser,
    }
    licensed = dataclasses.replace(
        entries[named], name="borrowed", licence="CC-BY-NC-4.0", commercial_use=False
    )
    if named == "detector":
        studio.engine.detector = licensed
    else:
        studio.engine.recogniser = licensed
    (notice,) = Verifier(studio.engine).notices
    assert notice == "The model borrowed is licensed for non-commercial use only (CC-BY-NC-4.0)."
