"""Deciding a case under a consent on record, and keeping the decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bonafide.privacy import ConsentToken, Purpose
from bonafide.privacy.consent import token
from bonafide.service.case_picture import CasePicture
from bonafide.service.document_index import DocumentIndex
from bonafide.service.keeping import Keeping, KeptDecision
from bonafide.service.retention import retention
from bonafide.service.verification import Verification
from bonafide.settings import Settings

# Looks at a case under a token, and gives its pictures as well.
Look = Callable[[ConsentToken, DocumentIndex], tuple[Verification, tuple[CasePicture, ...]]]


def decide_and_keep(
    settings: Settings, purpose: Purpose, consent: str, look: Look
) -> tuple[Verification, KeptDecision]:
    """Decide under a consent and keep what came of it. Raises what `token`, `look` and `Keeping.keep` raise;
    then nothing is kept.
    """
    with retention(settings) as kept:
        now = kept.now()
        with kept.store.read(kept.operator) as transaction:
            leave = token(transaction, consent, purpose, now)
        # What may be wrong with the keys is said before any picture is looked at.
        vault, signer = kept.vault(), kept.signer()
        case, pictures = look(leave, partial(vault.document_index, kept.operator))
        return case, Keeping(kept, vault, signer).keep(case, leave, pictures)
