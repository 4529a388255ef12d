"""Opening an engine: what is missing or does not belong together is told before anything is compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bonafide.errors import NotCalibrated, UsageError, WeightsMissing
from bonafide.face import Recogniser
from bonafide.models import ModelEntry, ModelStore
from bonafide.outcome import Subject
from bonafide.service import engine as engine_module
from bonafide.service.engine import Engine, FaceWork
from bonafide.settings import Profile, Settings

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio


@pytest.mark.parametrize("profile", Profile)
def test_without_weights_nothing_opens(tmp_path: Path, profile: Profile) -> None:
    with pytest.raises(WeightsMissing, match="bonafide models pull"):
        Engine.open(Settings(tmp_path), profile)


def test_an_unknown_profile_names_the_models_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no model slow.*sface"):
        Engine.open(Settings(tmp_path), "slow")


def test_a_model_without_a_calibration_is_not_even_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recogniser: ModelEntry, detector: ModelEntry
) -> None:
    monkeypatch.setattr(ModelStore, "recogniser", lambda _store, _name: recogniser)
    monkeypatch.setattr(ModelStore, "detector", lambda _store: detector)

    def never(*_arguments: object) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(engine_module, "open_session", never)
    with pytest.raises(NotCalibrated, match="bonafide calibrate --profile made-up"):
        Engine.open(Settings(tmp_path), "made-up")


def test_an_engine_for_measuring_compares_nothing(studio: Studio, patch: type[Patch]) -> None:
    faces = studio.faces
    measuring = FaceWork(faces._finder, faces._recogniser, None)
    found = measuring.find(studio.draw(patch(0.5)))
    template = measuring.subject_face(found, Subject.SELFIE).template
    assert template
    with pytest.raises(NotCalibrated):
        measuring.compare(template, template)


def test_templates_are_made_only_of_the_face_that_is_compared(
    studio: Studio, patch: type[Patch], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    embed = Recogniser.template

    def counted(recogniser: Recogniser, crop: object) -> object:
        made.append(crop)
        return embed(recogniser, crop)  # type: ignore[arg-type]

    monkeypatch.setattr(Recogniser, "template", counted)
    two = studio.faces.find(studio.draw(patch(0.5), patch(0.5)))
    assert studio.faces.subject_face(two, Subject.SELFIE).template is None
    assert made == []
    one = studio.faces.find(studio.draw(patch(0.5)))
    assert studio.faces.subject_face(one, Subject.SELFIE).template is not None
    assert len(made) == 1
