"""Receipts of what was decided, and their offline verifier."""

from bonafide.evidence.claims import Claims, ClaimValue
from bonafide.evidence.receipt import Receipt, Signer, parse_receipt, serialise_receipt, sign_receipt
from bonafide.evidence.verify import Discrepancy, DiscrepancyKind, ReceiptCheck, check_receipt

__all__ = [
    "ClaimValue",
    "Claims",
    "Discrepancy",
    "DiscrepancyKind",
    "Receipt",
    "ReceiptCheck",
    "Signer",
    "check_receipt",
    "parse_receipt",
    "serialise_receipt",
    "sign_receipt",
]
