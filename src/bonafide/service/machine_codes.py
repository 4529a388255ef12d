"""Why the machine accepted, referred or rejected, whoever decided in the end."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func

from bonafide.store.sign_up_tables import SIGN_UP


def machine_codes() -> ColumnElement[str | None]:
    """Its codes in a row of a sign-up, with blanks between. None where it has not decided, and of sign-ups
    that a person decided before version 0003 of the store, of which the referral's receipt tells.
    """
    return func.coalesce(SIGN_UP.c.machine_reasons, SIGN_UP.c.reasons)
