"""Who changed accounts, keys and webhooks: in the log with the change itself, or neither is."""

from __future__ import annotations

from bonafide.evidence.access import Action
from bonafide.privacy import Now
from bonafide.privacy.kept_access import log_access
from bonafide.service.retention import new_identifier, random_bytes
from bonafide.store import Transaction


def log_managing(transaction: Transaction, who: str, action: Action, record: str, now: Now) -> None:
    """Put into the log that somebody did this to an account, a key or a webhook, by its identifier."""
    log_access(transaction, who, action, now, identifier=new_identifier, random=random_bytes, record=record)
