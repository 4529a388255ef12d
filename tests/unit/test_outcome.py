"""Outcomes and reason codes: scripts and receipts depend on every letter of them."""

from __future__ import annotations

import re

import pytest

from bonafide.outcome import Flaw, Outcome, Reason, Subject


def test_there_are_three_outcomes() -> None:
    assert list(Outcome) == ["accept", "refer", "reject"]


@pytest.mark.parametrize("flaw", Flaw)
@pytest.mark.parametrize("subject", Subject)
def test_every_flaw_of_either_picture_has_a_reason(subject: Subject, flaw: Flaw) -> None:
    assert Reason.of(subject, flaw) == f"{subject}.{flaw}"


def test_the_reasons_beside_flaws_are_these() -> None:
    of_flaws = {Reason.of(subject, flaw) for subject in Subject for flaw in Flaw}
    assert set(Reason) - of_flaws == {
        "match.confirmed",
        "match.doubtful",
        "match.refuted",
        "person.asked",
        "presence.attended",
        "presence.not_shown",
        "presence.confirmed",
        "presence.doubtful",
        "presence.refuted",
        "pattern.same_document",
        "pattern.agent_run",
        "pattern.device_documents",
        "pattern.outcome_flip",
        "document.consistent",
        "document.kind_unknown",
        "document.outline_unsure",
        "document.unreadable",
        "document.side_missing",
        "document.sides_differ",
        "document.reading_unsure",
        "document.number_wrong",
        "document.region_unknown",
        "document.issuer_unknown",
        "document.birth_differs",
        "document.sex_differs",
        "document.names_differ",
        "document.dates_wrong",
        "document.not_yet_valid",
        "document.expired",
        "document.under_age",
        "document.zone_wrong",
        "document.barcode_wrong",
        "document.barcode_differs",
        "document.seal_wrong",
        "document.seal_untrusted",
        "document.screen",
        "document.copy",
        "document.text_edited",
        "document.portrait_misplaced",
        "document.portraits_differ",
        "chip.authentic",
        "chip.incomplete",
        "chip.malformed",
        "chip.data_changed",
        "chip.data_uncovered",
        "chip.signature_wrong",
        "chip.signature_unsupported",
        "chip.signer_unfit",
        "chip.signer_untrusted",
        "chip.signer_expired",
        "chip.signer_revoked",
        "chip.revocation_unknown",
        "chip.portrait_unreadable",
        "chip.portrait_differs",
        "chip.portrait_doubtful",
        "chip.text_differs",
    }


@pytest.mark.parametrize("reason", Reason)
def test_a_code_is_a_subject_and_a_name(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", reason)
    assert reason.name == reason.value.replace(".", "_").upper()
