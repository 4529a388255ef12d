"""What is said of a log that contradicts itself, wherever that is noticed."""

from __future__ import annotations

from bonafide.errors import LogBroken


def log_broken(what: str) -> LogBroken:
    """The error to raise; `what` is about the log's own form, never about what it is a log of."""
    return LogBroken(
        f"The evidence log {what}",
        "Change nothing, keep a copy of the database, find out who could write to it, and run "
        "`bonafide audit check`",
    )
