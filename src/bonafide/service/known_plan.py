"""How often a reviewer meets a case with a known answer: data, in `known_cases.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from bonafide.errors import UnreadableData
from bonafide.privacy.duration import Duration

_FORMAT: Final = "bonafide-known-cases/1"
_KEYS: Final = {"format", "one_in", "again_after", "measured_for", "minutes_late"}


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """On average one of `one_in` cases that a reviewer sees has a known answer, and the same one comes to
    them again only after `again_after`. What they answered is kept for `measured_for`. One comes into the
    queue up to `minutes_late` minutes after the opinion that made room for it.
    """

    one_in: int
    again_after: Duration
    measured_for: Duration
    minutes_late: int


@cache
def known_plan() -> KnownPlan:
    """The plan that Bonafide comes with."""
    return parse_plan((resources.files(__package__) / "known_cases.toml").read_text("utf-8"))


def parse_plan(text: str) -> KnownPlan:
    """A plan, strictly. Raises `UnreadableData` for what is none."""
    try:
        said = tomllib.loads(text)
        again, kept = Duration.parse(said["again_after"]), Duration.parse(said["measured_for"])
        one_in, late = said["one_in"], said["minutes_late"]
    except (ValueError, KeyError, TypeError):
        raise _unreadable() from None
    numbers = type(one_in) is int and type(late) is int and one_in >= 2 and 0 <= late <= 24 * 60
    if said.keys() != _KEYS or said["format"] != _FORMAT or not numbers or again is None or kept is None:
        raise _unreadable()
    # What somebody answered tells what they have met.
    if kept.at_most < again.at_most:
        raise _unreadable()
    return KnownPlan(one_in, again, kept, late)


def _unreadable() -> UnreadableData:
    return UnreadableData(
        "The plan of cases with a known answer cannot be used", "Compare it with service/known_cases.toml"
    )
