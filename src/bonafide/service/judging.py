"""What an outcome means to whoever handed in the pictures: whether better ones may help, and whether it
counts as tried in vain.
"""

from __future__ import annotations

from typing import Final

from bonafide.outcome import Flaw, Outcome, Reason, Subject
from bonafide.service.verification import Case

_IN_FAVOUR: Final = frozenset(
    {
        Reason.MATCH_CONFIRMED,
        Reason.PRESENCE_ATTENDED,
        Reason.PRESENCE_CONFIRMED,
        Reason.DOCUMENT_CONSISTENT,
        Reason.CHIP_AUTHENTIC,
    }
)
# Nobody attended, or the customer wants a person: no picture changes it, and nobody is to blame for it.
_AS_IT_IS: Final = frozenset({Reason.PRESENCE_NOT_SHOWN, Reason.PERSON_ASKED})
# What better pictures, or another session, may heal.
_RETAKEN: Final = frozenset(
    {
        *(Reason.of(subject, flaw) for subject in Subject for flaw in Flaw),
        Reason.DOCUMENT_UNREADABLE,
        Reason.DOCUMENT_OUTLINE_UNSURE,
        Reason.DOCUMENT_SIDE_MISSING,
        Reason.PRESENCE_DOUBTFUL,
    }
)


def flaws_to_mend(case: Case) -> tuple[Reason, ...]:
    """What was wrong with the pictures, if nothing else stands against a case that was referred; nothing
    where better pictures would not help.
    """
    against = _against(case)
    if case.outcome is not Outcome.REFER or not _RETAKEN.issuperset(against):
        return ()
    return against


def tried_in_vain(case: Case) -> bool:
    """Whether it counts as a failure: rejected, or anything stands against the person or the document, or
    the pictures could not be judged.
    """
    return case.outcome is Outcome.REJECT or (case.outcome is Outcome.REFER and bool(_against(case)))


def _against(case: Case) -> tuple[Reason, ...]:
    return tuple(reason for reason in case.reasons if reason not in _IN_FAVOUR | _AS_IT_IS)
