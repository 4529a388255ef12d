"""What the quality measures look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bonafide.face.face import Face
from bonafide.face.quality.pose import Pose, estimate_pose
from bonafide.face.quality.region import face_levels
from bonafide.face.quality.structure import vertical_gradient
from bonafide.outcome import Subject


@dataclass(frozen=True, eq=False, repr=False)
class FaceSample:
    """One face as it will be compared, and the picture it was found in.

    `crop` is the aligned crop, uint8 RGB (112, 112, 3). `face` and `faces` (all faces found, `face` among
    them) are in pixels of the whole upright picture, which is `picture_width` x `picture_height`. `subject`
    says which of the two pictures this is: the same measurement is judged by different limits.

    What several measures look at is computed once, at first use.
    """

    crop: NDArray[np.uint8]
    face: Face
    faces: tuple[Face, ...]
    picture_width: int
    picture_height: int
    subject: Subject

    @cached_property
    def levels(self) -> NDArray[np.float64]:
        """`face_levels` of the crop."""
        return face_levels(self.crop)

    @cached_property
    def gradient(self) -> NDArray[np.float32]:
        """`vertical_gradient` of the crop."""
        return vertical_gradient(self.crop)

    @cached_property
    def pose(self) -> Pose | None:
        """`estimate_pose` of the landmarks."""
        return estimate_pose(self.face.landmarks)
