from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.errors import UsageError
from bonafide.evaluation.attack_lab.portraits import read_people, split


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def test_a_folder_is_a_person(tmp_path: Path) -> None:
    _touch(tmp_path, "one/a.jpg", "one/b.png", "two/a.jpg", "two/notes.txt")
    assert [len(paths) for paths in read_people(tmp_path)] == [2, 1]


def test_files_that_differ_in_their_last_digits_show_one_person(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a2.jpg", "a3.jpg", "b.jpg", "font.otf")
    assert [len(paths) for paths in read_people(tmp_path)] == [3, 1]


def test_one_person_is_too_few(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a2.jpg")
    with pytest.raises(UsageError, match="fewer than two people"):
        read_people(tmp_path)


def test_halves_share_nobody_and_are_always_the_same(tmp_path: Path) -> None:
    _touch(tmp_path, *(f"person-{number:03}/x.jpg" for number in range(41)))
    halves = split(read_people(tmp_path))
    assert halves.disjoint
    assert len(halves.tuning) == 20
    assert len(halves.reporting) == 21
    assert not set(halves.tuning) & set(halves.reporting)
    assert split(read_people(tmp_path)) == halves


def test_a_few_people_are_on_both_sides(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    halves = split(read_people(tmp_path))
    assert not halves.disjoint
    assert halves.tuning == halves.reporting
