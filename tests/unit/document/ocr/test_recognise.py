from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.document.boxes import box

from bonafide.document.ocr import TextRecogniser
from bonafide.document.ocr.recognise import strip
from bonafide.errors import SetupBroken
from bonafide.models import InputContract

CONTRACT = InputContract(48, "bgr", 127.5, 1 / 127.5, None, None)
CHARACTERS = "样樣A1" + "".join(chr(0x5000 + place) for place in range(1200))


class Told:
    """A session that gives what it was told, and remembers the width that it was given."""

    def __init__(self, characters: str = CHARACTERS) -> None:
        self.custom_metadata_map: Mapping[str, str] = {"character": "\n".join(characters)}
        self.answer = np.zeros((1, 1, len(characters) + 2), np.float32)
        self.widths: list[int] = []

    def run(self, _names: None, feed: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.widths.append(feed["x"].shape[3])
        return [self.answer]

    def get_modelmeta(self) -> Told:
        return self


def table(*steps: Mapping[str, float]) -> NDArray[np.float32]:
    probabilities = np.zeros((len(steps), len(CHARACTERS) + 2), np.float32)
    for step, said in enumerate(steps):
        for text, probability in said.items():
            probabilities[step, CHARACTERS.index(text) + 1 if text else 0] = probability
    return probabilities


def test_repetitions_and_blanks_are_dropped() -> None:
    place = box(50, 20, 96, 24)
    steps = ({"A": 0.9}, {"A": 0.95}, {"": 1.0}, {"A": 0.8}, {"1": 0.7}, {"": 1.0})
    said = TextRecogniser(CONTRACT, Told()).decode(place, table(*steps))
    assert said.text == "AA1"
    assert [one.probability for one in said.characters] == pytest.approx([0.95, 0.8, 0.7])
    assert [one.along for one in said.characters] == pytest.approx([1 / 6, 3.5 / 6, 4.5 / 6])


def test_nothing_said_is_no_character() -> None:
    said = TextRecogniser(CONTRACT, Told()).decode(box(0, 0, 10, 5), table({"": 1.0}, {"": 1.0}))
    assert said.characters == ()


def test_of_two_that_look_alike_the_simplified_one_is_likelier() -> None:
    recogniser = TextRecogniser(CONTRACT, Told())
    place = box(0, 0, 10, 5)
    assert recogniser.decode(place, table({"样": 0.3, "樣": 0.6})).text == "样"
    assert recogniser.decode(place, table({"样": 0.005, "樣": 0.9})).text == "樣"


def test_a_model_without_an_alphabet_is_refused() -> None:
    with pytest.raises(SetupBroken):
        TextRecogniser(CONTRACT, Told("ab"))


def test_the_network_sees_the_line_in_proportion_and_within_bounds() -> None:
    session = Told()
    recogniser = TextRecogniser(CONTRACT, session)
    pixels = np.full((200, 3000, 3), 128, np.uint8)
    for width in (96, 2, 2990):
        recogniser.read(pixels, box(1500, 100, width, 24))
    assert session.widths == [192, 24, 1600]


def test_a_strip_is_what_lies_in_the_box() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[40:60, 20:100] = 200
    assert strip(pixels, box(60, 50, 74, 14), 48).min() > 150
    assert strip(pixels, box(150, 50, 60, 20), 48).max() < 50
    # Upright after a quarter's turn, dark at its end.
    standing = strip(pixels, box(60, 60, 80, 30, 90), 48)
    assert standing[:, :90].mean() > standing[:, 90:].mean()


def test_a_large_line_is_averaged_before_it_is_reduced() -> None:
    stripes = np.zeros((600, 1200, 3), np.uint8)
    stripes[:, ::2] = 255
    grey = strip(stripes, box(600, 300, 1000, 400), 48)
    assert np.abs(grey.astype(int) - 127).max() < 30
