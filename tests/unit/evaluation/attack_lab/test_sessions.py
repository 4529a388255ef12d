"""Which sessions a run has."""

from __future__ import annotations

from collections import Counter

import pytest

from bonafide.capture.challenge import Mode
from bonafide.compare import clopper_pearson
from bonafide.evaluation.attack_lab.fit import teaches
from bonafide.evaluation.attack_lab.sessions import BONA_FIDE_TIMES, keys_of
from bonafide.evaluation.attack_lab.simulate import BONA_FIDE, Side
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.liveness.finding import Family


@pytest.mark.parametrize("side", Side)
def test_no_session_comes_twice_and_more_of_a_run_begins_as_less_of_it(side: Side) -> None:
    keys = keys_of(5, side, tuple(Mode), 6)
    assert len(set(keys)) == len(keys)
    assert set(keys_of(5, side, tuple(Mode), 4)) < set(keys)


@pytest.mark.parametrize("mode", Mode)
def test_a_report_has_every_species_as_often_but_one_that_is_another(mode: Mode) -> None:
    counts = Counter(key.species for key in keys_of(1, Side.REPORTING, (mode,), 10))
    assert counts.pop(BONA_FIDE) == 10 * BONA_FIDE_TIMES
    names = {each.name for each in ALL if mode is Mode.LIGHT or each.as_in_movement is None}
    assert counts == dict.fromkeys(names, 10)


@pytest.mark.parametrize("mode", Mode)
def test_enough_of_a_species_show_its_limit_if_none_is_let_through(mode: Mode) -> None:
    keys = keys_of(1, Side.REPORTING, (mode,), 40, enough=True)
    assert len(set(keys)) == len(keys)
    assert set(keys_of(1, Side.REPORTING, (mode,), 40)) < set(keys)
    counts = Counter(key.species for key in keys)
    for species in ALL:
        if (limit := species.limit(mode)) is None:
            assert counts[species.name] in (0, 40)
        elif mode is Mode.LIGHT or species.as_in_movement is None:
            assert clopper_pearson(0, counts[species.name])[1] <= limit
            assert counts[species.name] == 40 or clopper_pearson(0, counts[species.name] - 1)[1] > limit
    assert counts[BONA_FIDE] == max(counts.values()) >= 80


@pytest.mark.parametrize("mode", Mode)
def test_tuning_leaves_out_what_nothing_is_learnt_from(mode: Mode) -> None:
    counts = Counter(key.species for key in keys_of(1, Side.TUNING, (mode,), 10))
    assert set(counts) == {BONA_FIDE} | {each.name for each in ALL if teaches(each, mode)}
    # Every family is taught, none by fewer sessions than twice those of a species.
    by_family: Counter[Family | None] = Counter()
    for each in ALL:
        by_family[each.family] += counts[each.name]
    assert all(by_family[family] >= 20 for family in Family)
