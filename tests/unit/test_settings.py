"""Settings: what is unknown or malformed stops start-up and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.errors import SettingInvalid
from bonafide.settings import Issuer, Profile, Settings
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


@pytest.mark.parametrize(
    ("text", "shown", "loopback"),
    [
        ("127.0.0.1:8765", "127.0.0.1:8765", True),
        ("localhost:1", "127.0.0.1:1", True),
        ("127.9.9.9:0", "127.9.9.9:0", True),
        ("[::1]:8765", "[::1]:8765", True),
        ("0.0.0.0:80", "0.0.0.0:80", False),
        ("[::]:65535", "[::]:65535", False),
        ("192.0.2.1:80", "192.0.2.1:80", False),
    ],
)
def test_where_a_service_listens_says_who_reaches_it(text: str, shown: str, loopback: bool) -> None:
    address = Settings.from_environment({"BONAFIDE_BIND": text}).bind
    assert (str(address), address.loopback) == (shown, loopback)


@pytest.mark.parametrize(
    "text",
    ["8765", ":8765", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:٣", "::1:80",
     "[127.0.0.1]:80", "shop.example:80", "*:80", "0:80", "127.0.0.1:80 ", "http://127.0.0.1:80"],
)  # fmt: skip
def test_an_address_that_is_none_is_named(text: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^BONAFIDE_BIND is not an address"):
        Settings.from_environment({"BONAFIDE_BIND": text})


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", "1.5", "٣", "1" * 5000])
def test_a_number_of_workers_that_is_none_is_named(text: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^BONAFIDE_WORKERS is not a number from 1 to 64"):
        Settings.from_environment({"BONAFIDE_WORKERS": text})


def test_how_it_serves_can_be_set() -> None:
    found = Settings.from_environment({"BONAFIDE_WORKERS": "4", "BONAFIDE_BEHIND_TLS": "yes"})
    assert (found.workers, found.behind_tls) == (4, True)
    defaults = Settings.from_environment({})
    assert (str(defaults.bind), defaults.workers, defaults.behind_tls) == ("127.0.0.1:8765", 1, False)


def test_the_database_has_two_names() -> None:
    one, other = "postgresql://a@/b", "postgresql://a@/c"
    for given in ({"DATABASE_URL": one}, {"BONAFIDE_DATABASE": one}):
        assert Settings.from_environment(given).database == one
        assert Settings.from_environment({"DATABASE_URL": one, "BONAFIDE_DATABASE": one}).database == one
    assert Settings.from_environment({"DATABASE_URL": ""}).database is None
    with pytest.raises(SettingInvalid, match="BONAFIDE_DATABASE and DATABASE_URL name different") as refused:
        Settings.from_environment({"DATABASE_URL": one, "BONAFIDE_DATABASE": other})
    assert "postgresql" not in str(refused.value), "it may hold a password"


ISSUER = {
    "BONAFIDE_OIDC_ISSUER": "https://id.mobile.example/realm",
    "BONAFIDE_OIDC_CLIENT": "bonafide",
    "BONAFIDE_OIDC_SECRET_FILE": "/run/secrets/oidc",
}


def test_an_issuer_of_sign_ins_is_whole_or_not_at_all() -> None:
    assert Settings.from_environment({}).issuer is None
    issuer = Settings.from_environment(ISSUER).issuer
    assert issuer == Issuer("https://id.mobile.example/realm", "bonafide", Path("/run/secrets/oidc"))
    for name in ISSUER:
        with pytest.raises(SettingInvalid, match="some are set and some are not"):
            Settings.from_environment({**ISSUER, name: ""})
    for address in ("http://localhost:9000", "http://127.0.0.1:9000"):
        assert Settings.from_environment({**ISSUER, "BONAFIDE_OIDC_ISSUER": address}).issuer
    for address in (
        "http://id.mobile.example",
        "http://localhost.example",
        "id.mobile.example",
        "https://",
        "https://id:secret@mobile.example",
        "https://id.example?x",
        "https://id.example:x",
    ):
        with pytest.raises(SettingInvalid, match="not the address of an issuer"):
            Settings.from_environment({**ISSUER, "BONAFIDE_OIDC_ISSUER": address})
    with pytest.raises(SettingInvalid, match="not an absolute path"):
        Settings.from_environment({**ISSUER, "BONAFIDE_OIDC_SECRET_FILE": "secret"})
