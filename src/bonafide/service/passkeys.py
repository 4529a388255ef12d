"""Entering with a passkey (W3C Web Authentication, level 3): discoverable, and only with user verification,
so that it is two factors at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bonafide.service.accounts import Account, invited, seen_account
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

_CHALLENGE_BYTES: Final = 32
_NAME: Final = "Bonafide"
_LONGEST_ANSWER: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages stand: the origin that browsers name, and its host, to which passkeys are bound."""

    origin: str
    host: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is to ask of an authenticator: the ceremony, and its options as JSON."""

    ceremony: str
    options: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody entered; `session` is the text of their new session."""

    account: Account
    session: str


def ask_for_new_passkey(kept: Retention, invitation: str, site: Site) -> Asked | Refusal:
    """Begin to make a passkey for whoever bears an invitation."""
    now, challenge = kept.now(), random_bytes(_CHALLENGE_BYTES)

    def work(transaction: Transaction) -> tuple[str, Account] | None:
        found = invited(transaction, invitation, now)
        account = seen_account(transaction, found.account) if found else None
        if found is None or account is None:
            return None
        asked = bytes_to_base64url(challenge)
        return begin_ceremony(transaction, CeremonyKind.MAKE_PASSKEY, asked, now, found.id), account

    begun = kept.store.write(kept.operator, work)
    if begun is None:
        return Refusal.RUN_OUT
    ceremony, account = begun
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=_NAME,
        user_name=account.name,
        user_id=UUID(account.id).bytes,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return Asked(ceremony, options_to_json(options))


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
    try:
        made = verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=base64url_to_bytes(asked.asked),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
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
            handle=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            uses=made.sign_count,
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
    now, challenge = kept.now(), random_bytes(_CHALLENGE_BYTES)
    ceremony = kept.store.write(
        kept.operator,
        lambda transaction: begin_ceremony(
            transaction, CeremonyKind.ENTER, bytes_to_base64url(challenge), now
        ),
    )
    options = generate_authentication_options(
        rp_id=site.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(ceremony, options_to_json(options))


def enter_with_passkey(kept: Retention, ceremony: str, answer: str, site: Site) -> Entered | Refusal:
    """Let in whoever's authenticator answered what was asked, once. A passkey whose count of uses does not
    grow was copied, and does not enter.
    """
    now = kept.now()
    try:
        handle = parse_authentication_credential_json(_bounded(answer)).id
    except (WebAuthnException, ValueError):
        return Refusal.WRONG
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, ceremony, CeremonyKind.ENTER, now)
        passkey = transaction.one(CredentialRow, CREDENTIAL, CREDENTIAL.c.handle == handle)
    if asked is None:
        return Refusal.RUN_OUT
    if passkey is None or passkey.public_key is None:
        return Refusal.WRONG
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked.asked),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return Refusal.WRONG

    def work(transaction: Transaction) -> Entered | Refusal:
        if not end_ceremony(transaction, asked):
            return Refusal.RUN_OUT
        same = (CREDENTIAL.c.id == passkey.id, CREDENTIAL.c.uses == passkey.uses)
        account = seen_account(transaction, passkey.account)
        if not transaction.change(CREDENTIAL, *same, uses=verified.new_sign_count):
            return Refusal.WRONG
        if account is None or account.ended_at is not None:
            return Refusal.WRONG
        return Entered(account, begin_session(transaction, account.id, now))

    return kept.store.write(kept.operator, work)


def _bounded(answer: str) -> str:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError("longer than any authenticator's answer")
    return answer
