from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bonafide.models import ModelEntry
from bonafide.models.selection import Runner, choose, processor, read_selection, write_selections
from bonafide.settings import Profile


class Clock:
    """Processor time that passes only while a model runs."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def model(self, *seconds: float) -> Callable[[], object]:
        """A run that takes this long, the last figure from then on."""

        def takes() -> Iterator[float]:
            yield from seconds
            while True:
                yield seconds[-1]

        each = takes()

        def run() -> None:
            self.now += next(each)

        return run


@pytest.fixture
def pair(entry: ModelEntry) -> tuple[ModelEntry, ModelEntry]:
    return (
        dataclasses.replace(entry, name="small", built_sha256="1" * 64),
        dataclasses.replace(entry, name="large", built_sha256="2" * 64),
    )


def test_the_fastest_is_chosen_and_the_reason_names_both(pair: tuple[ModelEntry, ModelEntry]) -> None:
    clock = Clock()
    small, large = pair
    runners = [Runner(small, True, clock.model(0.060)), Runner(large, True, clock.model(0.020))]
    selection = choose(Profile.ACCURATE, runners, clock)
    assert selection.model == "large"
    assert selection.cpu_ms == {"small": 60.0, "large": 20.0}
    assert selection.reason == "20.0 ms of CPU time, against 60.0 ms of small"


def test_a_busy_moment_does_not_decide(pair: tuple[ModelEntry, ModelEntry]) -> None:
    clock = Clock()
    small, large = pair
    runners = [Runner(small, True, clock.model(0.900, 0.010)), Runner(large, True, clock.model(0.020))]
    assert choose(Profile.ACCURATE, runners, clock).model == "small"


def test_a_wrong_answer_is_never_chosen_however_fast(pair: tuple[ModelEntry, ModelEntry]) -> None:
    clock = Clock()
    small, large = pair
    runners = [Runner(small, False, clock.model(0.001)), Runner(large, True, clock.model(0.060))]
    selection = choose(Profile.ACCURATE, runners, clock)
    assert selection.model == "large"
    assert "small computes a wrong answer" in selection.reason
    assert "small" not in selection.cpu_ms


def test_equally_fast_means_the_manifest_s_order(pair: tuple[ModelEntry, ModelEntry]) -> None:
    clock = Clock()
    runners = [Runner(entry, True, clock.model(0.5)) for entry in pair]
    assert choose(Profile.ACCURATE, runners, clock).model == "small"


def test_it_is_kept_for_this_processor_and_these_models(
    tmp_path: Path, pair: tuple[ModelEntry, ModelEntry]
) -> None:
    clock = Clock()
    selection = choose(Profile.ACCURATE, [Runner(entry, True, clock.model(0.5)) for entry in pair], clock)
    write_selections(tmp_path, [selection])
    read = read_selection(tmp_path, Profile.ACCURATE)
    assert read == selection
    assert read_selection(tmp_path, Profile.FAST) is None

    assert selection.holds_for(pair)
    assert not dataclasses.replace(selection, processor="another").holds_for(pair)
    assert not selection.holds_for([dataclasses.replace(pair[0], built_sha256="3" * 64), pair[1]])
    assert not selection.holds_for([])


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": "bonafide-selection/2"}', '{"format": "bonafide-selection/1"}']
)
def test_a_damaged_record_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "selection.json").write_text(content)
    assert read_selection(tmp_path, Profile.ACCURATE) is None


def test_the_processor_is_described_without_naming_it() -> None:
    machine, *sets = processor().split()
    assert machine
    assert sets == sorted(sets)
