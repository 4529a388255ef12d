from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import BonafideError, UnreadableData, UsageError
from bonafide.evaluation.datasets import LabelledSet, read_labels, with_picture_groups


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("anna/1", "anna/2", "bo/1", "bo/two words", "cy/1"):
        path = tmp_path / "pictures" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "pictures"


def labels(root: Path, text: str | bytes, groups: str | None = None) -> LabelledSet:
    path = root.parent / "labels.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if groups is None:
        return read_labels(path, root)
    (root.parent / "groups.txt").write_text(groups, "utf-8")
    return read_labels(path, root, root.parent / "groups.txt")


def test_pairs_are_read_with_each_picture_once(root: Path) -> None:
    found = labels(root, "anna/1.jpg anna/2.jpg 1\nanna/1.jpg bo/1.jpg 0\n")
    assert found.pairs is not None
    assert [picture.path.name for picture in found.pictures] == ["1.jpg", "2.jpg", "1.jpg"]
    assert found.pairs.first.tolist() == [0, 0]
    assert found.pairs.second.tolist() == [1, 2]
    assert found.pairs.same.tolist() == [True, False]
    assert found.missing == 0


def test_folders_name_people_where_the_pairs_agree(root: Path) -> None:
    found = labels(root, "anna/1.jpg anna/2.jpg 1\nanna/1.jpg bo/1.jpg 0\n")
    assert found.people is not None
    assert found.people.tolist() == [0, 0, 1]


@pytest.mark.parametrize("pairs", ["anna/1.jpg bo/1.jpg 1\n", "anna/1.jpg anna/2.jpg 0\n"])
def test_folders_name_nobody_where_a_pair_contradicts_them(root: Path, pairs: str) -> None:
    assert labels(root, pairs).people is None


def test_a_gallery_is_read(root: Path) -> None:
    found = labels(root, "anna/1.jpg A\nanna/2.jpg A\nbo/1.jpg B\n")
    assert found.pairs is None
    assert found.people is not None
    assert found.people.tolist() == [0, 0, 1]


def test_a_gallery_may_have_groups(root: Path) -> None:
    found = labels(root, "anna/1.jpg A north\nbo/1.jpg B south\n")
    assert [picture.group for picture in found.pictures] == ["north", "south"]


def test_tabs_allow_spaces_in_paths(root: Path) -> None:
    found = labels(root, "bo/1.jpg\tbo/two words.jpg\t1\n")
    assert found.pictures[1].path == root / "bo/two words.jpg"


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_do_not_matter(root: Path) -> None:
    found = labels(root, b"\xef\xbb\xbfanna/1.jpg anna/2.jpg 1\r\n\r\nanna/1.jpg bo/1.jpg 0\r\n")
    assert found.pairs is not None
    assert len(found.pairs.same) == 2


def test_missing_pictures_are_counted_and_their_pairs_left_out(root: Path) -> None:
    found = labels(root, "anna/9.jpg anna/1.jpg 1\nanna/1.jpg bo/1.jpg 0\nbo/1.jpg bo/8.jpg 1\n")
    assert found.missing == 2
    assert found.pairs is not None
    assert found.pairs.same.tolist() == [False]
    assert {found.pictures[i].path.parent.name for i in (*found.pairs.first, *found.pairs.second)} == {
        "anna",
        "bo",
    }


def test_no_picture_on_disk_points_to_the_root(root: Path) -> None:
    with pytest.raises(UnreadableData, match="--root"):
        labels(root, "x/1.jpg x/2.jpg 1\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("anna/1.jpg anna/2.jpg 1\nanna/1.jpg\n", 2),
        ("anna/1.jpg anna/2.jpg 1\n\nanna/1.jpg bo/1.jpg 2\n", 3),
        ("anna/1.jpg anna/2.jpg 1\nanna/1.jpg bo/1.jpg 0 group\n", 2),
        ("anna/1.jpg anna/1.jpg 1\n", 1),
        ("anna/1.jpg A\nanna/1.jpg A\n", 2),
        ("anna/1.jpg A\nanna/2.jpg\t\n", 2),
        ("a b c d e\n", 1),
        ("alone\n", 1),
        (b"anna/1.jpg A\n\xff\xfe B\n", 2),
    ],
)
def test_a_wrong_line_is_named_by_number_and_not_repeated(root: Path, text: str | bytes, line: int) -> None:
    with pytest.raises(UnreadableData, match=rf"^Line {line} ") as caught:
        labels(root, text)
    assert not re.search("anna|bo/|jpg", str(caught.value))


@pytest.mark.parametrize("path", ["../secret.jpg", "anna/../../secret.jpg", "/etc/passwd", "anna/\0.jpg"])
def test_paths_never_leave_the_root(root: Path, path: str) -> None:
    (root.parent / "secret.jpg").touch()
    with pytest.raises(UnreadableData, match=r"^Line 1 .* leaves the root"):
        labels(root, f"{path} A\n")


def test_a_path_may_wander_inside_the_root(root: Path) -> None:
    assert labels(root, "anna/../bo/./1.jpg B\n").pictures[0].path == root / "bo/1.jpg"


def test_an_empty_file_says_what_to_give(root: Path) -> None:
    with pytest.raises(UnreadableData, match="empty"):
        labels(root, "\n \n")


def test_a_file_that_is_not_there_is_not_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableData) as caught:
        read_labels(tmp_path / "people-of-interest.txt", tmp_path)
    assert "interest" not in str(caught.value)


def test_groups_name_people_and_a_picture_counts_before_its_person(root: Path) -> None:
    found = labels(root, "anna/1.jpg A\nanna/2.jpg A\nbo/1.jpg B\n", "A north\nanna/2.jpg west\n")
    assert [picture.group for picture in found.pictures] == ["north", "west", None]


def test_groups_that_fit_nothing_are_refused(root: Path) -> None:
    with pytest.raises(UnreadableData, match="names no picture"):
        labels(root, "anna/1.jpg A\n", "Z north\n")


def test_a_second_group_for_one_person_is_refused(root: Path) -> None:
    with pytest.raises(UnreadableData, match=r"^Line 2 of the groups file"):
        labels(root, "anna/1.jpg A\n", "A north\nA south\n")


def test_groups_of_pairs_become_groups_of_pictures(root: Path) -> None:
    found = with_picture_groups(labels(root, "anna/1.jpg anna/2.jpg 1 north\nbo/1.jpg cy/1.jpg 0 south\n"))
    assert [picture.group for picture in found.pictures] == ["north", "north", "south", "south"]


def test_a_picture_in_pairs_of_two_groups_has_none(root: Path) -> None:
    found = labels(root, "anna/1.jpg anna/2.jpg 1 north\nanna/1.jpg cy/1.jpg 0 south\n")
    with pytest.raises(UsageError, match="two groups"):
        with_picture_groups(found)


def test_the_digest_is_of_the_file(root: Path) -> None:
    first, second = labels(root, "anna/1.jpg A\n"), labels(root, "anna/1.jpg B\n")
    assert len(first.digest) == 64
    assert first.digest != second.digest


def test_nothing_personal_is_in_a_repr(root: Path) -> None:
    found = labels(root, "anna/1.jpg A\n")
    assert "anna" not in repr(found)
    assert "anna" not in repr(found.pictures[0])


@given(content=st.binary(max_size=200))
def test_bytes_that_name_no_picture_are_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    path = folder / "labels"
    path.write_bytes(content)
    with pytest.raises(BonafideError, match=r"^[^\n]+$"):
        read_labels(path, folder)


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans()).filter(
            lambda pair: pair[0] != pair[1]
        ),
        min_size=1,
    )
)
def test_pairs_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("pairs")
    for number in range(8):
        (folder / f"{number}.jpg").touch()
    (folder / "pairs").write_text("".join(f"{a}.jpg {b}.jpg {int(same)}\n" for a, b, same in pairs))
    found = read_labels(folder / "pairs", folder)
    assert found.pairs is not None
    numbers = np.array([int(picture.path.stem) for picture in found.pictures])
    back = zip(numbers[found.pairs.first], numbers[found.pairs.second], found.pairs.same, strict=True)
    assert [(int(a), int(b), bool(same)) for a, b, same in back] == pairs
