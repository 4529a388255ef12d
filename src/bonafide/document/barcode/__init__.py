"""Bar codes: reading them, North American licences (AAMVA), visible digital seals (ICAO Doc 9303-13)."""

from bonafide.document.barcode.aamva import Licence, jurisdictions, parse_aamva
from bonafide.document.barcode.licence_checks import licence_checks, licence_printed_check
from bonafide.document.barcode.read import Barcode, BarcodeKind, read_barcodes
from bonafide.document.barcode.seal import Seal, parse_seal
from bonafide.document.barcode.seal_check import seal_check

__all__ = [
    "Barcode",
    "BarcodeKind",
    "Licence",
    "Seal",
    "jurisdictions",
    "licence_checks",
    "licence_printed_check",
    "parse_aamva",
    "parse_seal",
    "read_barcodes",
    "seal_check",
]
