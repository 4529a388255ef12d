from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bonafide.errors import UnreadableData
from bonafide.evaluation.calibration.parts import groups_of, parts_of
from bonafide.evaluation.datasets import LabelledPairs, LabelledPicture, LabelledSet
from bonafide.evaluation.extract import Acquisition


def pairs_of(count: int, *pairs: tuple[int, int, bool], people: str | None = None) -> LabelledSet:
    """Pictures 0 to `count`, and pairs of them; `people` has one letter for each picture."""
    first, second, same = (np.array(column) for column in zip(*pairs, strict=True))
    return LabelledSet(
        tuple(LabelledPicture(Path(f"{n}.jpg"), people[n] if people else None, None) for n in range(count)),
        LabelledPairs(first.astype(np.int32), second.astype(np.int32), same.astype(np.bool_), ()),
        missing=0,
        digest="",
    )


def gallery(people: str, groups: str) -> LabelledSet:
    return LabelledSet(
        tuple(
            LabelledPicture(Path(f"{n}.jpg"), person, None if group == "-" else group)
            for n, (person, group) in enumerate(zip(people, groups, strict=True))
        ),
        None,
        missing=0,
        digest="",
    )


def acquired(count: int, *failed: int) -> Acquisition:
    return Acquisition(
        np.eye(count, 8, dtype=np.float32), tuple("no_face" if n in failed else None for n in range(count))
    )


def test_linked_pictures_are_one_persons_and_others_are_not() -> None:
    parts = parts_of(pairs_of(5, (0, 1, True), (2, 3, True), (1, 2, False), (0, 4, False)))
    assert parts.people[0] == parts.people[1]
    assert parts.people[2] == parts.people[3]
    assert len(set(parts.people.tolist())) == 3


def test_pairs_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(UnreadableData, match="one person, and that they do not"):
        parts_of(pairs_of(3, (0, 1, True), (1, 2, True), (0, 2, False)))


def test_columns_that_share_no_picture_are_documents_and_selfies() -> None:
    parts = parts_of(pairs_of(4, (0, 1, True), (2, 3, True), (0, 3, False)))
    assert parts.roles
    assert parts.references.tolist() == [True, False, True, False]
    assert not parts_of(pairs_of(3, (0, 1, True), (1, 2, False))).roles


def test_folders_that_name_one_person_only_are_not_believed() -> None:
    parts = parts_of(pairs_of(4, (0, 1, True), (2, 3, True), people="aaaa"))
    assert len(set(parts.people.tolist())) == 2


def test_documents_meet_selfies_and_not_each_other() -> None:
    labelled = pairs_of(4, (0, 1, True), (2, 3, True))
    ((name, sides),) = groups_of(labelled, parts_of(labelled), acquired(4, 2), None)
    assert name == "everyone"
    assert sides.references.pictures.tolist() == [0]
    assert sides.probes is not None
    assert sides.probes.pictures.tolist() == [1, 3]


def test_each_group_stands_alone_and_with_portraits() -> None:
    labelled = gallery("aabbc", "nnss-")
    found = dict(groups_of(labelled, parts_of(labelled), acquired(5), acquired(5, 0)))
    assert list(found) == [
        "everyone",
        "everyone, small portraits",
        "n",
        "n, small portraits",
        "s",
        "s, small portraits",
    ]
    assert found["everyone"].probes is None
    assert found["n"].references.pictures.tolist() == [0, 1]
    portraits = found["n, small portraits"]
    assert portraits.references.pictures.tolist() == [1]
    assert portraits.probes is not None
    assert portraits.probes.pictures.tolist() == [0, 1]
