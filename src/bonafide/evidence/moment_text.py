"""Moments as signed and logged documents say them: UTC, with a Z."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_text(moment: datetime, timespec: str = "seconds") -> str:
    """RFC 3339, to the second or to what `timespec` says as in `datetime.isoformat`."""
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
