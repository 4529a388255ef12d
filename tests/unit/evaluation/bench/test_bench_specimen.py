from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.capture import read_picture
from bonafide.evaluation.bench.case import case_files
from bonafide.evaluation.bench.specimen import draw_document, draw_passport, draw_selfie


@pytest.mark.parametrize(
    ("data", "size"),
    [(draw_document(), (1600, 1000)), (draw_selfie(), (960, 1280)), (draw_passport(), (1600, 1126))],
    ids=["document", "selfie", "passport"],
)
def test_a_specimen_has_the_size_and_the_detail_of_a_photo(data: bytes, size: tuple[int, int]) -> None:
    picture = read_picture(data)
    assert (picture.width, picture.height) == size
    bits_a_pixel = 8 * len(data) / (picture.width * picture.height)
    assert 1 < bits_a_pixel < 2.5


def test_specimens_are_the_same_every_time() -> None:
    assert draw_selfie() == draw_selfie()
    assert draw_passport() == draw_passport()


def test_specimens_stand_in_for_what_is_not_given_and_go_again(tmp_path: Path) -> None:
    own = tmp_path / "own.jpg"
    own.write_bytes(draw_selfie())
    with case_files(None, own) as files:
        assert files.drawn
        assert files.selfie == own
        assert files.document.read_bytes() == draw_document()
    assert not files.document.exists()
    assert own.exists()
    with case_files(own, own) as files:
        assert not files.drawn
