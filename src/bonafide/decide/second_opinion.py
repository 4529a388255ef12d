"""Which of the cases that a policy refers two people decide, each without seeing the other's opinion."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from bonafide.outcome import Reason

# What speaks of an attack rather than of a bad picture.
HIGH_RISK: Final = frozenset(
    {
        Reason.PRESENCE_REFUTED,
        Reason.DOCUMENT_TEXT_EDITED,
        Reason.DOCUMENT_SCREEN,
        Reason.DOCUMENT_COPY,
        Reason.DOCUMENT_PORTRAIT_MISPLACED,
        Reason.DOCUMENT_PORTRAITS_DIFFER,
        Reason.DOCUMENT_BARCODE_WRONG,
        Reason.DOCUMENT_BARCODE_DIFFERS,
        Reason.DOCUMENT_SEAL_WRONG,
        Reason.CHIP_DATA_CHANGED,
        Reason.CHIP_SIGNATURE_WRONG,
        Reason.CHIP_PORTRAIT_DIFFERS,
        Reason.CHIP_TEXT_DIFFERS,
    }
)


class SecondOpinion(StrEnum):
    """When a policy asks two people."""

    NEVER = "never"
    """One person decides whatever is referred."""

    HIGH_RISK = "high-risk"
    """Two decide where a reason speaks of an attack (`HIGH_RISK`)."""

    ALWAYS = "always"
    """Two decide whatever is referred."""

    def asked_for(self, reasons: Iterable[Reason]) -> bool:
        """Whether two people decide a case that was referred for these reasons."""
        if self is SecondOpinion.HIGH_RISK:
            return not HIGH_RISK.isdisjoint(reasons)
        return self is SecondOpinion.ALWAYS

    def describe(self) -> dict[str, str]:
        """Everything that changes what it asks; the policy's digest is made of it."""
        if self is SecondOpinion.HIGH_RISK:
            return {"second_opinion": self.value, "reasons": " ".join(sorted(HIGH_RISK))}
        return {"second_opinion": self.value}
