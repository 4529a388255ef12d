"""The face mesh with its real weights, against what MediaPipe and TensorFlow Lite computed.

`mediapipe_landmarks.json` holds every twelfth landmark and the outer eye corners of the sample pictures as
`FaceLandmarker` of mediapipe 1.2.3 gives them for a single image, and what ai-edge-litert 2.3.0 computes with
the published network on the known answer's drawing: one landmark in sixteen, and the logit of its flag.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face import Detector, Face, FaceMesh, Landmarker, head_pose
from bonafide.models import ModelStore, Role, open_session
from bonafide.models.known_answers import synthetic_input

Pixels = NDArray[np.uint8]
RECORDED = Path(__file__).with_name("mediapipe_landmarks.json")
NAMES = ("obama", "obama2", "obama3", "biden")
EYES = (33, 263)


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    return dict(json.loads(RECORDED.read_text("utf-8")))


@pytest.fixture(scope="module")
def store(models_home: Path) -> ModelStore:
    return ModelStore(models_home)


@pytest.fixture(scope="module")
def landmarker(store: ModelStore) -> Landmarker:
    return Landmarker(open_session(store.serving(Role.LANDMARKER), store))


class Sample:
    """A sample picture and its face."""

    def __init__(self, path: Path, detector: Detector) -> None:
        self.pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        factor = 320 / max(self.pixels.shape)
        seen = cv2.resize(self.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        (face,) = detector.detect(np.asarray(seen, np.uint8))
        self.face: Face = face.scaled(np.full(2, 1 / factor, np.float32))


@pytest.fixture(scope="module")
def samples(store: ModelStore, sample_pictures: Path) -> dict[str, Sample]:
    detector = Detector(open_session(store.detector(), store))
    return {name: Sample(sample_pictures / f"{name}.jpg", detector) for name in NAMES}


def test_the_network_computes_what_the_published_one_does(
    store: ModelStore, recorded: dict[str, Any]
) -> None:
    entry = store.serving(Role.LANDMARKER)
    session = open_session(entry, store)
    landmarks, presence = session.run(
        ["landmarks", "presence"], {"input": synthetic_input(entry.role, entry.input)}
    )
    theirs = recorded["network"]
    np.testing.assert_allclose(
        np.reshape(landmarks, (478, 3))[theirs["points"]], theirs["landmarks"], rtol=0, atol=0.01
    )
    assert np.ravel(presence)[0] == pytest.approx(1 / (1 + np.exp(-theirs["flag"])))


def off(mesh: FaceMesh | None, recorded: dict[str, Any], name: str) -> tuple[float, float]:
    """How far landmarks lie from MediaPipe's on average, in the picture and in depth, as shares of the
    distance of the outer eye corners.
    """
    assert mesh is not None
    theirs = np.array(recorded["faces"][name])
    ours = mesh.points[recorded["points"]]
    eyes = [recorded["points"].index(corner) for corner in EYES]
    distance = float(np.hypot(*(theirs[eyes[0], :2] - theirs[eyes[1], :2])))
    flat = np.linalg.norm(ours[:, :2] - theirs[:, :2], axis=1).mean()
    return float(flat) / distance, float(np.abs(ours[:, 2] - theirs[:, 2]).mean()) / distance


def test_the_first_look_is_as_mediapipe_s(
    landmarker: Landmarker, samples: dict[str, Sample], recorded: dict[str, Any]
) -> None:
    apart = [
        off(landmarker.mesh(sample.pixels, sample.face), recorded, name) for name, sample in samples.items()
    ]
    # The two detectors draw other boxes: MediaPipe's own landmarks move by a hundredth of that distance when
    # it follows a face in a still picture.
    assert max(flat for flat, _ in apart) < 0.016
    assert np.mean([flat for flat, _ in apart]) < 0.012
    assert max(depth for _, depth in apart) < 0.012


def test_a_tilted_head_is_seen_upright(landmarker: Landmarker, samples: dict[str, Sample]) -> None:
    sample = samples["obama"]
    upright = landmarker.mesh(sample.pixels, sample.face)
    assert upright is not None
    height, width = sample.pixels.shape[:2]
    # Positive angles turn against the clock.
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 30, 1)
    turned = np.asarray(cv2.warpAffine(sample.pixels, turn, (width, height)), np.uint8)
    landmarks = (sample.face.landmarks @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    x, y, across, down = sample.face.box
    centre = turn[:, :2] @ (x + across / 2, y + down / 2) + turn[:, 2]
    box = (float(centre[0]) - across / 2, float(centre[1]) - down / 2, across, down)
    mesh = landmarker.mesh(turned, replace(sample.face, box=box, landmarks=landmarks))
    assert mesh is not None
    assert head_pose(mesh).roll - head_pose(upright).roll == pytest.approx(30, abs=2)
    back = upright.points[:, :2] @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(mesh.points[:, :2] - back, axis=1).mean() < 0.03 * sample.face.eye_distance


def test_where_there_is_no_face_there_is_no_mesh(landmarker: Landmarker, samples: dict[str, Sample]) -> None:
    sample = samples["obama"]
    elsewhere = replace(sample.face, box=(0.0, 900.0, 200.0, 200.0))
    assert landmarker.mesh(sample.pixels, elsewhere) is None
    grey = np.full((300, 300, 3), 128, np.uint8)
    assert landmarker.mesh(grey, replace(sample.face, box=(50.0, 50.0, 200.0, 200.0))) is None


@pytest.mark.parametrize("size", [0.0, 0.4])
def test_a_box_of_next_to_nothing_has_none(
    landmarker: Landmarker, samples: dict[str, Sample], size: float
) -> None:
    sample = samples["obama"]
    assert landmarker.mesh(sample.pixels, replace(sample.face, box=(5.0, 5.0, size, size))) is None


def test_heads_are_turned_as_mediapipe_says_and_as_a_mirror_shows(
    landmarker: Landmarker, samples: dict[str, Sample]
) -> None:
    # MediaPipe's facial transformation matrices, in the same convention; its pitch takes a camera of 63
    # degrees for granted and lies 2 to 6 degrees higher.
    theirs = {"obama": (1.1, 1.0), "obama2": (-14.6, -6.7), "obama3": (12.3, -3.8), "biden": (11.1, -8.1)}
    for name, sample in samples.items():
        mesh = landmarker.mesh(sample.pixels, sample.face)
        assert mesh is not None
        pose = head_pose(mesh)
        assert (pose.yaw, pose.roll) == pytest.approx(theirs[name], abs=3.5)
        mirrored = head_pose(mirror(landmarker, sample))
        assert (mirrored.yaw, mirrored.pitch, mirrored.roll) == pytest.approx(
            (-pose.yaw, pose.pitch, -pose.roll), abs=3.5
        )


def mirror(landmarker: Landmarker, sample: Sample) -> FaceMesh:
    width = sample.pixels.shape[1]
    flipped = sample.face.landmarks[[1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32)
    x, y, across, down = sample.face.box
    face = replace(
        sample.face,
        box=(width - x - across, y, across, down),
        landmarks=flipped + np.array([width - 1, 0], np.float32),
    )
    mesh = landmarker.mesh(np.ascontiguousarray(sample.pixels[:, ::-1]), face)
    assert mesh is not None
    return mesh
