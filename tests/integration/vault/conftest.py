"""Holders of both kinds."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.softhsm import Token

from bonafide.vault import KeyHolder, KeyName, KeyUse, UnsafeFileHolder


@dataclass(frozen=True)
class KeyStore:
    """Where keys lie, how a holder of them is opened here, and by which program in another process."""

    folder: Path
    open: Callable[[], KeyHolder]
    program: str

    @contextlib.contextmanager
    def lost(self) -> Iterator[None]:
        """The store is away until the end of the block."""
        away = self.folder.with_name(self.folder.name + "-away")
        self.folder.rename(away)
        try:
            yield
        finally:
            away.rename(self.folder)


@pytest.fixture(params=["file", "softhsm"])
def key_store(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    """What uses it runs on the folder and on the token."""
    if request.param == "file":
        folder = tmp_path / "vault"
        program = (
            "from pathlib import Path; from bonafide.vault import *; "
            f"holder = UnsafeFileHolder(Path({str(folder)!r}))"
        )
        return KeyStore(folder, lambda: UnsafeFileHolder(folder), program)
    token: Token = request.getfixturevalue("token")

    def opened() -> KeyHolder:
        from bonafide.vault.pkcs11_holder import Pkcs11Holder
        from bonafide.vault.pkcs11_uri import TokenUri

        return Pkcs11Holder(TokenUri.parse(token.uri))

    program = (
        "from bonafide.vault import *; from bonafide.vault.pkcs11_holder import Pkcs11Holder; "
        "from bonafide.vault.pkcs11_uri import TokenUri; "
        f"holder = Pkcs11Holder(TokenUri.parse({token.uri!r}))"
    )
    return KeyStore(token.folder, opened, program)


@pytest.fixture
def holder(key_store: KeyStore) -> KeyHolder:
    return key_store.open()


@pytest.fixture
def operator() -> str:
    """An operator that no other test has keys of: the token is the same for all."""
    return f"{secrets.token_hex(4)}.example"


@pytest.fixture
def name(holder: KeyHolder, operator: str) -> KeyName:
    """The first wrapping key of the operator, which is there."""
    name = KeyName(operator, KeyUse.WRAPPING, 1)
    holder.make(name)
    return name
