"""Two people, one request, once, within the hour, in the log."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.integration.privacy.conftest import OPERATOR, Office

from bonafide.errors import NotPermitted, RecordAltered, UsageError
from bonafide.evidence.access import AccessRow, Action
from bonafide.evidence.commitment import commit
from bonafide.evidence.leaf import Leaf
from bonafide.privacy.approver import register_approver, remove_approver
from bonafide.privacy.break_glass import approve, ask, open_with, request_of
from bonafide.privacy.break_glass_request import Request
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept
from bonafide.privacy.sweep import sweep
from bonafide.store.schema import ACCESS, APPROVAL, APPROVER, BREAK_GLASS, LEAF, SEALED
from bonafide.store.sealed import SealedRow

MINUTE = timedelta(minutes=1)
KEYS = {name: Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32)) for name in ("an", "bo", "cy")}


@pytest.fixture
def row(office: Office) -> SealedRow:
    """A kept record, at an operator whose approvers are An and Bo."""
    for who in ("an", "bo"):
        registers(office, who)
    return office.keeps(office.gives("face-pay"), b"what is sealed", Kept.TEMPLATE)[1]


def registers(office: Office, who: str, key: Ed25519PrivateKey | None = None) -> None:
    public = (key or KEYS[who]).public_key()
    office.store.write(
        office.operator, lambda transaction: register_approver(transaction, who, public, office.now)
    )


def asks(
    office: Office, record: str | None, case: str | None = None, life: timedelta = 60 * MINUTE
) -> Request:
    return office.store.write(
        office.operator,
        lambda transaction: ask(
            transaction,
            asked_by="an",
            reason="a court's order of today",
            now=office.now,
            identifier=office.identifier,
            record=record,
            referred_case=case,
            life=life,
        ),
    )


def approves(office: Office, request: Request, who: str, key: Ed25519PrivateKey | None = None) -> None:
    signature = (key or KEYS[who]).sign(request.content)
    office.store.write(
        office.operator,
        lambda transaction: approve(transaction, request.id, who, signature, office.now),
    )


def opens(office: Office, request: Request, who: str = "an") -> list[bytes]:
    with open_with(
        office.store,
        office.vault,
        office.operator,
        request.id,
        who=who,
        now=office.now,
        identifier=office.identifier,
        random=office.random,
    ) as opened:
        found = [bytes(record.content) for record in opened]
        assert "what is sealed" not in repr(opened)
    assert all(not any(record.content) for record in opened)  # zeros
    return found


def accesses(office: Office) -> tuple[AccessRow, ...]:
    with office.store.read(office.operator) as transaction:
        return transaction.all(AccessRow, ACCESS)


def test_two_people_open_it_once_and_the_log_says_so(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    with office.store.read(OPERATOR) as transaction:
        assert request_of(transaction, request.id) == request
    signed = json.loads(request.content)
    assert (signed["operator"], signed["record"], signed["asked_by"]) == (OPERATOR, row.id, "an")
    approves(office, request, "an")
    approves(office, request, "bo")
    assert opens(office, request) == [b"what is sealed"]
    (access,) = accesses(office)
    assert (access.who, access.action, access.record) == ("an", Action.BREAK_GLASS, row.id)
    with office.store.read(OPERATOR) as transaction:
        leaf = transaction.one(Leaf, LEAF, LEAF.c.position == access.position)
    assert leaf is not None
    assert leaf.commitment == commit(access.salt, access.event.content())
    with pytest.raises(NotPermitted, match="used before"):
        opens(office, request)
    with pytest.raises(NotPermitted, match="used before"):
        approves(office, request, "bo")


def test_a_case_is_opened_whole(office: Office, row: SealedRow) -> None:
    assert row
    case, _ = office.keeps(office.gives(), b"selfie")
    assert case is not None
    request = asks(office, None, case.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    assert opens(office, request) == [b"selfie"]
    assert accesses(office)[0].referred_case == case.id


def test_one_person_is_not_enough_however_often(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    with pytest.raises(NotPermitted, match="Two different"):
        opens(office, request)
    for _ in range(2):
        approves(office, request, "an")
    with pytest.raises(NotPermitted, match="Two different"):
        opens(office, request)
    assert accesses(office) == ()  # nothing happened, so nothing is used up
    approves(office, request, "bo")
    assert opens(office, request) == [b"what is sealed"]


def test_one_key_is_one_person(office: Office, row: SealedRow) -> None:
    for who, key in (("an again", KEYS["an"]), ("an", KEYS["cy"])):
        with pytest.raises(NotPermitted, match="registered before"):
            registers(office, who, key)
    # Not even if somebody wrote it into the database.
    raw = KEYS["an"].public_key().public_bytes_raw()
    office.store.write(
        OPERATOR, lambda transaction: transaction.change(APPROVER, APPROVER.c.who == "bo", public_key=raw)
    )
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo", KEYS["an"])
    with pytest.raises(NotPermitted, match="Two different"):
        opens(office, request)


def test_only_registered_people_approve_and_only_this_request(office: Office, row: SealedRow) -> None:
    request, earlier = asks(office, row.id), asks(office, row.id)
    with pytest.raises(NotPermitted, match="not by a registered person"):
        approves(office, request, "cy")
    with pytest.raises(NotPermitted, match="not by a registered person"):
        approves(office, request, "bo", KEYS["cy"])
    with pytest.raises(NotPermitted, match="not by a registered person"):
        approves(office, replace(request, content=earlier.content), "bo")
    with pytest.raises(NotPermitted, match="no such request"):
        approves(office, replace(request, id="none"), "bo")


def test_who_was_removed_counts_no_more(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    office.store.write(OPERATOR, lambda transaction: remove_approver(transaction, "bo", office.now))
    with pytest.raises(NotPermitted, match="Two different"):
        opens(office, request)
    with pytest.raises(NotPermitted, match="not by a registered person"):
        approves(office, request, "bo")
    with pytest.raises(NotPermitted, match="registered before"):
        registers(office, "bo")


def test_nobody_opens_what_another_asked_for(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    with pytest.raises(NotPermitted, match="Only who asked"):
        opens(office, request, who="bo")


def test_the_hour_ends_and_no_clock_brings_it_back(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    made = office.now
    office.now = Now(made.wall + 60 * MINUTE, made.retention)
    with pytest.raises(NotPermitted, match="run out"):
        opens(office, request)
    office.now = Now(made.wall - 2 * MINUTE, made.retention)
    with pytest.raises(NotPermitted, match="run out"):
        opens(office, request)
    office.now = Now(made.wall + 59 * MINUTE, made.retention)
    assert opens(office, request) == [b"what is sealed"]


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ("record", "x"),
        ("reason", "another"),
        ("good_until", "2099-01-01T00:00:00.000+00:00"),
        ("asked_by", "bo"),
    ],
)
def test_a_request_that_was_changed_is_approved_by_nobody(
    office: Office, row: SealedRow, change: str, by: str
) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    changed = json.dumps(json.loads(request.content) | {change: by}).encode()
    office.store.write(OPERATOR, lambda transaction: transaction.change(BREAK_GLASS, request=changed))
    with pytest.raises(NotPermitted, match="Two different"):
        opens(office, request, who=by if change == "asked_by" else "an")


def test_what_two_signed_here_opens_nothing_elsewhere(office: Office, other: Office, row: SealedRow) -> None:
    for who in ("an", "bo"):
        registers(other, who)
    request = asks(office, row.id)
    moved = other.store.write(
        other.operator,
        lambda transaction: ask(
            transaction,
            asked_by="an",
            reason="moved",
            now=other.now,
            identifier=lambda: request.id,
            record=row.id,
        ),
    )
    other.store.write(
        other.operator, lambda transaction: transaction.change(BREAK_GLASS, request=request.content)
    )
    with pytest.raises(NotPermitted, match="no such request"):
        approves(other, moved, "an")
    with pytest.raises(NotPermitted, match="no such request"):
        opens(other, request)


def test_of_two_who_open_at_once_one_does(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")

    def tries(_: int) -> list[bytes]:
        with suppress(NotPermitted):
            return opens(office, request)
        return []

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tries, range(8)))[-2:] == [[], [b"what is sealed"]]
    assert len(accesses(office)) == 1


def test_what_does_not_open_was_tried_all_the_same(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    office.store.write(OPERATOR, lambda transaction: transaction.change(SEALED, ciphertext=b"changed" * 9))
    with pytest.raises(RecordAltered):
        opens(office, request)
    assert len(accesses(office)) == 1


def test_what_was_erased_is_not_opened(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    approves(office, request, "bo")
    office.store.write(OPERATOR, lambda transaction: transaction.remove(SEALED))
    with pytest.raises(NotPermitted, match="Nothing is kept"):
        opens(office, request)


@pytest.mark.parametrize(
    ("record", "case", "reason", "life"),
    [
        (None, None, "why", MINUTE),
        ("r", "c", "why", MINUTE),
        ("r", None, " ", MINUTE),
        ("r", None, "x" * 201, MINUTE),
        ("r", None, "a\nb", MINUTE),
        ("r", None, "why", 61 * MINUTE),
        ("r", None, "why", timedelta(0)),
    ],
)
def test_a_request_is_whole(
    office: Office, record: str | None, case: str | None, reason: str, life: timedelta
) -> None:
    with pytest.raises(UsageError):
        office.store.write(
            OPERATOR,
            lambda transaction: ask(
                transaction,
                asked_by="an",
                reason=reason,
                now=office.now,
                identifier=office.identifier,
                record=record,
                referred_case=case,
                life=life,
            ),
        )


def test_requests_and_approvals_go_with_their_term(office: Office, row: SealedRow) -> None:
    request = asks(office, row.id)
    approves(office, request, "an")
    office.now = Now(office.now.wall, office.now.retention.replace(year=2029))
    swept = sweep(office.store, office.now.retention)
    assert {one.holding: one.rows for one in swept.gone}["break-glass"] == 2
    with office.store.read(OPERATOR) as transaction:
        for table in (APPROVAL, BREAK_GLASS):
            assert transaction.connection.execute(table.select()).all() == []
