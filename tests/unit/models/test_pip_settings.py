from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bonafide.errors import SettingInvalid
from bonafide.models.pip_settings import PipSettings


def load(tmp_path: Path, content: str = "", **variables: str) -> PipSettings:
    """With this configuration file and these variables, and nothing else."""
    file = tmp_path / "pip.conf"
    file.write_text(content)
    # The machine's own files would still be read before this one; these tests look only at what it sets.
    return PipSettings.load({"PIP_CONFIG_FILE": str(file), **variables})


def urls(settings: PipSettings, *, index: bool) -> list[str]:
    return [place.url for place in settings.places if place.is_index is index]


def test_without_any_configuration_it_is_the_public_index() -> None:
    settings = PipSettings.load({"PIP_CONFIG_FILE": os.devnull})
    assert urls(settings, index=True) == ["https://pypi.org/simple"]
    assert urls(settings, index=False) == []
    assert (settings.proxy, settings.certificates, settings.timeout) == (None, None, 15)


def test_variables_override_the_command_s_section_which_overrides_the_global_one(tmp_path: Path) -> None:
    content = "[download]\nindex-url = https://b/\n[global]\nindex-url = https://a/\ntimeout = 7\n"
    assert urls(load(tmp_path, content), index=True)[0] == "https://b/"
    assert urls(load(tmp_path, content, PIP_INDEX_URL="https://c/"), index=True)[0] == "https://c/"
    assert load(tmp_path, content).timeout == 7


def test_lists_are_split_at_white_space(tmp_path: Path) -> None:
    content = (
        "[global]\nindex-url = https://a/\nextra-index-url =\n    https://b/\n    https://c/\nfind-links = \n"
    )
    settings = load(tmp_path, content, PIP_TRUSTED_HOST="a b:8080", PIP_FIND_LINKS="https://d/")
    assert urls(settings, index=True) == ["https://a/", "https://b/", "https://c/"]
    assert urls(settings, index=False) == ["https://d/"]
    assert settings.trusted_hosts == ("a", "b:8080")


def test_local_places_become_addresses_and_go_first(tmp_path: Path) -> None:
    settings = load(
        tmp_path, PIP_INDEX_URL="https://a/", PIP_FIND_LINKS=str(tmp_path), PIP_EXTRA_INDEX_URL="file:///b"
    )
    assert [place.url for place in settings.places] == [tmp_path.as_uri(), "file:///b", "https://a/"]


def test_no_index_leaves_only_links(tmp_path: Path) -> None:
    settings = load(tmp_path, "[global]\nno-index = yes\n", PIP_FIND_LINKS="https://d/")
    assert urls(settings, index=True) == []
    assert urls(settings, index=False) == ["https://d/"]


def test_names_in_any_spelling(tmp_path: Path) -> None:
    settings = load(tmp_path, "[global]\n--index_url = https://a/\n", PIP_DEFAULT_TIMEOUT="180")
    assert urls(settings, index=True)[0] == "https://a/"
    assert settings.timeout == 180


def test_certificates_of_the_http_library_count_where_pip_is_told_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "[global]\ncert = /a.pem\n", REQUESTS_CA_BUNDLE="/b.pem").certificates == Path(
        "/a.pem"
    )
    settings = PipSettings.load({"PIP_CONFIG_FILE": os.devnull, "REQUESTS_CA_BUNDLE": "/b.pem"})
    assert settings.certificates == Path("/b.pem")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[global]\nno-index = perhaps\n", "no-index"),
        ("[global]\ntimeout = soon\n", "timeout"),
        ("index-url = https://a/\n", "cannot be read"),
        ("[global]\nindex-url\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: str, named: str) -> None:
    with pytest.raises(SettingInvalid, match=named):
        load(tmp_path, content)


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, PIP_INDEX_URL="https://me:secret@a/", PIP_PROXY="http://me:secret@proxy")
    assert "secret" not in repr(settings)


def test_it_reads_what_pip_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("pip") is None:
        pytest.skip("pip is not installed here to compare with")
    home = tmp_path / "home"
    (home / ".config/pip").mkdir(parents=True)
    (home / ".pip").mkdir()
    (home / ".pip/pip.conf").write_text("[global]\nindex-url = https://legacy/\nproxy = http://legacy\n")
    (home / ".config/pip/pip.conf").write_text("[global]\nindex-url = https://user/\n")
    for name in [name for name in os.environ if name.startswith(("PIP_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PIP_TIMEOUT", "33")

    def pips(option: str) -> str | None:
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", f"global.{option}"],
            check=False,
            capture_output=True,
            text=True,
        )
        return None if asked.returncode else asked.stdout.strip()

    settings = PipSettings.load(os.environ)
    assert urls(settings, index=True)[0 if pips("extra-index-url") is None else -1] == pips("index-url")
    assert pips("index-url") == "https://user/"
    assert settings.proxy == pips("proxy") == "http://legacy"
    assert settings.timeout == 33
