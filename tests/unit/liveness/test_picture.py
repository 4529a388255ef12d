"""The cue of the picture, by signs that these tests make up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.unit.liveness.looked import frame

from bonafide.capture.challenge import Mode, draw_challenge
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Measured, Unmeasured
from bonafide.liveness.observation import Observation, PictureSigns
from bonafide.liveness.picture import measure

PLAIN = PictureSigns(moire=1.8, halftone=1.2, border=0.0, blocking=0.9)


def session(*signs: PictureSigns | None, width: float = 220) -> Observation:
    frames = tuple(
        replace(frame(0, float(index), width=width), signs=each) for index, each in enumerate(signs)
    )
    challenge = draw_challenge(Mode.LIGHT, random.Random(1))  # noqa: S311 - no secret
    return Observation(challenge, (), frames)


def value(measured: CueMeasure) -> float:
    assert isinstance(measured, Measured)
    assert measured.cue is Cue.PICTURE
    return measured.value


def test_a_plain_picture_lies_about_zero() -> None:
    assert value(measure(session(PLAIN, PLAIN, None))) == pytest.approx(0)


@pytest.mark.parametrize(
    "medium",
    [
        replace(PLAIN, moire=6),
        replace(PLAIN, halftone=6),
        replace(PLAIN, border=1),
        replace(PLAIN, blocking=5),
    ],
)
def test_each_sign_alone_speaks_against_it(medium: PictureSigns) -> None:
    assert value(measure(session(medium, medium, PLAIN))) < -1


def test_more_of_a_sign_speaks_more_against_it() -> None:
    values = [value(measure(session(replace(PLAIN, moire=moire)))) for moire in (2, 4, 6, 8)]
    assert values == sorted(values, reverse=True)


def test_one_frame_of_many_does_not_count() -> None:
    medium = PictureSigns(moire=9, halftone=9, border=1, blocking=20)
    assert value(measure(session(medium, PLAIN, PLAIN))) == pytest.approx(0)


def test_without_signs_it_cannot_tell() -> None:
    assert measure(session(None, None)) == Unmeasured(Cue.PICTURE, CannotTell.TOO_FEW_FRAMES)
    assert measure(session()) == Unmeasured(Cue.PICTURE, CannotTell.TOO_FEW_FRAMES)
    assert measure(session(PLAIN, width=50)) == Unmeasured(Cue.PICTURE, CannotTell.TOO_SMALL)
