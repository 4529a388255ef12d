"""Live sessions without faces: each frame is a small picture that says what is to be seen in it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

from PIL import Image
from tests.unit.liveness.looked import frame

from bonafide.capture import read_picture
from bonafide.capture.challenge import StepKind
from bonafide.liveness.looking import Arrival, Wanted
from bonafide.liveness.observation import FrameMeasure
from bonafide.service.live_sight import LiveSight

# What answers each step, frame by frame.
DONE: dict[StepKind, list[dict[str, Any]]] = {
    StepKind.FRONTAL: [{}] * 6,
    StepKind.TURN_LEFT: [{}, {"yaw": 15}, {"yaw": 28}, {"yaw": 15}, {}],
    StepKind.TURN_RIGHT: [{}, {"yaw": -15}, {"yaw": -28}, {"yaw": -15}, {}],
    StepKind.NOD: [{}, {"pitch": 16}, {}],
    StepKind.CLOSER: [{}, {"width": 250}, {"width": 290}],
    StepKind.COLOUR: [{}] * 4,
}


def scripted(**how: Any) -> bytes:  # noqa: ANN401 - what `frame` takes
    """A frame in which this is to be seen."""
    file = io.BytesIO()
    Image.new("RGB", (48, 64), (120, 110, 100)).save(file, "JPEG", comment=json.dumps(how).encode())
    return file.getvalue()


class ScriptedSight(LiveSight):
    """Sees what frames say."""

    def __init__(self) -> None:
        self.looked: list[Wanted] = []

    def look(self, data: bytes, arrival: Arrival, wanted: Wanted) -> FrameMeasure:
        self.looked.append(wanted)
        read_picture(data)
        with Image.open(io.BytesIO(data)) as image:
            how = json.loads(image.info["comment"])
        return replace(frame(arrival.step, arrival.captured, **how), received=arrival.received)
