"""Whether answers come after instructions, from a camera, as people give them.

The value is 0 for a breach of protocol that no honest program commits (`clocks.py`), else the product of
these shares, each 1 where nothing is odd:

- answers: movements began after they were shown, not before anybody can have seen them. With two or three
  movements a spread of reaction times tells nothing, and is not looked at.
- what was asked: no other movements came before the one that answers.
- promptness: a recording that is played as it is comes upon what was asked sooner or later. One slow answer
  costs its part of all.
- the camera's clock: capture times and times of arrival advance together, but for what a network delays.
- its rate: no step without frames, no hole in a step.
- its frames: none to be seen again a while later. Before a camera nobody holds so still that noise and sway
  leave nothing between two frames; what is played from a recording comes again where it is cut or looped.

All these stand on what the customer's program says of its clock. Where words and frames are so long on their
way that a program could hide behind that what it answers late, times tell nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np

from bonafide.capture.challenge import TURNS, StepKind
from bonafide.liveness.clocks import breached
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.posture import posture, usual_pose

SPEAKS_TO: Final = (Family.RECORDING,)

BREACH: Final = 0.0
# Of a session in which everything was odd, though nothing was broken: above a breach.
_LEAST: Final = 0.05
# A movement that somebody did not do is no sign of an attack, where nothing else is odder than this.
_PLAIN: Final = 0.5

# Nobody starts to move sooner after seeing something (sprinters start in 0.12 s of a shot, and are
# disqualified under 0.1).
_REACTION: Final = 0.1
# A movement is on its way from here on, of its full extent.
_UNDER_WAY: Final = 0.5
# Degrees from rest at which a turn, or a nod, was made. A nod looks ahead, in some frames: a head that passes
# from one side to the other is tilted, too. And the share of movements that may come with another before
# them. Of 36 simulated living persons one turned to the wrong side first; of 24 recordings that go on by
# themselves, and screens that play them, 20 made others, in a quarter of the steps or more.
_TURNED: Final = 20.0
_NODDED: Final = 14.0
_AHEAD: Final = 10.0
_NODDING_FRAMES: Final = 2
_OTHERS: Final = (0.2, 0.8)
_REST_FRAMES: Final = 4
# Seconds from showing a movement to its being done. Simulated living persons take 0.9 to 2 s, 4 s when they
# go to the wrong side first; a recording that runs in a loop takes 1 to 9 s (docs/liveness.md). Who is slower
# is given twice as long.
_PROMPT: Final = (4.0, 8.0)
# What a step and a frame of it may take on their ways and in the program, in seconds, as the server's clock
# measures it: the program's own clock could say that a colour was shown late, or that a frame was taken
# early, whenever light comes late. Of 325 simulated sessions of living persons none took more than 0.26.
_ON_THE_WAY: Final = 0.6
# Of a frame's delay: what one second of the customer's clock may last, less one; and how far a frame's delay
# may lie above the usual one before a network is a poor excuse.
_DRIFT: Final = (0.005, 0.05)
_DELAY: Final = (0.5, 3.0)
# Seconds without a frame within a step.
_HOLE: Final = (0.8, 3.0)
# Frames at least so many seconds apart, whose thumbs differ by less than so many grey values in the mean,
# their brightness aside, are one picture; and the share of frames that may have such a twin. Of 57 simulated
# sessions of living persons none has more than the first, of 14 of recordings that are cut 7 to 22 % have (a
# camera on a stand may see stiller people than those were: measure it before both limits are brought closer).
_APART: Final = 0.7
_TWIN: Final = 0.6
_TWINS: Final = (0.03, 0.2)
# So many frames, evenly chosen, are compared with each other.
_COMPARED: Final = 240
_FRAMES: Final = 8
_THUMB: Final = 16


def measure(observation: Observation) -> CueMeasure:
    """How plausible the session's times are, 0..1."""
    frames = observation.frames
    if breached(observation):
        return Measured(Cue.TIMING, BREACH)
    if len(frames) < _FRAMES:
        return Unmeasured(Cue.TIMING, CannotTell.TOO_FEW_FRAMES)
    if _on_the_way(observation) > _ON_THE_WAY:
        return Unmeasured(Cue.TIMING, CannotTell.TOO_SLOW)
    movements = observation.challenge.movements
    answers = [answer for step in movements if (answer := _answer(observation, step)) is not None]
    share = math.prod(
        (
            _clock(frames),
            _rate(frames),
            _fresh(frames),
            _asked(observation),
            min(answers, default=1.0),
        )
    )
    # Who is slow, and at last too slow, has not shown anything but that.
    if len(answers) < len(movements) and share >= _PLAIN:
        return Unmeasured(Cue.TIMING, CannotTell.NOT_DONE)
    return Measured(Cue.TIMING, _LEAST + (1 - _LEAST) * share * _prompt(observation))


def _on_the_way(observation: Observation) -> float:
    """What steps and their quickest frames took beyond what passed on the customer's clock between showing
    one and taking the other, in seconds: the second most of the movements, since a network may stand still
    once, and the median of the colours; the larger of the two.
    """
    challenge = observation.challenge
    movements, colours = (
        sorted(each for step in steps if (each := _beyond(observation, step)) is not None)
        for steps in (challenge.movements, challenge.colours)
    )
    usual = float(np.median(colours)) if colours else 0.0
    return max([usual, *movements[-2:-1]])


def _beyond(observation: Observation, step: int) -> float | None:
    times = observation.steps[step] if step < len(observation.steps) else None
    if times is None or (shown := times.shown) is None:
        return None
    return min(
        (frame.received - times.revealed - (frame.captured - shown) for frame in observation.frames_at(step)),
        default=None,
    )


def _falling(value: float, limits: tuple[float, float]) -> float:
    """1 up to the first limit, 0 from the second on."""
    low, high = limits
    return min(1.0, max(0.0, (high - value) / (high - low)))


def _answer(observation: Observation, step: int) -> float | None:
    """1 for a movement that began after it was shown, less for one that was on its way, None for one that was
    not done.
    """
    times = observation.steps[step] if step < len(observation.steps) else None
    if times is None or times.shown is None or times.answered is None:
        return None
    if times.answered < times.shown + _REACTION:
        return 0.0
    kind, seen = observation.challenge.steps[step].kind, times.shown + _REACTION
    rest = [_extent(frame, kind) for frame in _at_rest(observation)]
    before = [
        _extent(frame, kind)
        for frame in observation.frames
        if frame.step < step or (frame.step == step and frame.captured <= seen)
    ]
    done = [_extent(each, kind) for each in observation.frames_at(step) if each.captured == times.answered]
    return _falling(_begun(rest, before, done, _FULL[kind]), (_UNDER_WAY, 1.0))


def _at_rest(observation: Observation) -> list[FrameMeasure]:
    """The last frames of the frontal look: by then people look straight ahead."""
    return [frame for frame in observation.frames_of(StepKind.FRONTAL) if frame.mesh is not None][
        -_REST_FRAMES:
    ]


def _asked(observation: Observation) -> float:
    """1 where only what was asked was done, towards 0 the more of the movements come with another before
    them, as in a recording that goes on by itself. To turn to the wrong side counts half: people do.
    """
    movements = observation.challenge.movements
    rest = [pose for frame in _at_rest(observation) if (pose := posture(frame)) is not None]
    if not movements or not rest:
        return 1.0
    base = usual_pose(rest)
    others = 0.0
    for step in movements:
        answered = observation.steps[step].answered if step < len(observation.steps) else None
        looks = [
            (pose.yaw - base.yaw, pose.pitch - base.pitch)
            for frame in observation.frames_at(step)
            if (answered is None or frame.captured <= answered) and (pose := posture(frame)) is not None
        ]
        others += _other(observation.challenge.steps[step].kind, looks)
    return _falling(others / len(movements), _OTHERS)


def _other(kind: StepKind, looks: list[tuple[float, float]]) -> float:
    """1 if another movement than this was made, 1/2 for a turn to the wrong side, else 0; in degrees."""
    if kind not in TURNS:
        return float(any(abs(yaw) > _TURNED for yaw, _ in looks))
    if sum(abs(pitch) > _NODDED for yaw, pitch in looks if abs(yaw) < _AHEAD) >= _NODDING_FRAMES:
        return 1.0
    return 0.5 * any(-kind.side * yaw > _TURNED for yaw, _ in looks)


def _prompt(observation: Observation) -> float:
    """How soon the movements that were done were done, in the mean."""
    movements = (
        observation.steps[step] for step in observation.challenge.movements if step < len(observation.steps)
    )
    shares = [
        _falling(times.answered - times.shown, _PROMPT)
        for times in movements
        if times.answered is not None and times.shown is not None
    ]
    return sum(shares) / len(shares) if shares else 1.0


def _begun(
    rest: Iterable[float | None], before: Iterable[float | None], done: Iterable[float | None], least: float
) -> float:
    """Which share of a movement was made before it could be an answer; 0 where that is not to be seen."""
    known, earlier, later = ([each for each in some if each is not None] for some in (rest, before, done))
    if not known or not earlier or not later:
        return 0.0
    start = float(np.median(known))
    full, begun = later[-1] - start, earlier[-1] - start
    return begun / full if abs(full) >= least else 0.0


# A movement of less than this is too small to be parted: degrees, and the logarithm of a size.
_FULL: Final = {StepKind.TURN_LEFT: 10.0, StepKind.TURN_RIGHT: 10.0, StepKind.NOD: 8.0, StepKind.CLOSER: 0.1}


def _extent(frame: FrameMeasure, kind: StepKind) -> float | None:
    """How far a movement is in a frame, in degrees or the logarithm of a size; None where that is not to be
    seen.
    """
    pose = posture(frame)
    if pose is None or frame.mesh is None or frame.width <= 0:
        return None
    if kind is StepKind.CLOSER:
        size = float(np.ptp(frame.mesh.points[:, 1])) / frame.width
        return math.log(size) if size > 0 else None
    return pose.pitch if kind is StepKind.NOD else pose.yaw


def _clock(frames: tuple[FrameMeasure, ...]) -> float:
    """Whether capture and arrival advance together: no drift, few delays beyond the usual."""
    captured = np.array([frame.captured for frame in frames])
    delay = np.array([frame.received for frame in frames]) - captured
    span = float(captured.max() - captured.min())
    if span <= 0:
        return 0.0
    # The quickest of the first half and of the second: what a network delays lies above both.
    half = captured < captured.min() + span / 2
    drift = abs(float(delay[~half].min() - delay[half].min())) / (span / 2)
    # A quickest frame is itself some hundredths off.
    slack = 0.1 / span
    usual = float(np.median(delay) - delay.min())
    return min(_falling(drift - slack, _DRIFT), _falling(usual, _DELAY))


def _rate(frames: tuple[FrameMeasure, ...]) -> float:
    """Whether frames came all the time: the longest hole between two frames of one step."""
    holes = [other.captured - one.captured for one, other in pairwise(frames) if one.step == other.step]
    return _falling(max(holes, default=math.inf), _HOLE)


def _fresh(frames: tuple[FrameMeasure, ...]) -> float:
    """Whether pictures are new: by the share of frames that look like another of a while ago, or later."""
    seen = [frame for frame in frames if frame.thumb is not None and frame.thumb.size == _THUMB**2]
    seen = seen[:: math.ceil(len(seen) / _COMPARED)] if seen else []
    if not seen:
        return 0.0
    thumbs = np.array([frame.thumb for frame in seen if frame.thumb is not None], np.float32)
    thumbs = thumbs.reshape(len(seen), -1)
    thumbs -= thumbs.mean(axis=1, keepdims=True)
    times = np.array([frame.captured for frame in seen])
    twins = 0
    for thumb, time in zip(thumbs, times, strict=True):
        others = thumbs[np.abs(times - time) >= _APART]
        twins += bool((np.abs(others - thumb).mean(axis=1) < _TWIN).any())
    return _falling(twins / len(seen), _TWINS)
