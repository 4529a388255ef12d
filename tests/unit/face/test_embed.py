"""From a crop to a template: what the model is given, and what becomes of its answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.errors import ContractMismatch
from bonafide.face import Recogniser, Template
from bonafide.face.embed import NamedValue, prepare
from bonafide.models import InputContract, ModelEntry, Role, load_manifest
from bonafide.models.entry import ColourOrder

Floats = NDArray[np.float32]

PLAIN = InputContract(112, "rgb", 0, 1, "arcface-112", 4)


class Session:
    """A recogniser that answers with one vector and remembers what it was asked."""

    name = "face"

    def __init__(self, answer: Floats) -> None:
        self._answer = answer
        self.fed: dict[str, Floats] = {}

    def get_inputs(self) -> list[NamedValue]:
        return [self]

    def run(self, _output_names: None, input_feed: dict[str, Floats]) -> list[Floats]:
        self.fed = input_feed
        return [self._answer]


@pytest.fixture
def entry() -> ModelEntry:
    recogniser = next(entry for entry in load_manifest() if entry.role is Role.RECOGNISER)
    return dataclasses.replace(recogniser, input=PLAIN)


@pytest.fixture
def template(entry: ModelEntry) -> Callable[..., Template]:
    """What a recogniser makes of an answer of its model."""
    return lambda *answer: Recogniser(entry, Session(np.array([answer], np.float32))).template(crop())


def crop() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (112, 112, 3), dtype=np.uint8)


def test_planes_are_in_the_order_of_the_contract() -> None:
    given = crop()
    orders: dict[ColourOrder, tuple[int, ...]] = {"rgb": (0, 1, 2), "bgr": (2, 1, 0)}
    for order, channels in orders.items():
        planes = prepare(given, dataclasses.replace(PLAIN, colour_order=order))
        assert planes.shape == (1, 3, 112, 112)
        assert planes.dtype == np.float32
        assert planes.flags.c_contiguous
        for plane, channel in zip(planes[0], channels, strict=True):
            np.testing.assert_array_equal(plane, given[..., channel])


@pytest.mark.parametrize(
    ("mean", "scale", "ends"),
    [
        (0, 1, (0, 255)),
        (0, 1 / 255, (0, 1)),
        (127.5, 1 / 127.5, (-1, 1)),
        (127.5, 1 / 128, (-0.99609, 0.99609)),
    ],
)
def test_values_are_shifted_then_scaled(mean: float, scale: float, ends: tuple[float, float]) -> None:
    given = np.zeros((112, 112, 3), np.uint8)
    given[0] = 255
    planes = prepare(given, dataclasses.replace(PLAIN, mean=mean, scale=scale))
    assert (planes.min(), planes.max()) == pytest.approx(ends, abs=1e-5)
    assert (planes[0, :, 0] == planes.max()).all()


def test_the_crop_is_brought_to_the_size_of_the_model() -> None:
    given = np.zeros((112, 112, 3), np.uint8)
    given[:, :56] = 200
    planes = prepare(given, dataclasses.replace(PLAIN, size=128))
    assert planes.shape == (1, 3, 128, 128)
    assert (planes[..., :62] == 200).all()
    assert (planes[..., 66:] == 0).all()


def test_a_crop_stays_as_it_was() -> None:
    given = crop()
    prepare(given, dataclasses.replace(PLAIN, mean=127.5, scale=0.5, colour_order="bgr"))
    np.testing.assert_array_equal(given, crop())


def test_the_model_is_asked_by_the_name_of_its_input(entry: ModelEntry) -> None:
    session = Session(np.ones((1, 4), np.float32))
    Recogniser(entry, session).template(crop())
    np.testing.assert_array_equal(session.fed["face"], prepare(crop(), PLAIN))


def test_a_template_has_length_one_and_names_its_model(
    template: Callable[..., Template], entry: ModelEntry
) -> None:
    made = template(3, 0, -4, 0)
    np.testing.assert_allclose(made.vector, [0.6, 0, -0.8, 0], rtol=1e-6)
    assert made.contract == entry.contract_id


def test_cosines_are_those_of_the_directions(template: Callable[..., Template]) -> None:
    east, north, west = template(5, 0, 0, 0), template(0, 0.1, 0, 0), template(-2, 0, 0, 0)
    assert east.cosine(east) == pytest.approx(1)
    assert east.cosine(north) == pytest.approx(0)
    assert east.cosine(west) == pytest.approx(-1)
    assert east.cosine(template(1, 1, 0, 0)) == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("answer", [(0, 0, 0, 0), (np.nan, 1, 0, 0), (np.inf, 1, 0, 0)])
def test_an_answer_without_a_direction_is_like_nobody(
    template: Callable[..., Template], answer: tuple[float, ...]
) -> None:
    odd = template(*answer)
    assert odd.cosine(odd) == 0
    assert template(1, 0, 0, 0).cosine(odd) == 0


def test_templates_of_different_models_are_not_compared(template: Callable[..., Template]) -> None:
    one = template(1, 0, 0, 0)
    with pytest.raises(ContractMismatch, match="different models") as refused:
        one.cosine(Template(one.vector, "another contract"))
    assert refused.value.exit_status == 4
