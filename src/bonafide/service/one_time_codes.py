"""Entering with a passphrase and a one-time code (RFC 6238): for whoever has no passkey.

A code alone is one factor, and whoever reads the secret over a shoulder has it; so a passphrase stands
beside it. The secret is kept nowhere: it is made of a salt under the operator's index key, which does not
leave its holder, so that a copy of the database makes no codes. The passphrase is kept as Argon2id.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pyotp
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bonafide.privacy import Now
from bonafide.service.accounts import Account, AccountRow, invited, seen_account
from bonafide.service.attempt_limits import LOCKED_FOR, MOST_FAILURES, WITHIN
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
from bonafide.service.passkeys import Entered
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.web_sessions import begin_session
from bonafide.store import Transaction
from bonafide.store.people_tables import ACCOUNT, CREDENTIAL
from bonafide.vault import Vault

STEP: Final = timedelta(seconds=30)
# Clocks of phones err, and people type slowly (RFC 6238, 5.2).
_STEPS_BACK: Final = 1
_SECRET_BYTES: Final = 20  # RFC 4226, 4: R6 recommends 160 bits
_USE: Final = "one-time-codes"
_ISSUER: Final = "Bonafide"

SHORTEST: Final = 12
LONGEST: Final = 128
# OWASP's first choice: 19 MiB, two passes.
_MEMORY_KIB, _PASSES = 19 * 1024, 2
_SALT_BYTES: Final = 16

# What is looked at where nobody has the name, so that it takes as long.
_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$MDAwMDAwMDAwMDAwMDAwMA$TZCCCJQw6qE40QoszdZDx3LhW/RG6J0UYvSQtFYYSrQ"
)


@dataclass(frozen=True, slots=True)
class AskedCodes:
    """What a phone is to be given: the ceremony, whose account it is for, and the address (`otpauth:`) that a
    QR code holds.
    """

    ceremony: str
    name: str
    address: str = field(repr=False)

    @property
    def secret(self) -> str:
        """The secret in base32, to be typed where no camera is."""
        return self.address.partition("secret=")[2].partition("&")[0]


def ask_for_codes(kept: Retention, vault: Vault, invitation: str) -> AskedCodes | Refusal:
    """Begin to make one-time codes for whoever bears an invitation. Raises `VaultClosed`."""
    now, salt = kept.now(), random_bytes(_SALT_BYTES).hex()

    def work(transaction: Transaction) -> tuple[str, Account] | None:
        found = invited(transaction, invitation, now)
        account = seen_account(transaction, found.account) if found else None
        if found is None or account is None:
            return None
        return begin_ceremony(transaction, CeremonyKind.MAKE_CODES, salt, now, found.id), account

    begun = kept.store.write(kept.operator, work)
    if begun is None:
        return Refusal.RUN_OUT
    ceremony, account = begun
    codes = _codes(vault, kept.operator, salt)
    return AskedCodes(ceremony, account.name, codes.provisioning_uri(name=account.name, issuer_name=_ISSUER))


def asked_codes(kept: Retention, vault: Vault, invitation: str, ceremony: str) -> AskedCodes | Refusal:
    """The same again, for whoever mistyped. Raises `VaultClosed`."""
    now = kept.now()
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, ceremony, CeremonyKind.MAKE_CODES, now)
        found = taking_up(transaction, asked, invitation, now)
        account = seen_account(transaction, found.account) if found else None
    if asked is None or account is None:
        return Refusal.RUN_OUT
    codes = _codes(vault, kept.operator, asked.asked)
    return AskedCodes(ceremony, account.name, codes.provisioning_uri(name=account.name, issuer_name=_ISSUER))


def make_codes(
    kept: Retention, vault: Vault, *, invitation: str, ceremony: str, passphrase: str, code: str
) -> Entered | Refusal:
    """Take up an invitation with a passphrase and the first code of the new secret, and enter. What the
    account entered by before is void. Raises `VaultClosed`.
    """
    now = kept.now()
    with kept.store.read(kept.operator) as transaction:
        asked = find_ceremony(transaction, ceremony, CeremonyKind.MAKE_CODES, now)
        found = taking_up(transaction, asked, invitation, now)
        owner = seen_account(transaction, found.account) if found else None
    if asked is None or owner is None:
        return Refusal.RUN_OUT
    if not SHORTEST <= len(passphrase) <= LONGEST or _told(passphrase) == _told(owner.name):
        return Refusal.SHORT
    step = _step_of(_codes(vault, kept.operator, asked.asked), code, now.wall)
    if step is None:
        return Refusal.CODE
    kept_as = _argon2(random_bytes(_SALT_BYTES)).derive_phc_encoded(_told(passphrase))

    def work(transaction: Transaction) -> Entered | Refusal:
        invitation_row = taking_up(transaction, asked, invitation, now)
        if invitation_row is None or not end_ceremony(transaction, asked):
            return Refusal.RUN_OUT
        row = CredentialRow(
            id=new_identifier(),
            account=invitation_row.account,
            kind=CredentialKind.CODES,
            made_at=now.wall,
            salt=asked.asked,
            last_step=step,
            passphrase=kept_as,
        )
        if not take_up(transaction, invitation_row, row):
            return Refusal.RUN_OUT
        transaction.change(ACCOUNT, ACCOUNT.c.id == row.account, **_UNLOCKED)
        account = seen_account(transaction, row.account)
        if account is None:
            return Refusal.RUN_OUT
        return Entered(account, begin_session(transaction, account.id, now))

    return kept.store.write(kept.operator, work)


def enter_with_code(
    kept: Retention, vault: Vault, name: str, passphrase: str, code: str
) -> Entered | Refusal:
    """Let in whoever has that name, its passphrase and its code of now, which enters once. Five failures
    within three minutes lock this way for an hour. Raises `VaultClosed`.
    """
    now = kept.now()
    with kept.store.read(kept.operator) as transaction:
        account = transaction.one(
            AccountRow, ACCOUNT, ACCOUNT.c.name == name[:LONGEST], ACCOUNT.c.ended_at.is_(None)
        )
        row = _credential(transaction, account) if account else None
    known = row is not None and row.passphrase is not None and row.salt is not None
    right = _is_passphrase(passphrase, row.passphrase if row is not None and row.passphrase else _NOBODY)
    # The holder is asked either way, and locked accounts too: how long it takes tells nothing.
    salt = row.salt if row is not None and row.salt else _NOBODY
    step = _step_of(_codes(vault, kept.operator, salt), code, now.wall)
    credential = row if known and right else None

    def work(transaction: Transaction) -> Entered | Refusal:
        if account is None:
            return Refusal.WRONG
        # Written before it is read: of a thousand guesses at once five count, and the rest find it locked.
        transaction.change(ACCOUNT, ACCOUNT.c.id == account.id, failures=ACCOUNT.c.failures)
        fresh = transaction.one(AccountRow, ACCOUNT, ACCOUNT.c.id == account.id, ACCOUNT.c.ended_at.is_(None))
        if fresh is None:
            return Refusal.WRONG
        if _locked(fresh, now):
            return Refusal.LOCKED
        if credential is None or step is None or not _use(transaction, credential, step):
            return _failed(transaction, fresh, now)
        transaction.change(ACCOUNT, ACCOUNT.c.id == fresh.id, **_UNLOCKED)
        return Entered(fresh.account(entered=True), begin_session(transaction, fresh.id, now))

    return kept.store.write(kept.operator, work)


def _credential(transaction: Transaction, account: AccountRow) -> CredentialRow | None:
    return transaction.one(
        CredentialRow,
        CREDENTIAL,
        CREDENTIAL.c.account == account.id,
        CREDENTIAL.c.kind == CredentialKind.CODES,
    )


_UNLOCKED: Final[dict[str, object]] = {"failures": 0, "failed_since": None, "locked_until": None}


def _use(transaction: Transaction, row: CredentialRow, step: int) -> bool:
    """A code enters once (RFC 6238, 5.2), and none before it any more."""
    return (
        transaction.change(
            CREDENTIAL, CREDENTIAL.c.id == row.id, CREDENTIAL.c.last_step < step, last_step=step
        )
        == 1
    )


def _failed(transaction: Transaction, account: AccountRow, now: Now) -> Refusal:
    of_it = ACCOUNT.c.id == account.id
    if account.failed_since is None or now.retention - account.failed_since > WITHIN:
        transaction.change(ACCOUNT, of_it, failures=1, failed_since=now.retention)
    elif account.failures + 1 < MOST_FAILURES:
        transaction.change(ACCOUNT, of_it, failures=account.failures + 1)
    else:
        until = now.retention + LOCKED_FOR
        transaction.change(ACCOUNT, of_it, failures=0, failed_since=None, locked_until=until)
        return Refusal.LOCKED
    return Refusal.WRONG


def _locked(account: AccountRow, now: Now) -> bool:
    return account.locked_until is not None and now.retention < account.locked_until


def _codes(vault: Vault, operator: str, salt: str) -> pyotp.TOTP:
    secret = bytes.fromhex(vault.index(operator, _USE, salt))[:_SECRET_BYTES]
    return pyotp.TOTP(base64.b32encode(secret).decode(), interval=int(STEP.total_seconds()))


def _step_of(codes: pyotp.TOTP, code: str, at: datetime) -> int | None:
    """The step whose code it is, of now and the one before."""
    now = int(at.timestamp()) // codes.interval
    given = "".join(code.split()).encode("utf-8", "replace")
    steps = range(now, now - _STEPS_BACK - 1, -1)
    return next(
        (step for step in steps if hmac.compare_digest(codes.generate_otp(step).encode(), given)), None
    )


def _told(passphrase: str) -> bytes:
    """The bytes of a passphrase, however a keyboard composes them (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "replace")


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB)


def _is_passphrase(passphrase: str, phc: str) -> bool:
    if len(passphrase) > LONGEST:
        return False
    try:
        Argon2id.verify_phc_encoded(_told(passphrase), phc)
    except InvalidKey:
        return False
    return True
