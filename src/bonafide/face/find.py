"""Finding the faces in a picture at the least cost, and cutting them out at the best resolution it has.

Most of a face check's time outside the networks goes into pixels nobody needs. So a picture is decoded small,
looked at smaller, and only where a face is little is it looked at again, closer; the crop is taken from a
larger decoding only if the face would otherwise be enlarged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import Picture
from bonafide.face.align import align, similarity_to_template
from bonafide.face.detect import Detector
from bonafide.face.face import Face

_FIRST_LOOK = 320
# Where 320 px show no face (2 % of photos of documents), this nearly always does.
_SECOND_LOOK = 640
# A face this wide in the first look has landmarks as good as they get; a smaller one is looked at closer.
_WIDE_ENOUGH = 80
_CLOSE_LOOK = 160
# The close look shows the face with a margin of half its size on each side.
_CLOSE_MARGIN = 2.0
# Of faces smaller than this beside a larger one nothing can be told; a crowd costs no more than a few.
_MOST_CLOSE_LOOKS = 4

# A face on its side is found all the same, with the landmarks of an upright one, and its template is
# worthless. The confidence of the closest look tells: upright, 99 % of photos, of small portraits and of
# portraits on cards are above it.
_SURE = 0.9
_CLOCKWISE = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)

Reduction = Literal[1, 2, 4, 8]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FoundFaces:
    """The faces of one picture, largest first, with what is needed to cut them out.

    `faces` are in pixels of the whole upright picture. `pixels` is uint8 RGB, the picture at 1 / `reduction`.
    """

    picture: Picture
    faces: tuple[Face, ...]
    pixels: NDArray[np.uint8]
    reduction: Reduction

    def crop(self, face: Face) -> NDArray[np.uint8]:
        """The aligned crop of one face, uint8 RGB (112, 112, 3), enlarged only if the picture has no more to
        give.
        """
        pixels, reduction = self.pixels, self.reduction
        needed = self._reduction_for(face)
        if needed < reduction:
            pixels, reduction = self.picture.decode(needed), needed
        return align(pixels, face.landmarks * _scale_to(pixels, self.picture))

    def _reduction_for(self, face: Face) -> Reduction:
        """The strongest reduction at which the crop does not have to be enlarged."""
        turn = similarity_to_template(face.landmarks)
        enlargement = float(np.hypot(turn[0, 0], turn[1, 0]))
        steps: tuple[Reduction, ...] = (8, 4, 2)
        return next((step for step in steps if enlargement * step <= 1), 1)


class FaceFinder:
    """Finds faces in pictures of any size."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def find(self, picture: Picture) -> FoundFaces:
        """All faces of the picture, largest first; none is a result, not an error.

        A picture that lies on its side or upside down without saying so is turned: `FoundFaces.picture` is
        then the turned one. Raises `UnreadablePicture` when the picture's data turn out to be damaged.
        """
        reduction = _first_reduction(picture)
        pixels = picture.decode(reduction)
        faces = self._faces(pixels)
        if _confidence(faces) < _SURE:
            picture, pixels, faces = max(
                ((picture, pixels, faces), *self._turned(picture, pixels)),
                key=lambda found: _confidence(found[2]),
            )
        to_picture = np.float32(1) / _scale_to(pixels, picture)
        return FoundFaces(
            picture=picture,
            faces=tuple(face.scaled(to_picture) for face in faces),
            pixels=pixels,
            reduction=reduction,
        )

    def _turned(
        self, picture: Picture, pixels: NDArray[np.uint8]
    ) -> Iterator[tuple[Picture, NDArray[np.uint8], list[Face]]]:
        for quarters, code in enumerate(_CLOCKWISE, start=1):
            seen = np.asarray(cv2.rotate(pixels, code), np.uint8)
            yield picture.turned(quarters), seen, self._faces(seen)

    def _faces(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Faces in uint8 RGB (h, w, 3) pixels, largest first, each looked at closely enough."""
        faces = self._look(pixels, _FIRST_LOOK)
        if not faces:
            faces = self._look(pixels, _SECOND_LOOK)
        # Several small ones make a crowd, and a crowd is refused whatever its landmarks.
        wide = _WIDE_ENOUGH * max(pixels.shape[:2]) / _FIRST_LOOK
        faces.sort(key=lambda face: face.eye_distance, reverse=True)
        return [
            self._look_closer(pixels, face) if index < _MOST_CLOSE_LOOKS and face.box[2] < wide else face
            for index, face in enumerate(faces)
        ]

    def _look(self, pixels: NDArray[np.uint8], long_side: int) -> list[Face]:
        height, width = pixels.shape[:2]
        scale = long_side / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        seen = self._detector.detect(_resized(pixels, size))
        back = np.array([width / size[0], height / size[1]], np.float32)
        return [face.scaled(back) for face in seen]

    def _look_closer(self, pixels: NDArray[np.uint8], face: Face) -> Face:
        """The same face with landmarks from a window around it; as it was if the window shows none."""
        x, y, width, height = face.box
        side = max(width, height) * _CLOSE_MARGIN
        corner = np.array([x + width / 2 - side / 2, y + height / 2 - side / 2], np.float32)
        scale = _CLOSE_LOOK / side
        window = cv2.warpAffine(
            pixels,
            np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]]),
            (_CLOSE_LOOK, _CLOSE_LOOK),
            flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        )
        centre = np.full(2, _CLOSE_LOOK / 2, np.float32)
        seen = self._detector.detect(np.asarray(window, np.uint8))
        if not seen:
            return face
        nearest = min(seen, key=lambda found: float(np.linalg.norm(found.landmarks.mean(axis=0) - centre)))
        # A neighbour seen instead of the face itself would be somebody else's landmarks.
        if float(np.linalg.norm(nearest.landmarks.mean(axis=0) - centre)) > _CLOSE_LOOK / 5:
            return face
        closer = nearest.scaled(np.full(2, 1 / scale, np.float32))
        left, top, *size = closer.box
        return Face(
            box=(left + float(corner[0]), top + float(corner[1]), size[0], size[1]),
            landmarks=closer.landmarks + corner,
            confidence=nearest.confidence,
        )


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """uint8 RGB pixels at (width, height): halved as long as they may be, then sampled.

    OpenCV halves by area ten times faster than it reduces by a broken ratio (1 ms for 800 x 500), and down to
    a half sampling loses little.
    """
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _confidence(faces: list[Face]) -> float:
    """How sure it is that faces are upright: that of the surest, 0 without any."""
    return max((face.confidence for face in faces), default=0.0)


def _first_reduction(picture: Picture) -> Reduction:
    """The strongest reduction that still leaves enough pixels for the second look."""
    steps: tuple[Reduction, ...] = (8, 4, 2)
    return next((step for step in steps if max(picture.width, picture.height) >= _SECOND_LOOK * step), 1)


def _scale_to(pixels: NDArray[np.uint8], picture: Picture) -> NDArray[np.float32]:
    """Factors (x, y) from the whole picture to its decoded pixels; not exactly 1 / reduction, which rounds
    up.
    """
    return np.array([pixels.shape[1] / picture.width, pixels.shape[0] / picture.height], np.float32)
