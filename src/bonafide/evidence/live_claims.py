"""What a receipt says of a live session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveClaims:
    """How presence was measured, and what stands for what was seen.

    `mode` is light or movement. `presence` is live, not-live or inconclusive. `session` is the running digest
    of every step and frame in their order (`liveness/running_digest.py`), `calibration` of the file that
    weighed the cues; `landmarker` and `passive` are model contract ids, the latter None where no passive
    model was asked. All are SHA-256, hex.
    """

    mode: str
    presence: str
    session: str
    calibration: str
    landmarker: str
    passive: str | None

    def as_document(self) -> Mapping[str, str]:
        """The claims as JSON values, by name."""
        claims = {
            "live_mode": self.mode,
            "live_presence": self.presence,
            "live_session": self.session,
            "live_calibration": self.calibration,
            "landmarker": self.landmarker,
        }
        return claims if self.passive is None else {**claims, "passive_model": self.passive}
