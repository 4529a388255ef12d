"""The portrait on a document: a ghost image repeats it smaller, and whatever else there is leaves it open."""

from __future__ import annotations

import numpy as np
import pytest

from bonafide.document import choose_portrait
from bonafide.face import Face


def face(eye_distance: float, x: float = 0) -> Face:
    """A face of that eye distance."""
    landmarks = np.array([[0, 0], [1, 0], [0.5, 0.6], [0.1, 1], [0.9, 1]], np.float32) * np.float32(
        eye_distance
    )
    return Face((x, 0, 2 * eye_distance, 2 * eye_distance), landmarks, 0.9)


def anyone(_portrait: Face, _other: Face) -> bool:
    return True


def nobody(_portrait: Face, _other: Face) -> bool:
    return False


def test_no_face_is_no_portrait() -> None:
    assert choose_portrait((), anyone).portrait is None


def test_one_face_is_the_portrait_and_is_compared_with_nothing() -> None:
    only = face(60)
    chosen = choose_portrait((only,), nobody)
    assert chosen.portrait is only
    assert chosen.ghosts == ()


def test_a_smaller_image_of_the_same_person_is_a_ghost() -> None:
    large, ghost = face(60), face(35)
    chosen = choose_portrait((large, ghost), anyone)
    assert chosen.portrait is large
    assert chosen.ghosts == (ghost,)


def test_a_smaller_image_of_another_person_leaves_it_open() -> None:
    assert choose_portrait((face(60), face(35)), nobody).portrait is None


@pytest.mark.parametrize("share", [0.81, 0.95, 1])
def test_a_second_face_as_large_leaves_it_open_whoever_it_is(share: float) -> None:
    assert choose_portrait((face(60), face(60 * share)), anyone).portrait is None


def test_one_stranger_among_ghosts_leaves_it_open() -> None:
    large, ghost, stranger = face(60), face(40), face(30)
    assert choose_portrait((large, ghost, stranger), lambda _, other: other is ghost).portrait is None


def test_every_smaller_face_is_compared_with_the_portrait() -> None:
    large, *others = faces = (face(60), face(40), face(30), face(20))
    asked: list[tuple[Face, Face]] = []

    def same(portrait: Face, other: Face) -> bool:
        asked.append((portrait, other))
        return True

    assert choose_portrait(faces, same).ghosts == tuple(others)
    assert asked == [(large, other) for other in others]


def test_a_page_of_faces_is_no_document_and_none_of_them_is_compared() -> None:
    def never(_portrait: Face, _other: Face) -> bool:
        raise AssertionError("compared")

    assert choose_portrait(tuple(face(60 - 10 * index) for index in range(5)), never).portrait is None
