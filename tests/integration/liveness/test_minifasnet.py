"""The slot for a passive model, with weights that exist: the MiniFASNet pair, as published.

The checkpoints lie in the developers' shared folder. What they say here is what docs/own-models.md says of
them: they see a frame round a face, and nothing of a picture that was fed in.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.integration.liveness import minifasnet
from tests.unit.liveness.media import BOXES, Pixels, Studio

from bonafide.errors import UsageError
from bonafide.face import Face
from bonafide.liveness.looking import Arrival, Wanted
from bonafide.liveness.passive import PassiveModel
from bonafide.models import ModelStore, open_session
from bonafide.models.add import add_model
from bonafide.models.progress import Silent
from bonafide.service.live_sight import open_looker

ENTRY = """\
format = "bonafide-models/1"
[models.{name}]
role = "passive-liveness"
licence = "Apache-2.0"
commercial_use = true
built_sha256 = "{digest}"
[models.{name}.input]
size = 80
colour_order = "bgr"
mean = 0
scale = 1
[models.{name}.passive]
crop_scale = {scale}
classes = 3
live_class = 1
softmax = true
"""
PAIR = {"2.7_80x80_MiniFASNetV2.pth": 2.7, "4_0_0_80x80_MiniFASNetV1SE.pth": 4.0}


def lay(folder: Path, name: str, content: bytes, scale: float) -> tuple[Path, Path]:
    """A model's file and its entry."""
    model, entry = folder / f"{name}.onnx", folder / f"{name}.toml"
    model.write_bytes(content)
    entry.write_text(ENTRY.format(name=name, digest=hashlib.sha256(content).hexdigest(), scale=scale))
    return model, entry


@pytest.fixture(scope="module")
def checkpoints(shared_data: Path) -> dict[str, bytes]:
    folder = shared_data.parent / "models" / "minifasnet"
    if not all((folder / name).is_file() for name in PAIR):
        pytest.skip("needs the MiniFASNet checkpoints of the developers' shared folder")
    return {name: (folder / name).read_bytes() for name in PAIR}


@pytest.fixture(scope="module")
def pair(checkpoints: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> list[PassiveModel]:
    """Both models, each added as an operator adds theirs."""
    models = []
    for name, scale in PAIR.items():
        place = tmp_path_factory.mktemp("passive")
        files = lay(place, "minifasnet", minifasnet.build(checkpoints[name]), scale)
        store = ModelStore(place / "home")
        added = add_model(store, *files, Silent())
        entry = ModelStore(place / "home").passive()
        assert entry == added
        models.append(PassiveModel(entry, open_session(entry, store)))
    return models


def live(pair: list[PassiveModel], pixels: Pixels, face: Face) -> float:
    """What the pair says together: the mean, as published."""
    return float(np.mean([model.live(pixels, face) for model in pair]))


def test_a_frame_round_a_face_is_seen(pair: list[PassiveModel], sample_pictures: Path) -> None:
    studios = [Studio(sample_pictures, name, seed) for seed, name in enumerate(BOXES)]
    framed = [live(pair, studio.framed(shade=10), studio.found) for studio in studios]
    plain = [live(pair, studio.plain(), studio.found) for studio in studios]
    assert max(framed) < 0.4
    assert min(plain) > 0.7


def test_a_picture_that_was_fed_in_passes(pair: list[PassiveModel], sample_pictures: Path) -> None:
    for name, box in BOXES.items():
        pixels = cv2.imread(str(sample_pictures / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB)
        face = Face(box, np.zeros((5, 2), np.float32), 0.9)
        assert live(pair, np.asarray(pixels, np.uint8), face) > 0.9


def test_the_order_of_colours_matters(pair: list[PassiveModel], sample_pictures: Path) -> None:
    studio = Studio(sample_pictures, "obama2", 1)
    right = [model.live(studio.plain(), studio.found) for model in pair]
    swapped = np.ascontiguousarray(studio.plain()[:, :, ::-1])
    assert [model.live(swapped, studio.found) for model in pair] != pytest.approx(right, abs=0.05)


def test_live_sessions_show_it_their_frames(
    checkpoints: dict[str, bytes], models_home: Path, sample_pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    for path in (models_home / "models").glob("*.onnx"):
        (tmp_path / "models" / path.name).symlink_to(path)
    content = minifasnet.build(checkpoints["2.7_80x80_MiniFASNetV2.pth"])
    added = add_model(ModelStore(tmp_path), *lay(tmp_path, "mine", content, 2.7), Silent())
    looker, passive = open_looker(ModelStore(tmp_path))
    assert passive == added
    studio = Studio(sample_pictures, "obama", 1)
    done, frame = cv2.imencode(".jpg", studio.plain()[:, :, ::-1])
    assert done
    arrival = Arrival(step=0, captured=0.0, received=0.0)
    measured = looker.look(frame.tobytes(), arrival, Wanted(passive=True, signs=True))
    assert measured.signs is not None
    assert measured.passive is not None
    assert measured.passive > 0.5
    assert looker.look(frame.tobytes(), arrival, Wanted()).passive is None


def test_one_passive_model_at_a_time(checkpoints: dict[str, bytes], tmp_path: Path) -> None:
    content = minifasnet.build(checkpoints["2.7_80x80_MiniFASNetV2.pth"])

    def add(name: str, scale: float) -> str:
        return add_model(ModelStore(tmp_path / "home"), *lay(tmp_path, name, content, scale), Silent()).name

    add("first", 2.7)
    with pytest.raises(UsageError, match="already, first"):
        add("second", 2.7)
    # The same name replaces it.
    assert add("first", 4.0) == "first"
