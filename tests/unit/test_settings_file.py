"""Settings in a file: the same names, the same refusals, and the environment goes before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import SettingInvalid
from bonafide.settings import Settings
from bonafide.settings_file import read_settings

EVERYTHING = """
BONAFIDE_HOME = "/srv/faces"
BONAFIDE_OPERATOR = "mobile.example"
BONAFIDE_WORKERS = 4
BONAFIDE_BEHIND_TLS = true
BONAFIDE_PRODUCTION = false
BONAFIDE_DATABASE = "postgresql://bonafide@db/bonafide"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(EVERYTHING, "utf-8")
    path.chmod(0o600)
    return path


def settings(file: Path, **environ: str) -> Settings:
    return Settings.from_environment({"BONAFIDE_SETTINGS_FILE": str(file), **environ})


def test_a_file_says_what_the_environment_would(file: Path) -> None:
    said = {
        "BONAFIDE_HOME": "/srv/faces",
        "BONAFIDE_OPERATOR": "mobile.example",
        "BONAFIDE_WORKERS": "4",
        "BONAFIDE_BEHIND_TLS": "yes",
        "BONAFIDE_PRODUCTION": "no",
        "BONAFIDE_DATABASE": "postgresql://bonafide@db/bonafide",
    }
    assert settings(file) == Settings.from_environment(said)
    assert settings(file).workers == 4
    assert settings(file).behind_tls


def test_the_environment_goes_before_it_unless_it_says_nothing(file: Path) -> None:
    assert settings(file, BONAFIDE_WORKERS="2").workers == 2
    assert settings(file, BONAFIDE_WORKERS="").workers == 4
    assert settings(file, DATABASE_URL="sqlite:////tmp/x").database == "sqlite:////tmp/x"
    assert Settings.from_environment({"BONAFIDE_SETTINGS_FILE": ""}) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('BONAFIDE_WORKER = "2"', r"^BONAFIDE_WORKER is not a setting"),
        ('WORKERS = "2"', "sets nothing of Bonafide"),
        ("[BONAFIDE_WORKERS]\nx = 1", "^BONAFIDE_WORKERS in the file .* is no setting"),
        ("BONAFIDE_WORKERS = 2.5", "^BONAFIDE_WORKERS in the file .* is no setting"),
        ("BONAFIDE_WORKERS = [2]", "^BONAFIDE_WORKERS in the file .* is no setting"),
        ('"BONAFIDE_\\n" = [2]', "^A name in the file .* is no setting"),
        ("BONAFIDE_WORKERS = 0", "^BONAFIDE_WORKERS is not a number"),
        ('BONAFIDE_SETTINGS_FILE = "/etc/other"', "^BONAFIDE_SETTINGS_FILE in the file .* is no setting"),
        ("BONAFIDE_WORKERS = 2\nBONAFIDE_WORKERS = 2", "is not TOML"),
        ("BONAFIDE_WORKERS: 2", "is not TOML"),
        ("#" * (64 * 1024 + 1), "is not TOML of at most 64 kB"),
    ],
)
def test_what_is_wrong_in_it_is_named(file: Path, content: str, told: str) -> None:
    file.write_text(content, "utf-8")
    with pytest.raises(SettingInvalid, match=told) as refused:
        settings(file)
    assert refused.value.exit_status == 4
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_its_owners_alone_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="cannot be read"):
        settings(tmp_path / "none.toml")
    with pytest.raises(SettingInvalid, match="cannot be read"):
        settings(tmp_path)
    with pytest.raises(SettingInvalid, match="not an absolute path"):
        settings(Path("settings.toml"))
    for mode in (0o620, 0o602):
        file.chmod(mode)
        with pytest.raises(SettingInvalid, match="Others may write"):
            settings(file)
    file.chmod(0o644)
    assert settings(file).workers == 4


@given(st.binary(max_size=300))
def test_whatever_it_holds_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    path.chmod(0o600)
    try:
        said = read_settings(path)
    except SettingInvalid:
        return
    assert all(isinstance(value, str) for value in said.values())
