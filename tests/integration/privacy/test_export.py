"""Everything that is kept of somebody, for them; and who looked is on record before anybody looks."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from tests.integration.privacy.conftest import OPERATOR, Office

from bonafide.errors import VaultClosed
from bonafide.evidence.access import AccessRow, Action
from bonafide.evidence.commitment import commit
from bonafide.evidence.leaf import Leaf, LeafKind
from bonafide.privacy.export import Export, export
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.purpose import Kept
from bonafide.store.schema import ACCESS, LEAF, SEALED
from bonafide.vault import KeyName, KeyUse


def exports(office: Office, *subjects: str) -> Export:
    return export(
        office.store,
        office.vault,
        office.operator,
        subjects,
        who="clerk",
        now=office.now,
        identifier=office.identifier,
        random=office.random,
    )


def kept(exported: Export) -> list[dict[str, list[dict[str, Any]]]]:
    document: dict[str, Any] = json.loads(exported.files[0].content)
    assert document["format"] == "bonafide-export/1"
    people: list[dict[str, list[dict[str, Any]]]] = document["kept"]
    return people


def accesses(office: Office) -> tuple[AccessRow, ...]:
    with office.store.read(office.operator) as transaction:
        return transaction.all(AccessRow, ACCESS)


def test_all_of_it_is_there_and_opened(office: Office) -> None:
    consent, stranger = office.gives(), office.gives()
    pay = office.gives("face-pay", subject=consent.subject)
    _, picture = office.keeps(consent, b"picture")
    _, template = office.keeps(pay, b"template", Kept.TEMPLATE)
    decision = office.decides(consent)
    office.keeps(stranger, b"a stranger's")
    office.decides(stranger)

    exported = exports(office, consent.subject)
    assert {file.path: file.content for file in exported.files[1:]} == {
        f"case-picture/{picture.id}": b"picture",
        f"template/{template.id}": b"template",
    }
    (person,) = kept(exported)
    assert list(person) == [holding.name for holding in HOLDINGS]
    assert {name: len(rows) for name, rows in person.items() if rows} == {
        "sealed": 2,
        "decision": 1,
        "case": 1,
        "consent": 2,
        "subject": 1,
        "access": 1,
    }
    assert person["decision"][0]["document_index"] == decision.document_index
    assert person["consent"][0]["given_at"] == "2026-11-25T09:00:00.000Z"
    # Who looked is told as well.
    assert person["access"][0]["who"] == "clerk"
    text = exported.files[0].content.decode()
    assert stranger.subject not in text
    assert "wrapped_key" not in text
    assert "picture of" not in repr(exported)
    assert "template'" not in repr(exported.files[1])


def test_it_can_be_handed_over_as_one_file(office: Office) -> None:
    consent = office.gives()
    office.keeps(consent, b"picture")
    exported = exports(office, consent.subject)
    with zipfile.ZipFile(io.BytesIO(exported.as_zip())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            file.path: file.content for file in exported.files
        }
    assert exported.as_zip() == exported.as_zip()


def test_who_looked_is_in_the_log_before_they_look(office: Office) -> None:
    consent = office.gives()
    office.keeps(consent, b"picture")
    # The holder fails: nothing was seen, and that somebody tried is on record.
    office.vault._holder.destroy(KeyName(OPERATOR, KeyUse.WRAPPING, 1))
    with pytest.raises(VaultClosed):
        exports(office, consent.subject)
    (row,) = accesses(office)
    assert (row.who, row.action, row.record, row.at) == (
        "clerk",
        Action.EXPORT,
        consent.subject,
        office.now.wall,
    )
    assert row.deadline == office.now.retention.replace(year=2029)
    with office.store.read(OPERATOR) as transaction:
        leaf = transaction.one(Leaf, LEAF, LEAF.c.position == row.position)
    assert leaf is not None
    assert (leaf.kind, leaf.commitment) == (LeafKind.ACCESS, commit(row.salt, row.event.content()))


def test_one_altered_record_does_not_keep_the_others_back(office: Office) -> None:
    consent = office.gives()
    _, good = office.keeps(consent, b"picture")
    _, bad = office.keeps(consent, b"another")
    office.store.write(
        OPERATOR,
        lambda transaction: transaction.change(SEALED, SEALED.c.id == bad.id, ciphertext=b"changed" * 9),
    )
    exported = exports(office, consent.subject)
    assert [file.path for file in exported.files[1:]] == [f"case-picture/{good.id}"]
    told = {row["id"]: row["file"] for row in kept(exported)[0]["sealed"]}
    assert told[bad.id] == "it was altered and does not open"


def test_nobody_s_export_and_another_operator_s_are_empty(office: Office, other: Office) -> None:
    consent = office.gives()
    office.keeps(consent, b"picture")
    for subject in ("nobody", consent.subject):
        exported = exports(other, subject)
        assert len(exported.files) == 1
        assert [rows for name, rows in kept(exported)[0].items() if rows and name != "access"] == []
