from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from click.testing import CliRunner

from bonafide.errors import SetupBroken, UsageError
from bonafide.evaluation.commands.attack_lab import command
from bonafide.settings import Settings


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find = importlib.util.find_spec

    def hidden(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "jinja2" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    with pytest.raises(SetupBroken, match=r"pip install 'bonafide\[evaluation\]'"):
        CliRunner().invoke(command, [], obj=Settings(data_dir=tmp_path), catch_exceptions=False)


def test_help_names_every_option() -> None:
    text = CliRunner().invoke(command, ["--help"]).output
    for option in (
        "--faces",
        "--sessions",
        "--mode",
        "--seed",
        "--json",
        "--report",
        "--calibrate",
        "--skip",
        "--enough",
        "--workers",
    ):
        assert option in text


def test_without_sample_pictures_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no sample pictures here"):
        CliRunner().invoke(command, [], obj=Settings(data_dir=tmp_path), catch_exceptions=False)


def test_where_nothing_can_be_written_nothing_is_simulated(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="report cannot be written"):
        CliRunner().invoke(
            command,
            ["--faces", str(tmp_path), "--json", str(tmp_path / "no" / "lab.json")],
            obj=Settings(data_dir=tmp_path),
            catch_exceptions=False,
        )
