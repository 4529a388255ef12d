from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bonafide.face.quality import assess, mapping
from bonafide.face.quality.mapping import Mapping
from bonafide.outcome import Flaw, Subject

NAMES = [measure.__module__.rsplit(".", 1)[-1] for measure in assess._MEASURES]
EACH = pytest.mark.parametrize("name", NAMES)


def test_every_measure_has_a_mapping_and_every_mapping_a_measure() -> None:
    assert set(mapping._tables()) == set(NAMES)
    assert len(NAMES) == len(set(NAMES)) == 12


@EACH
def test_the_table_says_nothing_that_is_not_read(name: str) -> None:
    table = mapping._tables()[name]
    assert set(table) <= {"points", "least", "most"}
    assert table.keys() & {"least", "most"}
    for limits in (table.get("least", {}), table.get("most", {})):
        assert set(limits) <= {subject.value for subject in Subject}


@EACH
def test_points_rise_and_components_run_one_way_within_their_range(name: str) -> None:
    raws, components = zip(*mapping.mapping(name).points, strict=True)
    assert len(raws) >= 2
    assert all(left < right for left, right in pairwise(raws))
    assert all(0 <= component <= 100 for component in components)
    assert list(components) in (sorted(components), sorted(components, reverse=True))
    assert min(components) < max(components)


@EACH
def test_limits_point_the_way_the_components_do(name: str) -> None:
    shipped = mapping.mapping(name)
    better_with_more = shipped.points[0][1] < shipped.points[-1][1]
    assert bool(shipped.least) == better_with_more
    assert bool(shipped.most) != better_with_more


# Glare lies on documents and hides what is under it; a bright selfie only looks pale.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "over_exposure"])
def test_a_document_is_judged_no_harder_than_a_selfie(name: str) -> None:
    shipped = mapping.mapping(name)
    if shipped.least:
        assert shipped.least[Subject.DOCUMENT] <= shipped.least[Subject.SELFIE]
    if shipped.most:
        assert shipped.most[Subject.DOCUMENT] >= shipped.most[Subject.SELFIE]


def test_every_figure_says_where_it_comes_from() -> None:
    path = Path(mapping.__file__).with_name("mappings.toml")
    lines = path.read_text(encoding="utf-8").splitlines()
    for index, line in enumerate(lines):
        if line.startswith(("points", "least", "most")):
            assert lines[index - 1].startswith("#"), f"line {index + 1} has no comment above it"


@pytest.fixture
def made_up() -> Mapping:
    return Mapping("made_up", ((10, 0), (20, 50), (40, 100)))


def test_components_lie_on_straight_lines_and_level_off(made_up: Mapping) -> None:
    given = {-5: 0, 10: 0, 15: 25, 20: 50, 30: 75, 40: 100, 1e9: 100}
    assert {raw: made_up.component(raw) for raw in given} == given


def test_without_a_limit_nothing_is_a_flaw(made_up: Mapping) -> None:
    for raw in (-1e9, 25, 1e9):
        assert made_up.judge(raw, Subject.SELFIE, Flaw.BLURRED).flaw is None


def test_a_limit_holds_for_its_subject_and_is_not_itself_beyond() -> None:
    judged = Mapping(
        "made_up",
        ((0, 0), (1, 100)),
        least=mapping._limits({"selfie": 0.4}),
        most=mapping._limits({"document": 0.8}),
    )
    assert judged.judge(0.4, Subject.SELFIE, Flaw.BLURRED).flaw is None
    assert judged.judge(0.39, Subject.SELFIE, Flaw.BLURRED).flaw is Flaw.BLURRED
    assert judged.judge(0.39, Subject.DOCUMENT, Flaw.BLURRED).flaw is None
    assert judged.judge(0.8, Subject.DOCUMENT, Flaw.BLURRED).flaw is None
    assert judged.judge(0.81, Subject.DOCUMENT, Flaw.BLURRED).flaw is Flaw.BLURRED
    assert judged.judge(0.81, Subject.SELFIE, Flaw.BLURRED).flaw is None
