"""The packages that measuring needs and verifying does not."""

from __future__ import annotations

import importlib.util

from bonafide.errors import SetupBroken

EXTRA = ("jinja2", "matplotlib", "scipy")


def require_extra() -> None:
    """Raise `SetupBroken` unless the extra `evaluation` is installed."""
    if any(importlib.util.find_spec(name) is None for name in EXTRA):
        raise SetupBroken(
            "Evaluation needs packages that are not installed", "Run `pip install 'bonafide[evaluation]'`"
        )
