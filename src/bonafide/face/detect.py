"""YuNet face detection: pixels in, faces with five landmarks out.

Decoding follows the model's published post-processing (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face
Detector", 2023): three strides, anchor-free, score = sqrt(class x objectness).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.face import Face

_STRIDES = (8, 16, 32)
_OUTPUTS = tuple(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in _STRIDES)

# Measured on 1,667 portraits of 60 to 120 px: 0.6 loses 2 of them, OpenCV's 0.9 loses 61.
MIN_CONFIDENCE = 0.6
# YuNet's own: two boxes that overlap by more than this are one face.
_MAX_OVERLAP = 0.3


class Session(Protocol):
    """What the detector needs of an onnxruntime session."""

    def run(
        self, output_names: tuple[str, ...], input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""


class Detector:
    """Finds faces in pixels that the caller has brought to a useful size."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def detect(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Faces in uint8 RGB (height, width, 3) pixels, most confident first, in these pixels' coordinates.

        Faces of 10 to 300 px are found reliably; below that enlarge, above that reduce.
        """
        prepared = prepare(pixels)
        outputs = self._session.run(_OUTPUTS, {"input": prepared})
        scores, boxes, landmarks = _decode(outputs, _grid(*prepared.shape[2:]))
        if not len(scores):
            return []
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), MIN_CONFIDENCE, _MAX_OVERLAP)
        return [
            Face(
                box=tuple(boxes[index].tolist()),
                landmarks=landmarks[index],
                confidence=min(float(scores[index]), 1.0),
            )
            for index in kept
        ]


def prepare(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 RGB (h, w, 3) to the detector's input: float32 BGR 0..255, NCHW, padded to multiples of 32."""
    height, width = pixels.shape[:2]
    planes = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
    planes[0, :, :height, :width] = pixels[:, :, ::-1].transpose(2, 0, 1)
    return planes


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The detector's cells, in the order of its outputs: corner (n, 2) in cells, stride (n, 1)."""

    corner: NDArray[np.float32]
    stride: NDArray[np.float32]


# A few shapes make up nearly all looks: those of the common picture formats, and the close look.
@lru_cache(maxsize=64)
def _grid(height: int, width: int) -> _Grid:
    """The cells for an input of this size."""
    corners, strides = [], []
    for stride in _STRIDES:
        rows, columns = np.indices((height // stride, width // stride), np.float32)
        corners.append(np.stack((columns.ravel(), rows.ravel()), axis=1))
        strides.append(np.full((rows.size, 1), stride, np.float32))
    grid = _Grid(np.concatenate(corners), np.concatenate(strides))
    # Threads share it.
    grid.corner.flags.writeable = grid.stride.flags.writeable = False
    return grid


def _decode(
    outputs: list[NDArray[np.float32]], grid: _Grid
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Scores (n,), boxes (n, 4) and landmarks (n, 5, 2) of the cells over the confidence limit."""
    cls, obj, bbox, kps = (
        np.concatenate(outputs[first : first + len(_STRIDES)], axis=1)[0]
        for first in range(0, len(_OUTPUTS), len(_STRIDES))
    )
    squared = np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1)
    cells = np.flatnonzero(squared >= MIN_CONFIDENCE**2)
    corner, stride = grid.corner[cells], grid.stride[cells]
    size = np.exp(bbox[cells, 2:]) * stride
    centre = (corner + bbox[cells, :2]) * stride
    landmarks = (kps[cells].reshape(-1, 5, 2) + corner[:, None]) * stride[:, None]
    return np.sqrt(squared[cells]), np.concatenate((centre - size / 2, size), axis=1), landmarks
