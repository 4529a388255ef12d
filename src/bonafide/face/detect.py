"""YuNet face detection: pixels in, faces with five landmarks out.

Decoding follows the model's published post-processing (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face
Detector", 2023): three strides, anchor-free, score = sqrt(class x objectness).
"""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.face import Face

_STRIDES = (8, 16, 32)
_OUTPUTS = tuple(f"{kind}_{stride}" for stride in _STRIDES for kind in ("cls", "obj", "bbox", "kps"))

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
        outputs = self._session.run(_OUTPUTS, {"input": prepare(pixels)})
        columns = -(-pixels.shape[1] // 32) * 32
        found = [
            _decode(*outputs[4 * level : 4 * level + 4], stride=stride, columns=columns // stride)
            for level, stride in enumerate(_STRIDES)
        ]
        scores, boxes, landmarks = (np.concatenate(part) for part in zip(*found, strict=True))
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


def _decode(
    cls: NDArray[np.float32],
    obj: NDArray[np.float32],
    bbox: NDArray[np.float32],
    kps: NDArray[np.float32],
    *,
    stride: int,
    columns: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Scores (n,), boxes (n, 4) and landmarks (n, 5, 2) of one stride's cells over the confidence limit."""
    squared = np.clip(cls[0, :, 0], 0, 1) * np.clip(obj[0, :, 0], 0, 1)
    cells = np.flatnonzero(squared >= MIN_CONFIDENCE**2)
    corner = np.stack((cells % columns, cells // columns), axis=1).astype(np.float32)
    size = np.exp(bbox[0, cells, 2:]) * stride
    centre = (corner + bbox[0, cells, :2]) * stride
    landmarks = (kps[0, cells].reshape(-1, 5, 2) + corner[:, None]) * stride
    return np.sqrt(squared[cells]), np.concatenate((centre - size / 2, size), axis=1), landmarks
