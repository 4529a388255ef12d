"""`bonafide store`, as an operator's engineer runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bonafide.cli import main

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: str) -> Run:
    """Runs the command with an empty data folder and database; gives its exit status."""
    monkeypatch.setenv("BONAFIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BONAFIDE_DATABASE", database)
    monkeypatch.setenv("BONAFIDE_OPERATOR", "mobile.example")

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as done:
            main(["store", *arguments])
        assert isinstance(done.value.code, int)
        return done.value.code

    return run


def epochs_in(output: str) -> list[tuple[int, bool]]:
    """Number of each epoch, and whether its key was destroyed."""
    return [(epoch["number"], epoch["destroyed_at"] is not None) for epoch in json.loads(output)]


def test_epochs_from_the_first_to_its_destruction(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("upgrade") == 0
    assert "mobile.example" in capsys.readouterr().out
    assert run("upgrade") == 0, "a second time there is nothing to do"
    assert run("rotate") == 0
    assert run("rotate") == 0
    assert run("rewrap") == 0
    assert "epoch 2" in capsys.readouterr().out
    assert run("destroy-epoch", "1", "--yes") == 0
    assert "key destroyed" in capsys.readouterr().out
    assert run("epochs", "--json") == 0
    assert epochs_in(capsys.readouterr().out) == [(1, True), (2, False)]
    assert run("epochs") == 0
    assert capsys.readouterr().out.count("epoch ") == 2


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("destroy-epoch", "1"), 2, "--yes"),
        (("destroy-epoch", "1", "--yes"), 2, "bonafide store rotate"),
        (("destroy-epoch", "7", "--yes"), 2, "bonafide store epochs"),
    ],
)
def test_what_cannot_be_destroyed_yet(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, told: str
) -> None:
    assert run("upgrade") == 0
    assert run("rotate") == 0
    assert run(*arguments) == status
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_store_that_was_not_made_says_how_to_make_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("epochs") == 4
    assert "bonafide store upgrade" in capsys.readouterr().err


def test_key_files_are_refused_in_production(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BONAFIDE_PRODUCTION", "yes")
    assert run("upgrade") == 4
    assert "unsafe for production" in capsys.readouterr().err


def test_a_lost_folder_of_keys_closes_the_vault_and_its_return_opens_it(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("upgrade") == 0
    assert run("rotate") == 0
    vault = tmp_path / "home" / "keys" / "vault"
    (vault / "root").rename(vault / "away")
    assert run("rotate") == 4
    assert capsys.readouterr().err.startswith("bonafide: ")
    (vault / "away").rename(vault / "root")
    assert run("rotate") == 0
