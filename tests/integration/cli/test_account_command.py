"""`bonafide account`, as an operator's engineer runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bonafide.cli import account, api_key, main
from bonafide.privacy.staff import COMMAND_LINE

Run = Callable[..., int]
GROUPS = {"account": account.command, "api-key": api_key.command}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgraded_database: str) -> Run:
    """Runs a command with a store of its own; gives its exit status."""
    monkeypatch.setenv("BONAFIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BONAFIDE_DATABASE", upgraded_database)
    monkeypatch.setenv("BONAFIDE_OPERATOR", "mobile.example")

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as done:
            main(list(arguments))
        assert isinstance(done.value.code, int)
        return done.value.code

    assert run("store", "upgrade") == 0
    return run


def test_somebody_is_invited_listed_and_ended(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("account", "invite", "An Li", "--role", "reviewer", "--role", "agent") == 0
    out, err = capsys.readouterr()
    assert out.startswith("bfi/mobile.example/")
    assert "/staff/invitation" in err
    assert out.strip() not in err
    assert run("account", "invite", "An Li", "--role", "reviewer") == 0
    assert capsys.readouterr().out != out
    assert run("account", "list", "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["roles"], listed["entered"]) == ("An Li", ["reviewer"], False)
    assert run("account", "list") == 0
    assert "invited" in capsys.readouterr().out
    assert run("account", "disable", "An Li") == 0
    capsys.readouterr()
    assert run("account", "list") == 0
    table = capsys.readouterr().out
    assert "ended" in table
    assert out.strip().rpartition("/")[2] not in table


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("invite", "An\nLi", "--role", "agent"), "one line"),
        (("invite", "An Li"), "--role"),
        (("invite", "An Li", "--role", "king"), "king"),
        (("disable", "Nobody"), "bonafide account list"),
    ],
)
def test_what_is_asked_wrong_is_refused(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert run("account", *arguments) == 2
    assert told in capsys.readouterr().err


def test_somebody_is_left_to_give_out_accounts(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("account", "invite", "Ad Min", "--role", "administrator") == 0
    capsys.readouterr()
    assert run("account", "disable", "Ad Min") == 2
    assert "another" not in capsys.readouterr().out
    assert run("account", "invite", "Bo Wu", "--role", "administrator") == 0
    assert run("account", "disable", "Ad Min") == 0
    # The log speaks of that name.
    assert run("account", "invite", "Ad Min", "--role", "agent") == 2


def test_every_command_that_changes_accounts_or_keys_is_in_the_log(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = {
        f"{group} {name}" for group, made in GROUPS.items() for name in made.commands if name != "list"
    }
    assert commands == {"account invite", "account disable", "api-key make", "api-key revoke"}
    assert run("account", "invite", "An Li", "--role", "reviewer") == 0
    assert run("account", "invite", "An Li", "--role", "agent") == 0
    assert run("account", "disable", "An Li") == 0
    capsys.readouterr()
    assert run("api-key", "make", "till 4", "--scope", "verify", "--json") == 0
    key = json.loads(capsys.readouterr().out)["id"]
    assert run("api-key", "revoke", key) == 0
    # Nobody goes by the name that the log has for these.
    assert run("account", "invite", COMMAND_LINE, "--role", "agent") == 2
    assert run("api-key", "make", COMMAND_LINE, "--scope", "verify") == 2
    capsys.readouterr()
    assert run("privacy", "report", "--json") == 0
    done = {
        (each["who"], each["action"]): each["times"]
        for each in json.loads(capsys.readouterr().out)["accesses"]
    }
    assert done == {
        (COMMAND_LINE, "invite"): 2,
        (COMMAND_LINE, "give-roles"): 1,
        (COMMAND_LINE, "end-account"): 1,
        (COMMAND_LINE, "make-key"): 1,
        (COMMAND_LINE, "revoke-key"): 1,
    }
    assert run("audit", "checkpoint") == 0
    assert run("audit", "check") == 0
