"""Finding whom a document belongs to among those who are kept, so that they can be given their rights."""

from __future__ import annotations

from collections.abc import Callable

from bonafide.evidence.access import Action
from bonafide.privacy.erasure import subjects_of
from bonafide.privacy.kept_access import log_access
from bonafide.privacy.now import Now
from bonafide.privacy.staff import require_staff_name
from bonafide.store import Store, Transaction


def find_by_document(
    store: Store,
    operator: str,
    document_index: str,
    *,
    who: str,
    now: Now,
    identifier: Callable[[], str],
    random: Callable[[int], bytes],
) -> tuple[str, ...]:
    """The identifiers under which something is kept of whoever showed a document (`Vault.document_index`).
    Who asked is in the log, with or without an answer. Raises `UsageError` for somebody who is not named in
    one short line.
    """
    require_staff_name(who)

    def work(transaction: Transaction) -> tuple[str, ...]:
        log_access(transaction, who, Action.FIND, now, identifier=identifier, random=random)
        return subjects_of(transaction, document_index)

    return store.write(operator, work)
