"""From raw values to quality components and flaws; the numbers and where they come from are in
`mappings.toml`.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from bonafide.face.quality.measure import Measure
from bonafide.outcome import Flaw, Subject


def _no_limit() -> MappingProxyType[Subject, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one measure's raw values are judged.

    `points` are (raw, component) pairs with rising raw values, joined by straight lines and level beyond the
    ends. Raw values under `least` or over `most` of a subject are a flaw; a subject that is not named has no
    limit.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    least: MappingProxyType[Subject, float] = field(default_factory=_no_limit)
    most: MappingProxyType[Subject, float] = field(default_factory=_no_limit)

    def component(self, raw: float) -> int:
        """The quality component, 0..100, of a finite raw value."""
        after = bisect_right(self.points, raw, key=lambda point: point[0])
        if after == 0:
            return round(self.points[0][1])
        if after == len(self.points):
            return round(self.points[-1][1])
        (left, low), (right, high) = self.points[after - 1 : after + 1]
        return round(low + (high - low) * (raw - left) / (right - left))

    def judge(self, raw: float, subject: Subject, flaw: Flaw) -> Measure:
        """The measure for a finite raw value of this subject; `flaw` is what one beyond the limit means."""
        beyond = raw < self.least.get(subject, raw) or raw > self.most.get(subject, raw)
        return Measure(self.name, raw, self.component(raw), flaw if beyond else None)


@cache
def mapping(name: str) -> Mapping:
    """The shipped mapping of the measure with this name."""
    table = _tables()[name]
    return Mapping(
        name=name,
        points=tuple((float(raw), float(component)) for raw, component in table["points"]),
        least=_limits(table.get("least", {})),
        most=_limits(table.get("most", {})),
    )


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("bonafide.face.quality").joinpath("mappings.toml").read_text(encoding="utf-8"))


def _limits(table: dict[str, float]) -> MappingProxyType[Subject, float]:
    return MappingProxyType({Subject(subject): float(limit) for subject, limit in table.items()})
