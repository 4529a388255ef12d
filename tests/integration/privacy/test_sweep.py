"""What is due goes, of every operator, and nothing before it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from tests.integration.privacy.conftest import OPERATOR, OTHER, START, Office

from bonafide.errors import NotPermitted
from bonafide.privacy.attestation import attested
from bonafide.privacy.consent import token, withdraw
from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.now import Now
from bonafide.privacy.purpose import Kept
from bonafide.privacy.purpose_file import purposes
from bonafide.privacy.referred_case import (
    CaseState,
    ReferredCase,
    case_state,
    close_case,
    lapsed_cases,
    open_case,
)
from bonafide.privacy.sweep import sweep
from bonafide.store import Store
from bonafide.store.schema import CONSENT, DECISION, REFERRED_CASE, SEALED, SUBJECT

HOURS = timedelta(hours=1)
TABLES = (SEALED, DECISION, REFERRED_CASE, CONSENT, SUBJECT)


def counts(store: Store, operator: str = OPERATOR) -> tuple[int, ...]:
    """How many rows of sealed records, decisions, cases, consents and subjects there are."""
    with store.read(operator) as transaction:
        return tuple(
            transaction.connection.execute(
                select(func.count()).select_from(table).where(table.c.operator == operator)
            ).scalar_one()
            for table in TABLES
        )


def state(office: Office, case: ReferredCase) -> CaseState:
    with office.store.read(office.operator) as transaction:
        return case_state(transaction, case, office.now)


def gone(office: Office) -> dict[tuple[str, str], int]:
    swept = sweep(office.store, office.now.retention)
    assert swept.forgotten
    return {(one.operator, one.holding): one.rows for one in swept.gone}


def test_each_goes_when_it_is_due_and_not_a_moment_before(office: Office, other: Office) -> None:
    for each in (office, other):
        consent = each.gives()
        each.keeps(consent, b"picture")
        each.decides(consent)
    assert gone(office) == {}
    office.passes(72 * HOURS - timedelta(milliseconds=1))
    assert gone(office) == {}
    office.passes(timedelta(milliseconds=1))
    assert gone(office) == {(OPERATOR, "sealed"): 1, (OTHER, "sealed"): 1}
    assert counts(office.store) == counts(office.store, OTHER) == (0, 1, 1, 1, 1)
    office.now = Now(START.replace(year=2029), START.replace(year=2029) - timedelta(milliseconds=1))
    assert gone(office) == {}
    office.now = Now(START.replace(year=2029), START.replace(year=2029))
    assert gone(office) == {
        (operator, kind): 1 for operator in (OPERATOR, OTHER) for kind in ("decision", "case")
    }
    office.passes(72 * HOURS)  # the consent is kept from the end of its life
    assert gone(office) == {
        (operator, kind): 1 for operator in (OPERATOR, OTHER) for kind in ("consent", "subject")
    }
    assert counts(office.store) == (0, 0, 0, 0, 0)
    assert gone(office) == {}


def test_only_retention_time_counts(office: Office) -> None:
    office.keeps(office.gives(), b"picture")
    office.now = Now(datetime.max.replace(tzinfo=START.tzinfo), START + 71 * HOURS)
    assert gone(office) == {}
    office.now = Now(START - 1000 * HOURS, START + 72 * HOURS)
    assert gone(office) == {(OPERATOR, "sealed"): 1}


def test_a_consent_outlasts_what_rests_on_it(office: Office) -> None:
    consent = office.gives()
    office.decides(consent)
    # As if a person had decided long after.
    with_later = consent.deadline + 24 * HOURS
    office.store.write(OPERATOR, lambda transaction: transaction.change(DECISION, deadline=with_later))
    office.now = Now(consent.deadline, consent.deadline)
    assert gone(office) == {}
    office.passes(24 * HOURS)
    assert gone(office) == {(OPERATOR, kind): 1 for kind in ("decision", "consent", "subject")}


def test_a_case_that_nobody_decides_lapses(office: Office) -> None:
    case, _ = office.keeps(office.gives(), b"picture")
    assert case is not None
    assert state(office, case) is CaseState.WAITING
    office.passes(72 * HOURS)
    # Even before anybody swept.
    assert state(office, case) is CaseState.LAPSED
    gone(office)
    assert state(office, case) is CaseState.LAPSED
    with office.store.read(OPERATOR) as transaction:
        assert lapsed_cases(transaction, office.now) == 1
    with pytest.raises(NotPermitted, match="not waiting"):
        office.store.write(OPERATOR, lambda transaction: close_case(transaction, case.id, office.now))


def test_a_decided_case_keeps_no_picture(office: Office) -> None:
    case, _ = office.keeps(office.gives(), b"picture")
    office.keeps(office.gives(), b"another's")
    assert case is not None
    closed = office.store.write(OPERATOR, lambda transaction: close_case(transaction, case.id, office.now))
    assert closed.decided_at == START
    assert counts(office.store) == (1, 0, 2, 2, 2)
    assert state(office, closed) is CaseState.DECIDED
    office.passes(73 * HOURS)
    with office.store.read(OPERATOR) as transaction:
        assert lapsed_cases(transaction, office.now) == 1  # the other
    for wanted in (case.id, "none"):
        with pytest.raises(NotPermitted, match="not waiting"):
            office.store.write(OPERATOR, partial(close_case, case=wanted, now=office.now))


def test_no_case_for_a_purpose_that_keeps_no_pictures(office: Office) -> None:
    with pytest.raises(NotPermitted, match="no picture may be kept"):
        office.keeps(office.gives("patient-checkin"), b"picture")
    assert counts(office.store) == (0, 0, 0, 1, 1)


def test_no_case_once_the_consent_was_withdrawn_though_a_token_is_about(office: Office) -> None:
    consent, signup = office.gives(), purposes()["sim-signup"]
    with office.store.read(OPERATOR) as transaction:
        allowed = token(transaction, consent.id, signup, office.now)
    office.store.write(OPERATOR, lambda transaction: withdraw(transaction, consent.id, signup, office.now))
    with pytest.raises(NotPermitted, match="withdrawn"):
        office.store.write(
            OPERATOR,
            lambda transaction: open_case(transaction, signup, allowed, office.now, office.identifier),
        )
    vouched = attested(signup, office.now.wall)
    with pytest.raises(NotPermitted, match="Nobody is on record"):
        office.store.write(
            OPERATOR,
            lambda transaction: open_case(transaction, signup, vouched, office.now, office.identifier),
        )


def test_a_template_goes_with_its_term(office: Office) -> None:
    office.keeps(office.gives("loyalty"), b"template", Kept.TEMPLATE)
    office.passes(timedelta(days=180) - timedelta(milliseconds=1))
    assert gone(office) == {}
    office.passes(timedelta(milliseconds=1))
    assert gone(office) == {(OPERATOR, "sealed"): 1}


def test_broken_off_it_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        office.keeps(office.gives(), b"picture")
    office.passes(72 * HOURS)
    # Each holding is asked at least once; the first two times that pictures go, it goes on.
    most = [holding.name for holding in HOLDINGS].index("sealed") + 2
    calls = 0
    write = Store.write

    def twice(self: Store, operator: str, work: object) -> object:
        nonlocal calls
        calls += 1
        if calls > most:
            raise KeyboardInterrupt
        return write(self, operator, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "write", twice)
    with pytest.raises(KeyboardInterrupt):
        sweep(office.store, office.now.retention, batch=2)
    monkeypatch.undo()
    assert counts(office.store)[0] == 3
    swept = sweep(office.store, office.now.retention, batch=2)
    assert swept.rows == 3
    assert swept.forgotten
