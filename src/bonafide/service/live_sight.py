"""What measures live sessions and weighs what they showed: had from `Engine.under` alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import Picture
from bonafide.errors import ContractMismatch, NotCalibrated
from bonafide.face import Detector, Face, FoundFaces, Landmarker, Recogniser
from bonafide.liveness.calibration import PresenceCalibration, parse_calibration
from bonafide.liveness.finding import Cue
from bonafide.liveness.fusion import PresenceFinding, assess
from bonafide.liveness.looking import Arrival, Looker, Wanted, region_of, thumb_of, with_selfie
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.passive import PassiveModel
from bonafide.liveness.signs import signs
from bonafide.models import ModelEntry, ModelStore, Role, open_session
from bonafide.settings import Profile, Settings

_SHIPPED: Final = "presence.json"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SeenSession:
    """What a live session left behind: measures and times, and the running digest that stands for it."""

    observation: Observation
    digest: str


class LiveSight:
    """Measures frames of live sessions, and says what a whole one showed; safe to share between threads.

    Whether it is one face from first to last is told with the fast recogniser, whichever compares with the
    document: so one calibration serves every profile, and every processor gives the same answer.
    """

    def __init__(
        self,
        looker: Looker,
        calibration: PresenceCalibration | None,
        landmarker: ModelEntry,
        passive: ModelEntry | None,
    ) -> None:
        self._looker = looker
        self._calibration = calibration
        self.landmarker = landmarker
        self.passive = passive

    @classmethod
    def open(cls, settings: Settings, *, calibrated: bool = True) -> LiveSight:
        """Load what live sessions need. Raises `WeightsMissing` or `WeightsAltered` for a model file,
        `NotCalibrated`, `ContractMismatch` or `UnreadableData` for the calibration. `calibrated=False` is for
        measuring: it says nothing of what sessions show.
        """
        store = ModelStore(settings.data_dir)
        calibration = presence_calibration(settings, store) if calibrated else None
        looker, passive = open_looker(store)
        return cls(looker, calibration, store.serving(Role.LANDMARKER), passive)

    def look(self, data: bytes, arrival: Arrival, wanted: Wanted) -> FrameMeasure:
        """Measure one frame. Raises `UnreadablePicture`."""
        return self._looker.look(data, arrival, wanted)

    def assess(
        self,
        seen: SeenSession,
        attack_acceptance: float,
        selfie: Picture,
        front: FoundFaces,
        portrait: Face | None,
    ) -> PresenceFinding:
        """What a session showed, at a policy's attack acceptance. `selfie` is its frame that is compared with
        the document; `portrait` is the document's face in its picture, of which the session must not be one.
        Raises `NotCalibrated`, and `UnreadablePicture` for a selfie that can be no frame of a session.
        """
        if self._calibration is None:
            raise NotCalibrated("Presence was opened without its calibration", "Open it with one")
        observation = with_selfie(seen.observation, selfie.data, self.look)
        if portrait is not None:
            observation = replace(observation, portrait=_thumb(front, portrait))
        return assess(observation, self._calibration, attack_acceptance)


def open_looker(store: ModelStore) -> tuple[Looker, ModelEntry | None]:
    """What measures frames, and the operator's passive model if they added one. Raises `WeightsMissing` or
    `WeightsAltered`, and `UnreadableData` for several passive models.
    """
    detector, landmarker, recogniser = live_models(store)
    passive = store.passive()
    looker = Looker(
        Detector(open_session(detector, store)),
        Landmarker(open_session(landmarker, store)),
        Recogniser(recogniser, open_session(recogniser, store)),
        signs,
        PassiveModel(passive, open_session(passive, store)) if passive else None,
    )
    return looker, passive


def live_models(store: ModelStore) -> tuple[ModelEntry, ModelEntry, ModelEntry]:
    """The models whose measures the calibration of presence is about: detector, landmarker, recogniser."""
    return store.detector(), store.serving(Role.LANDMARKER), store.recogniser(Profile.FAST)


def presence_calibration(settings: Settings, store: ModelStore) -> PresenceCalibration:
    """The operator's own calibration of presence if there is one, the shipped one else. Raises as `open`.

    One that weighs a passive model is good with that very model alone. One that weighs none is good with any:
    the model then has no say.
    """
    detector, landmarker, recogniser = live_models(store)
    contracts = {
        "detector": detector.contract_id,
        "landmarker": landmarker.contract_id,
        "recogniser": recogniser.contract_id,
    }
    own = settings.data_dir / "calibrations" / _SHIPPED
    shipped = resources.files("bonafide.liveness") / "calibrations" / _SHIPPED
    calibration = parse_calibration(own.read_bytes() if own.is_file() else shipped.read_bytes(), contracts)
    passive = store.passive()
    here = passive is not None and calibration.contracts.get("passive") == passive.contract_id
    if not here and any(each.cue is Cue.MODEL for each in calibration.maps):
        raise ContractMismatch(
            "The calibration of presence weighs a passive liveness model that is not here",
            "Add it with `bonafide models add`, or calibrate anew with `bonafide attack-lab --calibrate`",
        )
    return calibration


def _thumb(front: FoundFaces, portrait: Face) -> NDArray[np.uint8]:
    height, width = front.pixels.shape[:2]
    scale = np.array([width / front.picture.width, height / front.picture.height], np.float32)
    region = region_of(front.pixels, portrait.scaled(scale))
    return thumb_of(np.asarray(cv2.cvtColor(region, cv2.COLOR_RGB2GRAY), np.uint8))
