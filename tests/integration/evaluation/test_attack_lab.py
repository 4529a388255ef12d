"""The laboratory with real weights, on sample pictures with clear rights."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bonafide.capture.challenge import Mode, StepKind
from bonafide.evaluation.attack_lab.eyes import Eyes, open_eyes
from bonafide.evaluation.attack_lab.portraits import Portrait, read_people, usable
from bonafide.evaluation.attack_lab.run import Request, run
from bonafide.evaluation.attack_lab.simulate import BONA_FIDE, Key, Laboratory, Side
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.face.head_pose import head_pose
from bonafide.liveness.finding import Presence
from bonafide.liveness.fusion import assess
from bonafide.models import ModelStore
from bonafide.service.live_sight import presence_calibration
from bonafide.settings import Settings

pytestmark = pytest.mark.long

_TARGET = 0.01
_BY_NAME = {each.name: each for each in ALL}


@pytest.fixture(scope="module")
def settings(models_home: Path) -> Settings:
    return Settings(data_dir=models_home)


@pytest.fixture(scope="module")
def eyes(settings: Settings) -> Eyes:
    return open_eyes(settings)


@pytest.fixture(scope="module")
def laboratory(eyes: Eyes, sample_pictures: Path) -> Laboratory:
    portraits: list[Portrait] = list(islice(usable(read_people(sample_pictures), eyes), 4))
    assert len(portraits) >= 2
    return Laboratory(eyes, portraits, seed=20)


def test_a_person_who_does_as_asked_is_live_and_a_still_is_not(
    laboratory: Laboratory, settings: Settings
) -> None:
    calibration = presence_calibration(settings, ModelStore(settings.data_dir))

    def presence(name: str, number: int) -> Presence:
        key = Key(laboratory.seed, Side.REPORTING, Mode.LIGHT, name, number)
        seen = laboratory.run(key, _BY_NAME.get(name))
        return assess(seen, calibration, _TARGET).presence

    people = [presence(BONA_FIDE, number) for number in range(4)]
    assert people.count(Presence.LIVE) >= 3
    assert Presence.NOT_LIVE not in people
    assert Presence.LIVE not in [presence("injected-still", number) for number in range(2)]


def test_rendered_heads_are_seen_to_turn_as_far_as_they_did(laboratory: Laboratory) -> None:
    """The landmarks, which never saw the renderer, read its angles."""
    key = Key(laboratory.seed, Side.REPORTING, Mode.MOVEMENT, BONA_FIDE, 0)
    seen = laboratory.run(key, None)
    for kind, sign in ((StepKind.TURN_LEFT, 1), (StepKind.TURN_RIGHT, -1)):
        turned = [sign * head_pose(frame.mesh).yaw for frame in seen.frames_of(kind) if frame.mesh]
        # People in the laboratory turn 26 to 40 degrees.
        assert 22 < max(turned) < 48
        assert np.median(turned[:3]) < 12


def test_the_command_writes_what_it_counted(
    settings: Settings, sample_pictures: Path, tmp_path: Path
) -> None:
    request = Request(
        faces=sample_pictures,
        sessions=1,
        mode=Mode.MOVEMENT,
        seed=3,
        json=tmp_path / "lab.json",
        report=tmp_path / "lab.html",
        calibrate=None,
    )
    said = run(request, settings, datetime(2026, 11, 30, tzinfo=UTC))
    assert said.startswith("SIMULATION.")
    document = json.loads((tmp_path / "lab.json").read_text("utf-8"))
    assert document["mode"] == "movement"
    assert document["bpcer"]["sessions"] == 2
    assert {each["apcer"]["sessions"] for each in document["species"].values()} == {1}
    assert not document["made"]["held_out"]
    assert str(sample_pictures) not in (tmp_path / "lab.json").read_text("utf-8")
    assert "obama" not in (tmp_path / "lab.html").read_text("utf-8").lower()
