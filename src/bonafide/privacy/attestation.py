"""Consent that a person vouches for, where nothing is kept and so no record of it can be."""

from __future__ import annotations

from datetime import datetime

from bonafide.errors import NotPermitted
from bonafide.privacy.purpose import Kept, OneToMany, Purpose
from bonafide.privacy.token import TOKEN_LIFE, ConsentToken, issue


def attested(purpose: Purpose, now: datetime) -> ConsentToken:
    """A token on the word of a person who vouches that consent was given to a purpose, in its words.

    It is good for ten minutes from `now`, which has a time zone. Raises `NotPermitted` for a purpose that
    keeps templates or compares with others: that needs a record.
    """
    if Kept.TEMPLATE in purpose.keeps or purpose.one_to_many is not OneToMany.NEVER:
        raise NotPermitted(
            "This purpose keeps templates, so that consent to it must be on record", "Record the consent"
        )
    return issue(purpose, now + TOKEN_LIFE)
