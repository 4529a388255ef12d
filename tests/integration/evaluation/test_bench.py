"""A very short benchmark with the real models: that it measures, never how fast this machine is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bonafide.capture import read_picture
from bonafide.errors import SetupBroken, UsageError
from bonafide.evaluation.bench.case import Models, case_files
from bonafide.evaluation.bench.floor import DECODE, FIND, TEMPLATE, record_floor
from bonafide.evaluation.bench.reading import LINE, LOOK, TextModels, record_reading
from bonafide.evaluation.bench.results import ServingSpeed
from bonafide.evaluation.bench.served import serving
from bonafide.evaluation.bench.serving import CONNECTIONS, measure_serving
from bonafide.evaluation.bench.specimen import draw_document, draw_passport, draw_selfie
from bonafide.evaluation.bench.stages import STAGES
from bonafide.evaluation.commands.bench import command
from bonafide.evaluation.processes import available_cores
from bonafide.settings import Settings

SHORT = (
    "--rounds",
    "2",
    "--starts",
    "1",
    "--windows",
    "1",
    "--decisions",
    "10",
    "--served",
    "0",
    "--live",
    "0",
)


@pytest.fixture
def bench(models_home: Path) -> Callable[..., Result]:
    def run(*options: str) -> Result:
        return CliRunner().invoke(
            command, [*SHORT, *options], obj=Settings(data_dir=models_home), catch_exceptions=False
        )

    return run


@pytest.mark.long
@pytest.mark.alone
def test_a_short_run_measures_everything(bench: Callable[..., Result], models_home: Path) -> None:
    before = set(models_home.rglob("*"))
    found = json.loads(bench("--profile", "accurate", "--json").stdout)
    assert {"floor_ratio", "cold_start_s", "rss_mb", "two_worker_scaling", "stages"} <= found.keys()
    assert (found["profile"], found["rounds"], found["pictures"]) == ("accurate", 2, "drawn")
    assert {"onnxruntime", "numpy", "opencv-python-headless"} <= found["versions"].keys()
    assert tuple(found["stages"]) == STAGES
    assert all(stage["cpu_ms"] > 0 for stage in found["stages"].values())
    assert [name for name, stage in found["stages"].items() if stage["floor_cpu_ms"]] == [
        DECODE,
        FIND,
        TEMPLATE,
    ]
    assert found["floor_ratio_least"] == pytest.approx(
        found["whole_cpu_ms"] / found["floor_cpu_ms"], rel=0.01
    )
    assert found["floor_ratio"] > 0
    assert 20 < found["rss_mb"] < 2000
    reading = found["reading"]
    assert reading["rounds"] == 1
    assert reading["cpu_ms"]["median"] == reading["cpu_ms"]["p90"] > 0
    assert reading["floor_ratio"] == pytest.approx(
        reading["cpu_ms"]["median"] / reading["floor_cpu_ms"], rel=0.01
    )
    kept = found["safekeeping"]
    assert (kept["rounds"], kept["decisions"]) == (10, 10)
    assert kept["decision_ms"]["p99"] >= kept["decision_ms"]["median"] > 0
    assert all(work["a_second"] > 0 and work["fsyncs"] > 0 for work in kept["works"].values())
    assert found["serving"] == {"not_measured": "not asked for"}
    assert 0 < found["cold_start_s"] <= found["cold_start_median_s"]
    assert found["two_worker_scaling"] is None or found["two_worker_scaling"] > 0
    assert set(models_home.rglob("*")) == before, "no key, receipt or picture is left behind"


@pytest.mark.long
@pytest.mark.alone
def test_a_service_is_measured_under_load(models_home: Path) -> None:
    pytest.importorskip("uvicorn")
    if available_cores() < 2:
        pytest.skip("there are not two cores")
    before = set(models_home.rglob("*"))
    found = measure_serving(Settings(data_dir=models_home), "fast", 3)
    assert isinstance(found, ServingSpeed)
    assert (found.rounds, found.answers.count) == (1, 3)
    assert found.two_workers_ratio > 0
    assert found.one_worker_ratio > 0
    # Whoever is alone reads and decides as much, and neither answers nor parses: the ratio cannot be far off.
    assert 0.5 < found.cpu_ratio < 3
    assert found.answers.p99_ms >= found.answers.p50_ms > 0
    assert found.last.served > found.first.served >= 3 + CONNECTIONS
    assert found.peak_mb >= found.last.mb > 100
    assert set(models_home.rglob("*")) == before, "no key, store or picture is left behind"


def test_a_service_that_does_not_start_is_no_measurement(tmp_path: Path) -> None:
    with (
        pytest.raises(SetupBroken, match="did not begin to serve"),
        serving(Settings(data_dir=tmp_path), "no-such-profile", 1),
    ):
        pytest.fail("it must not begin")


@pytest.mark.long
@pytest.mark.alone
def test_both_profiles_are_measured_and_told(bench: Callable[..., Result]) -> None:
    text = bench().stdout
    assert text.index("profile accurate") < text.index("profile fast") < text.index("Reading a")
    assert text.index("Reading a") < text.index("Keeping records")
    assert "<= 1.15" in text


@pytest.mark.parametrize("profile", ["accurate", "fast"])
def test_the_floor_is_what_the_specimens_need(models_home: Path, profile: str) -> None:
    with case_files(None, None) as files:
        floor = record_floor(files, Models.open(Settings(data_dir=models_home), profile))
    # Both pictures decoded once and looked at once, the small portrait once more; two templates.
    assert (floor.count(DECODE), floor.count(FIND), floor.count(TEMPLATE)) == (2, 3, 2)


def test_the_floor_of_reading_is_what_the_drawn_passport_needs(models_home: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=models_home)
    page = tmp_path / "passport.jpg"
    page.write_bytes(draw_passport())
    floor = record_reading(page, Models.open(settings, "fast"), TextModels.open(settings))
    assert floor.count(DECODE) == 1
    assert floor.count(LOOK) >= 1
    # Two lines of the zone, and the names.
    assert floor.count(LINE) >= 3


def test_a_passport_that_is_not_read_is_no_measurement(models_home: Path, tmp_path: Path) -> None:
    settings = Settings(data_dir=models_home)
    page = tmp_path / "page.jpg"
    page.write_bytes(draw_document())
    with pytest.raises(SetupBroken, match="was not read"):
        record_reading(page, Models.open(settings, "fast"), TextModels.open(settings))


def test_pictures_without_a_face_are_refused(bench: Callable[..., Result], tmp_path: Path) -> None:
    import cv2
    import numpy as np

    blank = tmp_path / "blank.jpg"
    cv2.imwrite(str(blank), np.full((480, 640, 3), 128, np.uint8))
    with pytest.raises(UsageError, match="one face each"):
        bench("--document", str(blank))


def test_other_formats_than_jpeg_are_refused(bench: Callable[..., Result], tmp_path: Path) -> None:
    import cv2

    selfie = tmp_path / "selfie.png"
    cv2.imwrite(str(selfie), cv2.cvtColor(read_picture(draw_selfie()).decode(), cv2.COLOR_RGB2BGR))
    with pytest.raises(UsageError, match="JPEG"):
        bench("--selfie", str(selfie))


@pytest.mark.long
@pytest.mark.alone
def test_given_pictures_are_measured(bench: Callable[..., Result], tmp_path: Path) -> None:
    document = tmp_path / "document.jpg"
    document.write_bytes(draw_document())
    found = json.loads(bench("--document", str(document), "--profile", "fast", "--json").stdout)
    assert found["profile"] == "fast"
    # The selfie was still drawn.
    assert found["pictures"] == "drawn"
