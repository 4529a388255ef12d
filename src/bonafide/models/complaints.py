"""What went wrong while asking one place after the other, and the one line it makes in the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bonafide.errors import FetchFailed
from bonafide.models.entry import PackageFile


class Complaints(logging.Handler):
    """Collected place by place; also hears what `unearth` only logs (passwords, missing TLS)."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._digests: list[str] = []

    @contextmanager
    def overheard(self) -> Iterator[None]:
        """Listen to `unearth` meanwhile."""
        logger = logging.getLogger("unearth")
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning, unless it says that an index does not have the package: that is an answer, not a
        fault.
        """
        if "(404)" not in (line := record.getMessage()):
            self.add(line)

    def add(self, line: str) -> None:
        """Something was the matter with a place."""
        self._lines.append(line.rstrip(". "))

    def other_digest(self, digest: str) -> None:
        """A place has an archive of that name with other content."""
        self._digests.append(digest)

    def failure(self, wanted: PackageFile, *, asked: bool) -> FetchFailed:
        """The error to raise; `asked` says whether there was any place to ask."""
        name = f"{wanted.package} {wanted.version}"
        if self._digests:
            return FetchFailed(
                f"The archive of {name} has SHA-256 {', '.join(dict.fromkeys(self._digests))}, "
                f"where {wanted.archive_sha256} is expected",
                "Nothing was installed; somebody altered the package, so find out who serves it",
            )
        if self._lines:
            return FetchFailed(
                f"{name} could not be fetched: {'; '.join(dict.fromkeys(self._lines))}",
                "Check the network, and pip's index and proxy with `pip config list`, then try again",
            )
        if not asked:
            return FetchFailed(
                f"{name} could not be fetched: pip is configured to use no index",
                "Name a folder that holds its archive in pip's find-links",
            )
        return FetchFailed(
            f"No package index has {name}",
            "Add one that has to pip's configuration (extra-index-url or find-links)",
        )
