"""A face as a mesh of landmarks with depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# MediaPipe's face mesh with irises.
MESH_POINTS: Final = 478


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FaceMesh:
    """478 landmarks in MediaPipe's order, in pixels of the picture that was looked at (x right, y down).

    `points` is float32 (478, 3); z is in the scale of x, smaller nearer to the camera, and zero at about the
    head's centre: the model's own idea of depth from one picture, the same for a print as for a head.
    `confidence` is 0..1, that there is a face.
    """

    points: NDArray[np.float32]
    confidence: float
