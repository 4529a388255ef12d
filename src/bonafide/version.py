"""The version, once."""

VERSION = "0.1.0"
# What receipts call what wrote them.
SOFTWARE = f"bonafide {VERSION}"
