"""What is kept of a decision: all of it in one commit, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bonafide.errors import NotPermitted, VaultClosed
from bonafide.evidence import check_receipt, parse_receipt
from bonafide.evidence.commitment import opens
from bonafide.evidence.leaf import Leaf
from bonafide.outcome import Outcome
from bonafide.privacy import attested, purposes
from bonafide.privacy.holdings import DecisionRecord
from bonafide.privacy.referred_case import ReferredCase
from bonafide.store.schema import DECISION, LEAF, REFERRED_CASE, SEALED
from bonafide.store.sealed import SealedRow, open_from

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"


def rows(counter: Counter) -> tuple[int, int, int, int]:
    """Decisions, leaves, cases, pictures."""
    with counter.kept.store.read(OPERATOR) as transaction:
        return (
            len(transaction.all(DecisionRecord, DECISION)),
            len(transaction.all(Leaf, LEAF)),
            len(transaction.all(ReferredCase, REFERRED_CASE)),
            len(transaction.all(SealedRow, SEALED)),
        )


@pytest.mark.parametrize("outcome", [Outcome.ACCEPT, Outcome.REJECT])
def test_a_decision_is_kept_without_its_pictures(
    counter: Counter, outcome: Outcome, everything: Callable[[], bytes]
) -> None:
    consent, token = counter.agrees()
    case = counter.case(outcome)
    made = counter.keeping.keep(case, token, counter.pictures("somebody's"))
    assert not made.waiting
    assert rows(counter) == (1, 1, 0, 0)
    with counter.kept.store.read(OPERATOR) as transaction:
        (row,) = transaction.all(DecisionRecord, DECISION)
        (leaf,) = transaction.all(Leaf, LEAF)
    assert (row.id, row.subject, row.consent) == (made.id, consent.subject, consent.id)
    assert (row.purpose, row.outcome) == ("sim-signup", outcome.value)
    assert row.document_index == case.document_index
    assert row.deadline == purposes()["sim-signup"].deadline("decision", counter.machine.now)  # type: ignore[arg-type]
    receipt = parse_receipt(row.receipt)
    assert check_receipt(receipt, (counter.signer.public_key,)).valid
    assert (receipt.claims["identifier"], receipt.claims["outcome"]) == (made.id, outcome.value)
    assert (leaf.position, leaf.kind) == (made.position, "decision")
    assert opens(leaf.commitment, row.salt, made.receipt)
    for secret in (b"somebody", b"L898902C3", b"cosine"):
        assert secret not in everything()


def test_a_referred_case_keeps_its_pictures_sealed(counter: Counter, everything: Callable[[], bytes]) -> None:
    consent, token = counter.agrees()
    pictures = counter.pictures("somebody's")
    made = counter.keeping.keep(counter.case(Outcome.REFER), token, pictures)
    assert made.waiting
    assert rows(counter) == (1, 1, 1, 3)
    with counter.kept.store.read(OPERATOR) as transaction:
        sealed = transaction.all(SealedRow, SEALED)
        (case,) = transaction.all(ReferredCase, REFERRED_CASE)
    assert (case.id, case.subject, case.consent) == (made.id, consent.subject, consent.id)
    assert {row.deadline for row in sealed} == {counter.machine.now + timedelta(hours=72)}
    opened = {row.kind: bytes(open_from(counter.vault, OPERATOR, row)) for row in sealed}
    assert opened == {picture.kind: picture.content for picture in pictures}
    assert b"somebody" not in everything()


def test_a_document_is_known_again_and_only_by_its_operator(counter: Counter) -> None:
    keys = []
    for number in ("L898902C3", "L898902C3", "L898902C4", None):
        _, token = counter.agrees()
        made = counter.keeping.keep(counter.case(Outcome.ACCEPT, number), token, ())
        with counter.kept.store.read(OPERATOR) as transaction:
            row = transaction.one(DecisionRecord, DECISION, DECISION.c.id == made.id)
        assert row
        keys.append(row.document_index)
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] is None
    counter.vault.begin_operator("other.example")
    assert counter.vault.document_index("other.example", "UTO", "L898902C3") != keys[0]


@pytest.mark.parametrize("outcome", Outcome)
def test_without_a_consent_that_stands_nothing_is_kept(counter: Counter, outcome: Outcome) -> None:
    consent, token = counter.agrees()
    counter.withdraws(consent)
    vouched = attested(purposes()["sim-signup"], counter.machine.now)
    _, other = counter.agrees("patient-checkin")
    for refused in (token, vouched, other):
        with pytest.raises(NotPermitted):
            counter.keeping.keep(counter.case(outcome), refused, counter.pictures("no"))
    _, stale = counter.agrees()
    counter.machine.passes(timedelta(minutes=11))
    with pytest.raises(NotPermitted, match="stale"):
        counter.keeping.keep(counter.case(outcome), stale, counter.pictures("no"))
    assert rows(counter) == (0, 0, 0, 0)


def test_without_keys_nothing_is_kept_of_a_referral(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = counter.agrees()
    case = counter.case(Outcome.REFER)
    sealed = 0

    def closed(*_arguments: object) -> None:
        nonlocal sealed
        sealed += 1
        raise VaultClosed("The holder is away", "Bring it back")

    with monkeypatch.context() as away:
        away.setattr(type(counter.vault), "seal", closed)
        with pytest.raises(VaultClosed):
            counter.keeping.keep(case, token, counter.pictures("no"))
    assert sealed == 1
    assert rows(counter) == (0, 0, 0, 0)
    assert counter.keeping.keep(case, token, counter.pictures("yes")).waiting


def test_a_kept_decision_tells_nothing_of_its_receipt(counter: Counter) -> None:
    _, token = counter.agrees()
    made = counter.keeping.keep(counter.case(Outcome.ACCEPT), token, counter.pictures("x"))
    assert json.loads(made.receipt)["claims"]["outcome"] not in repr(made)
    assert "content" not in repr(counter.pictures("x"))
