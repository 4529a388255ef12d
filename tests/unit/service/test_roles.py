"""Who may do what, as the documentation says."""

from __future__ import annotations

import re
from pathlib import Path

from bonafide.decide import HIGH_RISK
from bonafide.service.review_reason import REASONS_FOR, ReviewReason
from bonafide.service.roles import MAY, Permission, Role, may
from bonafide.web.words import said
from bonafide.wording import Language

PAGE = Path(__file__).resolve().parents[3] / "docs" / "people.md"


def test_every_role_may_do_something_and_everything_is_somebodys() -> None:
    assert set(MAY) == set(Role)
    assert all(MAY.values())
    assert may(list(Role)) == set(Permission)
    assert may(()) == frozenset()


def test_nobody_who_looks_at_pictures_gives_out_accounts() -> None:
    for role in (Role.REVIEWER, Role.SUPERVISOR):
        assert Permission.ACCOUNTS not in MAY[role]
    assert MAY[Role.ADMINISTRATOR] == {Permission.ACCOUNTS}
    assert may({Role.AGENT, Role.REVIEWER}) == MAY[Role.AGENT] | MAY[Role.REVIEWER]


def documented() -> dict[str, list[str]]:
    """The rows of the page's tables by their first cell, a code."""
    rows = [line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells[1:]] for cells in rows}


def test_the_documentation_says_the_same() -> None:
    found = {role: {code.strip(" `") for code in documented()[role][0].split(",")} for role in Role}
    assert found == {role: {permission.value for permission in MAY[role]} for role in Role}


def test_the_reasons_to_choose_from_are_documented_as_they_are_said() -> None:
    rows = documented()
    assert [code for code in rows if code.startswith("review.")] == list(ReviewReason)
    for outcome, reasons in REASONS_FOR.items():
        for reason in reasons:
            assert rows[reason] == [outcome, f"{said(reason, Language.ENGLISH)}."]


def test_what_two_people_decide_is_documented() -> None:
    text = PAGE.read_text("utf-8").partition("**Two people decide**")[2].partition("Neither sees")[0]
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", text)) == HIGH_RISK
