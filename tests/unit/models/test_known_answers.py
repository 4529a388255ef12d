from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bonafide.errors import SetupBroken
from bonafide.models import ModelEntry, Role, load_manifest
from bonafide.models.known_answers import (
    KnownAnswer,
    _answers,
    computes_known_answer,
    is_like,
    run_synthetic,
    synthetic_input,
)


class Fixed:
    """A session that gives the same outputs whatever it is given."""

    def __init__(self, *outputs: np.ndarray) -> None:
        self._outputs = outputs

    def get_inputs(self) -> list[Fixed]:
        return [self]

    name = "input"

    def run(self, _names: None, _feed: object) -> list[np.ndarray]:
        return [*self._outputs]


def test_an_answer_ships_for_every_model_of_the_manifest() -> None:
    for entry in load_manifest():
        answer = _answers()[entry.name]
        assert answer.contract == entry.contract_id
        if entry.input.output_length:
            assert answer.output.shape == (entry.input.output_length,)


@pytest.mark.parametrize("entry", load_manifest(), ids=lambda entry: entry.name)
def test_right_and_wrong_answers_are_told_apart(entry: ModelEntry) -> None:
    answer = _answers()[entry.name]
    right = answer.output

    def judged(output: np.ndarray) -> bool:
        return is_like(answer, output.astype(np.float32), entry.precision)

    assert judged(right)
    assert not judged(right * 0)
    assert not judged(-right)
    assert not judged(right * 1.2)
    assert not judged(right[:-1])
    assert not judged(np.where(np.arange(right.size) == 3, np.nan, right))
    noise = np.random.default_rng(1).standard_normal(right.size)
    # As far off as saturated sums of an int8 model were measured to be.
    assert not judged(right + 0.4 * noise / np.linalg.norm(noise) * np.linalg.norm(right))


@pytest.mark.parametrize(
    "entry",
    [entry for entry in load_manifest() if entry.role not in (Role.TEXT_RECOGNISER, Role.LANDMARKER)],
    ids=lambda entry: entry.name,
)
def test_a_model_is_judged_by_its_output(entry: ModelEntry) -> None:
    right = _answers()[entry.name].output
    assert computes_known_answer(entry, Fixed(right))
    assert not computes_known_answer(entry, Fixed(-right))


def test_a_landmarker_is_judged_by_where_points_lie_about_their_centre() -> None:
    entry = next(entry for entry in load_manifest() if entry.role is Role.LANDMARKER)
    right = _answers()[entry.name].output
    points, presence = right[:-1].reshape(-1, 3), right[-1:]
    assert np.allclose(points.mean(axis=0), 0, atol=1e-3)

    def judged(points: np.ndarray) -> bool:
        return computes_known_answer(entry, Fixed(points.reshape(1, -1), presence))

    assert judged(points + 128)
    assert judged(points + 128 + 0.05 * np.random.default_rng(1).standard_normal(points.shape))
    assert not judged(points + 128 + np.random.default_rng(1).standard_normal(points.shape))
    assert not judged(points[::-1] + 128)


def softmax(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(values) / np.exp(values).sum(axis=-1, keepdims=True), np.float32)


def test_a_text_recogniser_is_judged_by_every_probability() -> None:
    entry = next(entry for entry in load_manifest() if entry.role is Role.TEXT_RECOGNISER)
    rng = np.random.default_rng(2)
    # As flat, and as sure of a blank, as a text recogniser is.
    logits = rng.standard_normal((1, 12, 18_710)) * 3
    logits[..., 0] += 30

    def summed(values: np.ndarray) -> np.ndarray:
        return run_synthetic(entry, Fixed(softmax(values)))

    answer = KnownAnswer(entry.contract_id, summed(logits))
    assert answer.output.shape == _answers()[entry.name].output.shape
    assert is_like(answer, summed(logits + 1e-5 * rng.standard_normal(logits.shape)), entry.precision)
    assert not is_like(answer, summed(logits + 0.1 * rng.standard_normal(logits.shape)), entry.precision)
    assert not is_like(answer, summed(logits[:, ::-1]), entry.precision)
    # One step of twelve off.
    logits[0, 3] = np.roll(logits[0, 3], 1)
    assert not is_like(answer, summed(logits), entry.precision)


def test_an_answer_for_another_version_of_a_model_does_not_count() -> None:
    entry = dataclasses.replace(load_manifest()[0], recipe_version=99)
    with pytest.raises(SetupBroken, match="No known answer ships"):
        computes_known_answer(entry, Fixed(np.zeros(1)))


def test_the_input_is_the_same_everywhere_and_fills_its_range() -> None:
    detector = next(entry for entry in load_manifest() if entry.role is Role.DETECTOR)
    image = synthetic_input(detector.role, detector.input)
    assert image.shape == (1, 3, 64, 96)
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0, 255)
    assert int(image.astype(np.int64).sum()) == 2_151_284
