"""The chip of a travel document: its files, and whether a state signed them."""

from bonafide.document.chip.authentication import ChipAuthentication, authenticate
from bonafide.document.chip.data_groups import PortraitFormat
from bonafide.document.chip.files import ChipFiles, read_chip_files
from bonafide.document.chip.portrait import portrait_picture
from bonafide.document.chip.trust import TrustStore, read_trust

__all__ = [
    "ChipAuthentication",
    "ChipFiles",
    "PortraitFormat",
    "TrustStore",
    "authenticate",
    "portrait_picture",
    "read_chip_files",
    "read_trust",
]
