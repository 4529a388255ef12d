"""What the use-cases that decide about nobody are for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bonafide.decide import SIM_SIGNUP
from bonafide.privacy import ConsentToken, attested, purposes

# One's own pictures, of people who agreed to that: comparing, inspecting and measuring decide about nobody.
TESTING: Final = "testing"
# A document is read by itself at the counter of a sign-up as well.
READING: Final = (SIM_SIGNUP.name, TESTING)


def trial(now: datetime) -> ConsentToken:
    """The word of whoever runs a test that the people in the pictures agreed to it (docs/purposes.md).

    `now` has a time zone.
    """
    return attested(purposes()[TESTING], now)
