"""How long work at set-up tells whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told what happens; shows it, or not."""

    def note(self, line: str) -> None:
        """Something was begun or done, in words."""

    def download(self, name: str, done: int, total: int) -> None:
        """`done` of `total` bytes of an archive have arrived."""


class Silent:
    """Shows nothing."""

    def note(self, line: str) -> None:
        """Nothing."""

    def download(self, name: str, done: int, total: int) -> None:
        """Nothing."""
