"""What detection finds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in a picture, in pixels of the whole upright picture (x right, y down).

    `box` is x, y, width, height and may reach over the picture's edge. `landmarks` is float32 (5, 2), as
    seen in the picture: left eye, right eye, nose tip, left and right mouth corner (the order of ISO/IEC
    19794-5's mirrored feature points as YuNet and ArcFace use it). `confidence` is the detector's, 0..1.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    confidence: float

    @property
    def eye_distance(self) -> float:
        """Distance between the eye centres, in pixels (ISO/IEC 29794-5, inter-eye distance)."""
        return float(np.hypot(*(self.landmarks[1] - self.landmarks[0])))

    def scaled(self, factor: NDArray[np.float32]) -> Face:
        """The face in pixels `factor` times as many: float32 (2,), across and down."""
        x, y, width, height = self.box
        fx, fy = float(factor[0]), float(factor[1])
        return replace(self, box=(x * fx, y * fy, width * fx, height * fy), landmarks=self.landmarks * factor)
