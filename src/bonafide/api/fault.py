"""What may be told of an unexpected fault: its kind and its place, never what it says."""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """An error's kind, and the calls that led there: no value is in it."""
    calls = traceback.extract_tb(error.__traceback__)[-8:]
    return " < ".join(
        [type(error).__name__, *(f"{call.name} ({call.filename}:{call.lineno})" for call in reversed(calls))]
    )
