"""Signs of another medium in one frame: what a screen, a print or a recording leaves in the pixels.

`moire` and `halftone` are peaks of the spectrum at the face, as natural logarithms of power over what is
around them. A screen's pixels and a print's dots are periodic, and so is what a camera's own pixels make of
them (Garcia and de Queiroz, "Face-Spoofing 2D-Detection Based on Moire-Pattern Analysis", 2015); skin and
hair are not. `border` is the share of straight edges round the face, `blocking` how clearly an older
compression shows, in standard errors.

None has a threshold. A camera whose program scales or sharpens, a striped wall or a door frame leaves the
like, and a fine screen in soft focus leaves nothing, so none decides anything alone (`picture.py`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face import Face
from bonafide.liveness.observation import PictureSigns

# Sides of the window whose spectrum is taken: pixels as they came, since resizing makes and unmakes patterns.
_WINDOWS: Final = (256, 128, 64)
# Below so many cycles a pixel lies the face itself.
_LOWEST: Final = 0.08
# Half a grey level of noise, below which the spectrum of a compressed picture has holes and no floor.
_FLOOR: Final = 0.25
# The spectrum's neighbourhood that a peak is held against, as a share of its side.
_AROUND: Final = 1 / 8

# Grey levels beyond which a difference is the picture's own, and by which means differ from rounding alone.
_MOST_STEP: Final = 3
_ROUNDING: Final = 1e-3
# Longer side in pixels of the frame that borders are looked for in; how far a border may lean (25 degrees).
_LOOK: Final = 320
_TILT: Final = 0.47
_EDGE: Final = (40, 120)

_Floats = NDArray[np.float32]


def signs(pixels: NDArray[np.uint8], face: Face) -> PictureSigns:
    """The signs in a frame, uint8 RGB (h, w, 3), at the face found in it.

    The pixels must be as they were decoded: resizing or cropping makes and unmakes what is looked for.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    peaks = _peaks(_window(grey, face))
    return PictureSigns(
        moire=float(peaks.max()),
        halftone=_halftone(peaks),
        border=_border(grey, face),
        blocking=_blocking(grey),
    )


def _window(grey: NDArray[np.uint8], face: Face) -> _Floats:
    """A square of the face's middle, as large as the face and the frame allow."""
    x, y, width, height = face.box
    room = min(max(width, height) * 1.1, *grey.shape)
    side = next((side for side in _WINDOWS if side <= room), _WINDOWS[-1])
    left = int(np.clip(x + width / 2 - side / 2, 0, max(grey.shape[1] - side, 0)))
    top = int(np.clip(y + height / 2 - side / 2, 0, max(grey.shape[0] - side, 0)))
    part = grey[top : top + side, left : left + side].astype(np.float32)
    short = side - part.shape[0], side - part.shape[1]
    return np.pad(part, ((0, short[0]), (0, short[1])), mode="edge") if any(short) else part


def _peaks(window: _Floats) -> _Floats:
    """How far each place of the spectrum stands above what is around it, as a natural logarithm of power;
    float32 (side - 1, side - 1), no frequency in the middle, 0 where no peak counts.
    """
    side = len(window)
    taper, mask = _taper(side), _mask(side)
    transformed = cv2.dft((window - window.mean()) * taper, flags=cv2.DFT_COMPLEX_OUTPUT)
    power = np.fft.fftshift(transformed[..., 0] ** 2 + transformed[..., 1] ** 2)[1:, 1:]
    # A peak is as wide as the taper's, three places.
    power = cv2.blur(power, (3, 3)) + np.float32(_FLOOR * (taper**2).sum())
    logarithm = cv2.log(power)
    around = cv2.blur(logarithm, (int(side * _AROUND) | 1,) * 2, borderType=cv2.BORDER_REFLECT)
    return np.asarray((logarithm - around) * mask, np.float32)


def _halftone(peaks: _Floats) -> float:
    """The strongest pair of peaks at right angles: a print's dots lie on a square grid."""
    near = cv2.dilate(peaks, np.ones((3, 3), np.uint8))
    return float(np.minimum(peaks, np.rot90(near)).max())


@lru_cache(maxsize=4)
def _taper(side: int) -> _Floats:
    ramp = np.hanning(side + 1)[:-1]
    taper = np.outer(ramp, ramp).astype(np.float32)
    taper.flags.writeable = False
    return taper


@lru_cache(maxsize=4)
def _mask(side: int) -> _Floats:
    """1 where a peak counts: not at low frequencies, nor where the frame's own compression has its grid."""
    places = np.arange(1 - side // 2, side // 2)
    frequency = np.abs(places) / side
    mask = (np.hypot(frequency[:, None], frequency[None]) > _LOWEST).astype(np.float32)
    off_grid = np.abs((frequency * 8 + 0.5) % 1 - 0.5) / 8 * side
    near_axis = np.abs(places) <= 2
    for axis in range(2):
        grid = np.logical_and.outer(near_axis, off_grid <= 2)
        mask[grid if axis else grid.T] = 0
    mask.flags.writeable = False
    return mask


def _blocking(grey: NDArray[np.uint8]) -> float:
    """How clearly edges repeat every eight pixels off the frame's own grid, in both directions.

    A picture that was compressed, moved and compressed again keeps the edges of the older blocks (Luo et al.,
    "A Novel Method for Detecting Cropped and Recompressed Image Block", 2007, whose cross difference this
    is). One that was scaled in between does not have them every eight pixels.
    """
    across = np.diff(grey.astype(np.int16), axis=1)
    crosses = np.minimum(np.abs(np.diff(across, axis=0)), _MOST_STEP)
    return min(_off_grid(crosses.mean(axis=axis)) for axis in range(2))


def _off_grid(differences: NDArray[np.float64]) -> float:
    """How far one of the seven phases that are not the frame's own stands above its mirror image in the
    block, in standard errors over all blocks.

    What one compression leaves within its blocks is the same from both ends, so it cancels.
    """
    blocks = differences[: len(differences) // 8 * 8].reshape(-1, 8)
    # The frame's own edge is the last: between columns 7 and 8. The middle one is held against its
    # neighbours.
    mirrored = np.column_stack((blocks[:, 6:3:-1], blocks[:, [2, 4]].mean(axis=1), blocks[:, 2::-1]))
    excess = blocks[:, :7] - mirrored
    errors = excess.std(axis=0) / math.sqrt(len(blocks)) + _ROUNDING
    return float((excess.mean(axis=0) / errors).max())


def _border(grey: NDArray[np.uint8], face: Face) -> float:
    """How much of three sides round the face is one straight edge, 0..1: the third best of four.

    A door frame or a shelf makes one or two.
    """
    scale = _LOOK / max(grey.shape)
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(small, *_EDGE)
    x, y, width, height = (value * scale for value in face.box)
    # Hair and shoulders are no border.
    inner = np.array([x, y, x + width, y + height])
    edges[max(0, int(y)) : int(y + height), max(0, int(x)) : int(x + width)] = 0
    least = 0.5 * min(width, height)
    found = cv2.HoughLinesP(edges, 1, np.pi / 180, 30, minLineLength=max(least, 20), maxLineGap=4)
    best = np.zeros(4)
    for x1, y1, x2, y2 in () if found is None else found.reshape(-1, 4).astype(float):
        across, down = abs(x2 - x1), abs(y2 - y1)
        if min(across, down) > _TILT * max(across, down):
            continue
        if down > across:
            middle, share = (x1 + x2) / 2, down / height
            side = 0 if middle < inner[0] else 1 if middle > inner[2] else -1
        else:
            middle, share = (y1 + y2) / 2, across / width
            side = 2 if middle < inner[1] else 3 if middle > inner[3] else -1
        if side >= 0:
            best[side] = max(best[side], min(1.0, share))
    return float(np.sort(best)[1])
