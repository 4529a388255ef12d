"""Clocks and answers of honest programs and people, and of others."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.liveness.made_up import MadeUp

from bonafide.capture.challenge import Challenge, Mode, Step, StepKind
from bonafide.liveness import timing
from bonafide.liveness.finding import CannotTell, Cue, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation, StepTimes

Spoil = Callable[[Observation], Observation]


def value(observation: Observation) -> float:
    found = timing.measure(observation)
    assert isinstance(found, Measured)
    assert found.cue is Cue.TIMING
    return found.value


def frames(observation: Observation, change: Callable[[int, FrameMeasure], FrameMeasure]) -> Observation:
    return replace(
        observation, frames=tuple(change(at, frame) for at, frame in enumerate(observation.frames))
    )


def step(observation: Observation, at: int, change: Callable[[StepTimes], StepTimes]) -> Observation:
    steps = tuple(change(each) if index == at else each for index, each in enumerate(observation.steps))
    return replace(observation, steps=steps)


def shown(times: StepTimes) -> float:
    assert times.shown is not None
    return times.shown


def test_it_speaks_of_recordings_alone() -> None:
    assert timing.SPEAKS_TO == (Family.RECORDING,)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 5))]
)
@pytest.mark.parametrize("offset", [-4000.0, 0.0, 90_000.0])
def test_people_before_honest_programs_have_nothing_odd(mode: Mode, seed: int, offset: float) -> None:
    assert value(MadeUp(mode, seed, offset=offset).observation()) > 0.9


def test_a_coarse_clock_is_no_breach() -> None:
    made = MadeUp().observation()

    def coarse(time: float) -> float:
        return math.floor(time * 10) / 10

    rounded = replace(
        frames(made, lambda _, frame: replace(frame, captured=coarse(frame.captured))),
        steps=tuple(
            replace(
                each,
                shown=coarse(shown(each)),
                answered=None if each.answered is None else coarse(each.answered),
            )
            for each in made.steps
        ),
    )
    assert value(rounded) > 0.9


def test_a_slow_camera_that_gives_a_frame_twice_is_no_breach() -> None:
    made = MadeUp().observation()

    def twice(at: int, frame: FrameMeasure) -> FrameMeasure:
        before = made.frames[at - 1]
        again = at % 20 == 19 and before.step == frame.step
        return replace(frame, digest=before.digest, thumb=before.thumb) if again else frame

    assert value(frames(made, twice)) > 0.9


def test_a_network_that_stalls_for_seconds_is_no_breach() -> None:
    made = MadeUp().observation()
    middle = made.frames[len(made.frames) // 2].received
    late = frames(
        made,
        lambda _, frame: (
            replace(frame, received=max(frame.received, middle + 2)) if frame.received > middle else frame
        ),
    )
    assert value(late) > 0.5


def _lying(made: Observation, later: dict[int, float], earlier: float = 0.0) -> Observation:
    """A program that says of steps that they were shown so much later, and of all frames that they were taken
    so much earlier, and then of which step they are.
    """
    said = tuple(
        replace(times, shown=shown(times) + late, confirmed=(times.confirmed or 0.0) + late)
        for at, times in enumerate(made.steps)
        for late in (later.get(at, 0.0),)
    )
    begins = [shown(times) for times in said]

    def labelled(_: int, frame: FrameMeasure) -> FrameMeasure:
        taken = frame.captured - earlier
        step = max([at for at, since in enumerate(begins) if since <= taken], default=0)
        return replace(frame, captured=taken, step=step)

    return replace(frames(made, labelled), steps=said)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_to_be_shown_late_or_taken_early_is_only_believed_so_far(seed: int) -> None:
    """Light that a program brings late would else be light in time."""
    made = MadeUp(seed=seed).observation()
    colours = made.challenge.colours
    late = Unmeasured(Cue.TIMING, CannotTell.TOO_SLOW)
    assert timing.measure(_lying(made, dict.fromkeys(colours, 0.7))) == late
    assert timing.measure(_lying(made, dict.fromkeys(colours, 0.35), 0.35)) == late
    assert timing.measure(_lying(made, dict.fromkeys(colours, 0.2))) != late
    # A network may stand still while one step is on its way, or some of the colours.
    assert timing.measure(_lying(made, dict.fromkeys(colours[:3], 0.7))) != late
    assert timing.measure(_lying(made, dict.fromkeys(made.challenge.movements[:1], 0.8))) != late


def test_steps_that_are_shown_when_it_suits_a_recording_tell_nothing() -> None:
    made = MadeUp(Mode.MOVEMENT).observation()
    waited = _lying(made, dict.fromkeys(made.challenge.movements[1:3], 0.8))
    assert timing.measure(waited) == Unmeasured(Cue.TIMING, CannotTell.TOO_SLOW)


def test_frames_noted_out_of_order_are_no_breach() -> None:
    made = MadeUp().observation()
    mixed = [made.frames[at ^ 1] for at in range(len(made.frames) // 2 * 2)]
    assert value(replace(made, frames=tuple(mixed))) > 0.9


def _repeated(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, digest=made.frames[5].digest) if at == 20 else frame)


def _held_back(made: Observation) -> Observation:
    """One frame, sent again much later without another in between."""
    last = made.frames[-1]
    later = replace(last, captured=last.captured + 2, received=last.received + 2)
    return replace(made, frames=(*made.frames, later))


def _backwards(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, captured=frame.captured - 5) if at > 15 else frame)


def _arriving_backwards(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, received=frame.received - 5) if at > 15 else frame)


def _steps_backwards(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, step=0) if at == len(made.frames) - 1 else frame)


def _answered_before_shown(made: Observation) -> Observation:
    return step(made, 1, lambda times: replace(times, answered=shown(times) - 0.5))


def _answered_unseen(made: Observation) -> Observation:
    return step(made, 1, lambda times: replace(times, shown=None))


def _confirmed_before_revealed(made: Observation) -> Observation:
    return step(made, 2, lambda times: replace(times, confirmed=times.revealed - 0.01))


def _shown_before_revealed(made: Observation) -> Observation:
    return step(made, 2, lambda times: replace(times, shown=shown(times) - 0.6))


def _shown_out_of_order(made: Observation) -> Observation:
    first = shown(made.steps[1])
    return step(made, 2, lambda times: replace(times, shown=first - 0.01))


def _before_its_step(made: Observation) -> Observation:
    """Frames that carry the next step's number before it was revealed."""
    last = len(made.steps) - 1
    return frames(made, lambda _, frame: replace(frame, step=last) if frame.step == last - 1 else frame)


def _of_no_step(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, step=99) if at == len(made.frames) - 1 else frame)


def _from_the_future(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, captured=frame.captured + 3) if at > 30 else frame)


def _no_number(made: Observation) -> Observation:
    return frames(made, lambda at, frame: replace(frame, captured=math.nan) if at == 3 else frame)


def _never_shown(made: Observation) -> Observation:
    return step(made, 0, lambda times: replace(times, shown=None, answered=None))


@pytest.mark.parametrize(
    "spoil",
    [
        _repeated,
        _held_back,
        _backwards,
        _arriving_backwards,
        _steps_backwards,
        _answered_before_shown,
        _answered_unseen,
        _confirmed_before_revealed,
        _shown_before_revealed,
        _shown_out_of_order,
        _before_its_step,
        _of_no_step,
        _from_the_future,
        _no_number,
        _never_shown,
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_breaches_of_protocol_are_at_the_floor(spoil: Spoil, mode: Mode) -> None:
    assert value(spoil(MadeUp(mode, 3).observation())) == timing.BREACH


def test_a_breach_counts_in_the_shortest_session() -> None:
    made = MadeUp().observation()
    short = replace(made, frames=made.frames[:2], steps=made.steps[:1])
    assert timing.measure(short) == Unmeasured(Cue.TIMING, CannotTell.TOO_FEW_FRAMES)
    back = replace(made.frames[1], captured=made.frames[1].captured - 1)
    assert value(replace(short, frames=(made.frames[0], back))) == timing.BREACH


@pytest.mark.parametrize("mode", Mode)
def test_a_movement_that_was_not_done_is_no_attack(mode: Mode) -> None:
    made = MadeUp(mode).observation()
    for at in made.challenge.movements:
        made = step(made, at, lambda times: replace(times, answered=None))
        assert timing.measure(made) == Unmeasured(Cue.TIMING, CannotTell.NOT_DONE)
    assert value(_backwards(made)) == timing.BREACH
    thumb = made.frames[0].thumb
    assert value(frames(made, lambda _, frame: replace(frame, thumb=thumb))) < 0.1


@pytest.mark.parametrize("mode", Mode)
def test_who_is_slow_and_at_last_too_slow_is_no_attack(mode: Mode) -> None:
    made = MadeUp(mode).observation()
    first, *_, last = made.challenge.movements
    slow = step(made, first, lambda times: replace(times, answered=shown(times) + 9.0))
    assert value(slow) < 0.95
    unfinished = step(slow, last, lambda times: replace(times, answered=None))
    assert timing.measure(unfinished) == Unmeasured(Cue.TIMING, CannotTell.NOT_DONE)


def test_an_answer_sooner_than_anybody_reacts_is_none() -> None:
    made = MadeUp().observation()
    sooner = step(made, 1, lambda times: replace(times, answered=shown(times) + 0.05))
    assert value(sooner) < 0.6


@pytest.mark.parametrize("kind", [StepKind.TURN_LEFT, StepKind.TURN_RIGHT, StepKind.NOD, StepKind.CLOSER])
def test_a_movement_that_was_made_before_it_was_asked_for_is_no_answer(kind: StepKind) -> None:
    """A recording that starts too early: the head is where it was asked to be as soon as it is asked."""
    asked = Challenge(Mode.MOVEMENT, (Step(StepKind.FRONTAL), Step(kind)))
    honest = MadeUp(drawn=asked).observation()
    early = MadeUp(drawn=asked, reaction=-0.75).observation()
    assert value(honest) > 0.9
    assert value(early) < 0.6


def test_movements_that_nobody_asked_for_lower_it() -> None:
    """A recording that goes on by itself, whatever is asked."""
    shown = (StepKind.NOD, StepKind.TURN_LEFT, StepKind.NOD, StepKind.TURN_RIGHT)
    asked = (StepKind.TURN_LEFT, StepKind.NOD, StepKind.TURN_RIGHT, StepKind.NOD)
    made, other = (
        Challenge(Mode.MOVEMENT, (Step(StepKind.FRONTAL), *map(Step, kinds))) for kinds in (shown, asked)
    )
    recorded = MadeUp(drawn=made, nod=25, turn=35).observation()
    assert value(recorded) > 0.9
    assert value(replace(recorded, challenge=other)) < 0.2


def test_a_head_tilted_while_it_passes_the_middle_has_not_nodded() -> None:
    passing = [(20.0 - 17.0 * at, 16.0) for at in range(4)]
    nodding = [(2.0, pitch) for pitch in (3.0, 12.0, 20.0, 21.0, 12.0, 2.0)]
    assert timing._other(StepKind.TURN_RIGHT, passing) == 0.0
    assert timing._other(StepKind.TURN_LEFT, passing) == 0.5
    assert timing._other(StepKind.TURN_LEFT, nodding) == 1.0


def test_one_turn_to_the_wrong_side_is_human() -> None:
    shown = (StepKind.TURN_LEFT, StepKind.NOD, StepKind.TURN_RIGHT, StepKind.NOD)
    asked = (StepKind.TURN_RIGHT, *shown[1:])
    made, other = (
        Challenge(Mode.MOVEMENT, (Step(StepKind.FRONTAL), *map(Step, kinds))) for kinds in (shown, asked)
    )
    assert value(replace(MadeUp(drawn=made).observation(), challenge=other)) > 0.9


def test_oddities_add_up() -> None:
    """Slow answers, and a turn to the wrong side on top of them."""
    shown_kinds = (StepKind.TURN_LEFT, StepKind.NOD, StepKind.TURN_RIGHT, StepKind.NOD)
    made, wrong = (
        Challenge(Mode.MOVEMENT, (Step(StepKind.FRONTAL), *map(Step, kinds)))
        for kinds in (shown_kinds, (StepKind.TURN_RIGHT, StepKind.NOD, StepKind.TURN_LEFT, StepKind.NOD))
    )
    slow = MadeUp(drawn=made).observation()
    for at in slow.challenge.movements:
        slow = step(slow, at, lambda times: replace(times, answered=shown(times) + 5.0))
    both = replace(slow, challenge=wrong)
    quick_and_wrong = replace(MadeUp(drawn=made).observation(), challenge=wrong)
    assert value(both) < min(value(slow), value(quick_and_wrong)) - 0.05


@pytest.mark.parametrize("pace", [0.9, 1.15])
def test_a_recording_played_slower_or_faster_drifts(pace: float) -> None:
    """Its capture times advance otherwise than their arrival."""
    made = MadeUp().observation()
    first = made.frames[0].captured
    # The clocks' bounds are no help here: the program tells the steps by the same clock as the frames.
    paced = replace(
        frames(made, lambda _, frame: replace(frame, captured=first + (frame.captured - first) * pace)),
        steps=tuple(
            replace(
                each,
                shown=first + (shown(each) - first) * pace,
                answered=None if each.answered is None else first + (each.answered - first) * pace,
            )
            for each in made.steps
        ),
    )
    assert value(paced) < 0.2


def test_a_hole_in_a_step_lowers_it() -> None:
    made = MadeUp(Mode.MOVEMENT).observation()
    movement = [frame for frame in made.frames if frame.step == 1]
    kept = tuple(frame for frame in made.frames if frame.step != 1 or frame in (movement[0], movement[-1]))
    assert value(replace(made, frames=kept)) < 0.5


def test_pictures_seen_before_lower_it() -> None:
    """One picture over and over, with other bytes each time."""
    made = MadeUp().observation()
    thumb = made.frames[0].thumb
    assert value(frames(made, lambda _, frame: replace(frame, thumb=thumb))) < 0.1


def test_a_clip_that_is_played_again_lowers_it() -> None:
    """With a codec's noise in it, and brighter."""
    made = MadeUp().observation()
    chance = np.random.default_rng(4)
    first = made.challenge.colours[0]
    clip = [frame.thumb for frame in made.frames if frame.step == first and frame.thumb is not None]

    def again(_: int, frame: FrameMeasure) -> FrameMeasure:
        if frame.step <= first or frame.step % 3:
            return frame
        thumb = clip[int(chance.integers(len(clip)))] + 9 + chance.normal(0, 0.4, (16, 16))
        return replace(frame, thumb=np.rint(thumb).clip(0, 255).astype(np.uint8))

    assert value(made) > 0.9
    assert value(frames(made, again)) < 0.75


@settings(max_examples=25, deadline=None)
@given(offset=st.floats(-1e6, 1e6), seed=st.integers(0, 3), ahead=st.floats(0.5, 1e4))
def test_only_the_difference_of_the_clocks_is_free(offset: float, seed: int, ahead: float) -> None:
    made = MadeUp(seed=seed, offset=offset).observation()
    assert value(made) > 0.9
    future = frames(
        made,
        lambda at, frame: dataclasses.replace(frame, captured=frame.captured + ahead * (at > 10)),
    )
    assert value(future) == timing.BREACH


def test_a_thumb_is_missed_only_where_no_face_is() -> None:
    made = MadeUp().observation()
    faceless = frames(
        made,
        lambda at, frame: (
            replace(frame, face=None, thumb=None, skin=None, mesh=None) if at % 9 == 0 else frame
        ),
    )
    assert value(faceless) > 0.9
    assert np.isfinite(value(frames(made, lambda _, frame: replace(frame, thumb=None))))


def test_what_comes_upon_the_movements_sooner_or_later_is_slow() -> None:
    """A recording that runs in a loop; and one slow answer of six, which costs its part alone."""
    made = MadeUp(Mode.MOVEMENT).observation()
    slow = made
    for at in made.challenge.movements:
        slow = step(slow, at, lambda times: replace(times, answered=shown(times) + 7.0))
    once = step(made, 1, lambda times: replace(times, answered=shown(times) + 9.0))
    assert timing._prompt(made) == 1
    assert timing._prompt(slow) == pytest.approx(0.25)
    assert timing._prompt(once) == pytest.approx(5 / 6)
    assert value(slow) < 0.35
