"""What a whole session showed, with the models that ship."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import cv2
import numpy as np
import pytest
from tests.unit.liveness.made_up import MadeUp

from bonafide.capture import Picture, read_picture
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Measured, Unmeasured
from bonafide.service.live_sight import LiveSight, SeenSession
from bonafide.settings import Settings


@pytest.fixture(scope="module")
def sight(models_home: Path) -> LiveSight:
    return LiveSight.open(Settings(data_dir=models_home))


def frame(pixels: np.ndarray) -> Picture:
    encoded = cv2.imencode(".jpg", cv2.resize(pixels, (480, 640)))[1]
    return read_picture(bytes(encoded))


def continuity(sight: LiveSight, selfie: Picture) -> CueMeasure:
    """What a session of one made-up face tells with that selfie."""
    session = SeenSession(MadeUp().observation(), "")
    found = sight.assess(session, 0.01, selfie, MagicMock(), None)
    return next(each.measure for each in found.cues if each.measure.cue is Cue.CONTINUITY)


def test_who_is_compared_has_to_be_who_was_judged(sight: LiveSight, sample_pictures: Path) -> None:
    """Whatever the session says of its selfie: the picture that is compared is looked at."""
    stranger = frame(np.asarray(cv2.imread(str(sample_pictures / "obama.jpg"))))
    assert continuity(sight, stranger) == Measured(Cue.CONTINUITY, -1.0)
    nobody = frame(np.full((640, 480, 3), 127, np.uint8))
    assert continuity(sight, nobody) == Unmeasured(Cue.CONTINUITY, CannotTell.TOO_FEW_FRAMES)
