"""Accounts of the operator's people: invited, given roles, ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.access import Action
from bonafide.privacy import Now
from bonafide.privacy.kept_access import access_deadline
from bonafide.privacy.staff import COMMAND_LINE, require_new_name
from bonafide.service.bearer import SECRET_BYTES, Bearer, BearerKind
from bonafide.service.managing_log import log_managing
from bonafide.service.retention import Retention, new_identifier, random_bytes
from bonafide.service.roles import Permission, Role, may
from bonafide.store import Transaction
from bonafide.store.people_tables import ACCOUNT, CREDENTIAL, INVITATION, WEB_SESSION
from bonafide.store.schema import OPERATOR

INVITATION_LIFE: Final = timedelta(hours=24)
FIRST_NAME: Final = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the operator's staff; `name` is what the log of accesses calls them. `entered` says whether
    they can enter already; moments have a time zone.
    """

    id: str
    name: str
    roles: frozenset[Role]
    made_at: datetime
    ended_at: datetime | None
    entered: bool

    def may(self, permission: Permission) -> bool:
        """Whether they may do it now."""
        return self.ended_at is None and permission in may(self.roles)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it is kept; `failures` and the moments after it are of wrong passphrases and codes, in
    retention time.
    """

    id: str
    name: str
    roles: str
    made_at: datetime
    ended_at: datetime | None = None
    failures: int = 0
    failed_since: datetime | None = None
    locked_until: datetime | None = None
    deadline: datetime | None = None

    def account(self, *, entered: bool) -> Account:
        """What others see of it."""
        roles = frozenset(map(Role, self.roles.split()))
        return Account(self.id, self.name, roles, self.made_at, self.ended_at, entered)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was not taken up yet; the deadline is in retention time."""

    id: str
    account: str
    digest: str
    made_at: datetime
    deadline: datetime


def accounts(kept: Retention) -> tuple[Account, ...]:
    """Everybody who has or had an account and may still stand in the log, by name."""
    with kept.store.read(kept.operator) as transaction:
        rows = transaction.all(AccountRow, ACCOUNT, order=[ACCOUNT.c.name])
        entering = select(CREDENTIAL.c.account).where(CREDENTIAL.c.operator == kept.operator)
        entered = set(transaction.connection.execute(entering).scalars())
    return tuple(row.account(entered=row.id in entered) for row in rows)


def invite(
    kept: Retention, name: str, roles: Collection[Role], *, who: str = COMMAND_LINE
) -> tuple[Account, str]:
    """Invite somebody, new or not, to make a way to enter; the text of the invitation, to be shown once.

    `who` does it, by the name that the log calls them. It is good for 24 hours and one use. Somebody who has
    an account gets these roles, keeps their way to enter until they take the invitation up, and earlier
    invitations are void. Raises `UsageError` for what is no name, or no role; `NotPermitted` for the name of
    an account that ended, and where nobody would be left to give out accounts.
    """
    require_new_name(name)
    roles = _some(roles)
    now, identifier = kept.now(), new_identifier()
    bearer = Bearer.made_of(
        BearerKind.INVITATION, kept.operator, new_identifier(), random_bytes(SECRET_BYTES)
    )

    def work(transaction: Transaction) -> Account:
        with _somebody_left(transaction):
            row = transaction.one(AccountRow, ACCOUNT, ACCOUNT.c.name == name)
            if row is None:
                row = AccountRow(identifier, name, _text(roles), now.wall)
                transaction.add(ACCOUNT, row)
            elif row.ended_at is not None:
                raise NotPermitted(
                    "An account of that name ended, and the log speaks of it", "Choose another name"
                )
            if row.roles != _text(roles):
                transaction.change(ACCOUNT, ACCOUNT.c.id == row.id, roles=_text(roles))
                log_managing(transaction, who, Action.GIVE_ROLES, row.id, now)
            transaction.remove(INVITATION, INVITATION.c.account == row.id)
        transaction.add(
            INVITATION,
            InvitationRow(bearer.id, row.id, bearer.digest, now.wall, now.retention + INVITATION_LIFE),
        )
        log_managing(transaction, who, Action.INVITE, row.id, now)
        return _seen(transaction, row.id)

    return kept.store.write(kept.operator, work), bearer.text


def give_roles(
    kept: Retention, account: str, roles: Collection[Role], *, who: str = COMMAND_LINE
) -> Account | None:
    """Let somebody be these from now on; None for an account that is not there or ended. Raises `UsageError`
    for no role, `NotPermitted` where nobody would be left to give out accounts.
    """
    roles, now = _some(roles), kept.now()

    def work(transaction: Transaction) -> Account | None:
        with _somebody_left(transaction):
            if not transaction.change(ACCOUNT, *_active(account), roles=_text(roles)):
                return None
        log_managing(transaction, who, Action.GIVE_ROLES, account, now)
        return _seen(transaction, account)

    return kept.store.write(kept.operator, work)


def end_account(kept: Retention, account: str, *, who: str = COMMAND_LINE) -> Account | None:
    """End an account, and with it its sessions, invitations and ways to enter, at once. Its name stays as
    long as the log speaks of it. None where there is none; `NotPermitted` where nobody would be left to give
    out accounts.
    """
    now = kept.now()

    def work(transaction: Transaction) -> Account | None:
        ended = {"ended_at": now.wall, "deadline": access_deadline(now.retention)}
        with _somebody_left(transaction):
            if not transaction.change(ACCOUNT, *_active(account), **ended):
                return None
        for table in (WEB_SESSION, INVITATION, CREDENTIAL):
            transaction.remove(table, table.c.account == account)
        log_managing(transaction, who, Action.END_ACCOUNT, account, now)
        return _seen(transaction, account)

    return kept.store.write(kept.operator, work)


def account_named(kept: Retention, name: str) -> Account:
    """Whoever has an account of that name. Raises `UsageError` for nobody."""
    found = next((one for one in accounts(kept) if one.name == name and one.ended_at is None), None)
    if found is None:
        raise UsageError("Nobody of that name has an account", "Name one whom `bonafide account list` lists")
    return found


def invited(transaction: Transaction, text: str, now: Now) -> InvitationRow | None:
    """The invitation of a text, if it can still be taken up."""
    bearer = Bearer.parse(BearerKind.INVITATION, text)
    if bearer is None or bearer.operator != transaction.operator:
        return None
    row = transaction.one(
        InvitationRow, INVITATION, INVITATION.c.id == bearer.id, INVITATION.c.deadline > now.retention
    )
    return row if row is not None and bearer.matches(row.digest) else None


def seen_account(transaction: Transaction, account: str) -> Account | None:
    """Somebody who has an account, by its identifier."""
    row = transaction.one(AccountRow, ACCOUNT, ACCOUNT.c.id == account)
    if row is None:
        return None
    entered = transaction.one(_Credential, CREDENTIAL, CREDENTIAL.c.account == account) is not None
    return row.account(entered=entered)


@dataclass(frozen=True, slots=True)
class _Credential:
    id: str


def _seen(transaction: Transaction, account: str) -> Account:
    found = seen_account(transaction, account)
    if found is None:
        raise LookupError("the account was written in this transaction")
    return found


def _some(roles: Collection[Role]) -> frozenset[Role]:
    if not roles:
        raise UsageError("An account has at least one role", f"Give one of {', '.join(Role)}")
    return frozenset(roles)


def _text(roles: Collection[Role]) -> str:
    return " ".join(role for role in Role if role in roles)


def _active(account: str) -> tuple[object, ...]:
    return (ACCOUNT.c.id == account, ACCOUNT.c.ended_at.is_(None))


@contextmanager
def _somebody_left(transaction: Transaction) -> Iterator[None]:
    """Undo, by raising, what would leave nobody to give out accounts where there was somebody. Of two who end
    each other's at once, one waits.
    """
    own = select(OPERATOR.c.operator).where(OPERATOR.c.operator == transaction.operator)
    transaction.connection.execute(own.with_for_update())
    were = _giving_accounts(transaction)
    yield
    if were and not _giving_accounts(transaction):
        raise NotPermitted(
            "Nobody would be left who may give out accounts", "Make somebody else an administrator first"
        )


def _giving_accounts(transaction: Transaction) -> int:
    rows = transaction.all(AccountRow, ACCOUNT, ACCOUNT.c.ended_at.is_(None))
    return sum(row.account(entered=False).may(Permission.ACCOUNTS) for row in rows)
