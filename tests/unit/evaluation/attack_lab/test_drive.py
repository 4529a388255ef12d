from __future__ import annotations

import random

import numpy as np
import pytest

from bonafide.capture.challenge import Challenge, Mode, StepKind, draw_challenge
from bonafide.evaluation.attack_lab.drive import Drive
from bonafide.evaluation.attack_lab.phone import Phone
from bonafide.face import Face
from bonafide.liveness.clocks import breached
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.looking import Arrival, Wanted
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.session import Reveal


class _Blind:
    """Sees a face in the middle of every frame and no mesh: a session never gets past its first step."""

    def look(self, data: bytes, arrival: Arrival, wanted: Wanted) -> FrameMeasure:
        del wanted
        return FrameMeasure(
            step=arrival.step,
            captured=arrival.captured,
            received=arrival.received,
            digest=data.ljust(32),
            width=480,
            height=640,
            faces=1,
            face=Face((120.0, 200.0, 240.0, 260.0), np.zeros((5, 2), np.float32), 1.0),
            mesh=None,
            skin=None,
            thumb=None,
            brightness=120.0,
            sharpness=10.0,
        )


class _Recorder:
    """Notes what the page shows, and sends numbered frames."""

    def __init__(self) -> None:
        self.told_at: list[tuple[StepKind, float]] = []
        self.guided_at: list[tuple[Guidance, float]] = []
        self.asked: list[float] = []

    def told(self, reveal: Reveal, at: float) -> None:
        self.told_at.append((reveal.kind, at))

    def guided(self, guidance: Guidance, at: float) -> None:
        self.guided_at.append((guidance, at))

    def frame(self, at: float, side: int) -> bytes:
        assert side == 480
        self.asked.append(at)
        return len(self.asked).to_bytes(4, "big")


def _run(phone: Phone, seed: int = 1) -> tuple[Observation, _Recorder, Challenge]:
    challenge = draw_challenge(Mode.LIGHT, random.Random(seed))  # noqa: S311 - no secret
    recorder = _Recorder()
    drive = Drive(_Blind(), phone, np.random.default_rng(seed))
    return drive.run(challenge, recorder), recorder, challenge


def test_frames_come_at_the_rate_asked_for_and_carry_the_phone_s_clock() -> None:
    phone = Phone(offset=500.0, missed=0.0)
    seen, recorder, _ = _run(phone)
    captured = np.array([frame.captured for frame in seen.frames])
    assert captured.min() > 500
    assert np.median(np.diff(captured)) == pytest.approx(1 / 8, abs=0.02)
    delays = np.array([frame.received - frame.captured + 500 for frame in seen.frames])
    assert 0.03 < np.median(delays) < 0.3
    assert (delays > 0).all()
    # Nothing is sent before a step is shown.
    assert min(recorder.asked) >= recorder.told_at[0][1]


def test_an_honest_phone_breaks_no_rule_of_the_clocks() -> None:
    for seed in range(12):
        chance = np.random.default_rng(seed)
        seen, _, _ = _run(Phone.drawn(chance), seed)
        assert len(seen.frames) > 100
        assert not breached(seen)


def test_a_session_that_is_not_answered_ends() -> None:
    seen, recorder, _ = _run(Phone())
    assert len(seen.steps) == 1
    assert recorder.asked[-1] == pytest.approx(30, abs=1)
    assert {guidance for guidance, _ in recorder.guided_at} == {Guidance.NO_FACE}


def test_a_network_that_stalls_brings_frames_late_and_in_order() -> None:
    seen, _, _ = _run(Phone(stall=(3.0, 1.5), spread=0.0))
    received = np.array([frame.received for frame in seen.frames])
    delay = received - np.array([frame.captured for frame in seen.frames])
    assert (np.diff(received) > 0).all()
    assert delay.max() - np.median(delay) > 1.2


def test_the_same_seed_is_the_same_session() -> None:
    one, other = (_run(Phone(), 3)[0] for _ in range(2))
    assert [frame.received for frame in one.frames] == [frame.received for frame in other.frames]
