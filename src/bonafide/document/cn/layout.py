"""Where things stand on the cards, in millimetres from the top left corner (GA 461-2004; ID-1 of ISO/IEC
7810).

The standard's drawings are not public. The places were taken from published specimens and hold to about a
millimetre, so what is read by them is told apart by more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 85.6
HEIGHT: Final = 54.0


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: the middle of its first character and the way to the next one, in millimetres."""

    text: str
    x: float
    y: float
    pitch: float

    def places(self) -> tuple[tuple[float, float], ...]:
        """The middle of each character."""
        return tuple((self.x + index * self.pitch, self.y) for index in range(len(self.text)))


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in millimetres."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def grown(self, by: float) -> Area:
        """The area and so many millimetres around it."""
        return Area(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a kind of card: the labels by which it is known and where the values stand.

    Where `titles` are given, one of these labels must be read: the others are on other cards too. `number` is
    the middle of the first and of the last character of an 18-digit number, if it has one.
    """

    name: str
    labels: tuple[Label, ...]
    areas: Mapping[str, Area]
    portrait: Area | None = None
    titles: tuple[str, ...] = ()
    number: tuple[tuple[float, float], tuple[float, float]] | None = None


_NUMBER = ((30.5, 49.9), (74.7, 49.9))
_PORTRAIT = Area(56.4, 7.6, 82.4, 39.6)
_NUMBER_LABEL = Label("公民身份号码", 6.95, 49.4, 3.2)

RESIDENT_FRONT: Final = Side(
    name="front",
    labels=(
        Label("姓名", 6.95, 10.55, 3.6),
        Label("性别", 6.95, 17.55, 3.6),
        Label("民族", 28.35, 17.55, 3.6),
        Label("出生", 6.95, 24.25, 3.6),
        Label("住址", 6.95, 30.95, 3.6),
        _NUMBER_LABEL,
    ),
    areas={
        "name": Area(13.2, 7.0, 55.5, 14.2),
        "sex": Area(13.2, 14.2, 26.0, 21.0),
        "ethnicity": Area(33.8, 14.2, 55.5, 21.0),
        "birth_date": Area(13.2, 21.0, 55.5, 27.8),
        "address": Area(13.2, 27.8, 55.5, 45.2),
        "number": Area(27.0, 45.4, 80.0, 54.0),
    },
    portrait=_PORTRAIT,
    number=_NUMBER,
)

RESIDENT_BACK: Final = Side(
    name="back",
    labels=(
        Label("中华人民共和国", 28.6, 12.2, 6.7),
        Label("居民身份证", 29.5, 23.1, 9.4),
        Label("签发机关", 22.35, 42.55, 3.05),
        Label("有效期限", 22.35, 49.25, 3.05),
    ),
    areas={"authority": Area(33.6, 39.2, 80.0, 45.9), "validity": Area(33.6, 45.9, 80.0, 53.0)},
)

# Residents of Hong Kong, Macao and Taiwan (State Council Gazette 2018-81): the front is the resident card's
# without an ethnicity, and told from it by its number; of the back the title tells.
PERMIT_BACK: Final = Side(
    name="back",
    labels=(
        Label("中华人民共和国", 29.1, 9.7, 6.2),
        Label("港澳居民居住证", 28.1, 18.9, 7.0),
        Label("台湾居民居住证", 28.1, 18.9, 7.0),
        Label("签发机关", 19.35, 35.0, 3.0),
        Label("有效期限", 19.35, 41.6, 3.0),
        Label("通行证号码", 19.35, 48.2, 3.0),
        Label("签发次数", 59.35, 48.2, 3.0),
    ),
    areas={
        "authority": Area(33.4, 31.6, 80.0, 38.2),
        "validity": Area(33.4, 38.2, 80.0, 44.8),
        "pass_number": Area(33.9, 44.8, 57.5, 51.6),
    },
    titles=("港澳居民居住证", "台湾居民居住证"),
)
