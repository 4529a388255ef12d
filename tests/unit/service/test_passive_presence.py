"""Which passive liveness model a calibration of presence may be used with. No weights are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.liveness.conftest import made_up_calibration

from bonafide.errors import ContractMismatch
from bonafide.liveness.calibration import CueMap, EvidenceMap, serialise_calibration
from bonafide.liveness.finding import Cue, Family
from bonafide.models import ModelStore
from bonafide.service.live_sight import live_models, presence_calibration
from bonafide.settings import Settings

ENTRY = """\
format = "bonafide-models/1"
[models.mine]
role = "passive-liveness"
licence = "MIT"
commercial_use = true
built_sha256 = "{digest}"
[models.mine.input]
size = 80
colour_order = "bgr"
mean = 0
scale = 1
[models.mine.passive]
crop_scale = 2.7
classes = 3
live_class = 1
softmax = true
"""
SAYS = CueMap(Cue.MODEL, Family.SURFACE, EvidenceMap(0.5, 0, -2, 2), 400, 400)


class Office:
    """A data folder with a calibration of presence, and perhaps a passive model."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings.from_environment({"BONAFIDE_HOME": str(home)})
        self.own = home / "models" / "own"
        self.calibrations = home / "calibrations"
        for folder in (self.own, self.calibrations):
            folder.mkdir(parents=True)

    def add(self, digest: str) -> str:
        """Lay the entry of a passive model; gives its contract."""
        (self.own / "mine.toml").write_text(ENTRY.format(digest=digest * 64))
        passive = ModelStore(self.settings.data_dir).passive()
        assert passive is not None
        return passive.contract_id

    def calibrate(self, passive: str | None, *, weighs: bool) -> None:
        """Lay a calibration that was made with this passive model, or none."""
        detector, landmarker, recogniser = live_models(ModelStore(self.settings.data_dir))
        contracts = {
            "detector": detector.contract_id,
            "landmarker": landmarker.contract_id,
            "recogniser": recogniser.contract_id,
        } | ({"passive": passive} if passive else {})
        made = made_up_calibration()
        made = replace(made, contracts=contracts, maps=(*made.maps, SAYS) if weighs else made.maps)
        (self.calibrations / "presence.json").write_bytes(serialise_calibration(made))

    def weighs(self) -> bool:
        """Whether the calibration, which may be used, weighs the passive model."""
        found = presence_calibration(self.settings, ModelStore(self.settings.data_dir))
        return any(each.cue is Cue.MODEL for each in found.maps)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_it_is_weighed_by_the_calibration_that_was_made_with_it(office: Office) -> None:
    office.calibrate(office.add("a"), weighs=True)
    assert office.weighs()


def test_it_has_no_say_in_a_calibration_that_does_not_know_it(office: Office) -> None:
    office.add("a")
    office.calibrate(None, weighs=False)
    assert not office.weighs()


@pytest.mark.parametrize("made_with", [None, "another"])
def test_another_model_is_never_weighed_in_its_place(office: Office, made_with: str | None) -> None:
    office.add("a")
    office.calibrate(made_with, weighs=True)
    with pytest.raises(ContractMismatch, match="weighs a passive liveness model that is not here"):
        office.weighs()


@pytest.mark.parametrize("made_with", [None, "another"])
def test_a_model_that_was_removed_is_missed(office: Office, made_with: str | None) -> None:
    office.calibrate(made_with, weighs=True)
    with pytest.raises(ContractMismatch, match="bonafide models add"):
        office.weighs()
