"""Is this person the one on this document?

    import bonafide

    verifier = bonafide.Verifier.open(bonafide.Settings.from_environment(os.environ))
    # The customer read what the purpose asks and agreed.
    consent = bonafide.attested(bonafide.purposes()["sim-signup"], datetime.now(UTC))
    case = verifier.verify(
        bonafide.read_picture(Path("document.jpg")),
        bonafide.read_picture(Path("selfie.jpg")),
        consent,
        attended=True,
    )
    case.outcome, case.reasons

docs/python.md tells the rest. Names are loaded when they are first used, so that importing costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from bonafide.version import VERSION

if TYPE_CHECKING:
    from bonafide.capture import Picture, read_picture
    from bonafide.document import DocumentCheck, Kind, Reading, Result
    from bonafide.document.chip import (
        ChipAuthentication,
        ChipFiles,
        TrustStore,
        authenticate,
        read_chip_files,
        read_trust,
    )
    from bonafide.errors import (
        BonafideError,
        ContractMismatch,
        FetchFailed,
        KeyUnusable,
        LogBroken,
        NotCalibrated,
        NotPermitted,
        RecordAltered,
        SettingInvalid,
        SetupBroken,
        StoreUnusable,
        UnreadableData,
        UnreadableInput,
        UnreadablePicture,
        UnreadableReceipt,
        UsageError,
        VaultClosed,
        WeightsAltered,
        WeightsMissing,
    )
    from bonafide.evidence import (
        Discrepancy,
        DiscrepancyKind,
        Receipt,
        ReceiptCheck,
        check_receipt,
        parse_receipt,
        serialise_receipt,
    )
    from bonafide.outcome import Outcome, Reason
    from bonafide.privacy import ConsentToken, Purpose, attested, purposes
    from bonafide.service.desk import DeskReading, DocumentDesk
    from bonafide.service.receipts import receipt_for
    from bonafide.service.verification import Explanation, Verification
    from bonafide.service.verifier import Verifier
    from bonafide.settings import Profile, Settings
    from bonafide.vault import FileSigner, read_public_key
    from bonafide.wording import Language, advice, sentence

__version__ = VERSION

_HOMES = {
    "bonafide.capture": ("Picture", "read_picture"),
    "bonafide.document": ("DocumentCheck", "Kind", "Reading", "Result"),
    "bonafide.document.chip": (
        "ChipAuthentication",
        "ChipFiles",
        "TrustStore",
        "authenticate",
        "read_chip_files",
        "read_trust",
    ),
    "bonafide.errors": (
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
    ),
    "bonafide.evidence": (
        "Discrepancy",
        "DiscrepancyKind",
        "Receipt",
        "ReceiptCheck",
        "check_receipt",
        "parse_receipt",
        "serialise_receipt",
    ),
    "bonafide.outcome": ("Outcome", "Reason"),
    "bonafide.privacy": ("ConsentToken", "Purpose", "attested", "purposes"),
    "bonafide.service.desk": ("DeskReading", "DocumentDesk"),
    "bonafide.service.receipts": ("receipt_for",),
    "bonafide.service.verification": ("Explanation", "Verification"),
    "bonafide.service.verifier": ("Verifier",),
    "bonafide.settings": ("Profile", "Settings"),
    "bonafide.vault": ("FileSigner", "read_public_key"),
    "bonafide.wording": ("Language", "advice", "sentence"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BonafideError",
    "ChipAuthentication",
    "ChipFiles",
    "ConsentToken",
    "ContractMismatch",
    "DeskReading",
    "Discrepancy",
    "DiscrepancyKind",
    "DocumentCheck",
    "DocumentDesk",
    "Explanation",
    "FetchFailed",
    "FileSigner",
    "KeyUnusable",
    "Kind",
    "Language",
    "LogBroken",
    "NotCalibrated",
    "NotPermitted",
    "Outcome",
    "Picture",
    "Profile",
    "Purpose",
    "Reading",
    "Reason",
    "Receipt",
    "ReceiptCheck",
    "RecordAltered",
    "Result",
    "SettingInvalid",
    "Settings",
    "SetupBroken",
    "StoreUnusable",
    "TrustStore",
    "UnreadableData",
    "UnreadableInput",
    "UnreadablePicture",
    "UnreadableReceipt",
    "UsageError",
    "VaultClosed",
    "Verification",
    "Verifier",
    "WeightsAltered",
    "WeightsMissing",
    "__version__",
    "advice",
    "attested",
    "authenticate",
    "check_receipt",
    "parse_receipt",
    "purposes",
    "read_chip_files",
    "read_picture",
    "read_public_key",
    "read_trust",
    "receipt_for",
    "sentence",
    "serialise_receipt",
]


def __getattr__(name: str) -> object:
    try:
        home = _HOME_OF[name]
    except KeyError:
        raise AttributeError(f"module 'bonafide' has no attribute {name!r}") from None
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
