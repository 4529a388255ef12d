"""From the bytes of one frame to its measures; the pixels go when the call returns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import PictureFormat, read_picture
from bonafide.errors import UnreadablePicture
from bonafide.face import Detector, Face, Recogniser, align
from bonafide.face.mesh import FaceMesh
from bonafide.liveness.observation import FrameMeasure, Observation, PictureSigns

# The longer side of a frame, in pixels: what is asked for is 640, and cameras are not all of one shape.
MOST_SIDE: Final = 1280
# Faces fill a good part of these frames: detection needs no more. At 320 it costs 2 ms more, and heads are
# told from bent prints no better (16 simulated sessions of each).
_LOOK: Final = 160
_THUMB: Final = 16
_SHARPNESS_SIDE: Final = 112
# What a camera clips has lost its colour.
_DARKEST, _BRIGHTEST = 8, 247


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured of a frame besides where the face is and how bright; with the mesh goes how
    sharp it is.
    """

    mesh: bool = False
    skin: bool = False
    template: bool = False
    signs: bool = False
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Which frame it is; see `FrameMeasure`."""

    step: int
    captured: float
    received: float


class MeshFinder(Protocol):
    """What finds the landmarks of a face (`face.landmarks.Landmarker`)."""

    def mesh(self, pixels: NDArray[np.uint8], face: Face) -> FaceMesh | None:
        """The mesh of a face in uint8 RGB (h, w, 3) pixels, None where there is none."""


class PassiveModel(Protocol):
    """What tells a living face from one picture (`liveness.passive`)."""

    def live(self, pixels: NDArray[np.uint8], face: Face) -> float:
        """The probability 0..1 that a face in uint8 RGB (h, w, 3) pixels is alive."""


Signs = Callable[[NDArray[np.uint8], Face], PictureSigns]


class Looker:
    """Measures frames; safe to share between threads."""

    def __init__(
        self,
        detector: Detector,
        landmarker: MeshFinder,
        recogniser: Recogniser,
        signs: Signs | None = None,
        passive: PassiveModel | None = None,
    ) -> None:
        self._detector = detector
        self._landmarker = landmarker
        self._recogniser = recogniser
        self._signs = signs
        self._passive = passive

    def look(self, data: bytes, arrival: Arrival, wanted: Wanted) -> FrameMeasure:
        """Measure a JPEG frame. Raises `UnreadablePicture` for what is none, is damaged or too large."""
        pixels = _decoded(data)
        height, width = pixels.shape[:2]
        faces = self._faces(pixels)
        face = faces[0] if faces else None
        region = None if face is None else region_of(pixels, face)
        grey = None if region is None else np.asarray(cv2.cvtColor(region, cv2.COLOR_RGB2GRAY), np.uint8)
        # Of two faces one could move or be lit, and the other be known: nothing is told of either.
        sole = face if len(faces) == 1 else None
        return FrameMeasure(
            step=arrival.step,
            captured=arrival.captured,
            received=arrival.received,
            digest=hashlib.sha256(data).digest(),
            width=width,
            height=height,
            faces=len(faces),
            face=face,
            mesh=self._landmarker.mesh(pixels, sole) if wanted.mesh and sole is not None else None,
            skin=_skin(pixels, sole) if wanted.skin and sole is not None else None,
            thumb=None if grey is None else thumb_of(grey),
            brightness=0.0 if grey is None else float(grey.mean()),
            sharpness=_sharpness(grey) if wanted.mesh and grey is not None else 0.0,
            template=(
                self._recogniser.template(align(pixels, sole.landmarks))
                if wanted.template and sole is not None
                else None
            ),
            signs=(
                self._signs(pixels, face)
                if wanted.signs and self._signs is not None and face is not None
                else None
            ),
            passive=(
                self._passive.live(pixels, sole)
                if wanted.passive and self._passive is not None and sole is not None
                else None
            ),
        )

    def _faces(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Faces in uint8 RGB (h, w, 3) pixels, largest first."""
        height, width = pixels.shape[:2]
        scale = min(1.0, _LOOK / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        seen = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        back = np.array([width / size[0], height / size[1]], np.float32)
        found = [face.scaled(back) for face in self._detector.detect(seen)]
        return sorted(found, key=lambda face: face.eye_distance, reverse=True)


def with_selfie(
    observation: Observation, selfie: bytes, look: Callable[[bytes, Arrival, Wanted], FrameMeasure]
) -> Observation:
    """A session together with the frame of it, a JPEG picture, that is compared with the document, so that
    who is compared is who was judged. Raises what `look` raises.
    """
    seen = look(selfie, Arrival(0, 0.0, 0.0), Wanted(template=True))
    return replace(observation, selfie=seen.template)


def thumb_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The region of a face, uint8 (h, w) grey, as 16 x 16 grey values."""
    return np.asarray(cv2.resize(grey, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA), np.uint8)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    picture = read_picture(data)
    if picture.format is not PictureFormat.JPEG:
        raise UnreadablePicture("A frame is not JPEG", "Send each frame as a JPEG picture")
    if max(picture.width, picture.height) > MOST_SIDE:
        raise UnreadablePicture(
            f"A frame is more than {MOST_SIDE} pixels long", "Send frames of the size that was asked for"
        )
    return picture.decode()


def region_of(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    """The part of the picture that the face's box covers, at least one pixel of it."""
    height, width = pixels.shape[:2]
    x, y, across, down = face.box
    left, top = min(max(0, round(x)), width - 1), min(max(0, round(y)), height - 1)
    right, bottom = min(width, max(left + 1, round(x + across))), min(height, max(top + 1, round(y + down)))
    return pixels[top:bottom, left:right]


def _skin(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
    """Mean colour of both cheeks and the forehead, without what is clipped if anything is left then."""
    eyes, mouth = face.landmarks[:2], face.landmarks[3:]
    between = eyes.mean(axis=0)
    forehead = between + (between - mouth.mean(axis=0)) * np.float32(0.55)
    half = max(1.0, face.eye_distance * 0.2)
    patches = [
        _patch(pixels, centre, half)
        for centre in (
            (eyes[0] + mouth[0]) / 2,
            (eyes[1] + mouth[1]) / 2,
            forehead,
        )
    ]
    values = np.concatenate([patch.reshape(-1, 3) for patch in patches])
    if not len(values):
        return np.asarray(region_of(pixels, face).reshape(-1, 3).mean(axis=0), np.float32)
    kept = values[((values > _DARKEST) & (values < _BRIGHTEST)).all(axis=1)]
    return np.asarray((kept if len(kept) else values).mean(axis=0), np.float32)


def _patch(pixels: NDArray[np.uint8], centre: NDArray[np.float32], half: float) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    left, right = (int(np.clip(centre[0] + side, 0, width)) for side in (-half, half))
    top, bottom = (int(np.clip(centre[1] + side, 0, height)) for side in (-half, half))
    return pixels[top:bottom, left:right]


def _sharpness(grey: NDArray[np.uint8]) -> float:
    scaled = cv2.resize(grey, (_SHARPNESS_SIDE, _SHARPNESS_SIDE), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(scaled, cv2.CV_32F).var())
