"""Settings: what is unknown or malformed stops start-up and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.errors import SettingInvalid
from bonafide.settings import Profile, Settings
from bonafide.wording import Language


def test_nothing_set_gives_the_defaults() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})
    assert settings.data_dir.is_absolute()
    assert settings.data_dir.name == "bonafide"
    assert (settings.profile, settings.language) == (Profile.ACCURATE, Language.ENGLISH)


def test_everything_can_be_set() -> None:
    settings = Settings.from_environment(
        {"BONAFIDE_HOME": "/srv/faces", "BONAFIDE_PROFILE": "fast", "BONAFIDE_LANG": "zh-Hans"}
    )
    assert settings == Settings(Path("/srv/faces"), Profile.FAST, Language.CHINESE)


def test_what_is_set_to_nothing_is_not_set() -> None:
    empty = dict.fromkeys(("BONAFIDE_HOME", "BONAFIDE_PROFILE", "BONAFIDE_LANG"), "")
    assert Settings.from_environment(empty) == Settings.from_environment({})


@pytest.mark.parametrize("name", ["BONAFIDE_PROFIL", "BONAFIDE_", "BONAFIDE_profile", "BONAFIDE_LANGUAGE"])
@pytest.mark.parametrize("value", ["", "fast"])
def test_a_misspelt_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid, match=rf"^{name} is not a setting.*BONAFIDE_PROFILE") as refused:
        Settings.from_environment({name: value, "BONAFIDE_PROFILE": "fast"})
    assert refused.value.exit_status == 4


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("BONAFIDE_HOME", "faces", "Give the whole path"),
        ("BONAFIDE_HOME", "~/faces", "Give the whole path"),
        ("BONAFIDE_PROFILE", "slow", "accurate or fast"),
        ("BONAFIDE_PROFILE", "FAST", "accurate or fast"),
        ("BONAFIDE_LANG", "zh", "en or zh-Hans"),
    ],
)
def test_a_malformed_setting_is_named_with_what_it_may_be(name: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingInvalid, match=rf"^{name} .*{remedy}"):
        Settings.from_environment({name: value})
