from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonafide.document.ocr.fixed import FixedAlphabet, FixedReading, decode_fixed

Floats = NDArray[np.float32]
# Class 0 is the blank; the last is in no alphabet here.
CLASSES = ("", "A", "O", "0", "<", "«", "a", "?")
ALPHABET = FixedAlphabet("AO0<", CLASSES)
LEAST = 1e-10


def rows(*steps: dict[str, float]) -> Floats:
    """Probabilities by class; the blank has what is left."""
    table = np.zeros((len(steps), len(CLASSES)), np.float32)
    for step, given_ in enumerate(steps):
        for text, probability in given_.items():
            table[step, CLASSES.index(text)] = probability
        table[step, 0] += 1 - table[step].sum()
    return table


def certain(text: str) -> Floats:
    """One step for each character, _ being a blank."""
    return rows(*({} if character == "_" else {character: 0.97} for character in text))


def by_brute_force(probabilities: Floats, places: list[str]) -> float | None:
    """The log-likelihood of the likeliest of all paths that collapse to a text which the places allow."""
    narrow = ALPHABET.narrowed(probabilities)
    best = None
    for path in product(range(len(ALPHABET.symbols) + 1), repeat=len(narrow)):
        runs = [(symbol, len(list(steps))) for symbol, steps in groupby(path)]
        if sum(symbol > 0 for symbol, _ in runs) != len(places):
            continue
        total, step, place = 0.0, 0, 0
        for symbol, length in runs:
            if symbol and ALPHABET.symbols[symbol - 1] not in places[place]:
                break
            for probability in narrow[step : step + length]:
                total += np.log(max(_emitted(probability, symbol, places[place] if symbol else ""), LEAST))
            step += length
            place += symbol > 0
        else:
            best = total if best is None else max(best, total)
    return best


def _emitted(probability: Floats, symbol: int, allowed: str) -> float:
    own = float(probability[symbol])
    if symbol == 0:
        return own
    twin = {"O": "0", "0": "O"}.get(ALPHABET.symbols[symbol - 1])
    if twin is None or twin in allowed:
        return own
    return own + float(probability[1 + ALPHABET.symbols.index(twin)])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 5),
    places=st.lists(st.sampled_from(["AO0<", "O", "0", "A<", "AO", "0<", "A"]), min_size=1, max_size=4),
)
def test_it_finds_what_trying_every_path_finds(seed: int, steps: int, places: list[str]) -> None:
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.full(len(CLASSES), 0.3), steps).astype(np.float32)
    expected = by_brute_force(probabilities, places)
    found = decode_fixed(probabilities, ALPHABET, places)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.likelihood == pytest.approx(expected, abs=1e-3)
    assert len(found.text) == len(places)
    assert all(character in allowed for character, allowed in zip(found.text, places, strict=True))
    assert list(found.places) == sorted(found.places)
    assert all(0 < place < 1 for place in found.places)
    assert all(0 <= probability <= 1.001 for probability in found.probabilities)


def read(probabilities: Floats, *places: str) -> FixedReading:
    found = decode_fixed(probabilities, ALPHABET, places)
    assert found is not None
    return found


def test_equal_neighbours_need_a_blank_between() -> None:
    assert decode_fixed(certain("AA"), ALPHABET, ["A", "A"]) is None
    assert read(certain("A_A"), "A", "A").text == "AA"
    # Read freely the second is lost; held to two, it is found with what evidence there is.
    doubtful = rows({"A": 0.9}, {"A": 0.8}, {"A": 0.9})
    found = read(doubtful, "A", "A")
    assert (found.text, found.free, found.agrees) == ("AA", "A", False)


def test_fewer_steps_than_characters_are_no_reading() -> None:
    assert decode_fixed(certain("A"), ALPHABET, ["A", "O"]) is None
    assert decode_fixed(certain("AO"), ALPHABET, []) is None


def test_a_forced_character_has_the_models_own_small_probability() -> None:
    found = read(certain("_A_<_"), "A", "A")
    assert found.text == "AA"
    assert found.probabilities[0] == pytest.approx(0.97)
    assert found.weakest < 0.01
    assert not found.agrees


def test_a_twin_counts_where_only_the_other_may_stand() -> None:
    found = read(certain("_O_O_"), "0", "AO0<")
    assert found.text == "0O"
    assert found.weakest == pytest.approx(0.97)
    assert found.free == "OO"
    assert not found.agrees
    assert found.agrees_but_for("<")


def test_others_are_what_the_model_thinks_possible_and_the_place_allows() -> None:
    seen = rows({}, {"A": 0.7, "O": 0.2, "0": 0.05, "<": 0.004}, {})
    assert read(seen, "AO0<").others == ("O0",)
    assert read(seen, "A0").others == ("0",)


def test_fillers_do_not_count_where_they_are_left_out() -> None:
    found = read(certain("_A_<_"), "A", "AO", "<")
    # The third was made up; what stands there freely is A and one filler.
    assert found.free == "A<"
    fillers = read(rows({"A": 0.9}, {}, {"<": 0.5}, {}, {"<": 0.3}), "A", "<", "<")
    assert fillers.weakest == pytest.approx(0.3)
    assert fillers.weakest_but("<") == pytest.approx(0.9)
    assert read(certain("<"), "<").weakest_but("<") == 0


def test_what_looks_alike_is_taken_for_the_symbol() -> None:
    assert read(certain("_«_a_"), "<", "A").text == "<A"
    assert read(certain("_«_a_"), "<", "A").agrees


def test_what_is_outside_the_alphabet_shows_in_the_free_reading() -> None:
    found = read(certain("A?_"), "A", "O")
    assert found.free == "A?"
    assert not found.agrees
