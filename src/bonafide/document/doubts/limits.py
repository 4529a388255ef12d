"""The limits of the doubts; the numbers and where they come from are in `limits.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def limit(check: str, name: str) -> float:
    """The limit of a check's measure, in the measure's own unit."""
    return float(_tables()[check][name]["value"])


@cache
def _tables() -> dict[str, dict[str, dict[str, Any]]]:
    text = files("bonafide.document.doubts").joinpath("limits.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(text)
    return tables
