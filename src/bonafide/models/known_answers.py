"""Does a model compute here what it computed where it was measured?

Each shipped model has one input, made by arithmetic and showing nothing, and the output that belongs to it. A
processor or an onnxruntime on which the output comes out otherwise must not decide about anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import SetupBroken
from bonafide.models.entry import InputContract, ModelEntry, Precision, Role
from bonafide.models.runtime import InferenceSession

FORMAT = "bonafide-known-answers/1"
# Float kernels differ between processors in the sixth digit. For int8, measured with LightCNN-V4 on drawings
# like the one below: another order of rounding 0.98 to 1, pairs of products saturated at 16 bits 0.88 to
# 0.94.
MIN_COSINE: Mapping[Precision, float] = {Precision.FP32: 0.99999, Precision.INT8: 0.965}
# A detector's input is this many times its step, in height and in width: more than one, not square.
_DETECTOR_STEPS = (2, 3)
# A line of text is twice as wide as high, and so is what a text detector is given.
_LINE_STEPS = (1, 2)
_STEPS = {Role.DETECTOR: _DETECTOR_STEPS, Role.TEXT_DETECTOR: _LINE_STEPS, Role.TEXT_RECOGNISER: _LINE_STEPS}
# A text recogniser knows 18,710 characters; of their probabilities these many sums are kept.
_SUMS = 31


@dataclass(frozen=True, slots=True, eq=False)
class KnownAnswer:
    """A model's output, float32 and flat, for `synthetic_input`; for the model of this contract only."""

    contract: str
    output: NDArray[np.float32]


def check_known_answer(entry: ModelEntry, session: InferenceSession) -> None:
    """Raise `SetupBroken` if a shipped model computes something else here; an operator's own has no known
    answer.
    """
    if entry.source is not None and not computes_known_answer(entry, session):
        raise SetupBroken(
            f"The model {entry.name} computes something else on this machine than it should",
            "Install the versions that Bonafide's lock file names, and report it with your processor's name",
        )


def computes_known_answer(entry: ModelEntry, session: InferenceSession) -> bool:
    """Whether the model's output for the synthetic input is the one that ships, in direction and in length.

    Raises `SetupBroken` if none ships for this version of the model.
    """
    answer = _answers().get(entry.name)
    if answer is None or answer.contract != entry.contract_id:
        raise SetupBroken(f"No known answer ships for the model {entry.name}", "Reinstall Bonafide")
    return is_like(answer, run_synthetic(entry, session), entry.precision)


def is_like(answer: KnownAnswer, output: NDArray[np.float32], precision: Precision) -> bool:
    """Whether an output is the known one, as far as this arithmetic can be the same everywhere."""
    if output.shape != answer.output.shape or not np.isfinite(output).all():
        return False
    lengths = float(np.linalg.norm(output)), float(np.linalg.norm(answer.output))
    cosine = float(output @ answer.output) / (lengths[0] * lengths[1] or 1)
    return cosine >= MIN_COSINE[precision] and 0.95 < lengths[0] / lengths[1] < 1.05


def run_synthetic(entry: ModelEntry, session: InferenceSession) -> NDArray[np.float32]:
    """The outputs for the synthetic input, in the graph's order, float32, flat, one after the other.

    Of a text recogniser, whose output is too long to ship, the log-odds summed into a few; of a landmarker,
    points about their centre, because with that, which is large, all directions would be alike.
    """
    outputs = session.run(None, {session.get_inputs()[0].name: synthetic_input(entry.role, entry.input)})
    if entry.role is Role.TEXT_RECOGNISER:
        outputs = [_summed(np.asarray(output, np.float32)) for output in outputs]
    if entry.role is Role.LANDMARKER:
        points = np.asarray(outputs[0], np.float32).reshape(-1, 3)
        outputs = [points - points.mean(axis=0), *outputs[1:]]
    return np.concatenate([np.asarray(output, np.float32).ravel() for output in outputs])


def synthetic_input(role: Role, contract: InputContract) -> NDArray[np.float32]:
    """What the model is given: float32 (1, 3, height, width), drawn in whole numbers, the same everywhere.

    It is a face of ellipses, nobody's. On shapes that no face has, int8 answers hang on the last bit of every
    rounding; on this one they do not, and a kernel that saturates shows.
    """
    rows, columns = (step * contract.size for step in _STEPS.get(role, (1, 1)))
    channel, y, x = np.indices((3, rows, columns), dtype=np.int64)
    # In the coordinates of the alignment template.
    u, v = x * 112 // columns, y * 112 // rows
    grey = 60 + 20 * channel + v // 4
    for (middle, height, wide, high), shade in (
        ((56, 60, 42, 54), 190 - 18 * channel - abs(u - 56) - v // 4),
        *(((eye, 42, 10, 2), 50) for eye in (38, 74)),
        *(((eye, 52, 8, 4), 225) for eye in (38, 74)),
        *(((eye, 52, 4, 4), 40) for eye in (38, 74)),
        ((56, 68, 6, 8), 205 - 15 * channel),
        ((56, 76, 7, 2), 90),
        ((56, 92, 15, 4), 110 - 20 * (channel > 0)),
    ):
        inside = ((u - middle) * high) ** 2 + ((v - height) * wide) ** 2 <= (wide * high) ** 2
        grey = np.where(inside, shade, grey)
    texture = (7 * x * x + 11 * y * y + 13 * x * y + 101 * channel) % 9
    pixels = ((grey + texture - 128) * 3 // 2 + 128).clip(0, 255).astype(np.float32)
    prepared: NDArray[np.float32] = (pixels - np.float32(contract.mean)) * np.float32(contract.scale)
    return prepared[None]


def _summed(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-probabilities (..., classes) less their mean, every 31st of which is summed: (..., 31).

    With the mean, which is large, all directions would be alike: an input a tenth too weak moved the cosine
    by 1e-7, so by 7e-3.
    """
    logs = np.log(np.maximum(probabilities, 1e-30))
    logs -= logs.mean(axis=-1, keepdims=True)
    short = -logs.shape[-1] % _SUMS
    padded = np.pad(logs, [(0, 0)] * (logs.ndim - 1) + [(0, short)])
    summed: NDArray[np.float32] = padded.reshape(*logs.shape[:-1], -1, _SUMS).sum(axis=-2)
    return summed


@cache
def _answers() -> Mapping[str, KnownAnswer]:
    document = json.loads((resources.files(__package__) / "known_answers.json").read_text("utf-8"))
    if document["format"] != FORMAT:
        raise SetupBroken("The known answers of the models are damaged", "Reinstall Bonafide")
    return {
        name: KnownAnswer(answer["contract"], np.array(answer["output"], np.float32))
        for name, answer in document["answers"].items()
    }
