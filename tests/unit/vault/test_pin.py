"""A token that has refused PINs before is not given one that may lock it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pkcs11 import Token, TokenFlag

from bonafide.errors import KeyUnusable
from bonafide.vault.pkcs11_connection import Pkcs11Connection
from bonafide.vault.pkcs11_uri import TokenUri


@pytest.mark.parametrize("flag", [TokenFlag.USER_PIN_FINAL_TRY, TokenFlag.USER_PIN_LOCKED])
def test_the_last_try_is_left_to_people(tmp_path: Path, flag: TokenFlag) -> None:
    # SoftHSM never locks, so this token is made up; opening it would raise AttributeError.
    token = cast("Token", SimpleNamespace(flags=TokenFlag.LOGIN_REQUIRED | flag))
    connection = Pkcs11Connection(TokenUri(tmp_path / "library.so", tmp_path / "pin", label="vault"))
    with pytest.raises(KeyUnusable, match="by hand"):
        connection._log_in([token])
