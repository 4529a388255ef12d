"""What the operator's people are and may do. docs/people.md has the same table; a test holds them alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What somebody of the operator's staff is. One person may be several, within `may`."""

    AGENT = "agent"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    PRIVACY_OFFICER = "privacy-officer"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What pages and commands ask for."""

    ATTEND = "attend"
    """Be with a customer who signs up, and say so."""

    REVIEW = "review"
    """Look at referred cases, give an opinion, and decide objections."""

    SETTLE = "settle"
    """Decide where two reviewers disagree."""

    FIGURES = "figures"
    """See outcomes, reasons and times, by shop and agent."""

    MEASURE = "measure"
    """Put in cases with a known answer, and see how well reviewers decide them."""

    PRIVACY = "privacy"
    """See what is kept, until when, and who looked."""

    ACCOUNTS = "accounts"
    """Invite people, give roles, end accounts and keys of machines."""


# Nobody who may look at pictures gives out accounts, nor the other way round, unless they are given both.
MAY: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.AGENT: frozenset({Permission.ATTEND}),
        Role.REVIEWER: frozenset({Permission.REVIEW}),
        Role.SUPERVISOR: frozenset({Permission.SETTLE, Permission.FIGURES, Permission.MEASURE}),
        Role.PRIVACY_OFFICER: frozenset({Permission.PRIVACY}),
        Role.ADMINISTRATOR: frozenset({Permission.ACCOUNTS}),
    }
)


def may(roles: Collection[Role]) -> frozenset[Permission]:
    """What somebody of these roles may do."""
    return frozenset().union(*(MAY[role] for role in roles))
