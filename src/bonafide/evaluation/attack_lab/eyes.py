"""What the laboratory looks with: what the service looks with, under the consent of a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bonafide.liveness.looking import Arrival, Wanted
from bonafide.liveness.observation import FrameMeasure
from bonafide.models import ModelStore
from bonafide.service.engine import Engine
from bonafide.service.live_sight import live_models
from bonafide.service.moment import local_now
from bonafide.service.purposes import TESTING, trial
from bonafide.settings import Profile, Settings


class Sight(Protocol):
    """What measures frames."""

    def look(self, data: bytes, arrival: Arrival, wanted: Wanted) -> FrameMeasure:
        """Measure a JPEG frame. Raises `UnreadablePicture`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Eyes:
    """What measures frames, and which models do: role to contract id."""

    sight: Sight
    contracts: Mapping[str, str]


def open_eyes(settings: Settings) -> Eyes:
    """Open the models. Portraits are a test of people who agreed to it on the word of whoever runs it.

    Raises what opening the models raises.
    """
    begun = local_now()
    engine = Engine.open(settings, Profile.FAST, calibrated=False)
    sight = engine.under(trial(begun), begun, TESTING).live()
    detector, landmarker, recogniser = live_models(ModelStore(settings.data_dir))
    contracts = {
        "detector": detector.contract_id,
        "landmarker": landmarker.contract_id,
        "recogniser": recogniser.contract_id,
    }
    if sight.passive is not None:
        contracts["passive"] = sight.passive.contract_id
    return Eyes(sight, contracts)
