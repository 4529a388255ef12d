"""`import bonafide`: the names it promises, and that asking for nothing costs nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import bonafide

HEAVY = {"numpy", "cv2", "onnxruntime", "onnx", "PIL", "pi_heif", "simplejpeg", "cryptography", "unearth"}
HEAVY |= {"rich", "scipy", "matplotlib", "zxingcpp", "sqlalchemy", "alembic", "psycopg", "pkcs11"}


def imported_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_names_are_these() -> None:
    assert set(bonafide.__all__) == {
        # verifying
        "Explanation",
        "Language",
        "Outcome",
        "Picture",
        "Profile",
        "Reason",
        "Settings",
        "Verification",
        "Verifier",
        "advice",
        "read_picture",
        "sentence",
        # consent
        "ConsentToken",
        "Purpose",
        "attested",
        "purposes",
        # documents and chips
        "ChipAuthentication",
        "ChipFiles",
        "DeskReading",
        "DocumentCheck",
        "DocumentDesk",
        "Kind",
        "Reading",
        "Result",
        "TrustStore",
        "authenticate",
        "read_chip_files",
        "read_trust",
        # receipts
        "Discrepancy",
        "DiscrepancyKind",
        "FileSigner",
        "Receipt",
        "ReceiptCheck",
        "check_receipt",
        "parse_receipt",
        "read_public_key",
        "receipt_for",
        "serialise_receipt",
        # errors
        "BonafideError",
        "ContractMismatch",
        "FetchFailed",
        "KeyUnusable",
        "LogBroken",
        "NotCalibrated",
        "NotPermitted",
        "RecordAltered",
        "SettingInvalid",
        "SetupBroken",
        "StoreUnusable",
        "UnreadableData",
        "UnreadableInput",
        "UnreadablePicture",
        "UnreadableReceipt",
        "UsageError",
        "VaultClosed",
        "WeightsAltered",
        "WeightsMissing",
        "__version__",
    }
    assert dir(bonafide) == sorted(bonafide.__all__)


@pytest.mark.parametrize("name", sorted(set(bonafide.__all__) - {"__version__"}))
def test_every_public_name_can_be_had_and_explains_itself(name: str) -> None:
    value = getattr(bonafide, name)
    assert value.__name__ == name
    assert inspect.getdoc(value)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Verifyer'"):
        bonafide.Verifyer  # noqa: B018 - asking is the test


@pytest.mark.parametrize("statement", ["import bonafide", "import bonafide.cli", "import bonafide.errors"])
def test_importing_loads_nothing_heavy(statement: str) -> None:
    assert not imported_by(statement) & HEAVY


def test_help_and_version_load_nothing_heavy() -> None:
    program = (
        "from bonafide.cli import main\ntry: main(['{}'])\nexcept SystemExit as done: assert not done.code"
    )
    for option in ("--help", "--version"):
        assert not imported_by(program.format(option)) & HEAVY
