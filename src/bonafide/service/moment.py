"""This moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def local_now() -> datetime:
    """Now, in the machine's time zone: a document expires at the end of a day where it is shown."""
    return datetime.now(UTC).astimezone()


def as_kept(moment: datetime) -> datetime:
    """A moment in whole milliseconds, as the store has it when it is read again."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)
