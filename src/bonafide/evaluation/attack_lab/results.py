"""What the laboratory measured, in the terms of ISO/IEC 30107-3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bonafide.capture.challenge import Mode
from bonafide.compare import clopper_pearson
from bonafide.liveness.finding import Cue, Presence

NOTICE: Final = (
    "This is a simulation: rendered faces, rendered attacks, no camera and no living person. "
    "It compares versions of this program; it does not say how any product fares against real attacks."
)


@dataclass(frozen=True, slots=True)
class Share:
    """Some of a number of sessions, with the 95 % interval of Clopper and Pearson."""

    count: int
    sessions: int

    @property
    def value(self) -> float:
        """The share, 0..1."""
        return self.count / self.sessions

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, with 95 % confidence."""
        return clopper_pearson(self.count, self.sessions)

    def document(self) -> dict[str, object]:
        """As it stands in the JSON."""
        return {"value": self.value, "interval": list(self.interval), "sessions": self.sessions}


@dataclass(frozen=True, slots=True)
class Judged:
    """One session: what was decided, on what overall ratio, and what each cue measured (None: nothing)."""

    presence: Presence
    ratio: float
    cues: Mapping[Cue, float | None]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The sessions of one species, or of living persons."""

    name: str
    what: str
    injected: bool
    limit: float | None
    same_as: str | None
    sessions: tuple[Judged, ...]

    def share(self, *presences: Presence) -> Share:
        """Which sessions had one of these outcomes."""
        return Share(sum(each.presence in presences for each in self.sessions), len(self.sessions))

    @property
    def live(self) -> Share:
        """For a species its APCER: an attack is let through where it counts as live, and only there."""
        return self.share(Presence.LIVE)

    @property
    def not_live(self) -> Share:
        """For living persons the BPCER: who is taken for an attack."""
        return self.share(Presence.NOT_LIVE)

    @property
    def inconclusive(self) -> Share:
        """The rate of non-response: neither let through nor taken for an attack; another try, then a
        person.
        """
        return self.share(Presence.INCONCLUSIVE)

    @property
    def kept(self) -> bool | None:
        """Whether the rate that was measured is within the limit; None without one."""
        return None if self.limit is None else self.live.value <= self.limit


@dataclass(frozen=True, slots=True)
class Made:
    """How a report came about; `skipped` is how many people were left out before the first."""

    measured_at: datetime
    version: str
    seed: int
    faces: int
    skipped: int
    held_out: bool
    portraits: str
    calibration: str
    calibration_data: str
    apcer_target: float
    contracts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabReport:
    """One run in one mode."""

    mode: Mode
    bona_fide: Outcomes
    species: Sequence[Outcomes]
    made: Made

    def document(self) -> dict[str, object]:
        """The report as JSON."""
        people = self.bona_fide
        return {
            "simulation": NOTICE,
            "format": "bonafide-attack-lab/1",
            "mode": self.mode.value,
            "bpcer": people.not_live.document(),
            "bona_fide": {
                "live": people.live.document(),
                "not_live": people.not_live.document(),
                "inconclusive": people.inconclusive.document(),
                "not_live_or_inconclusive": people.share(Presence.NOT_LIVE, Presence.INCONCLUSIVE).document(),
            },
            "species": {
                each.name: {
                    "apcer": each.live.document(),
                    "not_live": each.not_live.document(),
                    "inconclusive": each.inconclusive.document(),
                    "limit": each.limit,
                    "within_limit": each.kept,
                    "same_as": each.same_as,
                    "injected": each.injected,
                    "what": each.what,
                }
                for each in self.species
            },
            "counting": {
                "apcer": "share of a species' sessions that were found live (ISO/IEC 30107-3, 13.2)",
                "bpcer": "share of living persons' sessions that were found not live (13.3)",
                "inconclusive": "share of sessions without a finding: another try, then a person",
            },
            "made": {
                "measured_at": self.made.measured_at.isoformat(timespec="seconds"),
                "version": self.made.version,
                "seed": self.made.seed,
                "faces": self.made.faces,
                "skipped": self.made.skipped,
                "held_out": self.made.held_out,
                "portraits": self.made.portraits,
                "calibration": self.made.calibration,
                "calibration_data": self.made.calibration_data,
                "apcer_target": self.made.apcer_target,
                "contracts": dict(self.made.contracts),
            },
        }
