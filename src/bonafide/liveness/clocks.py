"""What two clocks, and the order of messages, prove: breaches that no honest program commits.

The server's steady clock and the customer's are an unknown constant apart. Every message that the customer
sent was sent before it came in, every step that was shown had been revealed: each bounds the difference from
one side. No constant between the bounds means that times were made up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bonafide.liveness.observation import FrameMeasure, Observation, StepTimes

# Browsers that hide from fingerprinting round their clocks to 100 ms, and one clock drifts from another by
# some milliseconds in a session.
TOLERANCE: Final = 0.15
# A camera's own capture time may lie before the step that was shown when its frame came out of the camera.
_CAMERA: Final = 0.4
# A camera slower than the program hands it the same frame again; not the one before that.
_AGAIN: Final = 0.5


def breached(observation: Observation) -> bool:
    """Whether the session breaks the protocol in a way that no honest program does.

    A frame sent twice, other than at once; a clock that runs backwards; a step shown, confirmed or answered
    before it was revealed, or out of order; a frame of a step before that step; numbers that are no times.
    """
    steps = observation.steps
    times = [
        *(time for frame in observation.frames for time in (frame.captured, frame.received)),
        *(step.revealed for step in steps),
        *(time for step in steps for time in (step.shown, step.confirmed, step.answered) if time is not None),
    ]
    if not all(map(math.isfinite, times)):
        return True
    # Two frames that were measured at once may be noted in either order.
    frames = tuple(sorted(observation.frames, key=lambda frame: frame.received))
    return (
        _backwards(frames)
        or _sent_again(frames)
        or any(map(_before_revealed, steps))
        or _out_of_order(steps)
        or any(not _after_its_step(frame, steps) for frame in frames)
        or not _one_offset(observation)
    )


def _backwards(frames: tuple[FrameMeasure, ...]) -> bool:
    return any(
        other.captured < one.captured - TOLERANCE or other.step < one.step for one, other in pairwise(frames)
    )


def _sent_again(frames: tuple[FrameMeasure, ...]) -> bool:
    """Whether a frame came again after another, or later than a slow camera would repeat it."""
    last: dict[bytes, int] = {}
    for at, frame in enumerate(frames):
        before = last.get(frame.digest)
        if before is not None and (
            before != at - 1 or not frame.captured - frames[before].captured <= _AGAIN
        ):
            return True
        last[frame.digest] = at
    return False


def _before_revealed(step: StepTimes) -> bool:
    return (step.confirmed is not None and step.confirmed < step.revealed) or (
        step.answered is not None and (step.shown is None or step.answered < step.shown - TOLERANCE)
    )


def _out_of_order(steps: tuple[StepTimes, ...]) -> bool:
    shown = [step.shown for step in steps if step.shown is not None]
    revealed = [step.revealed for step in steps]
    return any(one > other for times in (shown, revealed) for one, other in pairwise(times))


def _after_its_step(frame: FrameMeasure, steps: tuple[StepTimes, ...]) -> bool:
    if not 0 <= frame.step < len(steps):
        return False
    step = steps[frame.step]
    return (
        step.shown is not None and frame.received >= step.revealed and frame.captured >= step.shown - _CAMERA
    )


def _one_offset(observation: Observation) -> bool:
    """Whether one constant between the clocks explains all times."""
    at_least = max(_server_first(observation), default=-math.inf)
    at_most = min(_customer_first(observation), default=math.inf)
    return at_least <= at_most + TOLERANCE


def _server_first(observation: Observation) -> Iterator[float]:
    """Server's time less customer's, of what the server did first: no more than the clocks' difference."""
    return (step.revealed - step.shown for step in observation.steps if step.shown is not None)


def _customer_first(observation: Observation) -> Iterator[float]:
    """The same of what the customer's program did first: no less than the difference."""
    yield from (frame.received - frame.captured for frame in observation.frames)
    for step in observation.steps:
        if step.shown is not None and step.confirmed is not None:
            yield step.confirmed - step.shown
