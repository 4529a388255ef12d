"""The chip beside the printed document, with patches of grey for portraits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bonafide.capture import Picture
from bonafide.compare import Comparison
from bonafide.decide import SIM_SIGNUP
from bonafide.document import DocumentCheck, Kind, Reading
from bonafide.document.chip import ChipAuthentication, ChipFiles, PortraitFormat, TrustStore
from bonafide.errors import UnreadableData
from bonafide.outcome import Flaw, Outcome, Reason, Subject
from bonafide.privacy import purposes
from bonafide.privacy.token import issue
from bonafide.service import chips
from bonafide.service.chips import ChipEvidence, chip_checks, chip_evidence
from bonafide.service.engine import SubjectFace
from bonafide.service.trust import trust_of
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio, TellingReader

ZONE = ("P<UTOERIKSSON<<ANNA<MARIA", "L898902C36UTO7408122F1204159")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CONSENT = issue(purposes()["sim-signup"], datetime(2100, 1, 1, tzinfo=UTC))
FILES = ChipFiles(None, {})
PASSED = (DocumentCheck.passed("chip.complete"), DocumentCheck.passed("chip.signature"))
FAILED = (DocumentCheck.failed("chip.signature", Reason.CHIP_SIGNATURE_WRONG),)

Chip = Callable[..., None]


def authentication(*, authentic: bool = True, zone: tuple[str, ...] = ZONE) -> ChipAuthentication:
    checks, reasons = (
        (PASSED, (Reason.CHIP_AUTHENTIC,)) if authentic else (FAILED, (Reason.CHIP_SIGNATURE_WRONG,))
    )
    return ChipAuthentication(authentic, checks, reasons, zone, b"portrait", PortraitFormat.JPEG)


def reading(mrz: tuple[str, ...] | None = ZONE) -> Reading:
    fields = {} if mrz is None else {"mrz": mrz}
    return Reading(Kind.TD3, fields, (DocumentCheck.passed("document.kind"),), None)


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Chip:
    """Let the chip hold a portrait, and be authentic or not."""

    def install(portrait: Picture, *, authentic: bool = True, zone: tuple[str, ...] = ZONE) -> None:
        monkeypatch.setattr(chips, "authenticate", lambda *_: authentication(authentic=authentic, zone=zone))
        monkeypatch.setattr(chips, "portrait_picture", lambda _: portrait)

    return install


def made(face: SubjectFace | None, *, authentic: bool = True, zone: tuple[str, ...] = ZONE) -> ChipEvidence:
    return ChipEvidence(authentication(authentic=authentic, zone=zone), face)


def compared(false_match_rate: float, log_likelihood_ratio: float) -> Comparison:
    return Comparison(0.5, log_likelihood_ratio, false_match_rate, "made-up", "c" * 64, "d" * 64)


@pytest.fixture
def face(studio: Studio, patch: type[Patch]) -> SubjectFace:
    """A face as a chip's portrait shows it."""
    return studio.faces.subject_face(studio.faces.find(studio.draw(patch(0.5))), Subject.DOCUMENT)


def named(checks: tuple[DocumentCheck, ...], name: str) -> DocumentCheck:
    (found,) = (check for check in checks if check.name == name)
    return found


@pytest.mark.parametrize(
    ("printed", "on_chip", "expected"),
    [
        (ZONE, ZONE, DocumentCheck.passed("chip.text")),
        (ZONE[::-1], ZONE, DocumentCheck.failed("chip.text", Reason.CHIP_TEXT_DIFFERS)),
        (ZONE, (ZONE[0], ZONE[1][:-1] + "8"), DocumentCheck.failed("chip.text", Reason.CHIP_TEXT_DIFFERS)),
        (None, ZONE, DocumentCheck.not_assessable("chip.text", Reason.DOCUMENT_UNREADABLE)),
        (ZONE, (), DocumentCheck.not_assessable("chip.text", Reason.DOCUMENT_UNREADABLE)),
    ],
    ids=["same", "differs", "one character differs", "no zone printed", "no zone in the chip"],
)
def test_chip_and_print_must_say_the_same(
    face: SubjectFace,
    printed: tuple[str, ...] | None,
    on_chip: tuple[str, ...],
    expected: DocumentCheck,
) -> None:
    checks = chip_checks(made(face, zone=on_chip), reading(printed), compared(1e-5, 6), SIM_SIGNUP.match)
    assert named(checks, "chip.text") == expected
    assert checks[: len(PASSED)] == PASSED


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        (compared(1e-4, 5), DocumentCheck.passed("chip.portrait")),
        (compared(1e-3, 1), DocumentCheck.not_assessable("chip.portrait", Reason.CHIP_PORTRAIT_DOUBTFUL)),
        (compared(1, -5), DocumentCheck.failed("chip.portrait", Reason.CHIP_PORTRAIT_DIFFERS)),
        (None, DocumentCheck.not_assessable("chip.portrait", Reason.CHIP_PORTRAIT_DOUBTFUL)),
    ],
    ids=["same", "doubtful", "somebody else", "nothing to compare"],
)
def test_chip_and_print_must_show_the_same(
    face: SubjectFace, comparison: Comparison | None, expected: DocumentCheck
) -> None:
    checks = chip_checks(made(face), reading(), comparison, SIM_SIGNUP.match)
    assert named(checks, "chip.portrait") == expected


def test_a_portrait_without_a_face_cannot_be_compared(studio: Studio) -> None:
    faceless = studio.faces.subject_face(studio.faces.find(studio.draw()), Subject.DOCUMENT)
    for face in (None, faceless):
        checks = chip_checks(made(face), reading(), None, SIM_SIGNUP.match)
        assert named(checks, "chip.portrait") == DocumentCheck.not_assessable(
            "chip.portrait", Reason.CHIP_PORTRAIT_UNREADABLE
        )


def test_only_a_portrait_that_a_state_signed_is_looked_at(
    studio: Studio, chip: Chip, monkeypatch: pytest.MonkeyPatch, patch: type[Patch]
) -> None:
    chip(studio.draw(patch(0.5)))
    assert chip_evidence(FILES, TrustStore(), studio.faces, NOW).face is not None
    chip(studio.draw(patch(0.5)), authentic=False)
    monkeypatch.setattr(chips, "portrait_picture", None)
    found = chip_evidence(FILES, TrustStore(), studio.faces, NOW)
    assert (found.face, found.authentication.authentic) == (None, False)


def test_a_damaged_portrait_is_as_good_as_none(studio: Studio, chip: Chip, patch: type[Patch]) -> None:
    chip(studio.damage(studio.draw(patch(0.5))))
    found = chip_evidence(FILES, TrustStore(), studio.faces, NOW)
    assert found.face is None
    assert found.authentication.authentic


def verified(
    studio: Studio, reader: TellingReader, document: Picture, selfie: Picture
) -> tuple[str, set[str]]:
    reader.reading = reading()
    case = Verifier(studio.engine, studio.documents(reader)).verify(
        document, selfie, CONSENT, chip=FILES, attended=True
    )
    assert "chip" in case.timings_ms
    return case.outcome.value, {reason.value for reason in case.reasons}


def test_an_authentic_chip_that_agrees_is_accepted(
    studio: Studio, reader: TellingReader, chip: Chip, patch: type[Patch]
) -> None:
    chip(studio.draw(patch(0.5)))
    outcome, reasons = verified(studio, reader, studio.draw(patch(0.52)), studio.draw(patch(0.48)))
    assert outcome == Outcome.ACCEPT
    assert reasons == {"match.confirmed", "presence.attended", "document.consistent", "chip.authentic"}


def test_the_selfie_is_compared_with_the_portrait_in_the_chip(
    studio: Studio, reader: TellingReader, chip: Chip, patch: type[Patch]
) -> None:
    # Somebody printed their own portrait over that of the holder.
    chip(studio.draw(patch(1)))
    outcome, reasons = verified(studio, reader, studio.draw(patch(0)), studio.draw(patch(0)))
    assert outcome == Outcome.REJECT
    assert {"match.refuted", "chip.portrait_differs"} <= reasons
    # The holder, with the altered document, goes to a person.
    outcome, reasons = verified(studio, reader, studio.draw(patch(0)), studio.draw(patch(1)))
    assert outcome == Outcome.REFER
    assert {"match.confirmed", "chip.portrait_differs"} <= reasons


def test_a_chip_that_is_not_authentic_vouches_for_nobody(
    studio: Studio, reader: TellingReader, chip: Chip, patch: type[Patch]
) -> None:
    # Its portrait is the impostor's, the printed one the holder's.
    chip(studio.draw(patch(1)), authentic=False)
    outcome, reasons = verified(studio, reader, studio.draw(patch(0)), studio.draw(patch(1)))
    assert outcome == Outcome.REJECT
    assert {"match.refuted", "chip.signature_wrong"} <= reasons
    outcome, reasons = verified(studio, reader, studio.draw(patch(0)), studio.draw(patch(0)))
    assert outcome == Outcome.REFER
    assert "chip.signature_wrong" in reasons


def test_a_bad_portrait_in_the_chip_is_told_as_the_documents(
    studio: Studio, reader: TellingReader, chip: Chip, patch: type[Patch]
) -> None:
    chip(studio.draw())
    outcome, reasons = verified(studio, reader, studio.draw(patch(0.5)), studio.draw(patch(0.5)))
    assert (outcome, reasons) == ("refer", {f"document.{Flaw.NO_FACE}"})


def test_nobody_is_trusted_unless_certificates_are_named_or_lie_in_their_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert trust_of(settings) == TrustStore()
    (tmp_path / "trust").mkdir()
    assert trust_of(settings) == TrustStore()
    (tmp_path / "trust" / "csca.der").write_bytes(b"no certificate")
    with pytest.raises(UnreadableData):
        trust_of(settings)
    with pytest.raises(UnreadableData):
        trust_of(settings, [tmp_path / "missing.der"])
