"""The models that the laboratory looks with: those that the service uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bonafide.face import Detector
from bonafide.face.landmarks import Landmarker
from bonafide.liveness.looking import Looker
from bonafide.models import ModelStore, open_session
from bonafide.service.live_sight import live_models, open_looker
from bonafide.settings import Settings


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Eyes:
    """A looker for frames, and its parts for portraits; `contracts` names the models, role to contract id."""

    looker: Looker
    detector: Detector
    landmarker: Landmarker
    contracts: Mapping[str, str]


def open_eyes(settings: Settings) -> Eyes:
    """Open the models. Raises what opening them raises."""
    store = ModelStore(settings.data_dir)
    looker, passive = open_looker(store)
    detector, landmarker, recogniser = live_models(store)
    contracts = {
        "detector": detector.contract_id,
        "landmarker": landmarker.contract_id,
        "recogniser": recogniser.contract_id,
    }
    if passive is not None:
        contracts["passive"] = passive.contract_id
    return Eyes(
        looker,
        Detector(open_session(detector, store)),
        Landmarker(open_session(landmarker, store)),
        contracts,
    )
