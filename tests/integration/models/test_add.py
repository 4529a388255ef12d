from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from bonafide.errors import UnreadableData, UsageError
from bonafide.models import ModelStore, State, open_session
from bonafide.models.add import add_model
from bonafide.models.progress import Silent

ENTRY = """\
format = "bonafide-models/1"
[models.{name}]
role = "recogniser"
licence = "LicenseRef-research-only"
commercial_use = false
built_sha256 = "{digest}"
[models.{name}.input]
size = 32
colour_order = "rgb"
mean = 127.5
scale = 0.0078125
template = "arcface-112"
output_length = {length}
"""


def network(*, size: int | str = 32, constant: bool = False, kind: int = TensorProto.FLOAT) -> bytes:
    """A tiny recogniser: 16 numbers out of a face."""
    side = size if isinstance(size, int) else 32
    weights = np.random.default_rng(7).standard_normal((3 * side * side, 16)).astype(np.float32)
    nodes = [
        helper.make_node("Cast", ["face"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["cast"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("face", kind, ["batch", 3, size, size])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", 16])],
        [numpy_helper.from_array(weights * (not constant), "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class Desk:
    """Where an operator has their files, and the store they add them to."""

    def __init__(self, root: Path) -> None:
        self.model = root / "network.onnx"
        self.entry = root / "entry.toml"
        self.store = ModelStore(root / "home")

    def lay(self, model: bytes, *, name: str = "mine", length: int = 16, digest: str | None = None) -> None:
        self.model.write_bytes(model)
        digest = digest or hashlib.sha256(model).hexdigest()
        self.entry.write_text(ENTRY.format(name=name, digest=digest, length=length))

    def add(self) -> str:
        return add_model(self.store, self.model, self.entry, Silent()).name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("size", [32, "side"])
def test_an_own_model_is_taken_in(desk: Desk, size: int | str) -> None:
    desk.lay(network(size=size))
    assert desk.add() == "mine"
    entry = ModelStore(desk.store.folder.parent).recogniser("mine")
    assert desk.store.state(entry) is State.PRESENT
    assert open_session(entry, desk.store).get_inputs()[0].name == "face"
    # Nobody may be compared with it yet.
    assert entry.calibration is None


def test_adding_again_replaces_it(desk: Desk) -> None:
    desk.lay(network())
    desk.add()
    before = ModelStore(desk.store.folder.parent).entry("mine").contract_id
    desk.lay(network(size="side"))
    desk.add()
    after = ModelStore(desk.store.folder.parent).entry("mine")
    assert after.contract_id != before
    assert desk.store.state(after) is State.PRESENT


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (network(size=64), r"does not take one input float32 \(1, 3, 32, 32\)"),
        (network(kind=TensorProto.UINT8), "does not take one input float32"),
        (network(constant=True), "does not depend on its input"),
        (b"not a model", "not an ONNX model"),
        (network()[:-100], "not an ONNX model"),
        (b"", "empty"),
    ],
)
def test_a_model_that_is_not_as_described_is_refused(desk: Desk, model: bytes, told: str) -> None:
    desk.lay(model)
    with pytest.raises(UnreadableData, match=told) as raised:
        desk.add()
    assert "\n" not in str(raised.value)
    assert desk.store.own == ()


def test_another_length_is_told_with_both_figures(desk: Desk) -> None:
    desk.lay(network(), length=512)
    with pytest.raises(UnreadableData, match=r"holds 16 numbers.*says 512"):
        desk.add()


def test_another_digest_is_told_with_the_true_one(desk: Desk) -> None:
    desk.lay(network(), digest="0" * 64)
    with pytest.raises(UnreadableData, match=hashlib.sha256(network()).hexdigest()):
        desk.add()


@pytest.mark.parametrize("name", ["accurate", "fast", "sface-2021dec"])
def test_our_own_names_are_taken(desk: Desk, name: str) -> None:
    desk.lay(network(), name=name)
    with pytest.raises(UsageError, match=f"name {name} is Bonafide's own"):
        desk.add()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"recogniser"', '"detector"', r"input\.template is not a key|Only recognisers"),
        ("[models.mine]\n", '[models.mine]\nprofile = "fast"\n', "a source, a profile or a calibration"),
        ("[models.mine]\n", '[models.mine]\ncalibration = "sface-2021dec.json"\n', "a calibration"),
        ("[models.mine]", "[models.mine", "not valid TOML"),
    ],
)
def test_an_entry_that_claims_too_much_is_refused(desk: Desk, old: str, new: str, told: str) -> None:
    desk.lay(network())
    desk.entry.write_text(desk.entry.read_text().replace(old, new))
    with pytest.raises(UnreadableData, match=told):
        desk.add()


PASSIVE = """
[models.mine.passive]
crop_scale = 2.7
classes = {classes}
live_class = 1
softmax = true
"""


def lay_passive(desk: Desk, classes: int = 16) -> None:
    desk.lay(network())
    text = desk.entry.read_text().replace('"recogniser"', '"passive-liveness"')
    kept = [line for line in text.splitlines() if not line.startswith(("template", "output_length"))]
    desk.entry.write_text("\n".join(kept) + PASSIVE.format(classes=classes))


def test_a_passive_model_is_taken_in(desk: Desk) -> None:
    lay_passive(desk)
    assert desk.store.passive() is None
    assert desk.add() == "mine"
    store = ModelStore(desk.store.folder.parent)
    assert store.passive() == store.entry("mine")
    with pytest.raises(UsageError, match="does not compare faces"):
        store.recogniser("mine")


def test_a_passive_model_of_other_classes_is_refused(desk: Desk) -> None:
    lay_passive(desk, classes=3)
    with pytest.raises(UnreadableData, match=r"holds 16 numbers.*says 3\. Correct classes"):
        desk.add()


def test_two_passive_models_by_hand_are_too_many(desk: Desk) -> None:
    lay_passive(desk)
    desk.add()
    own = desk.store.own_folder
    (own / "other.toml").write_text((own / "mine.toml").read_text().replace("models.mine", "models.other"))
    with pytest.raises(UnreadableData, match="several passive liveness models: mine, other"):
        ModelStore(desk.store.folder.parent).passive()


def test_files_that_are_not_there_are_one_line(desk: Desk) -> None:
    with pytest.raises(UnreadableData, match="manifest entry cannot be read"):
        desk.add()
    desk.lay(network())
    desk.model.unlink()
    with pytest.raises(UnreadableData, match="The model cannot be read"):
        desk.add()
