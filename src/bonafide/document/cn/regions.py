"""The administrative divisions that a resident number may begin with."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def regions() -> frozenset[str]:
    """Six-digit codes of GB/T 2260, retired ones included: a number keeps the one it was issued under."""
    text = (resources.files(__package__) / "regions.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return frozenset(prefecture + county for prefecture, *counties in rows for county in counties)
