"""A software token, made as an operator makes one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

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


def begin_token(label: str) -> None:
    """Make a token where SOFTHSM2_CONF says."""
    pins = ["--so-pin", "so-pin-of-tests", "--pin", "pin-of-tests"]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, *pins], check=True, capture_output=True
    )


@contextmanager
def new_token(home: Path) -> Iterator[Token]:
    """A token in an empty folder, which SOFTHSM2_CONF names until the end of the block. Skips without
    SoftHSM.
    """
    module = next((Path(path) for path in _MODULES if Path(path).exists()), None)
    if module is None:
        pytest.skip("needs SoftHSM: install softhsm2 (apt) or softhsm (Homebrew)")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    pin_file = home / "pin"
    pin_file.touch(0o600)
    pin_file.write_text("pin-of-tests\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOFTHSM2_CONF", str(home / "softhsm2.conf"))
        begin_token("bonafide")
        yield Token(home / "tokens", module, pin_file)
