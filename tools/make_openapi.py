"""Write docs/openapi.json anew: what the service says of itself at /v1/openapi.json.

    python tools/make_openapi.py

A test compares the two. Nothing is opened for it: the description is of the routes alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bonafide.api.app import describe

PLACE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def description() -> str:
    """The file's text."""
    return json.dumps(describe(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(description(), encoding="utf-8")
    sys.stdout.write(
        f"{PLACE.relative_to(Path.cwd())}\n" if PLACE.is_relative_to(Path.cwd()) else f"{PLACE}\n"
    )
