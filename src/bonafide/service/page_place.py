"""Where one page of a list ends and the next begins: a moment and an identifier, which no new row moves."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from bonafide.errors import UsageError
from bonafide.evidence.leaf import milliseconds, moment_of

_FORM: Final = re.compile(r"(0|[1-9][0-9]{0,14})\.([0-9a-f-]{36})", re.ASCII)


def place_of(moment: datetime, identifier: str) -> str:
    """The place of a row in a list by moments, newest first; what the next page is asked for with."""
    return f"{milliseconds(moment)}.{identifier}"


def read_place(after: str) -> tuple[datetime, str]:
    """The moment and the identifier of a place. Raises `UsageError` for what is none."""
    form = _FORM.fullmatch(after)
    try:
        if form is not None:
            return moment_of(form[1]), form[2]
    except ValueError:
        pass
    raise UsageError("That is no place in the list", "Take `after` from the page before")
