"""A session goes on by what is done, says what to do next, and ends."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.liveness.looked import frame

from bonafide.capture.challenge import Challenge, Colour, Mode, Step, StepKind, draw_challenge
from bonafide.face import Template
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import MOST_FRAMES, LiveSession, Turn

FRONTAL = Step(StepKind.FRONTAL)
LEFT = Step(StepKind.TURN_LEFT)
RIGHT = Step(StepKind.TURN_RIGHT)
NOD = Step(StepKind.NOD)
CLOSER = Step(StepKind.CLOSER)
RED, BLUE = Step(StepKind.COLOUR, Colour.RED), Step(StepKind.COLOUR, Colour.BLUE)


def session(*steps: Step) -> LiveSession:
    mode = Mode.LIGHT if any(step.kind is StepKind.COLOUR for step in steps) else Mode.MOVEMENT
    made = LiveSession(Challenge(mode, steps), chance(1))
    made.begin(0.0)
    return made


class Clock:
    """Gives frames an eighth of a second apart, of whatever step is on."""

    def __init__(self, live: LiveSession) -> None:
        self.live = live
        self.now = 0.0
        self.step = 0

    def give(self, **how: Any) -> Turn:  # noqa: ANN401 - what `frame` takes
        self.now += 0.125
        turn = self.live.take(frame(self.step, self.now, **how), self.now)
        self.step = turn.reveal.step if turn.reveal else self.step
        return turn

    def look_ahead(self) -> Turn:
        """Until the frontal look is done."""
        for _ in range(10):
            turn = self.give()
            if turn.reveal or turn.over:
                return turn
        raise AssertionError("never done")


def test_a_frontal_look_takes_some_good_frames_in_a_row() -> None:
    clock = Clock(session(FRONTAL, LEFT))
    turns = [clock.give() for _ in range(3)]
    assert [turn.guidance for turn in turns] == [Guidance.HOLD_STILL] * 3
    assert not any(turn.reveal for turn in turns)
    done = [clock.give() for _ in range(2)][-1]
    assert done.guidance is Guidance.GOOD
    assert done.reveal
    assert done.reveal.kind is StepKind.TURN_LEFT
    assert clock.live.observation().steps[0].answered == clock.now


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"faces": 0}, Guidance.NO_FACE),
        ({"faces": 2}, Guidance.ONE_FACE),
        ({"width": 150}, Guidance.CLOSER),
        ({"width": 420}, Guidance.FURTHER),
        ({"centre": (90, 300)}, Guidance.CENTRE),
        ({"brightness": 20}, Guidance.MORE_LIGHT),
        ({"brightness": 240}, Guidance.LESS_LIGHT),
        ({"yaw": 20}, Guidance.LOOK_STRAIGHT),
        ({"pitch": 25}, Guidance.LOOK_STRAIGHT),
    ],
)
def test_what_is_wrong_is_said_and_begins_the_look_anew(how: dict[str, Any], said: Guidance) -> None:
    clock = Clock(session(FRONTAL, LEFT))
    for _ in range(3):
        clock.give()
    assert clock.give(**how).guidance is said
    assert not any(clock.give().reveal for _ in range(4))
    assert clock.give().reveal


def test_somebody_who_moves_is_told_to_hold_still() -> None:
    clock = Clock(session(FRONTAL, LEFT))
    clock.give()
    assert clock.give(centre=(260, 300)).guidance is Guidance.HOLD_STILL
    # That frame was none of a good row either.
    assert not any(clock.give(centre=(260, 300)).reveal for _ in range(4))


def test_the_sharpest_good_frame_is_the_best() -> None:
    clock = Clock(session(FRONTAL, LEFT))
    best = [clock.give(sharpness=sharp).best for sharp in (100, 300, 200, 400)]
    assert best == [True, True, False, True]


@pytest.mark.parametrize(
    ("step", "half", "whole"),
    [
        (LEFT, {"yaw": 15}, {"yaw": 28}),
        (RIGHT, {"yaw": -15}, {"yaw": -28}),
        (NOD, {"pitch": 8}, {"pitch": 16}),
        (NOD, {"pitch": -8}, {"pitch": -16}),
    ],
)
def test_a_movement_is_done_and_undone(step: Step, half: dict[str, Any], whole: dict[str, Any]) -> None:
    clock = Clock(session(FRONTAL, step, RIGHT))
    clock.look_ahead()
    more = Guidance.NOD_MORE if step is NOD else Guidance.TURN_MORE
    assert clock.give(**half).guidance is more
    assert clock.live.observation().steps[1].answered is None
    assert clock.give(**whole).guidance is Guidance.TURN_BACK
    answered = clock.now
    assert clock.step == 1
    assert clock.give().reveal
    assert clock.step == 2
    assert clock.live.observation().steps[1].answered == answered


def test_a_turn_to_the_other_side_is_none() -> None:
    clock = Clock(session(FRONTAL, LEFT, NOD))
    clock.look_ahead()
    assert clock.give(yaw=-28).guidance is Guidance.OTHER_WAY
    assert clock.give().guidance is Guidance.TURN_MORE
    assert clock.live.observation().steps[1].answered is None


def test_turns_count_from_how_somebody_looked_ahead() -> None:
    clock = Clock(session(FRONTAL, LEFT, NOD))
    for _ in range(10):
        if clock.give(yaw=-8).reveal:
            break
    assert clock.give(yaw=20).guidance is Guidance.TURN_BACK


def test_coming_closer_is_enough() -> None:
    clock = Clock(session(FRONTAL, CLOSER))
    clock.look_ahead()
    assert clock.give(width=240).guidance is Guidance.CLOSER
    turn = clock.give(width=290)
    assert turn.over
    assert clock.live.over


def test_colours_go_by_time_and_the_last_frames_are_waited_for() -> None:
    clock = Clock(session(FRONTAL, RED, BLUE))
    reveal = clock.look_ahead().reveal
    assert reveal
    assert (reveal.colour, reveal.longest) == (Colour.RED, 0.4)
    began = clock.now
    assert clock.give().reveal is None
    assert clock.live.tick(began + 0.39) == Turn()
    turn = clock.live.tick(began + 0.4)
    assert turn.reveal
    assert turn.reveal.colour is Colour.BLUE
    assert clock.live.due == pytest.approx(began + 0.4 + 0.4 + 0.7)
    assert not clock.live.tick(began + 1.4).over
    assert clock.live.tick(began + 1.6).over
    assert clock.live.over
    assert clock.live.due is None


def test_who_does_nothing_is_not_waited_for_for_ever() -> None:
    live = session(FRONTAL, LEFT)
    assert not live.tick(29).over
    assert live.tick(30).over
    clock = Clock(session(FRONTAL, LEFT, NOD))
    clock.look_ahead()
    assert clock.live.tick(clock.now + 10).over
    seen = clock.live.observation()
    assert len(seen.steps) == 2
    assert seen.steps[1].answered is None


def test_what_was_shown_first_counts() -> None:
    live = session(FRONTAL, LEFT)
    live.shown(0, 100.0, 1.0)
    live.shown(0, 50.0, 2.0)
    # Of a step that was not revealed nothing can be shown.
    live.shown(1, 60.0, 2.0)
    live.shown(200, 60.0, 2.0)
    (times,) = live.observation().steps
    assert (times.shown, times.confirmed) == (100.0, 1.0)


def test_frames_of_a_step_that_is_over_are_kept_and_change_nothing() -> None:
    clock = Clock(session(FRONTAL, LEFT, NOD))
    clock.look_ahead()
    late = clock.live.take(frame(0, clock.now + 0.01, yaw=28), clock.now + 0.01)
    assert late == Turn()
    assert clock.live.observation().steps[1].answered is None
    assert len(clock.live.observation().frames) == len(list(clock.live.observation().frames_at(0)))


def test_no_more_is_measured_than_was_asked_for() -> None:
    live = session(FRONTAL, LEFT)
    assert live.wants(0, 0.0, 0.0)
    assert live.wants(1, 0.0, 0.0) is None
    assert live.wants(-1, 0.0, 0.0) is None
    live.take(frame(0, 0.0), 0.0)
    assert live.wants(0, 0.05, 0.1) is None
    assert live.wants(0, 0.12, 0.2)
    for number in range(MOST_FRAMES):
        live.take(frame(0, float(number), faces=0), 0.0)
    assert live.wants(0, 1e6, 1e6) is None


def test_a_clock_that_runs_fast_brings_no_more_frames() -> None:
    live = session(FRONTAL, LEFT)
    measured = 0
    for number in range(400):
        # It says that two seconds passed between frames that come forty times a second.
        captured, received = 2.0 * number, number / 40
        if live.wants(0, captured, received):
            live.take(frame(0, captured, faces=0), received)
            measured += 1
    assert 100 < measured < 200, "ten seconds of what is asked for, and what a network may have held up"


def templates(*steps: Step, seed: int, each: int) -> list[list[int]]:
    """Of which frames of each step a template is asked for, so many frames of each."""
    live = LiveSession(Challenge(Mode.LIGHT, steps), chance(seed))
    live.begin(0.0)
    asked: list[list[int]] = []
    for step in range(len(steps)):
        asked.append([])
        for number in range(each):
            now = (step * each + number) * 0.4 / each
            wanted = live.wants(step, now, now)
            assert wanted
            made = frame(step, now)
            if wanted.template:
                asked[-1].append(number)
                made = replace(made, template=Template(np.full(4, 0.5, np.float32), "made-up"))
            live.take(made, now)
        live.tick((step + 1) * 0.4)
    return asked


def test_which_frames_a_template_is_taken_of_differs_from_session_to_session() -> None:
    colours = [RED, BLUE] * 4
    found = [templates(*colours, seed=seed, each=5) for seed in range(40)]
    asked = [[step * 5 + at for step, some in enumerate(each) for at in some] for each in found]
    assert all(2 <= len(each) <= 5 and each[0] < 10 for each in asked)
    # Nearly every frame is one in some session, and none in most of them.
    often = Counter(at for each in asked for at in each)
    assert len(often) > 32
    assert max(often.values()) < 14


def test_after_the_end_nothing_counts() -> None:
    live = session(FRONTAL)
    live.tick(30)
    assert live.wants(0, 31.0, 31.0) is None
    assert live.take(frame(0, 31.0), 31.0) == Turn(over=True)
    assert live.observation().frames == ()


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - held still on purpose


def run(seed: int, change: int | None = None) -> str:
    live = LiveSession(draw_challenge(Mode.MOVEMENT, chance(seed)), chance(seed))
    live.begin(0.0)
    for number in range(6):
        live.take(frame(0, number * 0.125 + (1e-6 if number == change else 0)), number * 0.125)
    return live.digest.hex


def test_one_value_stands_for_every_frame_and_step_in_order() -> None:
    assert run(1) == run(1)
    others = {run(1, change) for change in range(6)}
    assert len(others | {run(1)}) == 7
    assert len(run(1)) == 64


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    frames=st.lists(
        st.tuples(
            st.integers(-3, 300),
            st.floats(allow_nan=False, min_value=-1e9, max_value=1e9),
            st.floats(-90, 90),
            st.integers(0, 3),
        ),
        max_size=30,
    ),
)
def test_no_frames_however_odd_break_it(seed: int, frames: list[tuple[int, float, float, int]]) -> None:
    live = LiveSession(draw_challenge(Mode.LIGHT, chance(seed)), chance(seed))
    live.begin(0.0)
    for step, at, yaw, faces in frames:
        live.wants(step, at, at)
        live.take(frame(step, at, yaw=yaw, faces=faces), at)
        live.tick(at)
    live.observation()
