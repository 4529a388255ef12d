"""One session before the camera: reveals steps, takes measured frames, says what to do next.

No input or output, no clock of its own: the service drives it with sockets, the attack laboratory with a
simulated clock, and both run the same code.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bonafide.capture.challenge import COLOUR_SECONDS, TURNS, Challenge, Colour, StepKind
from bonafide.face.head_pose import HeadPose
from bonafide.liveness.guidance import Guidance, is_still, is_straight, place_guidance
from bonafide.liveness.looking import Wanted
from bonafide.liveness.observation import FrameMeasure, Observation, StepTimes
from bonafide.liveness.perspective import came_closer
from bonafide.liveness.posture import posture, usual_pose
from bonafide.liveness.running_digest import RunningDigest

# Long enough to find a good place, and to turn one's head at any age; then it is no answer any more.
_LONGEST: Final = {StepKind.FRONTAL: 30.0, StepKind.COLOUR: COLOUR_SECONDS}
_LONGEST_MOVEMENT: Final = 10.0
# Frames of the last colour are still on their way when its time is over.
_TAIL: Final = 0.7
# What is asked for in a step: the shorter side of a frame in pixels, frames a second. Depth needs pixels,
# light needs frames.
_SIDE, _RATE = 480, 8
_COLOUR_SIDE, _COLOUR_RATE = 240, 12
# A program that sends more than it was asked for is not measured more: 100 s of the rate asked for, and some;
# nor faster, by the server's own clock, but for what a network held up.
MOST_FRAMES: Final = 1000
_MOST_RATE: Final = 15
_HELD_UP: Final = 30
# Share of the time between two frames as asked for, before which another one is not measured.
_EARLY: Final = 0.6
# A frontal look is good when so many frames in a row were, over so many seconds.
_GOOD_FRAMES: Final = 3
_GOOD_SECONDS: Final = 0.4
# Degrees: what counts as done. Depth shows from 25 on (docs/liveness.md).
_TURNED: Final = 25.0
_NODDED: Final = 13.0
_OTHER_WAY: Final = 15.0
# Of which frame a template is taken nobody can foresee: whoever could would show another face in all others.
# The first of a look or a movement, and of all colours together, comes within so many frames, each further
# one so many after it; a turn then has two, of some sixteen frames, and colours have three, of some
# forty-five.
_FIRST_TEMPLATE: Final = {StepKind.FRONTAL: (1, 3), StepKind.COLOUR: (1, 10)}
_FIRST_OF_MOVEMENT: Final = (1, 8)
_NEXT_TEMPLATE: Final = {StepKind.COLOUR: (10, 26)}
_NEXT_OF_MOVEMENT: Final = (7, 17)
# Seconds between frames of which signs of another medium are taken.
_SIGNS_EVERY: Final = 1.0
# Of the frontal look so many frames are shown to a passive model.
_PASSIVE_FRAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Reveal:
    """A step that is shown from now on, for `longest` seconds at most; frames are wanted `side` pixels on
    their shorter side, `rate` a second.
    """

    step: int
    kind: StepKind
    colour: Colour | None
    longest: float
    side: int
    rate: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes of a frame, or of time. `best` says that this frame's picture is the best frontal one so
    far; `over` that the session has ended.
    """

    guidance: Guidance | None = None
    reveal: Reveal | None = None
    best: bool = False
    over: bool = False


class LiveSession:
    """A session from its first step to its last; to be used by one caller at a time.

    Times are seconds of the server's steady clock (`now`, `received`) or of the customer's program's own
    (`captured`, `at`).
    """

    def __init__(self, challenge: Challenge, chance: random.Random) -> None:
        """`chance` chooses what is looked at closely: let nobody foresee it (`secrets.SystemRandom()`)."""
        self.challenge = challenge
        self._chance = chance
        self.digest = RunningDigest(challenge.mode)
        self._times: list[StepTimes] = []
        self._frames: list[FrameMeasure] = []
        self._over = False
        self._reached = False
        # The good frames in a row: when they were captured, and where the head was turned to.
        self._good: list[tuple[float, HeadPose]] = []
        self._base: HeadPose | None = None
        self._base_frame: FrameMeasure | None = None
        self._best = -1.0
        self._signs_at = self._frame_at = -np.inf
        self._until_template = 0
        self._passive = 0

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over

    @property
    def due(self) -> float | None:
        """When `tick` has something to do next, None when it is over or has not begun."""
        if self._over or not self._times:
            return None
        tail = _TAIL if self._is_last and self._kind is StepKind.COLOUR else 0.0
        return self._times[-1].revealed + self._longest + tail

    def begin(self, now: float) -> Reveal:
        """Reveal the first step."""
        return self._reveal(now)

    def wants(self, step: int, captured: float, received: float) -> Wanted | None:
        """What to measure of a frame, None where it is not to be measured at all: too many, too early."""
        if self._over or not self._times or not 0 <= step < len(self._times):
            return None
        kind = self.challenge.steps[step].kind
        rate = _COLOUR_RATE if kind is StepKind.COLOUR else _RATE
        most = min(MOST_FRAMES, _HELD_UP + _MOST_RATE * (received - self._times[0].revealed))
        if len(self._frames) >= most or 0 <= captured - self._frame_at < _EARLY / rate:
            return None
        moves = kind is not StepKind.COLOUR
        return Wanted(
            mesh=moves,
            skin=not moves,
            template=self._until_template <= 1,
            signs=moves and captured - self._signs_at >= _SIGNS_EVERY,
            passive=kind is StepKind.FRONTAL and self._passive < _PASSIVE_FRAMES and bool(self._good),
        )

    def shown(self, step: int, at: float, received: float) -> None:
        """The customer's program says that it shows a step. What was said first counts."""
        if 0 <= step < len(self._times) and self._times[step].shown is None:
            self._times[step] = replace(self._times[step], shown=at, confirmed=received)
            self.digest.shown(step, at)

    def take(self, frame: FrameMeasure, now: float) -> Turn:
        """Take a measured frame."""
        if self._over:
            return Turn(over=True)
        before = self._frames[-1] if self._frames else None
        self._frames.append(frame)
        self._frame_at = frame.captured
        self._until_template -= 1
        if frame.template is not None:
            self._until_template = self._chance.randint(*_NEXT_TEMPLATE.get(self._kind, _NEXT_OF_MOVEMENT))
        self._signs_at = frame.captured if frame.signs is not None else self._signs_at
        self._passive += frame.passive is not None
        self.digest.frame(frame.step, frame.captured, frame.digest)
        # One of a step that is over belongs to the record, and says nothing of this one.
        return self._answered(frame, before, now) if frame.step == len(self._times) - 1 else Turn()

    def tick(self, now: float) -> Turn:
        """Let time pass: the next colour, or the end of a step that nobody answered."""
        due = self.due
        if due is None or now < due:
            return Turn(over=self._over)
        if self._kind is StepKind.COLOUR and not self._is_last:
            return Turn(reveal=self._reveal(now))
        # The last colour has been shown, or what was asked was not done.
        self._over = True
        return Turn(over=True)

    def observation(self) -> Observation:
        """What was seen. Steps that were never reached have no times."""
        return Observation(self.challenge, tuple(self._times), tuple(self._frames))

    @property
    def _kind(self) -> StepKind:
        return self.challenge.steps[len(self._times) - 1].kind

    @property
    def _is_last(self) -> bool:
        return len(self._times) == len(self.challenge.steps)

    @property
    def _longest(self) -> float:
        return _LONGEST.get(self._kind, _LONGEST_MOVEMENT)

    def _reveal(self, now: float) -> Reveal:
        step = len(self._times)
        self._times.append(StepTimes(revealed=now))
        self._reached = False
        asked = self.challenge.steps[step]
        self.digest.reveal(step, asked)
        colour = asked.kind is StepKind.COLOUR
        if not (colour and step and self.challenge.steps[step - 1].kind is StepKind.COLOUR):
            self._until_template = self._chance.randint(*_FIRST_TEMPLATE.get(asked.kind, _FIRST_OF_MOVEMENT))
        return Reveal(
            step=step,
            kind=asked.kind,
            colour=asked.colour,
            longest=self._longest,
            side=_COLOUR_SIDE if colour else _SIDE,
            rate=_COLOUR_RATE if colour else _RATE,
        )

    def _next(self, now: float, guidance: Guidance, *, best: bool = False) -> Turn:
        if self._is_last:
            self._over = True
            return Turn(guidance, best=best, over=True)
        return Turn(guidance, self._reveal(now), best=best)

    def _answer(self, frame: FrameMeasure) -> None:
        if self._times[-1].answered is None:
            self._times[-1] = replace(self._times[-1], answered=frame.captured)

    def _answered(self, frame: FrameMeasure, before: FrameMeasure | None, now: float) -> Turn:
        guidance = place_guidance(frame, self._kind)
        if self._kind is StepKind.COLOUR:
            return Turn(guidance)
        pose = posture(frame)
        if guidance is Guidance.GOOD and pose is not None:
            frontal = self._kind is StepKind.FRONTAL
            return self._frontal(frame, pose, before, now) if frontal else self._movement(frame, pose, now)
        self._good.clear()
        return Turn(Guidance.NO_FACE if guidance is Guidance.GOOD else guidance)

    def _frontal(self, frame: FrameMeasure, pose: HeadPose, before: FrameMeasure | None, now: float) -> Turn:
        if not is_straight(pose, None):
            self._good.clear()
            return Turn(Guidance.LOOK_STRAIGHT)
        if self._good and not is_still(frame, before):
            self._good.clear()
            return Turn(Guidance.HOLD_STILL)
        self._good.append((frame.captured, pose))
        best = frame.sharpness > self._best
        self._best = max(self._best, frame.sharpness)
        seconds = frame.captured - self._good[0][0]
        if len(self._good) < _GOOD_FRAMES or seconds < _GOOD_SECONDS:
            return Turn(Guidance.HOLD_STILL, best=best)
        self._base = usual_pose([each for _, each in self._good])
        self._base_frame = frame
        self._answer(frame)
        return self._next(now, Guidance.GOOD, best=best)

    def _movement(self, frame: FrameMeasure, pose: HeadPose, now: float) -> Turn:
        missing = self._missing(frame, pose)
        if missing is None:
            self._reached = True
            self._answer(frame)
            if self._kind is StepKind.CLOSER:
                return self._next(now, Guidance.GOOD)
        if not self._reached:
            return Turn(missing)
        if is_straight(pose, self._base):
            return self._next(now, Guidance.GOOD)
        return Turn(Guidance.TURN_BACK)

    def _missing(self, frame: FrameMeasure, pose: HeadPose) -> Guidance | None:
        """What is missing of the movement that is asked for, None when it is done."""
        base = self._base or HeadPose(0.0, 0.0, 0.0)
        if self._kind in TURNS:
            turned = self._kind.side * (pose.yaw - base.yaw)
            if turned >= _TURNED:
                return None
            return Guidance.OTHER_WAY if turned < -_OTHER_WAY else Guidance.TURN_MORE
        if self._kind is StepKind.NOD:
            return None if abs(pose.pitch - base.pitch) >= _NODDED else Guidance.NOD_MORE
        near = self._base_frame is not None and came_closer(self._base_frame, frame)
        return None if near else Guidance.CLOSER
