"""Make src/bonafide/face/canonical_face.json from MediaPipe's bundle of face landmarks.

    python tools/make_canonical_face.py face_landmarker.task > src/bonafide/face/canonical_face.json

The bundle is the file that the manifest's entry of the landmarker names.
"""

from __future__ import annotations

import json
import struct
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

from bonafide.face.canonical import FORMAT

_MEMBER = "geometry_pipeline_metadata_landmarks.binarypb"


def main(bundle: Path) -> None:
    """Print the face as JSON, one vertex or triangle to a line."""
    with zipfile.ZipFile(bundle) as archive:
        metadata = _fields(archive.read(_MEMBER))
    # Of MediaPipe's mesh_3d.proto: 3 is x, y, z, u, v of each vertex, 4 the vertices of each triangle.
    mesh = _fields(metadata.messages[1][0])
    numbers = [struct.unpack("<f", value)[0] for value in mesh.messages[3]]
    corners = mesh.numbers[4]
    basis = [_fields(message) for message in metadata.messages[2]]
    rows: dict[str, list[list[float]]] = {
        "vertices": [numbers[at : at + 3] for at in range(0, len(numbers), 5)],
        "uv": [numbers[at + 3 : at + 5] for at in range(0, len(numbers), 5)],
        "triangles": [[*corners[at : at + 3]] for at in range(0, len(corners), 3)],
        "basis": [[item.numbers[1][0], *struct.unpack("<f", item.messages[2][0])] for item in basis],
    }
    head = {
        "format": FORMAT,
        "source": f"MediaPipe's canonical face model, {_MEMBER} in face_landmarker.task",
        "licence": "Apache-2.0",
    }
    parts = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, values in rows.items():
        lines = ",\n".join(f"  {json.dumps([_short(value) for value in row])}" for row in values)
        parts.append(f' "{key}": [\n{lines}\n ]')
    sys.stdout.write("{\n" + ",\n".join(parts) + "\n}\n")


def _short(value: float) -> float:
    """A float32 in its shortest form; whole numbers as they are."""
    return value if isinstance(value, int) else float(f"{value:.7g}")


class _Fields:
    """The fields of a protobuf message by number: whole numbers, and what is kept as bytes."""

    def __init__(self) -> None:
        self.numbers: defaultdict[int, list[int]] = defaultdict(list)
        self.messages: defaultdict[int, list[bytes]] = defaultdict(list)


def _fields(message: bytes) -> _Fields:
    """A message taken apart (https://protobuf.dev/programming-guides/encoding)."""
    found, at = _Fields(), 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind, number = tag & 7, tag >> 3
        if kind == 0:
            value, at = _varint(message, at)
            found.numbers[number].append(value)
            continue
        length, at = _varint(message, at) if kind == 2 else (4, at)
        if kind not in (2, 5):
            raise SystemExit("The bundle holds something else than was expected")
        found.messages[number].append(message[at : at + length])
        at += length
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


if __name__ == "__main__":
    main(Path(sys.argv[1]))
