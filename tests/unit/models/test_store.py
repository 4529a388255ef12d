from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from bonafide.errors import SetupBroken, UnreadableData, UsageError, WeightsAltered, WeightsMissing
from bonafide.models import ModelEntry, ModelStore, Precision, Role, State
from bonafide.models.selection import Runner, choose, write_selections
from bonafide.settings import Profile

CONTENT = b"a model"
OWN = f"""\
format = "bonafide-models/1"
[models.mine]
role = "recogniser"
licence = "MIT"
commercial_use = true
built_sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
[models.mine.input]
size = 112
colour_order = "rgb"
mean = 0
scale = 1
template = "arcface-112"
output_length = 128
"""


@pytest.fixture
def shipped(entry: ModelEntry) -> tuple[ModelEntry, ...]:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return (
        dataclasses.replace(entry, name="finder", role=Role.DETECTOR, profile=None),
        dataclasses.replace(entry, name="small", precision=Precision.INT8, built_sha256=digest),
        dataclasses.replace(entry, name="large"),
        dataclasses.replace(entry, name="quick", profile=Profile.FAST),
    )


@pytest.fixture
def store(tmp_path: Path, shipped: tuple[ModelEntry, ...]) -> ModelStore:
    return ModelStore(tmp_path, shipped)


def put(store: ModelStore, entry: ModelEntry, content: bytes) -> None:
    path = store.path(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_model_is_read_only_if_it_is_the_one(store: ModelStore) -> None:
    small = store.entry("small")
    with pytest.raises(WeightsMissing, match=r"small.*bonafide models pull") as missing:
        store.read(small)
    assert store.state(small) is State.MISSING
    put(store, small, CONTENT)
    assert store.read(small) == CONTENT
    assert store.state(small) is State.PRESENT
    for altered in (CONTENT + b"!", CONTENT[:-1], b""):
        put(store, small, altered)
        with pytest.raises(WeightsAltered, match=r"small.*bonafide models pull") as changed:
            store.read(small)
        assert store.state(small) is State.ALTERED
    assert missing.value.exit_status == changed.value.exit_status == 4


def test_a_folder_in_place_of_a_model_is_one_line(store: ModelStore) -> None:
    store.path(store.entry("small")).mkdir(parents=True)
    with pytest.raises(WeightsMissing, match="cannot be read"):
        store.read(store.entry("small"))


def test_what_serves_what(store: ModelStore) -> None:
    assert store.detector().name == "finder"
    assert store.recogniser(Profile.FAST).name == store.recogniser("fast").name == "quick"
    assert store.recogniser("large").name == "large"
    with pytest.raises(UsageError, match="no model nobody"):
        store.recogniser("nobody")
    with pytest.raises(UsageError, match="does not compare faces"):
        store.recogniser("finder")


def test_nothing_measured_here_means_floating_point(store: ModelStore) -> None:
    assert store.recogniser(Profile.ACCURATE).name == "large"
    with pytest.raises(SetupBroken, match=r"small is not known.*bonafide models pull"):
        store.recogniser("small")


@pytest.mark.parametrize(("right", "serves"), [(True, "small"), (False, "large")])
def test_what_measuring_chose_serves(store: ModelStore, right: bool, serves: str) -> None:
    store.folder.mkdir()
    runners = [
        Runner(store.entry("small"), right, lambda: None),
        Runner(store.entry("large"), True, lambda: sum(range(200_000))),
    ]
    write_selections(store.folder, [choose(Profile.ACCURATE, runners)])
    assert store.recogniser(Profile.ACCURATE).name == serves
    if right:
        assert store.recogniser("small").name == "small"
    else:
        with pytest.raises(SetupBroken, match="small is not known"):
            store.recogniser("small")


def test_what_was_chosen_on_another_processor_does_not_serve(store: ModelStore) -> None:
    store.folder.mkdir()
    runners = [Runner(entry, True, lambda: None) for entry in store.candidates(Profile.ACCURATE)]
    elsewhere = dataclasses.replace(
        choose(Profile.ACCURATE, runners), model="small", processor="another processor"
    )
    write_selections(store.folder, [elsewhere])
    assert store.recogniser(Profile.ACCURATE).name == "large"


def test_an_own_model_is_found_by_its_name(store: ModelStore) -> None:
    store.own_folder.mkdir(parents=True)
    (store.own_folder / "mine.toml").write_text(OWN)
    (store.own_folder / "mine.onnx").write_bytes(CONTENT)
    entry = store.recogniser("mine")
    assert store.read(entry) == CONTENT
    assert entry in store.entries
    (store.own_folder / "mine.onnx").write_bytes(b"other")
    with pytest.raises(WeightsAltered, match="bonafide models add"):
        store.read(entry)


@pytest.mark.parametrize(
    "text",
    [
        OWN.replace("models.mine", "models.other"),
        OWN.replace('role = "recogniser"', 'role = "recogniser"\nprofile = "accurate"'),
        'format = "bonafide-models/1"\n[models]\n',
        "\x00",
    ],
)
def test_an_entry_that_is_not_what_its_file_says_is_refused(store: ModelStore, text: str) -> None:
    store.own_folder.mkdir(parents=True)
    (store.own_folder / "mine.toml").write_text(text)
    with pytest.raises(UnreadableData, match=r"mine\.toml"):
        store.entry("mine")
    # The shipped models go on serving.
    assert store.recogniser(Profile.FAST).name == "quick"
