"""Kinds of arguments that several commands take: functions that click calls with what was given."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import click

from bonafide.errors import UsageError
from bonafide.privacy import Purpose, purpose_named, purposes
from bonafide.wording import Language

_IDENTIFIER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# Of their one spelling, however they are typed.
LANGUAGE: Final = click.Choice([language.value for language in Language], case_sensitive=False)

WHO: Final = click.option("--who", required=True, help="Who on your staff does this; it goes into the log.")


def identifier(value: str) -> str:
    """A random identifier of ours. Raises `UsageError` for anything else, which is not repeated: it might be
    a name.
    """
    if not _IDENTIFIER.fullmatch(value):
        raise UsageError(
            "What is named is no identifier of ours",
            "Give it as `bonafide consent give` or another command printed it",
        )
    return value


def purpose_by_name(value: str) -> Purpose:
    """A purpose. Raises `NotPermitted` for one that nobody declared."""
    return purpose_named(value, purposes())


def day(value: str) -> datetime:
    """A day, as the moment in which it begins (UTC). Raises `UsageError` for what is none."""
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError("What should be a day is none", "Write it as 2026-11-25") from None
