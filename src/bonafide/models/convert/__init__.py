"""Recipes that turn a published file into the model that Bonafide runs; needed at set-up only.

A recipe is deterministic: the same source gives the same bytes everywhere, so the manifest pins the digest of
the result as well as that of the source. Its version is part of a model's contract and changes when its
output does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from bonafide.models.convert import denormals, landmarker, lightcnn, quantise, sface, yunet


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one kind of published file becomes ONNX for onnxruntime."""

    name: str
    version: int
    build: Callable[[bytes], bytes]


def _as_is(source: bytes) -> bytes:
    return source


def _lightcnn_int8(source: bytes) -> bytes:
    ranges = json.loads((resources.files(__package__) / "lightcnn_v4_ranges.json").read_text("utf-8"))[
        "ranges"
    ]
    return quantise.quantise(lightcnn.build(source), ranges)


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("as-is", 1, _as_is),
        Recipe("without-denormals", 1, denormals.build),
        Recipe("face-landmarker", 1, landmarker.build),
        Recipe("yunet-dynamic", 1, yunet.build),
        Recipe("lightcnn-v4-fp32", 1, lightcnn.build),
        Recipe("lightcnn-v4-int8", 1, _lightcnn_int8),
        Recipe("sface-fp32", 1, sface.build),
    )
}
