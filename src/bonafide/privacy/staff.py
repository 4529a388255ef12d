"""The names of those who act on what is kept: staff, in one line that fits the log."""

from __future__ import annotations

from typing import Final

from bonafide.errors import UsageError

# Who acts by commands on the operator's own machine, where everything can be had that the service has.
COMMAND_LINE: Final = "command line"

_LONGEST: Final = 64


def require_staff_name(who: str) -> None:
    """Raises `UsageError` unless it is a line of 1 to 64 characters, without blanks around it."""
    if not 0 < len(who) <= _LONGEST or not who.isprintable() or who.strip() != who:
        raise UsageError(
            f"Whoever acts is named in one line of 1 to {_LONGEST} characters",
            "Give the name or number that your staff goes by",
        )


def require_new_name(name: str) -> None:
    """Raises `UsageError` for what no account or key may be called: what is no name, and what the log calls
    the command line.
    """
    require_staff_name(name)
    if name == COMMAND_LINE:
        raise UsageError("The log calls something else so", "Choose another name")
