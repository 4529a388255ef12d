from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from bonafide.errors import UnreadableData
from bonafide.models import PassiveContract, Precision, Role, load_manifest
from bonafide.models.manifest import parse_manifest
from bonafide.settings import Profile

GOOD = """\
format = "bonafide-models/1"
[models.mine]
role = "recogniser"
licence = "MIT"
commercial_use = true
built_sha256 = "{digest}"
[models.mine.input]
size = 112
colour_order = "rgb"
mean = 127.5
scale = 0.0078125
template = "arcface-112"
output_length = 512
""".format(digest="0" * 64)

SOURCE = """\
[models.mine.source]
package = "mine"
version = "1.0"
archive_sha256 = "{digest}"
archive_size = 10
path = "mine/model.onnx"
sha256 = "{digest}"
size = 5
""".format(digest="1" * 64)


def test_every_profile_can_be_served_by_floating_point() -> None:
    entries = load_manifest()
    for role in (Role.DETECTOR, Role.LANDMARKER, Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER):
        assert [entry.role for entry in entries].count(role) == 1
    for profile in Profile:
        assert any(entry.profile is profile and entry.precision is Precision.FP32 for entry in entries)


def test_the_sources_are_the_audited_files() -> None:
    digests = {entry.name: entry.source.sha256 for entry in load_manifest() if entry.source}
    assert digests == {
        "face-landmarker": "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        "pp-ocrv6-small-text-detector": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        "pp-ocrv6-small-text-recogniser": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
        "yunet-2023mar": "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        "lightcnn-v4-int8": "c47c684592aa4a84ec5db61ceb1430e0b17ef9e3f3079c91245d72466e714ab0",
        "lightcnn-v4-fp32": "c47c684592aa4a84ec5db61ceb1430e0b17ef9e3f3079c91245d72466e714ab0",
        "sface-2021dec": "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    }


def test_every_key_of_the_manifest_is_explained_at_its_head() -> None:
    text = (resources.files("bonafide.models") / "manifest.toml").read_text("utf-8")
    head = text[: text.index("\nformat =")]
    for model in tomllib.loads(text)["models"].values():
        tables = [model, model["input"], model["source"]]
        keys = {key for table in tables for key, value in table.items() if not isinstance(value, dict)}
        # Some are explained as the formula they stand in.
        assert not {key for key in keys if key not in head}


def test_an_own_model_needs_no_source() -> None:
    (entry,) = parse_manifest(GOOD, "It")
    assert (entry.name, entry.source, entry.recipe, entry.precision) == (
        "mine",
        None,
        "as-is",
        Precision.FP32,
    )
    assert entry.input.output_length == 512


def test_a_whole_number_may_stand_for_a_float_but_not_the_other_way_round() -> None:
    (entry,) = parse_manifest(GOOD.replace("127.5", "127"), "It")
    assert entry.input.mean == 127.0
    with pytest.raises(UnreadableData, match=r"models\.mine\.input\.size is not of the kind int"):
        parse_manifest(GOOD.replace("size = 112", "size = 112.0"), "It")


PASSIVE = (
    GOOD.replace('"recogniser"', '"passive-liveness"')
    .replace('template = "arcface-112"\n', "")
    .replace("output_length = 512\n", "")
    + """
[models.mine.passive]
crop_scale = 2.7
classes = 3
live_class = 1
softmax = true
"""
)


def test_a_passive_model_says_what_it_is_shown_and_what_is_meant() -> None:
    (entry,) = parse_manifest(PASSIVE, "It")
    assert entry.passive == PassiveContract(crop_scale=2.7, classes=3, live_class=1, softmax=True)
    assert (entry.input.template, entry.input.output_length) == (None, None)
    # Each of these is part of what the model says, so of its contract.
    for old, new in (
        ("2.7", "4"),
        ("live_class = 1", "live_class = 2"),
        ("softmax = true", "softmax = false"),
    ):
        (other,) = parse_manifest(PASSIVE.replace(old, new), "It")
        assert other.contract_id != entry.contract_id


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[models.mine.passive]", "[models.mine.other]", r"models\.mine\.passive is missing"),
        ('"passive-liveness"', '"landmarker"', r"models\.mine\.passive is not a key"),
        ("crop_scale = 2.7", "crop_scale = 0.5", r"models\.mine\.passive\.crop_scale is not between"),
        ("crop_scale = 2.7", "crop_scale = nan", r"models\.mine\.passive\.crop_scale is not between"),
        ("classes = 3", "classes = 0", r"models\.mine\.passive\.classes is not between"),
        ("live_class = 1", "live_class = 3", r"models\.mine\.passive\.live_class is none of the classes"),
        ("live_class = 1", "live_class = -1", r"models\.mine\.passive\.live_class is none of the classes"),
        (
            "classes = 3\nlive_class = 1",
            "classes = 1\nlive_class = 0",
            r"passive\.softmax makes 1",
        ),
        ("softmax = true", "softmax = 1", r"models\.mine\.passive\.softmax is not of the kind bool"),
        ("softmax = true", "softmax = true\ntypo = 1", r"models\.mine\.passive\.typo is not a key"),
    ],
)
def test_what_is_wrong_of_a_passive_model_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(UnreadableData, match=named):
        parse_manifest(PASSIVE.replace(old, new), "It")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('licence = "MIT"', 'license = "MIT"', r"models\.mine\.licence is missing"),
        ('licence = "MIT"', 'licence = "MIT"\nlisence = "x"', r"models\.mine\.lisence is not a key"),
        ("use = true", "use = 1", r"models\.mine\.commercial_use is not of the kind bool"),
        ("size = 112", "size = true", r"models\.mine\.input\.size is not of the kind int"),
        ("size = 112", "size = 0", r"models\.mine\.input\.size is not between"),
        ("scale = 0.0078125", "scale = nan", r"models\.mine\.input\.scale is not above 0"),
        ("mean = 127.5", "mean = nan", r"models\.mine\.input\.mean is not between"),
        ('"rgb"', '"rbg"', r"models\.mine\.input\.colour_order is none of rgb, bgr"),
        ('"recogniser"', '"oracle"', r"models\.mine\.role is none of detector, recogniser"),
        ("arcface-112", "eyes-only", r"models\.mine\.input\.template is none of"),
        ("0" * 64, "0" * 63, r"models\.mine\.built_sha256 is malformed"),
        ("models/1", "models/2", "format is not 'bonafide-models/1'"),
        ("models.mine]", 'models."../mine"]', "not a name of lower-case"),
        ("length = 512", "length = 512\ntypo = 1", r"models\.mine\.input\.typo is not a key"),
        ("[models.mine.input]", 'calibration = "../x.json"\n[models.mine.input]', "calibration is malformed"),
        ("[models.mine.input]", "[models.mine.input", "not valid TOML"),
        ("[models.mine]", "[models]\nyours = 1\n[models.mine]", "yours is not of the kind dict"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(UnreadableData, match=named) as raised:
        parse_manifest(GOOD.replace(old, new), "It")
    assert raised.value.exit_status == 3
    assert "\n" not in str(raised.value)


def test_a_source_needs_a_recipe_and_both_digests() -> None:
    recipe = 'recipe = "as-is"\nrecipe_version = 1\n[models.mine.input]'
    whole = GOOD.replace("[models.mine.input]", recipe) + SOURCE
    (entry,) = parse_manifest(whole, "It")
    assert entry.source is not None
    assert entry.source.size == 5
    with pytest.raises(UnreadableData, match=r"models\.mine\.recipe is missing"):
        parse_manifest(GOOD + SOURCE, "It")
    for key in ("archive_sha256", "archive_size", "sha256"):
        without = "".join(line for line in SOURCE.splitlines(True) if not line.startswith(f"{key} "))
        with pytest.raises(UnreadableData, match=rf"models\.mine\.source\.{key} is missing"):
            parse_manifest(GOOD.replace("[models.mine.input]", recipe) + without, "It")
