from __future__ import annotations

import numpy as np
import pytest
from tests.unit.document.boxes import face

from bonafide.document import DocumentCheck, Kind, PortraitFaces, Reading, Result
from bonafide.document.portraits import bounding_box, face_box, ghost_checks, present_checks
from bonafide.outcome import Reason


@pytest.mark.parametrize(
    ("alike", "results"), [(None, []), (True, [Result.PASSED]), (False, [Result.FAILED])]
)
def test_faces_beside_the_portrait(alike: bool | None, results: list[Result]) -> None:
    checks = ghost_checks(PortraitFaces(face(9, 9), (face(99, 9),), alike))
    assert [check.result for check in checks] == results
    assert all(check.name == "document.ghost" for check in checks)
    if alike is False:
        assert checks[0].reason is Reason.DOCUMENT_PORTRAITS_DIFFER


def test_a_portrait_is_there_or_not() -> None:
    only = face(100, 100, eyes=40)
    assert [check.result for check in present_checks(PortraitFaces(only))] == [Result.PASSED]
    assert face_box(PortraitFaces(only)) == only.box
    (missing,) = present_checks(PortraitFaces(None))
    assert (missing.result, missing.reason) == (Result.FAILED, Reason.DOCUMENT_PORTRAIT_MISPLACED)
    assert face_box(PortraitFaces(None)) is None


def test_where_no_face_was_looked_for_nothing_is_said_of_any() -> None:
    unlooked = PortraitFaces(None, looked=False)
    assert present_checks(unlooked) == ghost_checks(unlooked) == ()
    assert face_box(unlooked) is None


def test_the_rectangle_around_a_place_in_the_whole_picture() -> None:
    corners = np.array([[10, 20], [40, 10], [50, 60], [20, 70]], np.float32)
    assert bounding_box(corners, np.array([2, 4], np.float32)) == (20, 40, 80, 240)


def test_a_reading_is_consistent_if_every_check_passed() -> None:
    wrong, unsure = Reason.DOCUMENT_NUMBER_WRONG, Reason.DOCUMENT_SIDE_MISSING
    passed = DocumentCheck.passed("document.kind")
    checks = (
        passed,
        DocumentCheck.not_assessable("cn.sides", unsure),
        DocumentCheck.failed("cn.number", wrong),
        DocumentCheck.not_assessable("cn.dates", unsure),
    )
    reading = Reading(Kind.CN_RESIDENT_ID, {"name": "样本"}, checks, None)
    assert reading.doubts == (unsure, wrong)
    assert not reading.consistent
    open_one = Reading(Kind.CN_RESIDENT_ID, {}, checks[:2], None)
    assert not open_one.consistent
    sound = Reading(Kind.CN_RESIDENT_ID, {}, (passed,), None)
    assert sound.consistent
    assert sound.doubts == ()
    # Personal data do not show where a reading is logged.
    assert "样本" not in repr(reading)
