"""Entering with a passkey (W3C Web Authentication, level 3): discoverable, and only with user verification,
so that it is two factors at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bonafide.service.accounts import Account, invited, seen_account
from bonafide.service.authenticators import (
    CHALLENGE_BYTES,
    Asked,
    Site,
    creation_options,
    handle_of,
    read_made,
    read_used,
    request_options,
    written,
)
from bonafide.service.ceremonies import (
    CeremonyKind,
    CredentialKind,
    CredentialRow,
    Refusal,
    begin_ceremony,
    end_ceremony,
    find_ceremony,
    take_up,
    taking_up,
)
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.web_sessions import begin_session
from bonafide.store import Transaction
from bonafide.store.people_tables import CREDENTIAL


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody entered; `session` is the text of their new session."""

    account: Account
    session: str


def ask_for_new_passkey(kept: Retention, invitation: str, site: Site) -> Asked | Refusal:
    """Begin to make a passkey for whoever bears an invitation."""
    now, challenge = kept.now(), random_bytes(CHALLENGE_BYTES)

    def work(transaction: Transaction) -> tuple[str, Account] | None:
        found = invited(transaction, invitation, now)
        account = seen_account(transaction, found.account) if found else None
        if found is None or account is None:
            return None
        made = begin_ceremony(transaction, CeremonyKind.MAKE_PASSKEY, written(challenge), now, found.id)
        return made, account

    begun = kept.store.write(kept.operator, work)
    if begun is None:
        return Refusal.RUN_OUT
    ceremony, account = begun
    owner = UUID(account.id).bytes
    return Asked(ceremony, creation_options(site, challenge, owner=owner, name=account.name))


def make_passkey(
    kept: Retention, invitation: str, ceremony: str, answer: str, site: Site
) -> Entered | Refusal:
    """Take up an invitation with the authenticator's answer, and enter. What the account entered by before is
    void.
    """
    now = kept.now()
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, ceremony, CeremonyKind.MAKE_PASSKEY, now)
        if asked is None or taking_up(transaction, asked, invitation, now) is None:
            return Refusal.RUN_OUT
    made = read_made(answer, asked.asked, site)
    if made is None:
        return Refusal.WRONG

    def work(transaction: Transaction) -> Entered | Refusal:
        found = taking_up(transaction, asked, invitation, now)
        if found is None or not end_ceremony(transaction, asked):
            return Refusal.RUN_OUT
        row = CredentialRow(
            id=new_identifier(),
            account=found.account,
            kind=CredentialKind.PASSKEY,
            made_at=now.wall,
            handle=made.handle,
            public_key=made.public_key,
            uses=made.uses,
        )
        if not take_up(transaction, found, row):
            return Refusal.RUN_OUT
        account = seen_account(transaction, found.account)
        if account is None:
            return Refusal.RUN_OUT
        return Entered(account, begin_session(transaction, account.id, now))

    return kept.store.write(kept.operator, work)


def ask_for_passkey(kept: Retention, site: Site) -> Asked:
    """Begin to let somebody in; who they are the authenticator says."""
    now, challenge = kept.now(), random_bytes(CHALLENGE_BYTES)
    ceremony = kept.store.write(
        kept.operator,
        lambda transaction: begin_ceremony(transaction, CeremonyKind.ENTER, written(challenge), now),
    )
    return Asked(ceremony, request_options(site, challenge))


def enter_with_passkey(kept: Retention, ceremony: str, answer: str, site: Site) -> Entered | Refusal:
    """Let in whoever's authenticator answered what was asked, once. A passkey whose count of uses does not
    grow was copied, and does not enter.
    """
    now = kept.now()
    handle = handle_of(answer)
    if handle is None:
        return Refusal.WRONG
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, ceremony, CeremonyKind.ENTER, now)
        passkey = transaction.one(CredentialRow, CREDENTIAL, CREDENTIAL.c.handle == handle)
    if asked is None:
        return Refusal.RUN_OUT
    if passkey is None or passkey.public_key is None:
        return Refusal.WRONG
    owner = UUID(passkey.account).bytes
    uses = read_used(answer, asked.asked, site, owner=owner, public_key=passkey.public_key, uses=passkey.uses)
    if uses is None:
        return Refusal.WRONG

    def work(transaction: Transaction) -> Entered | Refusal:
        if not end_ceremony(transaction, asked):
            return Refusal.RUN_OUT
        same = (CREDENTIAL.c.id == passkey.id, CREDENTIAL.c.uses == passkey.uses)
        account = seen_account(transaction, passkey.account)
        if not transaction.change(CREDENTIAL, *same, uses=uses):
            return Refusal.WRONG
        if account is None or account.ended_at is not None:
            return Refusal.WRONG
        return Entered(account, begin_session(transaction, account.id, now))

    return kept.store.write(kept.operator, work)
