"""What the quality measures look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.face.face import Face
from bonafide.outcome import Subject


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FaceSample:
    """One face as it will be compared, and the picture it was found in.

    `crop` is the aligned crop, uint8 RGB (112, 112, 3). `face` and `faces` (all faces found, `face` among
    them) are in pixels of the whole upright picture, which is `picture_width` x `picture_height`. `subject`
    says which of the two pictures this is: the same measurement is judged by different limits.
    """

    crop: NDArray[np.uint8]
    face: Face
    faces: tuple[Face, ...]
    picture_width: int
    picture_height: int
    subject: Subject
