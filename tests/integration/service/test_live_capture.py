"""An attempt before the camera: one at a time, for its link alone, and what it costs to break it off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.conftest import on_each_database
from tests.integration.service.test_submitting import takes_back
from tests.scripted_sight import DONE, scripted

from bonafide.capture.challenge import MOVEMENTS, Mode, StepKind
from bonafide.errors import InProgress, NotPermitted, TooManyTries, UnreadablePicture, UsageError
from bonafide.evidence.receipt import parse_receipt
from bonafide.liveness.looking import Arrival
from bonafide.liveness.session import Reveal, Turn
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Manner
from bonafide.service.case_picture import PictureKind
from bonafide.service.live_capture import LiveCapture, LiveTold
from bonafide.service.opinions import Opinions
from bonafide.service.sign_up import SignUpState

if TYPE_CHECKING:
    from tests.integration.service.conftest import Desk

OPERATOR = "counter.example"


def side(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 40), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


class Customer:
    """Somebody who does what is asked, and may stop."""

    def __init__(self, desk: Desk, link: str, mode: Mode = Mode.LIGHT, device: str | None = None) -> None:
        self.capture = LiveCapture.begin(desk.service, OPERATOR, link, mode, device=device)
        self.now = 0.0
        self.asked: list[StepKind] = []

    def shows_document(self) -> None:
        self.capture.document(PictureKind.DOCUMENT, side(200))
        self.capture.document(PictureKind.DOCUMENT_BACK, side(210))

    def starts(self) -> Reveal:
        self.shows_document()
        return self.capture.start(self.now)

    def gives(self, step: int, **how: Any) -> Turn | None:  # noqa: ANN401
        self.now += 0.13
        return self.capture.frame(scripted(**how), Arrival(step, self.now, self.now), self.now)

    def answers(self, until: StepKind | None = None) -> None:
        """Do all that is asked, or all before the first step of a kind."""
        reveal: Reveal | None = self.starts()
        while reveal and reveal.kind is not until:
            self.asked.append(reveal.kind)
            self.capture.shown(reveal.step, self.now, self.now)
            reveal = self._answers(reveal)

    def _answers(self, reveal: Reveal) -> Reveal | None:
        for how in DONE[reveal.kind]:
            turn = self.gives(reveal.step, **how)
            if turn and (turn.over or turn.reveal):
                return turn.reveal
        # Colours go by time.
        due = self.capture.due
        assert due is not None
        self.now = max(self.now, due)
        return self.capture.tick(self.now).reveal

    def finishes(self) -> LiveTold:
        return self.capture.finish()


@contextmanager
def attempt(desk: Desk, link: str, **how: Any) -> Iterator[Customer]:  # noqa: ANN401
    customer = Customer(desk, link, **how)
    try:
        yield customer
    finally:
        customer.capture.abandon()


@pytest.mark.parametrize("mode", Mode)
def test_who_does_what_is_asked_is_decided_by_what_was_seen(desk: Desk, mode: Mode) -> None:
    made, link = desk.begins()
    with attempt(desk, link, mode=mode) as customer:
        customer.answers()
        live = customer.finishes()
    assert (live.told.state, live.told.outcome) == (SignUpState.ACCEPTED, Outcome.ACCEPT)
    assert desk.state(made) is SignUpState.ACCEPTED
    (session,) = desk.verifier.sessions
    assert session
    assert len(session.digest) == 64
    challenge = session.observation.challenge
    assert [step.kind for step in challenge.steps] == customer.asked
    movements = [index for index, step in enumerate(challenge.steps) if step.kind in MOVEMENTS]
    assert all(session.observation.steps[index].answered is not None for index in movements)
    assert all(times.shown is not None for times in session.observation.steps)
    assert live.receipt
    assert parse_receipt(live.receipt).claims["outcome"] == "accept"


def test_what_is_asked_is_drawn_anew_for_each_attempt(desk: Desk) -> None:
    asked = set()
    for _ in range(6):
        _, link = desk.begins()
        with attempt(desk, link) as customer:
            customer.answers()
            customer.finishes()
        asked.add(tuple(desk.verifier.sessions[-1].observation.challenge.steps))  # type: ignore[union-attr]
    assert len(asked) == 6


@on_each_database
def test_a_session_is_used_once(desk: Desk) -> None:
    made, link = desk.begins()
    with attempt(desk, link) as customer:
        customer.answers()
        customer.finishes()
        with pytest.raises(NotPermitted):
            customer.finishes()
    with pytest.raises(NotPermitted, match="has been used"):
        Customer(desk, link)
    assert desk.verifier.calls == 1
    assert desk.state(made) is SignUpState.ACCEPTED


def test_a_session_answers_for_its_own_link_alone(desk: Desk) -> None:
    (one, first), (other, second) = desk.begins(), desk.begins()
    with attempt(desk, first) as customer, attempt(desk, second):
        customer.answers()
        customer.finishes()
    assert desk.state(one) is SignUpState.ACCEPTED
    assert desk.state(other) is SignUpState.AGREED


def test_of_two_with_one_link_the_second_waits(desk: Desk) -> None:
    _, link = desk.begins()
    with attempt(desk, link):
        with pytest.raises(InProgress):
            Customer(desk, link)
        with pytest.raises(InProgress):
            desk.submits(link)
    with attempt(desk, link) as customer:
        customer.answers()
        assert customer.finishes().told.outcome is Outcome.ACCEPT


def test_whoever_is_renewed_keeps_the_sign_up(desk: Desk) -> None:
    _, link = desk.begins()
    with attempt(desk, link) as customer:
        customer.answers()
        for _ in range(4):
            desk.counter.machine.passes(timedelta(seconds=20))
            customer.capture.renew()
        with pytest.raises(InProgress):
            Customer(desk, link)
        assert customer.finishes().told.outcome is Outcome.ACCEPT


def test_whoever_is_not_heard_of_for_a_minute_loses_it(desk: Desk) -> None:
    made, link = desk.begins()
    with attempt(desk, link) as gone:
        gone.answers()
        desk.counter.machine.passes(timedelta(seconds=61))
        with attempt(desk, link) as other:
            with pytest.raises(NotPermitted, match="went on without"):
                gone.capture.renew()
            with pytest.raises(NotPermitted, match="went on without"):
                gone.finishes()
            other.answers()
            assert other.finishes().told.outcome is Outcome.ACCEPT
    assert desk.state(made) is SignUpState.ACCEPTED


def test_breaking_off_before_a_movement_was_asked_costs_nothing(desk: Desk) -> None:
    made, link = desk.begins()
    for _ in range(7):
        with attempt(desk, link) as customer:
            customer.starts()
            customer.gives(0)
    assert desk.row(made).tries_left == 5


def test_nobody_asks_until_the_movements_suit_a_recording(desk: Desk) -> None:
    made, link = desk.begins()
    for left in (4, 3, 2, 1, 0):
        with attempt(desk, link) as customer:
            reveal = customer.starts()
            while reveal.kind not in MOVEMENTS:
                turn = customer.gives(reveal.step)
                reveal = turn.reveal if turn and turn.reveal else reveal
        assert desk.row(made).tries_left == left
    with pytest.raises(NotPermitted):
        Customer(desk, link)


def test_nobody_before_the_camera_is_no_picture_to_decide_by(desk: Desk) -> None:
    made, link = desk.begins()
    for left in (4, 3, 2, 1, 0):
        with attempt(desk, link) as customer:
            customer.starts()
            for _ in range(5):
                customer.gives(0, faces=0)
            assert customer.capture.tick(40).over
            live = customer.finishes()
        assert live.told.reasons == (Reason.SELFIE_NO_FACE,)
        assert (live.told.again, live.told.tries_left, live.receipt) == (left > 0, left, None)
    assert desk.verifier.calls == 0
    # No program looks again, and a person still can.
    with pytest.raises(NotPermitted, match="run out"):
        Customer(desk, link)
    desk.agrees(link, manner=Manner.PERSON)
    assert desk.submits(link).state is SignUpState.WAITING
    assert desk.state(made) is SignUpState.WAITING


def test_a_doubtful_presence_may_be_tried_again_and_then_a_person_looks(desk: Desk) -> None:
    made, link = desk.begins()
    desk.verifier.outcome = Outcome.REFER
    desk.verifier.reasons = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_DOUBTFUL, Reason.DOCUMENT_CONSISTENT)
    for left in (4, 3, 2, 1):
        with attempt(desk, link) as customer:
            customer.answers()
            told = customer.finishes().told
        assert (told.again, told.tries_left, told.reasons) == (True, left, (Reason.PRESENCE_DOUBTFUL,))
        desk.counter.machine.passes(timedelta(minutes=2))
    with attempt(desk, link) as customer:
        customer.answers()
        told = customer.finishes().told
    assert (told.again, told.outcome) == (False, Outcome.REFER)
    assert desk.state(made) is SignUpState.WAITING


def test_refuted_presence_is_decided_at_once_and_counts_against_the_device(desk: Desk) -> None:
    desk.verifier.outcome = Outcome.REJECT
    desk.verifier.reasons = (Reason.MATCH_CONFIRMED, Reason.PRESENCE_REFUTED, Reason.DOCUMENT_CONSISTENT)
    desk.verifier.number = None
    for _ in range(5):
        made, link = desk.begins()
        with attempt(desk, link, device="a phone") as customer:
            customer.answers()
            told = customer.finishes().told
        assert (told.again, told.outcome) == (False, Outcome.REJECT)
        assert desk.state(made) is SignUpState.REJECTED
    made, link = desk.begins()
    with pytest.raises(TooManyTries):
        Customer(desk, link, device="a phone")
    assert desk.row(made).tries_left == 5


def test_refuted_presence_before_an_agent_goes_to_two_people_at_once(desk: Desk) -> None:
    desk.verifier.outcome = Outcome.REFER
    desk.verifier.reasons = (Reason.PRESENCE_REFUTED, Reason.DOCUMENT_BLURRED)
    made, link = desk.begins(attended=True, agent="agent 7")
    with attempt(desk, link) as customer:
        customer.answers()
        told = customer.finishes().told
    assert (told.again, told.outcome) == (False, Outcome.REFER)
    assert desk.state(made) is SignUpState.WAITING
    (waiting,) = Opinions(desk.counter.kept, desk.counter.reviewing).waiting()
    assert waiting.two_decide


def test_no_program_looks_at_whom_a_person_compares(desk: Desk) -> None:
    made, link = desk.opens()
    desk.agrees(link, manner=Manner.PERSON)
    with pytest.raises(NotPermitted, match="A person compares"):
        Customer(desk, link)
    assert desk.row(made).tries_left == 5
    assert desk.row(made).claim is None


def test_nobody_is_looked_at_before_they_agree(desk: Desk) -> None:
    _, link = desk.opens()
    with pytest.raises(NotPermitted, match="Nobody has agreed"):
        Customer(desk, link)


def test_it_starts_once_and_after_the_document(desk: Desk) -> None:
    _, link = desk.begins()
    with attempt(desk, link) as customer:
        with pytest.raises(UsageError, match="Send the document"):
            customer.capture.start(0.0)
        with pytest.raises(UsageError, match="taken from the session"):
            customer.capture.document(PictureKind.SELFIE, side(1))
        with pytest.raises(UnreadablePicture):
            customer.capture.document(PictureKind.DOCUMENT, b"nothing that could be read")
        customer.starts()
        with pytest.raises(UsageError, match="starts once"):
            customer.capture.start(1.0)


@pytest.mark.parametrize("what", ["declines", "withdraws", "erased"])
def test_of_what_somebody_takes_back_meanwhile_nothing_is_compared(desk: Desk, what: str) -> None:
    made, link = desk.begins()
    with attempt(desk, link) as customer:
        customer.answers()
        takes_back(desk, made, link, what)
        with pytest.raises(NotPermitted):
            customer.finishes()
    assert desk.verifier.calls == 0
    if what == "erased":
        assert desk.sign_ups.find(made) is None
    else:
        assert desk.state(made) is (SignUpState.DECLINED if what == "declines" else SignUpState.AGREED)


@pytest.mark.parametrize("what", ["declines", "withdraws", "erased"])
def test_whoever_takes_it_back_is_not_held_any_longer(desk: Desk, what: str) -> None:
    made, link = desk.begins()
    with attempt(desk, link) as customer:
        customer.starts()
        customer.capture.renew()
        takes_back(desk, made, link, what)
        with pytest.raises(NotPermitted):
            customer.capture.renew()


def test_nothing_of_a_session_is_kept_but_what_a_case_keeps(desk: Desk) -> None:
    _, link = desk.begins()
    with attempt(desk, link) as customer:
        customer.answers()
        for _ in range(3):
            assert customer.gives(0) is None, "no frame is measured once it is over"
        customer.finishes()
    assert len(desk.verifier.sight.looked) < 100
