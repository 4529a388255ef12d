"""Measure the activation ranges that LightCNN-V4's int8 recipe ships
(src/bonafide/models/convert/lightcnn_v4_ranges.json).

    python tools/measure_lightcnn_ranges.py CHECKPOINT FACES_ROOT >
    src/bonafide/models/convert/lightcnn_v4_ranges.json

CHECKPOINT is the published file; FACES_ROOT is a folder with one folder of photos for each person, of which
150 people's first photo is used. The result holds two numbers for each layer and nothing of any person.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture
from bonafide.face.embed import prepare
from bonafide.models.convert import lightcnn
from bonafide.models.convert.quantise import measured_tensors
from bonafide.service.engine import Engine
from bonafide.service.moment import local_now
from bonafide.service.purposes import TESTING, trial
from bonafide.settings import Profile, Settings

_PEOPLE = 150
_SEED = 20261124
_DIGITS = 6


def main(checkpoint: Path, root: Path) -> None:
    """Print the ranges as JSON."""
    model = onnx.load_model_from_string(lightcnn.build(checkpoint.read_bytes()))
    names = measured_tensors(model)
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names[1:]
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    engine = Engine.open(Settings.from_environment(os.environ), Profile.ACCURATE, calibrated=False)
    now = local_now()
    faces = engine.under(trial(now), now, TESTING)

    people = sorted(folder for folder in root.iterdir() if folder.is_dir())
    ranges: dict[str, tuple[float, float]] = {}
    used = 0
    for index in np.random.default_rng(_SEED).permutation(len(people)):
        picture = min(people[index].iterdir())
        try:
            found = faces.find(read_picture(picture))
        except UnreadablePicture:
            continue
        if len(found.faces) != 1:
            continue
        blob = prepare(found.crop(found.faces[0]), engine.recogniser.input)
        values = [blob, *session.run(names[1:], {names[0]: blob})]
        for name, value in zip(names, values, strict=True):
            low, high = ranges.get(name, (np.inf, -np.inf))
            ranges[name] = (min(low, float(value.min())), max(high, float(value.max())))
        used += 1
        if used == _PEOPLE:
            break
    rounded = {name: [round(low, _DIGITS), round(high, _DIGITS)] for name, (low, high) in ranges.items()}
    note = f"minimum and maximum of each activation over one photo each of {used} people (LFW, deep-funneled)"
    json.dump({"measured_on": note, "ranges": rounded}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
