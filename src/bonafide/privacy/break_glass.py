"""Opening something out of the ordinary: two people must sign the same request, and it works once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from bonafide.errors import NotPermitted, UsageError
from bonafide.evidence.access import Action
from bonafide.privacy.approver import find_approver, signed_by
from bonafide.privacy.break_glass_request import Request, request_from
from bonafide.privacy.kept_access import access_deadline, log_access
from bonafide.privacy.now import Now
from bonafide.privacy.opened_record import OpenedRecord, opened_records
from bonafide.privacy.staff import require_staff_name
from bonafide.store import Store, Transaction
from bonafide.store.schema import APPROVAL, BREAK_GLASS
from bonafide.store.sealed import SealedRow, find, of_case
from bonafide.vault.vault import Vault

LONGEST: Final = timedelta(hours=1)
PEOPLE: Final = 2
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    request: bytes
    made_at: datetime
    deadline: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Approval:
    break_glass: str
    who: str
    signature: bytes
    made_at: datetime


def ask(
    transaction: Transaction,
    *,
    asked_by: str,
    reason: str,
    now: Now,
    identifier: Callable[[], str],
    record: str | None = None,
    referred_case: str | None = None,
    life: timedelta = LONGEST,
) -> Request:
    """Ask to open one record, or what is kept of one case. The reason names nobody.

    Raises `UsageError` for neither or both, no reason or a long one, an `asked_by` that is no name, or a life
    that is over an hour.
    """
    require_staff_name(asked_by)
    if (record is None) is (referred_case is None):
        raise UsageError("A request names one record or one case", "Name the one that is to be opened")
    if not 0 < len(reason.strip()) <= _LONGEST_REASON or not reason.isprintable():
        raise UsageError(
            f"A reason has 1 to {_LONGEST_REASON} characters", "Say in one line why, naming nobody"
        )
    if not timedelta(0) < life <= LONGEST:
        raise UsageError("A request is good for at most an hour", "Ask when it is needed")
    request = request_from(
        {
            "id": identifier(),
            "operator": transaction.operator,
            "asked_by": asked_by,
            "record": record,
            "referred_case": referred_case,
            "reason": reason,
            "made_at": _text(now.wall),
            "good_until": _text(now.wall + life),
        }
    )
    transaction.add(BREAK_GLASS, _Row(request.id, request.content, now.wall, access_deadline(now.retention)))
    return request


def request_of(transaction: Transaction, request: str) -> Request:
    """A request, to be read and signed. Raises `NotPermitted` if there is none."""
    return _read(_row(transaction, request))


def approved_by(transaction: Transaction, request: str) -> tuple[str, ...]:
    """Who signed a request and may still approve. Raises `NotPermitted` if there is no such request."""
    return tuple(sorted(_signers(transaction, _row(transaction, request)).values()))


def approve(transaction: Transaction, request: str, who: str, signature: bytes, now: Now) -> None:
    """Approve a request with a signature over its content; a second time changes nothing.

    Raises `NotPermitted` for somebody who is not registered, a signature that is not theirs or over something
    else, and a request that has run out or was used.
    """
    row = _row(transaction, request)
    _require_open(row, now)
    approver = find_approver(transaction, who)
    if approver is None or not signed_by(approver, row.request, signature):
        raise NotPermitted(
            "The approval is not by a registered person over this very request",
            "Let somebody who is registered read the request and sign it anew",
        )
    transaction.add_if_new(APPROVAL, _Approval(request, who, signature, now.wall))


@contextmanager
def open_with(
    store: Store,
    vault: Vault,
    operator: str,
    request: str,
    *,
    who: str,
    now: Now,
    identifier: Callable[[], str],
    random: Callable[[int], bytes],
) -> Iterator[tuple[OpenedRecord, ...]]:
    """Open what a request names that two people approved, until the end of the block. That it was opened, by
    whom, is in the log before anything is, and the request is used up even if the opening then fails.

    Raises `NotPermitted` unless two different people, with two different keys, both still registered, signed
    it, and for anybody but who asked, a second time, and after the hour; `RecordAltered` and `VaultClosed` as
    the vault.
    """

    def use(transaction: Transaction) -> tuple[SealedRow, ...]:
        rows = _use(transaction, request, who, now)
        for row in rows:
            log_access(
                transaction,
                who,
                Action.BREAK_GLASS,
                now,
                identifier=identifier,
                random=random,
                purpose=row.purpose,
                referred_case=row.referred_case,
                record=row.id,
            )
        return rows

    with opened_records(vault, operator, store.write(operator, use)) as opened:
        yield opened


def _use(transaction: Transaction, request: str, who: str, now: Now) -> tuple[SealedRow, ...]:
    row = _row(transaction, request)
    _require_open(row, now)
    asked = _read(row)
    if asked.asked_by != who:
        _refuse("Only who asked for it may open it", "Ask in your own name")
    if len(_signers(transaction, row)) < PEOPLE:
        _refuse(
            "Two different registered people must approve, each with a key of their own",
            "Let another person sign the request",
        )
    # Of two who try at once, one finds it used.
    unused = (BREAK_GLASS.c.id == request, BREAK_GLASS.c.used_at.is_(None))
    if transaction.change(BREAK_GLASS, *unused, used_at=now.wall) != 1:
        _refuse("The request was used before", "Ask anew")
    rows = _named(transaction, asked)
    if not rows:
        _refuse("Nothing is kept of what the request names", "It was erased, or never there")
    return rows


def _named(transaction: Transaction, asked: Request) -> tuple[SealedRow, ...]:
    if asked.referred_case is not None:
        return of_case(transaction, asked.referred_case)
    found = find(transaction, asked.record or "")
    return (found,) if found else ()


def _signers(transaction: Transaction, row: _Row) -> dict[bytes, str]:
    """The people, by their keys, who really signed the request that is kept."""
    signers = {}
    for approval in transaction.all(_Approval, APPROVAL, APPROVAL.c.break_glass == row.id):
        approver = find_approver(transaction, approval.who)
        if approver is not None and signed_by(approver, row.request, approval.signature):
            signers[approver.public_key] = approver.who
    return signers


def _row(transaction: Transaction, request: str) -> _Row:
    row = transaction.one(_Row, BREAK_GLASS, BREAK_GLASS.c.id == request)
    # One that somebody moved here was signed for something else.
    if row is None or not _names(row, request, transaction.operator):
        _refuse("There is no such request", "Ask first")
    return row


def _names(row: _Row, request: str, operator: str) -> bool:
    document = json.loads(row.request)
    return (document["id"], document["operator"]) == (request, operator)


def _require_open(row: _Row, now: Now) -> None:
    asked = _read(row)
    if row.used_at is not None:
        _refuse("The request was used before", "Ask anew")
    # A wall clock that was set back must not bring a request back; one that is corrected a little may.
    if not asked.made_at - timedelta(minutes=1) <= now.wall < asked.good_until:
        _refuse("The request has run out", "Ask anew")


def _read(row: _Row) -> Request:
    return request_from(json.loads(row.request))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _refuse(problem: str, remedy: str) -> NoReturn:
    raise NotPermitted(problem, remedy)
