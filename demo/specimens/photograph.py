"""A hand-held phone's photograph of a card: perspective, light, blur, noise, JPEG; and whether it can be
read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.backgrounds import background
from specimens.drawn import Box, Pixels
from specimens.light import (
    FINGERS_REDUCED,
    GLARE_REDUCED,
    Floats,
    card_glare,
    cast_fingers,
    lighting,
    sensor_noise,
)
from specimens.shot import Shot, random_shot

ID1_MM = 85.6
RESIDENT_TEXT_MM = 2.6

# Below these even a person has trouble: Chinese characters want some 14 pixels of height; a blur, as a
# standard deviation, of a twelfth of the height joins their strokes; and what is hidden is hidden.
MIN_TEXT_PX = 14.0
MAX_BLUR_SHARE = 1 / 12
MAX_HIDDEN = 0.02


@dataclass(frozen=True, slots=True)
class Readable:
    """What decides whether the card's text can be read at all.

    `text_px` is the height in pixels of the smallest needed text, `blur_share` the blur's standard deviation
    as a share of it, `hidden` the largest part of any field that lies under glare or fingers.
    """

    text_px: float
    blur_share: float
    hidden: float

    def __bool__(self) -> bool:
        return self.text_px >= MIN_TEXT_PX and self.blur_share <= MAX_BLUR_SHARE and self.hidden <= MAX_HIDDEN


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph as a file, where the card's corners are in it, and what was simulated.

    `corners` is float32 (4, 2), x and y of the card's own top left, top right, bottom right and bottom left,
    in pixels with (0, 0) at the outer corner of the first pixel. `readable` is true where a reader should
    manage.
    """

    jpeg: bytes
    corners: NDArray[np.float32]
    options: Shot
    readable: Readable


def photograph(
    card: Pixels,
    seed: int,
    difficulty: str = "mixed",
    *,
    shot: Shot | None = None,
    width_mm: float = ID1_MM,
    text_mm: float = RESIDENT_TEXT_MM,
    fields: Iterable[Box] = (),
) -> Photo:
    """A photograph of a card's pixels (uint8 RGB), the same for the same arguments.

    `difficulty` is easy, mixed or hard; an explicit `shot` replaces what it would draw. `width_mm`, `text_mm`
    and `fields` (see `Drawn`) are for judging whether the result can be read.
    """
    rows, columns = card.shape[:2]
    mask = _rounded(columns, rows, columns / width_mm * 3.18)
    random = np.random.default_rng([seed, 1])
    return take(
        card,
        Box(0, 0, columns, rows),
        mask,
        random,
        random_shot(random, difficulty) if shot is None else shot,
        width_mm=width_mm,
        text_mm=text_mm,
        fields=fields,
    )


def take(
    surface: Pixels,
    card: Box,
    mask: NDArray[np.uint8] | None,
    random: np.random.Generator,
    shot: Shot,
    *,
    width_mm: float,
    text_mm: float,
    fields: Iterable[Box],
    gain: float = 1.0,
) -> Photo:
    """A photograph of a flat surface that shows a card in `card`, such as a screen or a sheet of paper.

    The shot frames the card; the rest of the surface falls where it falls. `mask` is 255 where the surface is
    there at all (None: everywhere), and `fields` are in pixels of the surface. A surface that shines by
    itself is brighter by `gain`.
    """
    size = (shot.width, shot.height)
    rows, columns = surface.shape[:2]
    corners = place_corners(shot, card.width / card.height, random)
    x, y = card.left, card.top
    flat = np.array(
        [[x, y], [x + card.width, y], [x + card.width, y + card.height], [x, y + card.height]], np.float32
    )
    lay = np.asarray(cv2.getPerspectiveTransform(flat, corners), np.float64)
    outline = np.array([[[0, 0], [columns, 0], [columns, rows], [0, rows]]], np.float32)
    outline = np.asarray(cv2.perspectiveTransform(outline, lay), np.float32)[0]
    per_mm = _least_scale(lay, flat) * card.width / width_mm
    added, glare = card_glare(random, shot, columns, rows)
    if shot.glare > 0 or shot.streak > 0:
        surface = np.asarray(cv2.add(surface, cv2.merge([added, added, added])), np.uint8)
    # Reduced first where the photograph is coarser than the drawing, as lenses do and resampling alone does
    # not.
    enlarged = float(np.sqrt(abs(cv2.contourArea(corners)) / (card.width * card.height)))
    shrink = min(1.0, 1.25 * enlarged)
    small = cv2.resize(surface, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    if gain != 1:
        small = cv2.multiply(small, np.full(4, gain), dtype=cv2.CV_8U)
    shift = _pixel_centres(lay @ np.diag([columns / small.shape[1], rows / small.shape[0], 1]))
    covered = (
        np.full(small.shape[:2], 255, np.uint8) if mask is None else cv2.resize(mask, small.shape[1::-1])
    )
    scene = background(shot.background, random, *size)
    scene = _shaded_ground(scene, outline, per_mm, random)
    laid = cv2.warpPerspective(small, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    where = cv2.warpPerspective(covered, shift, size, flags=cv2.INTER_LINEAR)
    scene = _mixed(scene, np.asarray(laid), np.asarray(where))
    fingers = cast_fingers(scene, random, shot.fingers, outline, per_mm)
    seen = np.asarray(cv2.multiply(scene, lighting(random, shot), dtype=cv2.CV_8U), np.uint8)
    seen = sensor_noise(_blurred(seen, shot), random, shot.noise)
    written, content = cv2.imencode(".jpg", seen[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, shot.quality])
    if not written:
        raise RuntimeError("OpenCV was built without JPEG")
    text_px = text_mm * per_mm
    blur = float(np.hypot(shot.defocus, shot.motion / np.sqrt(12)))
    readable = Readable(text_px, blur / text_px, _hidden(fields, glare, fingers, lay))
    return Photo(content.tobytes(), corners, shot, readable)


def place_corners(shot: Shot, aspect: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Where a card of this width to height lies in the picture: top left, top right, bottom right, bottom
    left.
    """
    half = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]]) / 2
    turn, tilt, axis = np.radians([shot.turn, shot.tilt, shot.tilt_axis])
    lean = np.array([np.cos(axis), np.sin(axis), 0.0]) * tilt
    rotated = half @ cv2.Rodrigues(np.array([0.0, 0.0, turn]))[0].T @ cv2.Rodrigues(lean)[0].T
    # A phone's main lens sees about 72 degrees along its longer side; the nearer the card, the steeper.
    distance = 0.72 * aspect / shot.share * 1.15
    seen = rotated[:, :2] / (distance + rotated[:, 2:]) * distance
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = np.array([shot.width, shot.height])
    scale = float((shot.share * room / (high - low)).min())
    spare = room - (high - low) * scale
    offset = spare * random.uniform(0.15, 0.85, 2)
    return np.asarray((seen - low) * scale + offset, np.float32)


def _pixel_centres(transform: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same transform for OpenCV, whose pixels have their centres at whole numbers."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return np.asarray(np.linalg.inv(half) @ transform @ half)


def _least_scale(lay: NDArray[np.float64], flat: NDArray[np.float32]) -> float:
    """The smallest enlargement, in any direction, at a rectangle's corners and middle."""
    least = np.inf
    for x, y in (*flat, flat.mean(axis=0)):
        u, v, w = lay @ np.array([x, y, 1])
        jacobian = np.array([lay[0, :2] - u / w * lay[2, :2], lay[1, :2] - v / w * lay[2, :2]]) / w
        least = min(least, float(np.linalg.svd(jacobian)[1][-1]))
    return least


def _rounded(width: int, height: int, radius: float) -> NDArray[np.uint8]:
    """255 inside a card with round corners (ISO/IEC 7810: 3.18 mm)."""
    mask = np.zeros((height, width), np.uint8)
    r = round(radius)
    cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 255, -1)
    for x, y in ((r, r), (width - 1 - r, r), (r, height - 1 - r), (width - 1 - r, height - 1 - r)):
        cv2.circle(mask, (x, y), r, 255, -1, cv2.LINE_AA)
    return mask


def _shaded_ground(
    scene: Pixels, corners: NDArray[np.float32], per_mm: float, random: np.random.Generator
) -> Pixels:
    """The card's thickness throws a narrow shadow on what is under it; one held in the air, a wide and weak
    one.
    """
    reduce = 4
    held = random.random() < 0.25
    reach = per_mm * (random.uniform(3, 7) if held else random.uniform(0.5, 1.6))
    angle = random.uniform(0, 2 * np.pi)
    moved = corners + np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(reach)
    height, width = scene.shape[:2]
    shade = np.ones((-(-height // reduce), -(-width // reduce)), np.float32)
    cv2.fillConvexPoly(shade, (moved / reduce).round().astype(np.int32), 0.72 if held else 0.5, cv2.LINE_AA)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), max(reach / reduce * 0.6, 0.6)), np.float32)
    full = cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(scene, cv2.merge([full, full, full]), dtype=cv2.CV_8U), np.uint8)


def _mixed(scene: Pixels, laid: Pixels, where: NDArray[np.uint8]) -> Pixels:
    """The card over the scene; only the thin edge needs arithmetic."""
    inside = where == 255
    mixed = scene.copy()
    cv2.copyTo(laid, inside.astype(np.uint8), mixed)
    edge = (where > 0) & ~inside
    share = where[edge].astype(np.float32)[:, None] / 255
    mixed[edge] = (laid[edge] * share + scene[edge] * (1 - share)).astype(np.uint8)
    return mixed


def _blurred(seen: Pixels, shot: Shot) -> Pixels:
    if shot.defocus > 0:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), shot.defocus), np.uint8)
    if shot.motion >= 1.5:
        side = int(shot.motion) // 2 * 2 + 3
        kernel = np.zeros((side, side), np.float32)
        angle = np.radians(shot.motion_angle)
        reach = np.array([np.cos(angle), np.sin(angle)]) * shot.motion / 2 * 16
        middle = np.full(2, side // 2) * 16
        start, end = ((middle + sign * reach).round().astype(int) for sign in (-1, 1))
        cv2.line(kernel, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 1.0, 1, cv2.LINE_AA, 4)
        if kernel.sum() > 0:
            seen = np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.uint8)
    return seen


def _hidden(
    fields: Iterable[Box], glare: Floats, fingers: NDArray[np.uint8] | None, lay: NDArray[np.float64]
) -> float:
    """The largest part of a field under strong glare or a finger; `glare` is on the card, reduced."""
    worst = 0.0
    covered = glare > 0.45
    if fingers is not None:
        rows, columns = glare.shape
        lifted = lay @ np.diag([GLARE_REDUCED, GLARE_REDUCED, 1.0])
        down = np.diag([1 / FINGERS_REDUCED, 1 / FINGERS_REDUCED, 1.0]) @ lifted
        seen = cv2.warpPerspective(
            fingers, down, (columns, rows), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        )
        covered = covered | (np.asarray(seen) > 127)
    for box in fields:
        left, top = box.left // GLARE_REDUCED, box.top // GLARE_REDUCED
        part = covered[
            top : top + max(box.height // GLARE_REDUCED, 1), left : left + max(box.width // GLARE_REDUCED, 1)
        ]
        worst = max(worst, float(part.mean()) if part.size else 0.0)
    return worst
