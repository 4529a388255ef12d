"""Entering by the issuer of sign-ins: an account that exists by invitation, bound to the issuer's name for
somebody.

What is asked of the issuer is bound to the browser that asked: nonce, verifier and state are made of a secret
in the database and of what only that browser sends, so that nobody can be made to enter as somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bonafide.privacy import Now
from bonafide.service.accounts import InvitationRow, invited, seen_account
from bonafide.service.ceremonies import (
    Ceremony,
    CeremonyKind,
    CredentialKind,
    CredentialRow,
    begin_ceremony,
    end_ceremony,
    find_ceremony,
    take_up,
)
from bonafide.service.id_token import subject_of
from bonafide.service.issuer import IssuerAwayError, authorization_address, endpoints_of, exchange
from bonafide.service.passkeys import Entered
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.web_sessions import begin_session
from bonafide.settings import Issuer
from bonafide.store import Transaction
from bonafide.store.people_tables import CREDENTIAL, INVITATION

_SECRET_BYTES: Final = 32
_STATE: Final = re.compile(
    r"([a-z0-9]+(?:[.-][a-z0-9]+)*)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([A-Za-z0-9_-]{43})",
    re.ASCII,
)
_LONGEST_STATE: Final = 160
# RFC 6749, A.11: printable.
_CODE: Final = re.compile(r"[ -~]{1,2048}", re.ASCII)

_log = logging.getLogger(__name__)


class IssuerRefusal(StrEnum):
    """Why nobody entered by the issuer."""

    AWAY = "away"
    """It did not answer, or not as it must."""

    RUN_OUT = "run-out"
    """What was asked, or the invitation, was used, has run out, or is another browser's."""

    UNBOUND = "unbound"
    """No account is bound to whom it names."""

    BOUND = "bound"
    """Another account is bound to them already."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """What a browser brings back from the issuer."""

    state: str
    code: str


def operator_of_state(state: str) -> str | None:
    """Of which operator's people a browser comes back, as it says itself; None for what we never sent."""
    found = _STATE.fullmatch(state) if len(state) <= _LONGEST_STATE else None
    return found[1] if found else None


def ask_issuer(
    kept: Retention, issuer: Issuer, browser: str, back: str, invitation: str | None = None
) -> str | IssuerRefusal:
    """The address of the issuer's to send a browser to; with an invitation's text, to take that up. `browser`
    is what only that browser sends, `back` where the issuer sends it afterwards.
    """
    now, secret = kept.now(), random_bytes(_SECRET_BYTES).hex()
    try:
        endpoints = endpoints_of(issuer)
    except IssuerAwayError as error:
        return _away(error)

    def work(transaction: Transaction) -> str | None:
        if invitation is None:
            return begin_ceremony(transaction, CeremonyKind.ASK_ISSUER, secret, now)
        found = invited(transaction, invitation, now)
        if found is None:
            return None
        return begin_ceremony(transaction, CeremonyKind.ASK_ISSUER, secret, now, found.id)

    ceremony = kept.store.write(kept.operator, work)
    if ceremony is None:
        return IssuerRefusal.RUN_OUT
    challenge = hashlib.sha256(_made(secret, browser, "verifier").encode()).digest()
    return authorization_address(
        endpoints,
        issuer,
        back=back,
        state=f"{kept.operator}/{ceremony}/{_made(secret, browser, 'state')}",
        nonce=_made(secret, browser, "nonce"),
        challenge=base64.urlsafe_b64encode(challenge).decode().rstrip("="),
    )


def enter_by_issuer(
    kept: Retention, issuer: Issuer, browser: str, back: str, came: CameBack
) -> Entered | IssuerRefusal:
    """Let in whom the issuer names, if an account is bound to them, or bind the one whose invitation is taken
    up; what that account entered by before is void. Raises `SetupBroken` where the client's secret cannot be
    read.
    """
    now = kept.now()
    found = _STATE.fullmatch(came.state) if len(came.state) <= _LONGEST_STATE else None
    if found is None or found[1] != kept.operator or not _CODE.fullmatch(came.code):
        return IssuerRefusal.RUN_OUT
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, found[2], CeremonyKind.ASK_ISSUER, now)
    if asked is None or not hmac.compare_digest(_made(asked.asked, browser, "state"), found[3]):
        return IssuerRefusal.RUN_OUT
    # Used before the issuer is asked: of two answers at once, one is.
    if not kept.store.write(kept.operator, lambda transaction: end_ceremony(transaction, asked)):
        return IssuerRefusal.RUN_OUT
    try:
        token, keys = exchange(
            issuer, code=came.code, back=back, verifier=_made(asked.asked, browser, "verifier")
        )
    except IssuerAwayError as error:
        return _away(error)
    subject = subject_of(
        token,
        keys,
        issuer=issuer.address,
        client=issuer.client,
        nonce=_made(asked.asked, browser, "nonce"),
        now=now.wall,
    )
    if subject is None:
        return _away(IssuerAwayError("its ID token does not hold"))
    handle = _handle(issuer, subject)
    return kept.store.write(kept.operator, lambda transaction: _entered(transaction, asked, handle, now))


def _entered(transaction: Transaction, asked: Ceremony, handle: str, now: Now) -> Entered | IssuerRefusal:
    bound = transaction.one(CredentialRow, CREDENTIAL, CREDENTIAL.c.handle == handle)
    account = bound.account if bound else None
    if asked.invitation is not None:
        invitation = transaction.one(
            InvitationRow,
            INVITATION,
            INVITATION.c.id == asked.invitation,
            INVITATION.c.deadline > now.retention,
        )
        if invitation is None:
            return IssuerRefusal.RUN_OUT
        # One person has one account: two would be two pairs of eyes where four are asked.
        if account not in (None, invitation.account):
            return IssuerRefusal.BOUND
        row = CredentialRow(
            id=new_identifier(),
            account=invitation.account,
            kind=CredentialKind.ISSUER,
            made_at=now.wall,
            handle=handle,
        )
        if not take_up(transaction, invitation, row):
            return IssuerRefusal.RUN_OUT
        account = invitation.account
    seen = seen_account(transaction, account) if account is not None else None
    if seen is None or seen.ended_at is not None:
        return IssuerRefusal.UNBOUND
    return Entered(seen, begin_session(transaction, seen.id, now))


def _handle(issuer: Issuer, subject: str) -> str:
    """What stands for somebody: who the issuer knows them as is nowhere kept."""
    return f"issuer:{hashlib.sha256(f'{issuer.address} {subject}'.encode()).hexdigest()}"


def _made(secret: str, browser: str, of: str) -> str:
    """43 characters that nobody can tell without the secret and the browser (RFC 7636, 4.1)."""
    digest = hmac.new(bytes.fromhex(secret), f"{of} {browser}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _away(error: IssuerAwayError) -> IssuerRefusal:
    # What it says is ours, and of nobody.
    _log.warning("The issuer of sign-ins let nobody in: %s", error)
    return IssuerRefusal.AWAY
