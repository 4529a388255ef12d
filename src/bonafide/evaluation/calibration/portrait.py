"""Photos made to look like the small old portraits that documents carry.

Nobody gives away labelled pictures of identity documents. What printing small and photographing again takes
from a portrait can be put on: few pixels, softness, faded colour, flat or shifted tones, grain, JPEG. What
years take from a likeness cannot, and the caveats of a calibration say so.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face import Face

# In pixels between the eyes; a 120 x 160 portrait has about 33.
_EYE_DISTANCES = (20.0, 40.0)
# Of head and shoulders around the middle of the eyes, in eye distances: left, up, right, down.
_FRAME = (2.2, 2.4, 2.2, 3.6)


def as_portrait(pixels: NDArray[np.uint8], face: Face, random: np.random.Generator) -> bytes:
    """A JPEG of the face as a small portrait; `pixels` is uint8 RGB (h, w, 3), `face` in its coordinates."""
    scale = random.uniform(*_EYE_DISTANCES) / max(face.eye_distance, 1.0)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    framed = _framed(pixels, face)
    size = (max(1, round(framed.shape[1] * scale)), max(1, round(framed.shape[0] * scale)))
    small = cv2.resize(framed, size, interpolation=method)
    soft = cv2.GaussianBlur(small, (0, 0), random.uniform(0.4, 0.9)).astype(np.float32) / 255
    toned = soft ** random.uniform(0.75, 1.3)
    grey = toned.mean(axis=2, keepdims=True)
    faded = grey + (toned - grey) * random.uniform(0.3, 1.1)
    flat = 0.5 + (faded - 0.5) * random.uniform(0.75, 1.05) + random.uniform(-0.05, 0.05)
    grainy = flat + random.normal(0, 0.015, flat.shape)
    levels = (grainy.clip(0, 1) * 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(60, 90))]
    encoded, content = cv2.imencode(".jpg", levels[:, :, ::-1], quality)
    if not encoded:
        raise RuntimeError("OpenCV was built without JPEG")
    return content.tobytes()


def _framed(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    """Head and shoulders, as far as the picture goes."""
    height, width = pixels.shape[:2]
    x, y = face.landmarks[:2].mean(axis=0).tolist()
    left, up, right, down = (side * face.eye_distance for side in _FRAME)
    rows = slice(max(0, round(y - up)), min(height, max(1, round(y + down))))
    columns = slice(max(0, round(x - left)), min(width, max(1, round(x + right))))
    part = pixels[rows, columns]
    # Landmarks far outside the picture leave nothing to frame.
    return part if part.size else pixels
