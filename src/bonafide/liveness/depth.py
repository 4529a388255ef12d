"""Whether what turned was a head, or a surface.

When a head turns by an angle t, its nearer parts move more than its farther ones: what is left of an affine
map from the frontal mesh to the turned one is sin(t) times the face's relief (what its depth departs from a
plane), and the map itself shrinks it across by cos(t). A surface that turns shrinks in the same way, but
leaves little or nothing: a flat one nothing but perspective, a bent one less than a head that shrinks as
much. So relief and pose count together: neither alone does, since a bent print that is turned further shows
the relief of a head that is turned less.

A print that is shown a little turned at first, the other way, shows more relief for the same pose, as a head
would: only what goes beyond the even face counts.

The network that finds the landmarks has learnt from heads alone, and gives every surface that is bent at all
a nose: the shape of what is left tells nothing, only its amount does (measured, docs/cues.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import TURNS, StepKind
from bonafide.face.canonical import canonical_face
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.posture import places

SPEAKS_TO: Final = (Family.SURFACE,)

# Landmarks' indices: the outer corners of the eyes, and those of eyes, brows, forehead and nose, which
# neither a mouth nor a jaw moves and which no outline hides. Pose is read from these alone.
_EYES: Final = (33, 263)
# fmt: off
_RIGID: Final = np.array((
    1, 2, 3, 4, 5, 6, 7, 8, 9, 19, 33, 44, 45, 47, 48, 49, 51, 63, 64, 66, 69, 70, 94, 97, 98, 100, 102, 104,
    105, 107, 108, 114, 115, 122, 128, 129, 131, 133, 134, 144, 145, 151, 153, 154, 155, 157, 158, 159, 160,
    161, 163, 168, 173, 174, 188, 193, 195, 197, 198, 209, 220, 236, 245, 246, 248, 249, 263, 274, 275, 277,
    278, 279, 281, 293, 294, 296, 299, 300, 326, 327, 329, 331, 333, 334, 336, 337, 343, 344, 351, 357, 358,
    360, 362, 363, 373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 399, 412, 417, 420, 429, 440,
    456, 465, 466,
))
# fmt: on
_POINTS: Final = 468

# In pixels between the outermost points. The network misses a fifth of faces that are narrower and turned by
# 30 degrees; of those it finds, prints are told as well from heads as at any width (photos reduced to 80 to
# 220 px: AUC 0.91, 0.92, 0.91, 0.90, 0.87). People are guided to 200.
NARROWEST: Final = 100.0
_LEAST_CONFIDENCE: Final = 0.5
# The most frontal of the frames that look straight ahead, and the most turned of a turn.
_FRONTAL_FRAMES: Final = 5
_TURNED_FRAMES: Final = 4
# Below this relief, and with less of a turn than this by its pose (1 - cos^2), nothing has turned. A head
# that is turned by 15 degrees shows 0.26, and 0.07.
_NO_RELIEF: Final = 0.2
_NO_TURN: Final = 0.1
# Under it, pose is noise (facts measured in simulation: docs/cues.md).
_LEAST_TURN: Final = 0.03
# The relief at which it counts as much as its ratio to pose: that of a head turned by 17 degrees.
_FULL_RELIEF: Final = 0.3
# No head that turned shows less than this: 2 % of 334 pairs of photos of one person, taken on different days,
# are under 0.64, and no simulated session under 1.
_SURFACE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Relief:
    """One frame of a turn, compared with the frontal look.

    `relief` is the slope of what an affine map leaves of the landmarks' movement towards the person's left,
    on the canonical face's relief: sin(t) / sqrt(cos(t)) for a head. `turn` is 1 - cos(t)^2 as the map
    shrinks.
    """

    relief: float
    turn: float


def measure(observation: Observation) -> CueMeasure:
    """How much depth showed in the drawn turns, 1 or more for most heads; of two turns the lesser counts."""
    turns = [index for index, step in enumerate(observation.challenge.steps) if step.kind in TURNS]
    if not turns:
        return Unmeasured(Cue.DEPTH, CannotTell.NOT_ASKED)
    frontal = _usable(observation.frames_of(StepKind.FRONTAL))
    if not frontal:
        return Unmeasured(Cue.DEPTH, CannotTell.TOO_FEW_FRAMES)
    if float(np.median([_width(points) for points in frontal])) < NARROWEST:
        return Unmeasured(Cue.DEPTH, CannotTell.TOO_SMALL)
    straight = _straight(frontal)
    already = relief_between(_even(straight), straight).relief
    values: list[float] = []
    missing: CannotTell | None = None
    for index in turns:
        sign = observation.challenge.steps[index].kind.side
        reliefs = [relief_between(straight, turned) for turned in _usable(observation.frames_at(index))]
        # Who looked the other way at first has turned further than the front allows: that does not count.
        spared = max(0.0, -sign * already)
        shown = [Relief(sign * each.relief - spared, each.turn) for each in reliefs]
        value = _depth(shown) if shown else None
        if value is not None:
            values.append(value)
        else:
            missing = CannotTell.NOT_DONE if reliefs else CannotTell.TOO_FEW_FRAMES
    least = min(values, default=math.inf)
    # A surface has been seen, though it was not turned both ways.
    if missing is not None and least >= _SURFACE:
        return Unmeasured(Cue.DEPTH, missing)
    return Measured(Cue.DEPTH, least)


def relief_between(straight: NDArray[np.float64], turned: NDArray[np.float64]) -> Relief:
    """What a frame of a turn shows; both are landmarks, float64 (468, 2), in pixels, x right and y down."""
    eyes = straight[_EYES[1]] - straight[_EYES[0]]
    apart = max(float(np.hypot(*eyes)), 1e-6)
    across = eyes / apart
    linear, left = _affine(straight, turned)
    axis = linear @ across
    scale = apart * math.sqrt(max(abs(float(np.linalg.det(linear))), 1e-12))
    along = left @ (axis / max(float(np.hypot(*axis)), 1e-9)) / scale
    template = _template()
    relief = float(along @ template / (template @ template))
    rigid, _ = _affine(straight[_RIGID], turned[_RIGID])
    # Breadth over height, along the face's own axes: the same however the picture is tilted, and steadier
    # than the map's singular values, which a nod shrinks too.
    breadth, height = (
        float(np.hypot(*(rigid @ axis))) for axis in (across, np.array([-across[1], across[0]]))
    )
    shrunk = breadth / max(height, 1e-9)
    return Relief(relief, 1 - shrunk**2)


def _depth(reliefs: Sequence[Relief]) -> float | None:
    """Relief over pose in the most turned frames, where there is enough relief; None where nothing turned."""
    by_relief = sorted(reliefs, key=lambda each: each.relief, reverse=True)[:_TURNED_FRAMES]
    by_turn = sorted(reliefs, key=lambda each: each.turn, reverse=True)[:_TURNED_FRAMES]
    relief = float(np.median([each.relief for each in by_relief]))
    # A head is told by its relief, a surface by its turn: whichever there is says where to look.
    chosen = by_relief if relief >= _NO_RELIEF else by_turn
    relief, turn = (
        float(np.median([each.relief for each in chosen])),
        float(np.median([each.turn for each in chosen])),
    )
    if relief < _NO_RELIEF and (turn < _NO_TURN or relief < -_NO_RELIEF / 2):
        return None
    return min(relief / math.sqrt(max(turn, _LEAST_TURN)), relief / _FULL_RELIEF)


def _affine(
    source: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least-squares map from points (n, 2) to others: its linear part (2, 2), what it leaves (n, 2)."""
    from_centre, to_centre = source - source.mean(axis=0), target - target.mean(axis=0)
    found = np.linalg.lstsq(from_centre, to_centre, rcond=None)[0]
    return found.T, to_centre - from_centre @ found


@cache
def _template() -> NDArray[np.float64]:
    """The relief of the canonical face towards the camera, float64 (468,), no plane in it, in outer-eye
    distances.
    """
    vertices = canonical_face().vertices.astype(np.float64)
    apart = float(np.hypot(*(vertices[_EYES[1], :2] - vertices[_EYES[0], :2])))
    plane = np.concatenate([vertices[:, :2], np.ones((len(vertices), 1))], axis=1)
    height = vertices[:, 2]
    relief = np.asarray((height - plane @ np.linalg.lstsq(plane, height, rcond=None)[0]) / apart)
    relief.flags.writeable = False
    return relief


def _even(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A face without what its sides differ by: the mean of it and its mirror image, brought onto it."""
    own = points - points.mean(axis=0)
    mirrored = own[_mirror()] * (-1, 1)
    left, _, right = np.linalg.svd(mirrored.T @ own)
    turn = left @ np.diag([1, np.sign(np.linalg.det(left @ right)) or 1]) @ right
    return np.asarray((own + mirrored @ turn) / 2)


@cache
def _mirror() -> NDArray[np.intp]:
    """For each landmark the one on the face's other side, intp (468,)."""
    vertices = canonical_face().vertices.astype(np.float64)
    there = vertices * (-1, 1, 1)
    found = np.array([int(np.sum((there - each) ** 2, axis=1).argmin()) for each in vertices], np.intp)
    found.flags.writeable = False
    return found


def _usable(frames: Iterable[FrameMeasure]) -> list[NDArray[np.float64]]:
    """The landmarks, float64 (468, 2), of frames where they can be relied on."""
    found = []
    for frame in frames:
        placed = places(frame)
        if frame.mesh is None or placed is None or not frame.mesh.confidence >= _LEAST_CONFIDENCE:
            continue
        points = placed[:_POINTS, :2].astype(np.float64)
        if _width(points) > 1:
            found.append(points)
    return found


def _width(points: NDArray[np.float64]) -> float:
    return float(np.ptp(points[:, 0]))


def _straight(frontal: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The mean of the most frontal of some landmarks, each brought onto the most frontal one."""
    by_turn = sorted(frontal, key=_asymmetry)[:_FRONTAL_FRAMES]
    onto = by_turn[0]
    moved = []
    for points in by_turn:
        linear, _ = _affine(points, onto)
        moved.append((points - points.mean(axis=0)) @ linear.T + onto.mean(axis=0))
    return np.asarray(np.mean(moved, axis=0))


def _asymmetry(points: NDArray[np.float64]) -> float:
    """How far a face is turned to either side: the place of the nose's tip between the outer eye corners."""
    eyes = points[list(_EYES)]
    across = eyes[1] - eyes[0]
    return abs(float((points[4] - eyes.mean(axis=0)) @ across)) / max(float(across @ across), 1e-6)
