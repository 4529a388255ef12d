"""The canonical face that ships."""

from __future__ import annotations

import numpy as np
import pytest

from bonafide.face import MESH_POINTS, canonical_face


def test_it_is_a_face_in_centimetres_looking_at_the_camera() -> None:
    face = canonical_face()
    assert face.vertices.shape == (468, 3)
    assert face.vertices.dtype == np.float32
    width, height, depth = np.ptp(face.vertices, axis=0)
    assert 14 < width < 17
    assert 16 < height < 20
    assert 8 < depth < 12
    # The nose is in the middle and in front, the forehead above it, the chin below.
    nose, forehead, chin = face.vertices[[1, 10, 152]]
    assert nose[0] == forehead[0] == chin[0] == 0
    assert nose[2] > max(forehead[2], chin[2])
    assert forehead[1] > nose[1] > chin[1]
    # The person's own left is x upwards.
    assert face.vertices[263, 0] > 0 > face.vertices[33, 0]


def test_triangles_cover_it_and_face_outwards() -> None:
    face = canonical_face()
    assert face.triangles.shape == (898, 3)
    assert set(face.triangles.ravel().tolist()) == set(range(468))
    corners = face.vertices[face.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (normals[:, 2] > 0).mean() > 0.95
    # A side belongs to two triangles, or to one at the rim.
    sides = np.sort(face.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    _, counts = np.unique(sides, axis=0, return_counts=True)
    assert counts.max() == 2


def test_texture_and_weights_are_in_range() -> None:
    face = canonical_face()
    assert face.uv.shape == (468, 2)
    assert face.uv.min() >= 0
    assert face.uv.max() <= 1
    # The first row of the texture is the forehead.
    assert face.uv[10, 1] < face.uv[152, 1]
    assert face.basis.shape == face.weights.shape == (33,)
    assert face.basis.max() < MESH_POINTS
    assert (face.weights > 0).all()


def test_nobody_can_change_it() -> None:
    with pytest.raises(ValueError, match="read-only"):
        canonical_face().vertices[0, 0] = 1
    assert canonical_face() is canonical_face()
