from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from click.testing import CliRunner

from bonafide.errors import SetupBroken
from bonafide.evaluation.commands.evaluate import command
from bonafide.settings import Settings


@pytest.mark.parametrize("missing", ["scipy", "matplotlib", "jinja2"])
def test_a_missing_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    find = importlib.util.find_spec

    def hidden(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == missing else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    with pytest.raises(SetupBroken, match=r"pip install 'bonafide\[evaluation\]'"):
        CliRunner().invoke(command, ["pairs.txt"], obj=Settings(data_dir=tmp_path), catch_exceptions=False)


def test_help_names_every_option() -> None:
    text = CliRunner().invoke(command, ["--help"]).output
    for option in ("--root", "--profile", "--impostors", "--groups", "--report", "--json"):
        assert option in text


def test_an_unknown_kind_of_impostors_is_a_usage_error(tmp_path: Path) -> None:
    found = CliRunner().invoke(command, ["pairs.txt", "--impostors", "some"], obj=Settings(data_dir=tmp_path))
    assert found.exit_code == 2
