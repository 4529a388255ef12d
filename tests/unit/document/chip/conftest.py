"""What tests of the chip share: the operator's trust, read from files as an operator has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.unit.document.chip.workshop import NOW, Chip

from bonafide.document.chip import ChipAuthentication, ChipFiles, TrustStore, authenticate, read_trust

Trust = Callable[..., TrustStore]
Check = Callable[..., ChipAuthentication]


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    """The trust store of files of such content."""

    def read(*contents: bytes) -> TrustStore:
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"trusted{number}")
            paths[-1].write_bytes(content)
        return read_trust(paths)

    return read


@pytest.fixture
def check(trust: Trust) -> Check:
    """What authentication finds of a chip whose authority is trusted, and other trust files beside it."""

    def authenticated(
        made: Chip, *others: bytes, now: datetime = NOW, files: ChipFiles | None = None
    ) -> ChipAuthentication:
        return authenticate(files or made.files(), trust(made.authority.encode(), *others), now)

    return authenticated
