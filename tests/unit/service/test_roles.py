"""Who may do what, as the documentation says."""

from __future__ import annotations

from pathlib import Path

from bonafide.service.roles import MAY, Permission, Role, may

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


def test_the_documentation_says_the_same() -> None:
    rows = [line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    documented = {
        cells[0].strip().strip("`"): {code.strip(" `") for code in cells[1].split(",")} for cells in rows
    }
    said = {role: documented.get(role) for role in Role}
    assert said == {role: {permission.value for permission in MAY[role]} for role in Role}
