"""The mesh of 478 landmarks on a face, by MediaPipe's network and in MediaPipe's manner.

The network sees a square around the face, turned so that the eyes lie level (Kartynnik et al., "Real-time
Facial Surface Geometry from Monocular Video", 2019). The square comes from the detector on every frame:
whether there is one face alone must be known of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.face import Face
from bonafide.face.mesh import MESH_POINTS, FaceMesh

# What the network is given by MediaPipe (face_landmarker_graph.cc and face_landmarks_detector_graph.cc).
_SIZE: Final = 256
_MARGIN: Final = 1.5
# MediaPipe's own detector sees faces without the hair line. Of the detector's box this share of its longer
# side, its centre moved down by so much of it, leads closest to MediaPipe's landmarks: 1.1 % of the distance
# of the outer eye corners (median of 150 photos), which is what MediaPipe's landmarks move by when it follows
# a face in a still picture; the whole box, 1.4 %.
_BOX_SHARE: Final = 0.88
_BOX_DROP: Final = 0.04
_LEAST_CONFIDENCE: Final = 0.5
_OUTPUTS: Final = ("landmarks", "presence")


class Session(Protocol):
    """What the landmarker needs of an onnxruntime session."""

    def run(
        self, output_names: tuple[str, ...], input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""


class Landmarker:
    """Places the mesh on faces that were found; safe to share between threads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mesh(self, pixels: NDArray[np.uint8], face: Face) -> FaceMesh | None:
        """The mesh of a face in uint8 RGB (h, w, 3) pixels, in these pixels.

        None where the network does not see a face that it can place (its confidence is below 0.5): turned too
        far, too small, or none.
        """
        left, top, width, height = face.box
        side, eyes = max(width, height), face.landmarks[:2]
        turn = _upright(eyes)
        centre = np.array([left + width / 2, top + height / 2]) + turn[:, 1] * side * _BOX_DROP
        return self._look(pixels, _square(centre, side * _BOX_SHARE, turn))

    def _look(self, pixels: NDArray[np.uint8], square: _Square) -> FaceMesh | None:
        if square.side < 1:
            return None
        landmarks, presence = self._session.run(_OUTPUTS, {"input": prepare(_cut_out(pixels, square))})
        confidence = float(presence.ravel()[0])
        # Written so that what is no number is no face either.
        if not confidence >= _LEAST_CONFIDENCE:
            return None
        points = landmarks.reshape(MESH_POINTS, 3) * (square.side / _SIZE)
        points[:, :2] = points[:, :2] @ square.turn.T + square.corner
        return FaceMesh(points.astype(np.float32), min(confidence, 1.0))


def prepare(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 RGB (256, 256, 3) to the network's input: float32 RGB 0..1, NCHW."""
    return np.ascontiguousarray(crop.transpose(2, 0, 1)[None]) * np.float32(1 / 255)


@dataclass(frozen=True, slots=True, eq=False)
class _Square:
    """What the network is to see: `corner` float64 (2,) is its upper left one in the picture, `side` its
    length in pixels, `turn` float64 (2, 2) its axes, right and down, as columns.
    """

    corner: NDArray[np.float64]
    side: float
    turn: NDArray[np.float64]


def _upright(eyes: NDArray[np.float32]) -> NDArray[np.float64]:
    """The axes, right and down, of a face whose eyes (2, 2) are here, the left one in the picture first."""
    across = (eyes[1] - eyes[0]).astype(np.float64)
    length = float(np.hypot(*across))
    cosine, sine = (across / length).tolist() if length > 0 else (1.0, 0.0)
    return np.array([[cosine, -sine], [sine, cosine]])


def _square(centre: NDArray[np.float64], face: float, turn: NDArray[np.float64]) -> _Square:
    """Around a face of this size with the margin that the network expects."""
    side = face * _MARGIN
    return _Square(centre - turn @ np.full(2, side / 2), side, turn)


def _cut_out(pixels: NDArray[np.uint8], square: _Square) -> NDArray[np.uint8]:
    """The square as uint8 RGB (256, 256, 3); where it reaches over the edge, the edge goes on."""
    corner, step = square.corner, square.side / _SIZE
    shrink = int(step)
    if shrink > 1:
        # Sampling reads four pixels; where each stands for many, the rest would alias.
        pixels, left_out = _shrunk_around(pixels, square, shrink)
        corner, step = (corner - left_out) / shrink, step / shrink
    crop = cv2.warpAffine(
        pixels,
        np.column_stack((square.turn * step, corner)),
        (_SIZE, _SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(crop, np.uint8)


def _shrunk_around(
    pixels: NDArray[np.uint8], square: _Square, shrink: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The part of the picture that holds the square at 1 / shrink, by area, and where its corner was."""
    ends = square.corner + square.side * np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) @ square.turn.T
    limits = pixels.shape[1], pixels.shape[0]
    # At least one pixel of the reduced picture, and whole ones.
    left, top = (
        int(np.clip(at, 0, max(limit - shrink, 0)))
        for at, limit in zip(ends.min(axis=0), limits, strict=True)
    )
    columns, rows = (
        max(1, int(np.ceil((min(end, limit) - start) / shrink)))
        for end, limit, start in zip(ends.max(axis=0), limits, (left, top), strict=True)
    )
    part = pixels[top : top + rows * shrink, left : left + columns * shrink]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.array([left, top], np.float64)
