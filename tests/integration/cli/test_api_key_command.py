"""`bonafide api-key`, as an operator's engineer runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bonafide.cli import main
from bonafide.service.api_keys import Scope

Run = Callable[..., int]


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


def test_a_key_is_made_listed_and_revoked(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("api-key", "make", "till 4", "--scope", "sign-ups", "--scope", "attend") == 0
    out, err = capsys.readouterr()
    text = out.strip()
    assert text.startswith("bfk/mobile.example/")
    assert "this once" in err
    assert text not in err
    assert run("api-key", "make", "app", "--scope", "verify", "--days", "30", "--json") == 0
    app = json.loads(capsys.readouterr().out)
    assert app["key"].startswith(f"bfk/mobile.example/{app['id']}/")
    lasts = datetime.fromisoformat(app["expires_at"]) - datetime.fromisoformat(app["made_at"])
    assert lasts == timedelta(days=30)

    assert run("api-key", "list", "--json") == 0
    listed = {key["name"]: key for key in json.loads(capsys.readouterr().out)}
    assert listed.keys() == {"till 4", "app"}
    assert listed["till 4"]["scopes"] == ["attend", "sign-ups"]
    assert (listed["till 4"]["expires_at"], listed["till 4"]["revoked_at"]) == (None, None)
    identifier = text.split("/")[2]
    assert listed["till 4"]["id"] == identifier
    assert run("api-key", "list") == 0
    table = capsys.readouterr().out
    assert identifier in table
    for secret in (text, app["key"]):
        assert secret.rpartition("/")[2] not in table

    assert run("api-key", "revoke", identifier) == 0
    assert run("api-key", "list", "--json") == 0
    listed = {key["name"]: key for key in json.loads(capsys.readouterr().out.partition("\n")[2])}
    assert [listed[name]["revoked_at"] is None for name in ("till 4", "app")] == [False, True]


@pytest.mark.parametrize(
    "arguments",
    [
        ("make", "till"),
        ("make", "till", "--scope", "everything"),
        ("make", "", "--scope", "verify"),
        ("make", "till", "--scope", "verify", "--days", "0"),
        ("revoke", "till"),
        ("revoke", "00000000-0000-0000-0000-000000000000"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_told(run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str]) -> None:
    capsys.readouterr()
    assert run("api-key", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err
    assert run("api-key", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_every_scope_may_be_given(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    scopes = [part for scope in Scope for part in ("--scope", scope.value)]
    assert run("api-key", "make", "all", *scopes, "--json") == 0
    assert json.loads(capsys.readouterr().out)["scopes"] == sorted(Scope)
