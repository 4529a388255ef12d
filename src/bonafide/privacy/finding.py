"""Finding whom a document belongs to among those who are kept, so that they can be given their rights."""

from __future__ import annotations

from collections.abc import Callable

from bonafide.evidence.access import AccessEvent, Action, record_access
from bonafide.evidence.commitment import SALT_BYTES
from bonafide.privacy.erasure import subjects_of
from bonafide.privacy.kept_access import access_deadline
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
        event = AccessEvent(identifier(), who, Action.FIND, "", None, None, now.wall)
        record_access(transaction, event, deadline=access_deadline(now.retention), salt=random(SALT_BYTES))
        return subjects_of(transaction, document_index)

    return store.write(operator, work)
