"""Erasing somebody, the receipts of it, and keys that are turned over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from tests.integration.privacy.conftest import OPERATOR, START, Office
from tests.integration.privacy.test_sweep import counts

from bonafide.errors import NotPermitted, VaultClosed
from bonafide.evidence import check_receipt, parse_receipt
from bonafide.evidence.commitment import commit
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.evidence.statements import erasure_salt
from bonafide.privacy.consent import consent_of, withdraw
from bonafide.privacy.erasure import Erased, erase, receipts_of, subjects_of
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.purpose import Kept
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.sweep import sweep
from bonafide.privacy.upkeep import Upkept, upkeep
from bonafide.store import Store
from bonafide.store.metadata import METADATA
from bonafide.store.schema import LEAF, SEALED
from bonafide.store.sealed import find, open_from

DAY = timedelta(days=1)


def erases(office: Office, *subjects: str, purpose: str | None = None) -> Erased:
    return erase(
        office.store,
        office.operator,
        subjects,
        now=office.now,
        identifier=office.identifier,
        signer=office.signer,
        software="bonafide test",
        purpose=purpose,
    )


def keeps_up(office: Office) -> Upkept:
    return upkeep(
        office.store,
        office.vault,
        office.operator,
        now=office.now,
        identifier=office.identifier,
        signer=office.signer,
        software="bonafide test",
    )


def claims(office: Office, receipt: bytes) -> dict[str, object]:
    parsed = parse_receipt(receipt)
    assert check_receipt(parsed, (office.signer.public_key,)).valid
    return dict(parsed.claims)


def rows(store: Store, operator: str) -> str:
    """All that any table has of an operator."""
    with store.read(operator) as transaction:
        return "\n".join(
            repr(tuple(row))
            for table in METADATA.tables.values()
            if "operator" in table.columns
            for row in transaction.connection.execute(select(table).where(table.c.operator == operator))
        )


def test_everything_of_one_person_goes_and_nothing_of_another(office: Office, other: Office) -> None:
    consent, stays, elsewhere = office.gives(), office.gives(), other.gives()
    pay = office.gives("face-pay", subject=consent.subject)
    for each, owner in ((consent, office), (stays, office), (elsewhere, other)):
        owner.keeps(each, b"picture")
        owner.decides(each)
    office.keeps(pay, b"template", Kept.TEMPLATE)
    before = rows(office.store, other.operator)

    erased = erases(office, consent.subject)
    assert [name for name, _ in erased.rows] == [holding.name for holding in HOLDINGS]
    assert {name: count for name, count in erased.rows if count} == {
        "sealed": 2,
        "decision": 1,
        "case": 1,
        "consent": 2,
        "subject": 1,
    }
    assert erased.forgotten
    assert counts(office.store) == (1, 1, 1, 1, 1)
    assert rows(office.store, other.operator) == before
    left = rows(office.store, OPERATOR)
    assert consent.subject not in left
    assert consent.id not in left
    assert stays.subject in left


def test_who_comes_back_with_a_document_is_found_by_it(office: Office, other: Office) -> None:
    first, again, stranger = office.gives(), office.gives(), office.gives()
    office.decides(first, "A1234567")
    office.decides(again, "a1234567")
    office.decides(stranger, "B1234567")
    other.decides(other.gives(), "A1234567")
    index = office.vault.document_index(OPERATOR, "UTO", "A1234567")
    with office.store.read(OPERATOR) as transaction:
        found = subjects_of(transaction, index)
    assert set(found) == {first.subject, again.subject}
    erases(office, *found)
    with office.store.read(OPERATOR) as transaction:
        assert subjects_of(transaction, index) == ()
    assert counts(office.store) == (0, 1, 0, 1, 1)
    assert counts(other.store, other.operator) == (0, 1, 0, 1, 1)


def test_the_receipt_says_what_was_erased_and_not_whose(office: Office) -> None:
    consent = office.gives()
    office.keeps(consent, b"picture")
    erased = erases(office, consent.subject)
    told = claims(office, erased.receipt)
    assert told["statement"] == "erased"
    assert "sealed: 1" in list(told["erased"])  # type: ignore[call-overload]
    assert (told["epochs"], told["keys_gone_by"]) == (["1"], "2027-01-24T09:00:00Z")  # 60 days
    for secret in (consent.subject, consent.id):
        assert secret.encode() not in erased.receipt
    with office.store.read(OPERATOR) as transaction:
        assert receipts_of(transaction, erased.identifier) == (erased.receipt,)
        leaf = transaction.one(Leaf, LEAF, LEAF.c.kind == LeafKind.ERASURE)
    assert leaf is not None
    assert leaf.commitment == commit(erasure_salt(erased.receipt), erased.receipt)


def test_twice_or_nobody_is_no_error_and_tells_nothing(office: Office) -> None:
    consent = office.gives()
    office.keeps(consent, b"picture")
    erases(office, consent.subject)
    again, nobody = erases(office, consent.subject, consent.subject), erases(office, "nobody")
    assert again.rows == nobody.rows
    assert sum(count for _, count in nobody.rows) == 0
    same = {"statement", "erased", "epochs", "keys_gone_by", "software", "issued_at"}
    first, second = claims(office, again.receipt), claims(office, nobody.receipt)
    assert first.keys() == second.keys() == same | {"identifier"}
    assert all(first[name] == second[name] for name in same)


def test_one_purpose_goes_after_it_was_withdrawn(office: Office) -> None:
    signup = office.gives()
    pay = office.gives("face-pay", subject=signup.subject)
    office.decides(signup)
    office.decides(pay)
    office.keeps(pay, b"template", Kept.TEMPLATE)
    with pytest.raises(NotPermitted, match="still stands"):
        erases(office, signup.subject, purpose="face-pay")
    assert counts(office.store) == (1, 2, 0, 2, 1)
    office.store.write(
        OPERATOR, lambda transaction: withdraw(transaction, pay.id, purposes()["face-pay"], office.now)
    )
    erased = erases(office, signup.subject, purpose="face-pay")
    assert claims(office, erased.receipt)["purpose"] == "face-pay"
    assert counts(office.store) == (0, 1, 0, 2, 1)
    with office.store.read(OPERATOR) as transaction:
        record = consent_of(transaction, pay.id)
    assert record is not None
    assert record.withdrawn_at == START


def test_keys_are_turned_over_and_the_second_receipt_follows(office: Office) -> None:
    stays, goes = office.gives("face-pay"), office.gives("face-pay")
    for consent in (stays, goes):
        office.keeps(consent, b"template", Kept.TEMPLATE)
    erased = erases(office, goes.subject)
    assert erased.epochs == (1,)
    first = keeps_up(office)
    assert (first.epoch, first.rewrapped, first.destroyed, first.finished_erasures) == (1, 0, (), 0)
    office.passes(30 * DAY)
    second = keeps_up(office)
    assert (second.epoch, second.rewrapped, second.destroyed) == (2, 1, ())
    assert office.vault.holds_epoch(OPERATOR, 1)  # backups are worth something for a month
    # What is erased now might lie in the backups of both.
    later = erases(office, "nobody")
    assert later.epochs == (1, 2)
    office.passes(30 * DAY)
    assert office.now.retention == erased.keys_gone_by
    third = keeps_up(office)
    assert (third.epoch, third.destroyed, third.held, third.finished_erasures) == (3, (1,), (), 1)
    assert not office.vault.holds_epoch(OPERATOR, 1)
    with office.store.read(OPERATOR) as transaction:
        receipts = receipts_of(transaction, erased.identifier)
        assert len(receipts_of(transaction, later.identifier)) == 1
        row = transaction.all(Leaf, LEAF, LEAF.c.kind == LeafKind.ERASURE)[-1]
    assert receipts[0] == erased.receipt
    told = claims(office, receipts[1])
    assert (told["statement"], told["erasure"], told["epochs"]) == (
        "backups-unreadable",
        erased.identifier,
        ["1"],
    )
    assert told["first_receipt"] == hashlib.sha256(erased.receipt).hexdigest()
    assert row.commitment == commit(erasure_salt(receipts[1]), receipts[1])
    assert keeps_up(office) == Upkept(OPERATOR, 3, 0, 0, (), (), 0)
    # What stays still opens.
    with office.store.read(OPERATOR) as transaction:
        (sealed,) = transaction.connection.execute(
            select(SEALED.c.id).where(SEALED.c.operator == OPERATOR)
        ).scalars()
        kept = find(transaction, sealed)
    assert kept is not None
    assert open_from(office.vault, OPERATOR, kept) == b"template"


def test_a_record_whose_key_was_altered_holds_its_epoch(office: Office) -> None:
    _, row = office.keeps(office.gives("face-pay"), b"template", Kept.TEMPLATE)
    office.store.write(
        OPERATOR,
        lambda transaction: transaction.change(SEALED, SEALED.c.id == row.id, wrapped_key=bytes(60)),
    )
    office.passes(60 * DAY)
    keeps_up(office)
    office.passes(30 * DAY)
    done = keeps_up(office)
    assert (done.altered, done.destroyed, done.held) == (1, (), (1,))
    assert office.vault.holds_epoch(OPERATOR, 1)


def test_a_copy_from_before_opens_until_the_epoch_is_destroyed(office: Office) -> None:
    consent = office.gives()
    _, copied = office.keeps(consent, b"picture")
    erases(office, consent.subject)
    assert open_from(office.vault, OPERATOR, copied) == b"picture"
    for _ in range(2):
        office.passes(30 * DAY)
        keeps_up(office)
    with pytest.raises(VaultClosed):
        open_from(office.vault, OPERATOR, copied)


@pytest.fixture
def on_disk(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[bytes], bool]:
    """Whether some bytes are in any file: database, write-ahead log, keys, temporary files."""

    def sqlite(what: bytes) -> bool:
        return any(what in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    def postgresql(what: bytes) -> bool:
        folder: Path = request.getfixturevalue("postgresql_folder")
        with psycopg.connect(
            host=str(folder), user="postgres", dbname=str(make_url(database).database), autocommit=True
        ) as admin:
            found = admin.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
            admin.execute("CHECKPOINT")
        assert found is not None
        files = [file for file in (folder / "base" / str(found[0])).iterdir() if file.is_file()]
        return any(what in file.read_bytes() for file in files) or sqlite(what)

    return sqlite if database.startswith("sqlite") else postgresql


def test_no_byte_of_what_was_sealed_is_left(office: Office, on_disk: Callable[[bytes], bool]) -> None:
    consent = office.gives()
    _, row = office.keeps(consent, b"picture of somebody" * 200)
    for secret in (row.ciphertext[:64], row.wrapped_key, row.ciphertext[-64:]):
        assert on_disk(secret)
    assert not on_disk(b"picture of somebody")
    assert erases(office, consent.subject).forgotten
    for secret in (row.ciphertext[:64], row.wrapped_key, row.ciphertext[-64:], row.nonce):
        assert not on_disk(secret)


def test_no_byte_of_what_was_due_is_left(office: Office, on_disk: Callable[[bytes], bool]) -> None:
    _, row = office.keeps(office.gives(), b"picture of somebody" * 200)
    office.passes(3 * DAY)
    assert on_disk(row.ciphertext[:64])
    assert sweep(office.store, office.now.retention).forgotten
    for secret in (row.ciphertext[:64], row.wrapped_key, row.ciphertext[-64:], row.nonce):
        assert not on_disk(secret)
