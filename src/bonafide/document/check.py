"""What a check of a document says: passed, failed, or not assessable, never nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bonafide.outcome import Reason


class Result(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSABLE = "not-assessable"


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """One check by its stable name, such as `mrz.check_digits`; `reason` is None where it passed."""

    name: str
    result: Result
    reason: Reason | None

    @classmethod
    def passed(cls, name: str) -> DocumentCheck:
        """The check found everything as it should be."""
        return cls(name, Result.PASSED, None)

    @classmethod
    def failed(cls, name: str, reason: Reason) -> DocumentCheck:
        """The check found something wrong."""
        return cls(name, Result.FAILED, reason)

    @classmethod
    def not_assessable(cls, name: str, reason: Reason) -> DocumentCheck:
        """The check lacks what it needs."""
        return cls(name, Result.NOT_ASSESSABLE, reason)

    @classmethod
    def of(cls, name: str, sound: bool, reason: Reason) -> DocumentCheck:
        """Passed if `sound`, else failed for `reason`."""
        return cls.passed(name) if sound else cls.failed(name, reason)
