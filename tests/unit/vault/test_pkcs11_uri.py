"""The URI of a token: what is meant, and nothing else; never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonafide.errors import SettingInvalid
from bonafide.vault.pkcs11_uri import TokenUri

QUERY = "?module-path=/usr/lib/hsm.so&pin-source=file:/etc/bonafide/pin"
GOOD = "pkcs11:token=vault" + QUERY


def test_a_token_a_library_and_a_file_with_the_pin() -> None:
    assert TokenUri.parse(GOOD) == TokenUri(
        module_path=Path("/usr/lib/hsm.so"), pin_source=Path("/etc/bonafide/pin"), label="vault"
    )


def test_all_that_can_be_said() -> None:
    text = (
        "pkcs11:serial=0a%3B1;token=the%20vault%20%E9%92%A5;slot-id=17"
        "?pin-source=file:///etc/p%2520n&module-path=/l/a%20b.so"
    )
    assert TokenUri.parse(text) == TokenUri(
        module_path=Path("/l/a b.so"),
        pin_source=Path("/etc/p%20n"),
        label="the vault 钥",
        serial="0a;1",
        slot_id=17,
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "does not begin with"),
        ("file:/keys", "does not begin with"),
        ("PKCS11:token=a" + QUERY, "does not begin with"),
        ("pkcs11:", "names no token"),
        ("pkcs11:" + QUERY, "names no token"),
        ("pkcs11:token=" + QUERY, "empty or not encoded"),
        ("pkcs11:token" + QUERY, "empty or not encoded"),
        ("pkcs11:token=a b" + QUERY, "empty or not encoded"),
        ("pkcs11:token=a/b" + QUERY, "empty or not encoded"),
        ("pkcs11:token=%g0" + QUERY, "empty or not encoded"),
        ("pkcs11:token=%FF" + QUERY, "not UTF-8"),
        ("pkcs11:token=%00" + QUERY, "cannot be shown"),
        ("pkcs11:token=a\n" + QUERY, "empty or not encoded"),
        ("pkcs11:token=a;token=a" + QUERY, "token twice"),
        ("pkcs11:token=a;" + QUERY, "not known"),
        ("pkcs11:token=a;object=key" + QUERY, "not known"),
        ("pkcs11:token=a;module-path=%2Fx" + QUERY, "not known"),
        ("pkcs11:slot-id=-1" + QUERY, "not a number"),
        ("pkcs11:slot-id=%D9%A1" + QUERY, "not a number"),
        ("pkcs11:slot-id=1_0" + QUERY, "not a number"),
        ("pkcs11:token=a", "no file with the token's PIN"),
        ("pkcs11:token=a?module-path=/x", "no file with the token's PIN"),
        ("pkcs11:token=a?module-path=/x&pin-source=/etc/pin", "no file with the token's PIN"),
        ("pkcs11:token=a?module-path=/x&pin-source=|/bin/pin", "no file with the token's PIN"),
        ("pkcs11:token=a?module-path=/x&pin-source=https://x/pin", "no file with the token's PIN"),
        ("pkcs11:token=a?module-path=/x&pin-source=file:pin", "no pin-source that is an absolute path"),
        ("pkcs11:token=a?module-path=/x&pin-source=file://host/pin", "no pin-source that is an absolute"),
        ("pkcs11:token=a?pin-source=file:/pin", "no module-path that is an absolute path"),
        ("pkcs11:token=a?module-path=hsm.so&pin-source=file:/pin", "no module-path that is an absolute"),
        ("pkcs11:token=a?module-path=/x?y&module-path=/x&pin-source=file:/p", "module-path twice"),
    ],
)
def test_what_is_something_else_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SettingInvalid, match=problem) as refused:
        TokenUri.parse(text)
    assert "BONAFIDE_KEY_HOLDER" in refused.value.problem


@pytest.mark.parametrize("text", [GOOD + "&pin-value=13579", "pkcs11:pin-value=13579;token=a" + QUERY])
def test_a_pin_in_the_setting_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SettingInvalid, match=r"change the PIN") as refused:
        TokenUri.parse(text)
    assert "13579" not in str(refused.value)


SCHEME_AND_NAMES = [
    "pkcs11:",
    "token=",
    "serial=",
    "slot-id=",
    "pin-value=",
    "module-path=/",
    "pin-source=file:/",
]
BETWEEN = [";", "&", "?", "=", "/", "//", "%", "%2F", "%00", "%ff", "７", "x", "\n", "SECRET"]
PIECES = st.sampled_from([*SCHEME_AND_NAMES, *BETWEEN])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join).map("pkcs11:".__add__)))
@example("pkcs11:token=SECRET" + QUERY)
def test_whatever_is_given_is_a_whole_uri_or_refused_without_being_shown(text: str) -> None:
    try:
        uri = TokenUri.parse(text)
    except SettingInvalid as refused:
        said = str(refused)
    else:
        said = ""
        assert uri.module_path.is_absolute()
        assert uri.pin_source.is_absolute()
        assert uri.label or uri.serial or uri.slot_id is not None
    assert "SECRET" not in said
    assert "\n" not in said
