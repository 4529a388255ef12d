"""This moment."""

from __future__ import annotations

from datetime import UTC, datetime


def local_now() -> datetime:
    """Now, in the machine's time zone: a document expires at the end of a day where it is shown."""
    return datetime.now(UTC).astimezone()
