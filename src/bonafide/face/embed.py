"""From an aligned crop to a template."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.errors import ContractMismatch
from bonafide.models import InputContract, ModelEntry


class Session(Protocol):
    """What a recogniser needs of an onnxruntime session."""

    def run(
        self, output_names: None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""

    def get_inputs(self) -> list[NamedValue]:
        """The graph's inputs."""


class NamedValue(Protocol):
    """An input of a graph."""

    @property
    def name(self) -> str:
        """What the graph calls it."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Template:
    """A face as a recogniser sees it (ISO/IEC 2382-37: biometric template). Personal data: never logged,
    never shown.

    `vector` is float32 (output length,), of length 1. `contract` is the id of the model that made it;
    templates of different contracts cannot be compared.
    """

    vector: NDArray[np.float32]
    contract: str

    def cosine(self, other: Template) -> float:
        """The comparison score, -1..1. Raises `ContractMismatch` for a template of another model."""
        if self.contract != other.contract:
            raise ContractMismatch(
                "Two templates were made by different models", "Make both from their pictures with one model"
            )
        return float(self.vector @ other.vector)


class Recogniser:
    """One recognition model, ready to run."""

    def __init__(self, entry: ModelEntry, session: Session) -> None:
        self.entry = entry
        self._session = session
        self._input = session.get_inputs()[0].name

    def template(self, crop: NDArray[np.uint8]) -> Template:
        """The template of an aligned crop, uint8 RGB (112, 112, 3)."""
        raw = self._session.run(None, {self._input: prepare(crop, self.entry.input)})[0].reshape(-1)
        length = float(np.linalg.norm(raw))
        # A flat crop can give a zero vector, and a broken model what is no number; either then matches
        # nothing, which is what it should.
        vector = raw / length if 0 < length < math.inf else np.zeros_like(raw)
        return Template(vector, self.entry.contract_id)


def prepare(crop: NDArray[np.uint8], contract: InputContract) -> NDArray[np.float32]:
    """An aligned crop, uint8 RGB (112, 112, 3), as the model wants it: float32 (1, 3, size, size), (x - mean)
    scale.
    """
    if contract.size != crop.shape[0]:
        crop = np.asarray(cv2.resize(crop, (contract.size, contract.size)), np.uint8)
    if contract.colour_order == "bgr":
        crop = crop[:, :, ::-1]
    planes = crop.transpose(2, 0, 1)[None].astype(np.float32)
    if contract.mean:
        planes -= np.float32(contract.mean)
    if contract.scale != 1:
        planes *= np.float32(contract.scale)
    return np.ascontiguousarray(planes)
