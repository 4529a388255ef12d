"""An operator's passive liveness model: one picture in, the probability of a living face out.

Bonafide ships none: no package carries weights that may be used at work and do what they claim. Such a model
looks for what paper and screens do to a picture before a camera. Of a picture that never was before one, fed
into the program, it says nothing; so what it says is a cue among others and never a gate.
"""

from __future__ import annotations

import math
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.errors import UnreadableData
from bonafide.face import Face
from bonafide.face.embed import prepare
from bonafide.models import ModelEntry


class NamedValue(Protocol):
    """An input of a graph."""

    @property
    def name(self) -> str:
        """What the graph calls it."""


class Session(Protocol):
    """What the model needs of an onnxruntime session."""

    def run(
        self, output_names: None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""

    def get_inputs(self) -> list[NamedValue]:
        """The graph's inputs."""


class PassiveModel:
    """The model, ready to run; safe to share between threads."""

    def __init__(self, entry: ModelEntry, session: Session) -> None:
        """Raises `UnreadableData` for a model of another role."""
        if entry.passive is None:
            raise UnreadableData(
                f"The model {entry.name} is no passive liveness model", "Set its role to 'passive-liveness'"
            )
        self.entry = entry
        self._passive = entry.passive
        self._session = session
        self._input = session.get_inputs()[0].name

    def live(self, pixels: NDArray[np.uint8], face: Face) -> float:
        """The probability, 0..1, that a face in uint8 RGB (h, w, 3) pixels is alive; 0 if the model gives
        what is no number.
        """
        crop = crop_around(pixels, face, self._passive.crop_scale, self.entry.input.size)
        given = self._session.run(None, {self._input: prepare(crop, self.entry.input)})[0]
        values = np.asarray(given, np.float64).ravel()
        if self._passive.softmax:
            values = np.exp(values - values.max())
            values /= values.sum()
        live = float(values[self._passive.live_class])
        return min(max(live, 0.0), 1.0) if math.isfinite(live) else 0.0


def crop_around(pixels: NDArray[np.uint8], face: Face, scale: float, size: int) -> NDArray[np.uint8]:
    """What the model is shown, uint8 RGB (size, size, 3): the face's box, `scale` times as large about its
    middle, moved into the picture, smaller where that has no room for it, stretched to a square.

    That is the published protocol of Silent-Face-Anti-Spoofing (minivision, 2020), from which it differs only
    in the detector whose box it is.
    """
    x, y, width, height = face.box
    limit = np.array([pixels.shape[1], pixels.shape[0]], np.float64)
    box = np.maximum(np.array([width, height], np.float64), 1.0)
    extent = box * min(scale, *((limit - 1) / box))
    centre = np.array([x + width / 2, y + height / 2])
    corner = np.clip(centre - extent / 2, 0, np.maximum(limit - 1 - extent, 0))
    (left, top), (right, bottom) = corner.astype(int), (corner + extent).astype(int)
    part = pixels[top : bottom + 1, left : right + 1]
    return np.asarray(cv2.resize(part, (size, size)), np.uint8)
