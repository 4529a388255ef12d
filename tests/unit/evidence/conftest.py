"""A key and claims made for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bonafide.evidence import Claims, Receipt, sign_receipt
from bonafide.outcome import Outcome, Reason
from bonafide.vault import FileSigner


@pytest.fixture(scope="session")
def signer() -> FileSigner:
    return FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture(scope="session")
def claims() -> Claims:
    return Claims(
        identifier="3f0c6a5e-0000-4000-8000-000000000000",
        issued_at=datetime(2026, 11, 24, 9, 30, 15, 999, tzinfo=UTC),
        purpose="sim-signup",
        outcome=Outcome.REFER,
        reasons=(Reason.MATCH_CONFIRMED, Reason.PRESENCE_NOT_SHOWN),
        attended=False,
        false_match_rate=1e-4,
        detector="a" * 64,
        recogniser="b" * 64,
        text_detector="e" * 64,
        text_recogniser="f" * 64,
        document="td3",
        calibration="c" * 64,
        policy="d" * 64,
        software="bonafide 0.0.0",
        rules="1" * 64,
    )


@pytest.fixture(scope="session")
def receipt(claims: Claims, signer: FileSigner) -> Receipt:
    return sign_receipt(claims, signer)
