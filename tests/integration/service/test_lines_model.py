"""Lines against a model: whatever is done in whatever order, on SQLite; and all at once, on PostgreSQL."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from tests.integration.service.conftest import OPERATOR, Counter, Machine
from tests.integration.service.line_desk import Accepted, LineDesk

from bonafide.outcome import LineReason, Outcome
from bonafide.privacy.erasure import erase
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service.customer_access import CustomerAccess
from bonafide.service.customer_session import session_of
from bonafide.service.customers import Customer
from bonafide.service.line import Bound
from bonafide.service.line_limit import MOST_LINES
from bonafide.service.lines import Lines
from bonafide.service.retention import Retention, new_identifier
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.vault import UnsafeFileHolder, Vault

DOCUMENTS = ("D1", "D2")
NUMBERS = tuple(f"+8613800000{at:03}" for at in range(14))


def open_desk(folder: Path, url: str) -> LineDesk:
    """At a database that has its tables."""
    store, machine = Store.open(url), Machine()
    vault = Vault(UnsafeFileHolder(folder / "keys"))
    vault.begin_operator(OPERATOR)
    store.begin_operator(OPERATOR, machine.now)
    kept = Retention(Settings(folder / "data", operator=OPERATOR), store, RetentionClock(store, machine.read))
    return LineDesk(Counter(kept, vault, machine, folder / "data"))


@cache
def _upgraded() -> bytes:
    """A database file with tables and no rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.sqlite"
        with closing(Store.open(f"sqlite:///{path}")) as store:
            store.upgrade()
        return path.read_bytes()


class LineLife(RuleBasedStateMachine):
    """What should be, beside what is."""

    signed_up: Bundle[tuple[str, Accepted]] = Bundle("signed_up")
    bound: Bundle[str] = Bundle("bound")

    @initialize()
    def begins(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        (folder / "records.sqlite").write_bytes(_upgraded())
        self.desk = open_desk(folder, f"sqlite:///{folder / 'records.sqlite'}")
        self.lines = self.desk.lines()
        # By line: document, number, sign-up, subject; and of those, the active ones.
        self.known: dict[str, tuple[str, str, str, str]] = {}
        self.active: set[str] = set()
        self.spent: set[str] = set()
        self.gone: set[str] = set()

    def teardown(self) -> None:
        self.desk.counter.kept.store.close()
        self.folder.cleanup()

    @rule(target=signed_up, document=st.sampled_from(DOCUMENTS), accepted=st.booleans())
    def signs_up(self, document: str, accepted: bool) -> tuple[str, Accepted]:
        made = self.desk.accepts(document, Outcome.ACCEPT if accepted else Outcome.REJECT)
        if not accepted:
            self.gone.add(made.sign_up)  # no line is ever made of it
        return document, made

    @rule(target=bound, signed=signed_up, number=st.sampled_from(NUMBERS))
    def binds(self, signed: tuple[str, Accepted], number: str) -> MultipleResults[str] | str:
        document, made = signed
        return self._checked(
            self.lines.bind(made.sign_up, number),
            document,
            made,
            number,
            self._refusal(document, made, number),
        )

    @rule(target=bound, line=bound, signed=signed_up)
    def passes_on(self, line: str, signed: tuple[str, Accepted]) -> MultipleResults[str] | str:
        document, made = signed
        if line not in self.known:
            assert self.lines.transfer(line, made.sign_up) is None
            return multiple()
        number = self.known[line][1]
        told = self.lines.transfer(line, made.sign_up)
        assert told is not None
        expected: set[LineReason] = set()
        if made.sign_up in self.gone:
            expected = {LineReason.NOT_ACCEPTED}
        elif line not in self.active:
            expected = {LineReason.ENDED}
        else:
            self.active.remove(line)
            expected = self._refusal(document, made, number)
            if expected:
                self.active.add(line)
        return self._checked(told, document, made, number, expected)

    @rule(line=bound)
    def ends(self, line: str) -> None:
        told = self.lines.end(line)
        if line not in self.known:
            assert told is None
            return
        assert told is not None
        assert told.refusal is (None if line in self.active else LineReason.ENDED)
        self.active.discard(line)

    @rule(signed=consumes(signed_up))
    def is_erased(self, signed: tuple[str, Accepted]) -> None:
        _, made = signed
        kept = self.desk.counter.kept
        erase(
            kept.store,
            OPERATOR,
            [made.subject],
            now=kept.now(),
            identifier=new_identifier,
            signer=self.desk.counter.signer,
            software="bonafide test",
        )
        for line in [line for line, known in self.known.items() if known[3] == made.subject]:
            del self.known[line]
            self.active.discard(line)
        self.gone.add(made.sign_up)

    @invariant()
    def what_is_kept_is_what_should_be(self) -> None:
        if not hasattr(self, "desk"):
            return
        rows = {row.id: row for row in self.desk.rows()}
        assert rows.keys() == self.known.keys()
        assert {row.id for row in rows.values() if row.ended_at is None} == self.active
        assert {row.id for row in self.desk.sealed()} == rows.keys()
        assert {row.deadline for row in self.desk.sealed()} == {row.deadline for row in rows.values()}
        documents = Tally(rows[line].document_index for line in self.active)
        assert max(documents.values(), default=0) <= MOST_LINES
        numbers = Tally(rows[line].number_index for line in self.active)
        assert max(numbers.values(), default=0) <= 1

    def _refusal(self, document: str, made: Accepted, number: str) -> set[LineReason]:
        if made.sign_up in self.gone:
            return {LineReason.NOT_ACCEPTED}
        if made.sign_up in self.spent:
            return {LineReason.ALREADY_BOUND}
        refused = set()
        if sum(self.known[line][0] == document for line in self.active) >= MOST_LINES:
            refused.add(LineReason.LIMIT_REACHED)
        if any(self.known[line][1] == number for line in self.active):
            refused.add(LineReason.TAKEN)
        return refused

    def _checked(
        self, told: Bound, document: str, made: Accepted, number: str, expected: set[LineReason]
    ) -> MultipleResults[str] | str:
        if told.line is None:
            assert told.refusal in expected
            return multiple()
        assert not expected
        self.known[told.line.id] = (document, number, made.sign_up, made.subject)
        self.active.add(told.line.id)
        self.spent.add(made.sign_up)
        return told.line.id


@pytest.mark.parametrize("lives", [6, pytest.param(30, marks=pytest.mark.long)])
def test_whatever_is_done_the_rules_hold(lives: int) -> None:
    run_state_machine_as_test(
        LineLife,
        settings=settings(
            max_examples=lives,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("round_", range(3))
def test_twenty_at_once_from_two_processes_are_never_six(
    postgresql_database: str, tmp_path: Path, round_: int
) -> None:
    desk = open_desk(tmp_path, postgresql_database)
    second = Store.open(postgresql_database)
    signed = [desk.accepts("SAME") for _ in range(20)]
    counters = (Lines(desk.service(), OPERATOR), Lines(desk.service(second), OPERATOR))
    together = threading.Barrier(len(signed))
    told: list[Bound] = []
    faults: list[BaseException] = []

    def binds(at: int) -> None:
        together.wait()
        try:
            told.append(counters[at % 2].bind(signed[at].sign_up, f"+861380000{round_}{at:03}"))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=binds, args=(at,)) for at in range(len(signed))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert faults == []
    assert Tally(bound.refusal for bound in told) == {None: MOST_LINES, LineReason.LIMIT_REACHED: 15}
    assert len(desk.rows()) == len(desk.sealed()) == MOST_LINES
    desk.counter.kept.store.close()


def test_of_many_who_want_one_number_or_spend_one_sign_up_one_does(
    postgresql_database: str, tmp_path: Path
) -> None:
    desk = open_desk(tmp_path, postgresql_database)
    second = Store.open(postgresql_database)
    counters = (Lines(desk.service(), OPERATOR), Lines(desk.service(second), OPERATOR))
    others = [desk.accepts(f"DOC{at}") for at in range(8)]
    one = desk.accepts("ONE")
    line = counters[0].bind(one.sign_up, "+8613800000999").line
    assert line is not None
    spent = desk.accepts("SPENT")
    buyers = [desk.accepts(f"BUYER{at}") for at in range(6)]
    told: dict[str, list[LineReason | None]] = {"number": [], "sign-up": [], "transfer": []}
    faults: list[BaseException] = []

    def tries(what: str, at: int) -> None:
        lines = counters[at % 2]
        try:
            if what == "number":
                bound: Bound | None = lines.bind(others[at].sign_up, "+8613800000001")
            elif what == "sign-up":
                bound = lines.bind(spent.sign_up, f"+86138000001{at:02}")
            else:
                bound = lines.transfer(line.id, buyers[at].sign_up)
            assert bound is not None
            told[what].append(bound.refusal)
        except BaseException as fault:
            faults.append(fault)

    work = [("number", at) for at in range(8)] + [("sign-up", at) for at in range(6)]
    work += [("transfer", at) for at in range(6)]
    threads = [threading.Thread(target=tries, args=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert faults == []
    assert Tally(told["number"]) == {None: 1, LineReason.TAKEN: 7}
    assert Tally(told["sign-up"]) == {None: 1, LineReason.ALREADY_BOUND: 5}
    assert Tally(told["transfer"]) == {None: 1, LineReason.ENDED: 5}
    active = [row for row in desk.rows() if row.ended_at is None]
    assert len(active) == 3
    assert len({row.number_index for row in active}) == 3
    desk.counter.kept.store.close()


def test_who_is_erased_at_the_moment_of_binding_has_a_line_or_nothing(
    postgresql_database: str, tmp_path: Path
) -> None:
    desk = open_desk(tmp_path, postgresql_database)
    second = Store.open(postgresql_database)
    here, there = desk.service(), desk.service(second)
    signed = [desk.accepts(f"D{at % 3}") for at in range(12)]
    customers = []
    for each in signed:
        text = CustomerAccess(here).by_link(each.link).session
        assert text is not None
        session = session_of(desk.counter.kept.store, text, desk.counter.kept.now())
        assert session is not None
        customers.append(Customer(there, session))
    together = threading.Barrier(2 * len(signed))
    bound: dict[int, LineReason | None] = {}
    erased: dict[int, LineReason | None] = {}
    faults: list[BaseException] = []

    def does(what: dict[int, LineReason | None], at: int, work: Callable[[], LineReason | None]) -> None:
        together.wait()
        try:
            what[at] = work()
        except BaseException as fault:
            faults.append(fault)

    threads = []
    for at, each in enumerate(signed):
        number = f"+8613800000{at:03}"
        binds = partial(_bound, Lines(here, OPERATOR), each.sign_up, number)
        erases = partial(_erased, customers[at])
        threads += [
            threading.Thread(target=does, args=(bound, at, binds)),
            threading.Thread(target=does, args=(erased, at, erases)),
        ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert faults == []
    for at in range(len(signed)):
        assert (bound[at], erased[at]) in {
            (None, LineReason.ACTIVE),
            (LineReason.NOT_ACCEPTED, None),
        }
    assert len(desk.rows()) == len(desk.sealed()) == sum(refusal is None for refusal in bound.values())
    desk.counter.kept.store.close()


def _bound(lines: Lines, sign_up: str, number: str) -> LineReason | None:
    return lines.bind(sign_up, number).refusal


def _erased(customer: Customer) -> LineReason | None:
    return customer.erase().refusal
