"""Which holder the settings open."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from bonafide.errors import SettingInvalid, VaultClosed
from bonafide.settings import Settings
from bonafide.vault import UnsafeFileHolder, open_holder


def test_without_a_token_it_is_a_folder_that_calls_itself_unsafe(tmp_path: Path) -> None:
    holder = open_holder(Settings(tmp_path))
    assert isinstance(holder, UnsafeFileHolder)
    assert holder.unsafe
    assert (tmp_path / "keys" / "vault" / "root").is_file()


def test_production_refuses_the_folder_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"unsafe for production.*PKCS #11") as refused:
        open_holder(Settings(tmp_path, production=True))
    assert refused.value.exit_status == 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("production", [True, False])
def test_a_token_that_cannot_be_had_is_not_replaced_by_a_folder(tmp_path: Path, production: bool) -> None:
    uri = f"pkcs11:token=vault?module-path={tmp_path}/none.so&pin-source=file:{tmp_path}/pin"
    with pytest.raises(VaultClosed) as closed:
        open_holder(Settings(tmp_path, production=production, key_holder=uri))
    assert str(tmp_path) not in str(closed.value)
    assert list(tmp_path.iterdir()) == []


def test_a_uri_that_is_none_is_refused(tmp_path: Path) -> None:
    settings = dataclasses.replace(Settings(tmp_path), key_holder="a token")
    with pytest.raises(SettingInvalid, match="BONAFIDE_KEY_HOLDER"):
        open_holder(settings)


def test_who_needs_no_token_loads_no_library_for_one() -> None:
    program = "import bonafide.vault, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pkcs11", "numpy", "sqlalchemy"} & set(done.stdout.split())
