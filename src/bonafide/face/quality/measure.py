"""The result of one quality measure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bonafide.outcome import Flaw


class Unassessed(StrEnum):
    """Why a measure could not be taken (ISO/IEC 29794-5: failure to assess). Not a flaw by itself."""

    LANDMARKS = "landmarks"
    """The landmarks do not span a face: they coincide or are not finite."""

    TOO_FLAT = "too_flat"
    """The crop is so even that a ratio of its structures would be a ratio of rounding errors."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One quality measure of one face.

    `raw` is in the measure's own unit (see its file), `value` the quality component 0..100, higher is
    better, and `flaw` what is wrong if the raw value is beyond the limit for this subject. A measure that
    could not be taken has neither, and `unassessed` says why.
    """

    name: str
    raw: float | None
    value: int | None
    flaw: Flaw | None
    unassessed: Unassessed | None = None

    @property
    def assessed(self) -> bool:
        """Whether the measure could be taken."""
        return self.unassessed is None

    @classmethod
    def failed(cls, name: str, why: Unassessed, flaw: Flaw | None = None) -> Measure:
        """A failure to assess. `flaw` is for the one measure without which a face may not pass: its size."""
        return cls(name=name, raw=None, value=None, flaw=flaw, unassessed=why)
