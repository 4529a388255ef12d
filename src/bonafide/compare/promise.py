"""What was counted says of what was promised; nothing but the count's own uncertainty decides."""

from __future__ import annotations

from enum import StrEnum


class Promise(StrEnum):
    """What a measurement says of a promised error rate.

    `KEPT` and `EXCEEDED` are beyond the measurement's own uncertainty; between them it cannot tell.
    """

    KEPT = "kept"
    NOT_CONTRADICTED = "not_contradicted"
    EXCEEDED = "exceeded"

    @classmethod
    def of(cls, interval: tuple[float, float], promised: float) -> Promise:
        """Of a measured interval and the highest rate that was promised, all from 0 to 1."""
        if interval[1] <= promised:
            return cls.KEPT
        return cls.EXCEEDED if interval[0] > promised else cls.NOT_CONTRADICTED
