"""The regulator's view, counted from what is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.integration.privacy.conftest import OPERATOR, START, Office
from tests.integration.privacy.test_erasure import erases

from bonafide.privacy.consent import withdraw
from bonafide.privacy.export import export
from bonafide.privacy.kept_line import WHILE_ACTIVE, LineRow
from bonafide.privacy.purpose import Kept
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.report import (
    AccessCount,
    Filing,
    FilingState,
    GroupErrorRate,
    KeptCount,
    ModelInUse,
    PrivacyReport,
    privacy_report,
    reached_by,
)
from bonafide.store import Transaction
from bonafide.store.epochs import current_epoch
from bonafide.store.line_tables import LINE
from bonafide.store.sealed import seal_into

DAY = timedelta(days=1)
MODEL = ModelInUse("made-up", "c" * 64, "d" * 64, (GroupErrorRate("north", 1e-4, 0.01),))


def report(office: Office) -> PrivacyReport:
    with office.store.read(office.operator) as transaction:
        return privacy_report(transaction, now=office.now, since=START, purposes=purposes(), models=[MODEL])


def test_of_an_empty_office(office: Office) -> None:
    found = report(office)
    assert (found.operator, found.at, found.since) == (OPERATOR, START, START)
    assert found.purposes == tuple(purposes().values())
    assert (found.kept, found.accesses, found.epochs) == ((), (), ())
    assert (found.overdue, found.withdrawn, found.lapsed_cases) == (0, 0, 0)
    assert (found.erasures, found.unfinished_erasures) == (0, 0)
    assert found.models == (MODEL,)
    assert found.filing == Filing(0, FilingState.BELOW)


def test_what_is_kept_is_counted(office: Office, other: Office) -> None:
    other.keeps(other.gives(), b"another operator's")
    consent, loyal = office.gives(), office.gives("loyalty")
    office.keeps(consent, b"picture")
    office.keeps(consent, b"another")
    office.passes(DAY)
    office.keeps(loyal, b"template", Kept.TEMPLATE)
    office.decides(consent)
    office.store.write(
        OPERATOR, lambda transaction: withdraw(transaction, loyal.id, purposes()["loyalty"], office.now)
    )
    for who in ("clerk", "clerk", "head"):
        export(
            office.store,
            office.vault,
            OPERATOR,
            [consent.subject],
            who=who,
            now=office.now,
            identifier=office.identifier,
            random=office.random,
        )
    erases(office, "nobody")
    office.passes(3 * DAY)
    found = report(office)
    assert found.kept == (
        KeptCount("sealed", "loyalty", 1, START + 181 * DAY, START + 181 * DAY),
        KeptCount("sealed", "sim-signup", 2, START + 3 * DAY, START + 3 * DAY),
        KeptCount(
            "decision",
            "sim-signup",
            1,
            (START + DAY).replace(year=2029),
            (START + DAY).replace(year=2029),
        ),
        KeptCount("referred_case", "sim-signup", 2, START.replace(year=2029), START.replace(year=2029)),
        KeptCount(
            "consent", "loyalty", 1, (START + DAY).replace(year=2029), (START + DAY).replace(year=2029)
        ),
        KeptCount("consent", "sim-signup", 1, consent.deadline, consent.deadline),
    )
    # Nobody swept for a day.
    assert (found.overdue, found.lapsed_cases, found.withdrawn) == (2, 2, 1)
    assert found.accesses == (AccessCount("clerk", "export", 2), AccessCount("head", "export", 1))
    assert (found.erasures, found.unfinished_erasures) == (1, 1)
    assert [epoch.number for epoch in found.epochs] == [1]
    assert found.filing.people == 2  # people, not pictures


def test_the_number_of_a_line_is_no_face(office: Office) -> None:
    consent = office.gives()
    decision = office.decides(consent)
    epoch = current_epoch(office.store, office.vault, OPERATOR, START).number
    line = LineRow(
        "line", consent.subject, consent.id, decision.id, "sim-signup", "sign-up",
        "a" * 64, "b" * 64, None, START, None, None, WHILE_ACTIVE,
    )  # fmt: skip

    def work(transaction: Transaction) -> None:
        transaction.add(LINE, line)
        seal_into(
            transaction, office.vault, b"+8613900000000", epoch=epoch, id="line", subject=consent.subject,
            consent=consent.id, purpose="sim-signup", kind=Kept.LINE, made_at=START, deadline=WHILE_ACTIVE,
        )  # fmt: skip

    office.store.write(OPERATOR, work)
    found = report(office)
    assert found.filing.people == 0
    assert KeptCount("line", "sim-signup", 1, WHILE_ACTIVE, WHILE_ACTIVE) in found.kept
    assert KeptCount("sealed", "sim-signup", 1, WHILE_ACTIVE, WHILE_ACTIVE) in found.kept
    office.passes(4000 * DAY)
    assert report(office).overdue == 2  # the decision and the consent, which stay for the line's sake


def test_only_the_period_is_counted(office: Office) -> None:
    erases(office, "nobody")
    office.passes(DAY)
    with office.store.read(OPERATOR) as transaction:
        found = privacy_report(
            transaction, now=office.now, since=office.now.wall, purposes=purposes(), models=[]
        )
    assert (found.erasures, found.unfinished_erasures) == (0, 1)


def test_the_day_on_which_so_many_had_come(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bonafide.privacy.report.FILING", 2)

    def reached() -> date | None:
        with office.store.read(OPERATOR) as transaction:
            return reached_by(transaction)

    consent = office.gives()
    office.keeps(consent, b"picture")
    office.passes(DAY)
    office.keeps(consent, b"another of the same person")
    assert reached() is None
    office.passes(DAY)
    office.keeps(office.gives(), b"picture")
    office.passes(DAY)
    office.keeps(office.gives(), b"picture")
    assert reached() == (START + 2 * DAY).date()
