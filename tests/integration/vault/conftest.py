"""A software token of this test process's own, and holders of both kinds."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bonafide.vault import KeyHolder, KeyName, KeyUse, UnsafeFileHolder

# Debian, Fedora, Homebrew on Apple silicon and on Intel.
_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class Token:
    """A SoftHSM token, whose files lie in `folder`."""

    folder: Path
    module: Path
    pin_file: Path
    label: str = "bonafide"

    @property
    def uri(self) -> str:
        return f"pkcs11:token={self.label}?module-path={self.module}&pin-source=file:{self.pin_file}"


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


def begin_token(label: str) -> None:
    """Make a token where SOFTHSM2_CONF says."""
    pins = ["--so-pin", "so-pin-of-tests", "--pin", "pin-of-tests"]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, *pins], check=True, capture_output=True
    )


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """One for all tests of this process, in which the library reads its configuration once."""
    module = next((Path(path) for path in _MODULES if Path(path).exists()), None)
    if module is None:
        pytest.skip("needs SoftHSM: install softhsm2 (apt) or softhsm (Homebrew)")
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    pin_file = home / "pin"
    pin_file.touch(0o600)
    pin_file.write_text("pin-of-tests\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(home / "softhsm2.conf"))
        begin_token("bonafide")
        yield Token(home / "tokens", module, pin_file)


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
