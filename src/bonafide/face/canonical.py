"""The canonical face: where the 468 points of the face mesh lie on a face of average shape.

It is MediaPipe's (Apache-2.0), as published in the bundle of the landmark model, and nobody's face.
`canonical_face.json` is made by `tools/make_canonical_face.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import SetupBroken

FORMAT = "bonafide-canonical-face/1"


@dataclass(frozen=True, slots=True, eq=False)
class CanonicalFace:
    """The face, upright, looking at the camera.

    `vertices` is float32 (468, 3) in centimetres: x to the person's own left, which is the right of an
    unmirrored picture; y up; z towards the camera. They are the first 468 landmarks of a mesh, the irises
    missing. `uv` is float32 (468, 2), 0..1, where each lies on a flat texture, (0, 0) its upper left.
    `triangles` is int32 (n, 3), vertices counter-clockwise as seen from outside. `basis` is int32 (33,), the
    vertices that move least when a face moves, and `weights` float32 (33,) what each counts when a mesh is
    brought onto this face (MediaPipe's own choice).
    """

    vertices: NDArray[np.float32]
    uv: NDArray[np.float32]
    triangles: NDArray[np.int32]
    basis: NDArray[np.int32]
    weights: NDArray[np.float32]


@cache
def canonical_face() -> CanonicalFace:
    """The face that ships; arrays that nobody can write to. Raises `SetupBroken` if its file is damaged."""
    document = json.loads((resources.files(__package__) / "canonical_face.json").read_text("utf-8"))
    if document["format"] != FORMAT:
        raise SetupBroken("The canonical face is damaged", "Reinstall Bonafide")
    basis = np.array(document["basis"], np.float64)
    face = CanonicalFace(
        vertices=np.array(document["vertices"], np.float32),
        uv=np.array(document["uv"], np.float32),
        triangles=np.array(document["triangles"], np.int32),
        basis=basis[:, 0].astype(np.int32),
        weights=basis[:, 1].astype(np.float32),
    )
    for values in (face.vertices, face.uv, face.triangles, face.basis, face.weights):
        values.flags.writeable = False
    return face
