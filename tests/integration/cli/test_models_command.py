"""`bonafide models` on a machine that has nothing yet, and with an operator's own model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from onnx import TensorProto, helper, numpy_helper

from bonafide.cli.models import command
from bonafide.errors import UsageError, WeightsMissing
from bonafide.models import load_manifest
from bonafide.settings import Settings


def call(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=Settings(data_dir=home))


def test_list_tells_everything_before_anything_is_pulled(tmp_path: Path) -> None:
    listed = json.loads(call(tmp_path, "list", "--json").stdout)
    assert [model["name"] for model in listed["models"]] == [entry.name for entry in load_manifest()]
    assert {model["state"] for model in listed["models"]} == {"missing"}
    assert listed["profiles"]["accurate"]["model"] == "lightcnn-v4-fp32"
    table = call(tmp_path, "list").stdout
    for entry in load_manifest():
        assert entry.name in table
        assert entry.contract_id[:12] in table
    assert not any(tmp_path.iterdir())


def test_verify_fails_where_nothing_is(tmp_path: Path) -> None:
    result = call(tmp_path, "verify")
    assert isinstance(result.exception, WeightsMissing)
    assert result.stdout.count("is not on this machine") == len(load_manifest())


def test_pull_knows_its_names(tmp_path: Path) -> None:
    result = call(tmp_path, "pull", "resnet")
    assert isinstance(result.exception, UsageError)
    assert "lightcnn-v4-int8" in result.exception.remedy


@pytest.mark.parametrize("commercial", [True, False])
def test_an_own_model_is_added_and_its_licence_announced(tmp_path: Path, commercial: bool) -> None:
    weights = np.random.default_rng(7).standard_normal((3 * 32 * 32, 16)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["face"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["embedding"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("face", TensorProto.FLOAT, [1, 3, 32, 32])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 16])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    content = model.SerializeToString()
    (tmp_path / "tiny.onnx").write_bytes(content)
    (tmp_path / "tiny.toml").write_text(f"""\
format = "bonafide-models/1"
[models.tiny]
role = "recogniser"
licence = "LicenseRef-ours"
commercial_use = {str(commercial).lower()}
built_sha256 = "{hashlib.sha256(content).hexdigest()}"
[models.tiny.input]
size = 32
colour_order = "bgr"
mean = 0
scale = 1
template = "arcface-112"
output_length = 16
""")
    home = tmp_path / "home"
    result = call(home, "add", str(tmp_path / "tiny.onnx"), "--entry", str(tmp_path / "tiny.toml"))
    assert result.exception is None
    assert "calibrate it with `bonafide calibrate --profile tiny`" in result.stdout
    assert ("non-commercial use only" in result.stderr) is not commercial

    (tiny,) = [
        row for row in json.loads(call(home, "list", "--json").stdout)["models"] if row["name"] == "tiny"
    ]
    assert (tiny["state"], tiny["calibration"], tiny["commercial_use"]) == ("present", "MISSING", commercial)
    assert ("NOT PERMITTED" in call(home, "list").stdout) is not commercial
    assert "tiny: as it should be" in call(home, "verify").stdout
    pulled = call(home, "pull", "tiny")
    assert isinstance(pulled.exception, UsageError)
