"""Checkpoints: tensors come out, and whatever else a file asks for is refused."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bonafide.errors import WeightsAltered
from bonafide.models.convert.checkpoint import read_tensors

Write = Callable[..., bytes]

TENSORS = {
    "module.conv.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2),
    "module.conv.bias": np.array([0.5, -0.25], np.float32),
    "scale": np.array(3, np.float32),
}


def refused(content: bytes) -> str:
    """What the refusal rests on."""
    with pytest.raises(WeightsAltered, match="bonafide models pull") as caught:
        read_tensors(content)
    return repr(caught.value.__cause__)


def test_tensors_come_out_as_they_were(checkpoint: Write) -> None:
    found = read_tensors(checkpoint(TENSORS))
    assert list(found) == ["conv.weight", "conv.bias", "scale"]
    for name, tensor in zip(found, TENSORS.values(), strict=True):
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], tensor)


def test_a_tensor_may_be_part_of_its_storage(checkpoint: Write) -> None:
    found = read_tensors(
        checkpoint({"part": TENSORS["module.conv.weight"]}, offset=6, size=(3, 2), stride=(2, 1))
    )
    np.testing.assert_array_equal(found["part"], np.arange(6, 12).reshape(3, 2))


class _Call:
    """Pickled, it asks whoever reads it to call something."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._asked = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._asked


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_checkpoint_that_wants_something_called_is_refused_unheard(
    zipped: Write, tmp_path: Path, protocol: int, wrapped: bool
) -> None:
    touched = tmp_path / "touched"
    asked = _Call(os.system, f"touch {touched}")
    hostile = pickle.dumps({"state_dict": {"weight": asked}} if wrapped else asked, protocol)
    assert "not a tensor" in refused(zipped(hostile))
    assert not touched.exists()


@pytest.mark.parametrize("function", [eval, exec, open, getattr, __import__, os.unlink, pickle.loads])
def test_no_other_name_is_resolved(zipped: Write, function: Callable[..., object]) -> None:
    assert "not a tensor" in refused(zipped(pickle.dumps(_Call(function, "x"))))


@pytest.mark.parametrize(
    "name",
    [
        "collections\nOrderedDict.fromkeys",
        "torch._utils\n_rebuild_tensor_v2.__globals__",
        "torch\nLongStorage",
        "torch.storage\n_load_from_bytes",
    ],
)
def test_nothing_is_reached_through_an_allowed_name(zipped: Write, name: str) -> None:
    assert "not a tensor" in refused(zipped(b"\x80\x04c" + name.encode() + b"\n."))


@pytest.mark.parametrize(
    "changes",
    [
        {"stride": (1, 2)},
        {"stride": (6, 1)},
        {"stride": (3,)},
        {"size": (3, 3)},
        {"size": (-2, -3)},
        {"size": (2, 1 << 62)},
        {"size": ("2", "3")},
        {"offset": 1},
        {"offset": -1},
        {"offset": 0.0},
        {"offset": 1 << 80},
        {"count": 5},
        {"count": -6},
        {"count": 1 << 29},
        {"count": 1 << 80},
        {"count": "many"},
        {"kind": "OrderedDict"},
        {"key": "../data.pkl"},
        {"key": "1"},
        {"key": ""},
        {"key": None},
    ],
)
def test_a_tensor_that_is_not_what_it_says_is_refused(checkpoint: Write, changes: dict[str, object]) -> None:
    tensors = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3)}
    assert read_tensors(checkpoint(tensors))
    refused(checkpoint(tensors, **changes))


def test_a_storage_that_unpacks_to_more_than_it_says_is_not_unpacked(pickled: Write) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled({"weight": np.zeros(2, np.float32)}))
        archive.writestr("archive/data/0", bytes(64 << 20))
    # Damaged as well, so that whoever unpacks it says so.
    content = bytearray(file.getvalue())
    at = content.index(b"archive/data/0") + 2000
    content[at : at + 8] = b"\xff" * 8
    assert "does not have the size" in refused(bytes(content))


def test_a_description_beyond_reason_is_not_unpacked(pickled: Write) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled(TENSORS) + bytes(64 << 20))
    assert "beyond reason" in refused(file.getvalue())


def test_a_memo_beyond_reason_takes_no_memory(zipped: Write) -> None:
    # LONG_BINPUT: the C reader of pickles would make room for as many entries as the number says.
    assert "beyond reason" in refused(zipped(b"\x80\x02}r\xff\xff\xff\x7f."))


@pytest.mark.parametrize("content", [b"", b"PK", bytes(100), b"\x80\x02}."])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    refused(content)


def test_an_archive_without_tensors_is_refused(zipped: Write) -> None:
    states: tuple[object, ...] = (3, None, [], {"weight": 3}, {3: None})
    for said in (*states, *({"state_dict": state} for state in states)):
        refused(zipped(pickle.dumps(said)))


def test_a_truncated_checkpoint_is_refused(checkpoint: Write) -> None:
    whole = checkpoint(TENSORS)
    for length in range(0, len(whole), 7):
        refused(whole[:length])


mutations = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
)


def mutated(content: bytes, changes: list[tuple[float, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in changes:
        changed[int(place * len(changed))] = value
    return bytes(changed)


def tensors_or_refusal(content: bytes) -> None:
    try:
        found = read_tensors(content)
    except WeightsAltered:
        return
    for name, tensor in found.items():
        assert isinstance(name, str)
        assert tensor.dtype == np.float32


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=mutations)
def test_a_damaged_archive_gives_tensors_or_a_refusal(
    checkpoint: Write, changes: list[tuple[float, int]]
) -> None:
    tensors_or_refusal(mutated(checkpoint(TENSORS), changes))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=mutations)
def test_a_damaged_description_gives_tensors_or_a_refusal(
    pickled: Write, zipped: Write, changes: list[tuple[float, int]]
) -> None:
    storages = {str(key): tensor.tobytes() for key, tensor in enumerate(TENSORS.values())}
    tensors_or_refusal(zipped(mutated(pickled(TENSORS), changes), storages))
