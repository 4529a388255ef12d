"""A sign-up as it happens: the shipped models, a drawn card in a photograph, a selfie."""

from __future__ import annotations

import dataclasses
from collections import Counter as Count
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bonafide.capture import read_picture
from bonafide.errors import NotPermitted
from bonafide.evidence import parse_receipt
from bonafide.face import Detector, FaceFinder, Recogniser
from bonafide.models import ModelEntry, ModelStore, Role, open_session
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner
from bonafide.privacy.holdings import DecisionRecord
from bonafide.service.documents import Documents as ReadDocuments
from bonafide.service.engine import Engine
from bonafide.service.person_desk import PersonDesk
from bonafide.service.sign_up import SignUpState
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.store.schema import DECISION
from documents import Documents, documents_in

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

# What is kept of it is proved on both databases where it costs little; here it is the weights that matter.
pytestmark = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)

OPERATOR = "counter.example"


@pytest.fixture(scope="module")
def cards(sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Documents:
    if not (sample_pictures / "NotoSansSC-Regular.otf").is_file():
        pytest.skip("needs the fonts: run `python demo/fetch_samples.py`")
    from tests.integration.service.conftest import START

    return documents_in(tmp_path_factory.mktemp("cards"), sample_pictures / "obama.jpg", START.date())


@pytest.fixture(scope="module")
def engine(models_home: Path) -> tuple[Engine, ReadDocuments]:
    settings = Settings(models_home)
    return Engine.open(settings, settings.profile), ReadDocuments.of(settings)


@pytest.fixture
def real(desk: Desk, engine: tuple[Engine, ReadDocuments]) -> Desk:
    verifier = Verifier(*engine, now=lambda: desk.counter.machine.now)
    return dataclasses.replace(desk, service=dataclasses.replace(desk.service, verifier=verifier))


def test_somebody_is_accepted_once_whoever_else_uses_the_link(
    real: Desk, cards: Documents, sample_pictures: Path
) -> None:
    made, link = real.begins(attended=True, agent="agent 7")
    front, back = read_picture(cards.front), read_picture(cards.back)
    selfie = read_picture(sample_pictures / "obama2.jpg")

    def one(_number: int) -> str:
        try:
            return str(real.sign_ups.submit(link, front, selfie, back).state)
        except NotPermitted:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        assert Count(pool.map(one, range(16))) == {"accepted": 1, "refused": 15}
    receipt = real.sign_ups.receipt(made)
    assert receipt
    assert parse_receipt(receipt).claims["document"] == "cn-resident-id"
    with real.service.store.read(OPERATOR) as transaction:
        (decision,) = transaction.all(DecisionRecord, DECISION)
    assert decision.document_index
    # The same card again is known again.
    again, link = real.begins(attended=True, agent="agent 7")
    assert real.sign_ups.submit(link, front, selfie, back).outcome is Outcome.ACCEPT
    with real.service.store.read(OPERATOR) as transaction:
        assert {row.document_index for row in transaction.all(DecisionRecord, DECISION)} == {
            decision.document_index
        }
    assert real.state(again) is SignUpState.ACCEPTED


def test_a_person_is_handed_what_was_read_and_no_model_of_faces_is_loaded(
    desk: Desk, models_home: Path, cards: Documents, sample_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(*_arguments: object) -> None:
        raise AssertionError("a face was touched")

    for worker, name in ((FaceFinder, "find"), (Detector, "detect"), (Recogniser, "template")):
        monkeypatch.setattr(worker, name, touched)
    opened: list[Role] = []

    def opens(entry: ModelEntry, store: ModelStore) -> object:
        opened.append(entry.role)
        return open_session(entry, store)

    monkeypatch.setattr("bonafide.service.documents.open_session", opens)
    by_person = PersonDesk(ReadDocuments.of(Settings(models_home)), now=lambda: desk.counter.machine.now)
    monkeypatch.setattr(type(desk.verifier), "by_person", by_person)
    made, link = desk.opens()
    desk.agrees(link, manner=Manner.PERSON)
    front, back = read_picture(cards.front), read_picture(cards.back)
    told = desk.sign_ups.submit(link, front, read_picture(sample_pictures / "obama2.jpg"), back)
    assert told.reasons == (Reason.PERSON_ASKED, Reason.PRESENCE_NOT_SHOWN, Reason.DOCUMENT_CONSISTENT)
    assert set(opened) == {Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER}
    receipt = desk.sign_ups.receipt(made)
    assert receipt
    assert parse_receipt(receipt).claims["document"] == "cn-resident-id"
    with desk.service.store.read(OPERATOR) as transaction:
        (decision,) = transaction.all(DecisionRecord, DECISION)
    assert decision.document_index


@pytest.mark.long
def test_a_stranger_is_rejected_and_a_card_without_its_back_is_asked_for_again(
    real: Desk, cards: Documents, sample_pictures: Path
) -> None:
    front, back = read_picture(cards.front), read_picture(cards.back)
    _, link = real.begins(attended=True, agent="agent 7")
    stranger = real.sign_ups.submit(link, front, read_picture(sample_pictures / "biden.jpg"), back)
    assert (stranger.state, stranger.again) == (SignUpState.REJECTED, False)
    assert Reason.MATCH_REFUTED in stranger.reasons
    real.counter.machine.passes(timedelta(minutes=5))
    _, link = real.begins(attended=True, agent="agent 7")
    selfie = read_picture(sample_pictures / "obama2.jpg")
    told = real.sign_ups.submit(link, front, selfie)
    assert (told.again, told.reasons, told.outcome) == (True, (Reason.DOCUMENT_SIDE_MISSING,), None)
    told = real.sign_ups.submit(link, front, back, back)  # no face in that selfie
    assert (told.again, told.reasons) == (True, (Reason.SELFIE_NO_FACE,))
    told = real.sign_ups.submit(link, front, selfie, back)
    assert (told.state, told.tries_left) == (SignUpState.ACCEPTED, 2)
