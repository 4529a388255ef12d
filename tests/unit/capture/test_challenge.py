"""What is drawn cannot be foreseen, can always be answered, and harms nobody's eyes."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.capture.challenge import (
    COLOUR_SECONDS,
    FEWEST_COLOURS,
    MOST_COLOURS,
    MOVEMENTS,
    TURNS,
    Challenge,
    Colour,
    Mode,
    StepKind,
    draw_challenge,
)

SEEDS = st.integers(0, 2**64)


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - held still on purpose


def kinds(challenge: Challenge) -> tuple[StepKind, ...]:
    return tuple(step.kind for step in challenge.steps)


@given(SEEDS)
def test_light_is_a_frontal_look_two_movements_and_colours(seed: int) -> None:
    challenge = draw_challenge(Mode.LIGHT, chance_of(seed))
    frontal, *movements = kinds(challenge)[:3]
    colours = challenge.steps[3:]
    assert frontal is StepKind.FRONTAL
    assert len(set(movements)) == 2
    assert set(movements) <= set(MOVEMENTS)
    assert set(movements) & set(TURNS), "depth shows in a turn alone"
    assert FEWEST_COLOURS <= len(colours) <= MOST_COLOURS
    assert all(step.kind is StepKind.COLOUR and step.colour is not None for step in colours)
    assert all(one.colour is not other.colour for one, other in itertools.pairwise(colours))
    assert len({step.colour for step in colours}) >= 3
    assert challenge.movements == (1, 2)
    assert challenge.colours == tuple(range(3, len(challenge.steps)))


@given(SEEDS)
def test_movement_is_six_movements_both_turns_among_them(seed: int) -> None:
    challenge = draw_challenge(Mode.MOVEMENT, chance_of(seed))
    frontal, *movements = kinds(challenge)
    assert frontal is StepKind.FRONTAL
    assert len(movements) == 6
    assert set(TURNS) <= set(movements) <= set(MOVEMENTS)
    assert all(one is not other for one, other in itertools.pairwise(movements))
    assert movements.count(StepKind.CLOSER) <= 1
    assert challenge.colours == ()


@pytest.mark.parametrize("mode", Mode)
def test_every_order_comes_and_none_is_much_likelier(mode: Mode) -> None:
    chance = chance_of(1)
    drawn = Counter(
        tuple(step.kind for step in draw_challenge(mode, chance).steps if step.kind in MOVEMENTS)
        for _ in range(30_000)
    )
    # Light: ordered pairs with a turn in them.
    assert len(drawn) == {Mode.LIGHT: 10, Mode.MOVEMENT: 436}[mode]
    assert max(drawn.values()) < 4 * min(drawn.values())


def test_colours_are_as_many_sequences_as_a_recording_has_to_guess() -> None:
    chance = chance_of(1)
    drawn = {tuple(step.colour for step in draw_challenge(Mode.LIGHT, chance).steps[3:]) for _ in range(2000)}
    assert len(drawn) > 1990


def test_no_colour_is_black_and_changes_are_slow() -> None:
    # WCAG 2.2, 2.3.1: at most three flashes in a second; a flash is two changes.
    assert 1 / COLOUR_SECONDS / 2 < 3
    assert all(min(colour.rgb) >= 110 and max(colour.rgb) == 255 for colour in Colour)
    assert len({colour.rgb for colour in Colour}) == len(Colour)
