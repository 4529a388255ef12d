"""Accounts of the operator's people, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pyotp
import pytest
from tests.conftest import on_each_database

from bonafide.errors import NotPermitted, UsageError
from bonafide.privacy.sweep import sweep
from bonafide.service.accounts import (
    FIRST_NAME,
    Account,
    account_named,
    accounts,
    end_account,
    give_roles,
    invite,
)
from bonafide.service.attempt_limits import LOCKED_FOR
from bonafide.service.authenticators import Site
from bonafide.service.ceremonies import Refusal
from bonafide.service.one_time_codes import (
    STEP,
    AskedCodes,
    ask_for_codes,
    asked_codes,
    enter_with_code,
    make_codes,
)
from bonafide.service.passkeys import Entered, ask_for_new_passkey, ask_for_passkey, enter_with_passkey
from bonafide.service.roles import Permission, Role
from bonafide.service.web_sessions import IDLE, LONGEST, begin_session, end_session, end_sessions, present
from bonafide.store.metadata import METADATA

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"
PASSPHRASE = "eleven blue bicycles"  # noqa: S105


class Phone:
    """An authenticator application that scanned what it was shown."""

    def __init__(self, counter: Counter, asked: AskedCodes) -> None:
        self._counter = counter
        codes = pyotp.parse_uri(asked.address)
        assert isinstance(codes, pyotp.TOTP)
        self._codes = codes

    def code(self, ago: timedelta = timedelta()) -> str:
        return self._codes.at(self._counter.machine.now - ago)


def takes_up(counter: Counter, text: str) -> tuple[Entered, Phone]:
    asked = ask_for_codes(counter.kept, counter.vault, text)
    assert isinstance(asked, AskedCodes)
    phone = Phone(counter, asked)
    made = make_codes(
        counter.kept,
        counter.vault,
        invitation=text,
        ceremony=asked.ceremony,
        passphrase=PASSPHRASE,
        code=phone.code(),
    )
    assert isinstance(made, Entered)
    return made, phone


def enters(counter: Counter, name: str, code: str, passphrase: str = PASSPHRASE) -> Entered | Refusal:
    return enter_with_code(counter.kept, counter.vault, name, passphrase, code)


@pytest.fixture
def administrator(counter: Counter) -> Account:
    _, text = invite(counter.kept, FIRST_NAME, {Role.ADMINISTRATOR})
    return takes_up(counter, text)[0].account


def test_an_invitation_is_good_once_and_for_a_day(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    asked = ask_for_codes(counter.kept, counter.vault, text)
    assert isinstance(asked, AskedCodes)
    made, _ = takes_up(counter, text)
    assert made.account.roles == {Role.REVIEWER}
    assert ask_for_codes(counter.kept, counter.vault, text) is Refusal.RUN_OUT
    assert asked_codes(counter.kept, counter.vault, text, asked.ceremony) is Refusal.RUN_OUT
    assert ask_for_new_passkey(counter.kept, text, Site("https://a.example", "a.example")) is Refusal.RUN_OUT
    _, late = invite(counter.kept, "Bo Wu", {Role.REVIEWER})
    counter.machine.passes(timedelta(hours=24))
    assert ask_for_codes(counter.kept, counter.vault, late) is Refusal.RUN_OUT
    for strange in ("", "bfi/", late[:-1] + "A", late.replace("bfi", "bfw"), made.session):
        assert ask_for_codes(counter.kept, counter.vault, strange) is Refusal.RUN_OUT


def test_a_newer_invitation_voids_the_older_and_its_taking_up_the_old_way_in(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    _, first = takes_up(counter, text)
    counter.machine.passes(STEP)
    _, older = invite(counter.kept, "An Li", {Role.AGENT})
    _, newer = invite(counter.kept, "An Li", {Role.AGENT})
    assert ask_for_codes(counter.kept, counter.vault, older) is Refusal.RUN_OUT
    assert isinstance(enters(counter, "An Li", first.code()), Entered)
    _, second = takes_up(counter, newer)
    counter.machine.passes(STEP)
    assert enters(counter, "An Li", first.code()) is Refusal.WRONG
    again = enters(counter, "An Li", second.code())
    assert isinstance(again, Entered)
    assert again.account.roles == {Role.AGENT}


@on_each_database
def test_of_many_who_take_up_an_invitation_at_once_one_does(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    gate = Barrier(4)

    def take(_: int) -> bool:
        asked = ask_for_codes(counter.kept, counter.vault, text)
        gate.wait()
        if not isinstance(asked, AskedCodes):
            return False
        code = Phone(counter, asked).code()
        made = make_codes(
            counter.kept,
            counter.vault,
            invitation=text,
            ceremony=asked.ceremony,
            passphrase=PASSPHRASE,
            code=code,
        )
        return isinstance(made, Entered)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_codes_need_a_passphrase_and_the_first_code(counter: Counter) -> None:
    _, text = invite(counter.kept, "an li of the shop", {Role.REVIEWER})
    asked = ask_for_codes(counter.kept, counter.vault, text)
    assert isinstance(asked, AskedCodes)
    phone = Phone(counter, asked)

    def makes(passphrase: str, code: str) -> Entered | Refusal:
        return make_codes(
            counter.kept,
            counter.vault,
            invitation=text,
            ceremony=asked.ceremony,
            passphrase=passphrase,
            code=code,
        )

    for weak in ("", "eleven chars"[:11], "x" * 129, "an li of the shop"):
        assert makes(weak, phone.code()) is Refusal.SHORT
    for wrong in ("", "000000" if phone.code() != "000000" else "000001", phone.code()[:5], "六"):
        assert makes(PASSPHRASE, wrong) is Refusal.CODE
    assert asked_codes(counter.kept, counter.vault, text, asked.ceremony) == asked
    made = makes(PASSPHRASE, f" {phone.code()[:3]} {phone.code()[3:]} ")
    assert isinstance(made, Entered)
    assert makes(PASSPHRASE, phone.code()) is Refusal.RUN_OUT


def test_a_code_enters_once_and_for_its_time(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    _, phone = takes_up(counter, text)
    # The one that made the way in has been used.
    assert enters(counter, "An Li", phone.code()) is Refusal.WRONG
    counter.machine.passes(3 * STEP)
    assert enters(counter, "An Li", phone.code(ago=2 * STEP)) is Refusal.WRONG
    assert isinstance(enters(counter, "An Li", phone.code(ago=STEP)), Entered)
    assert isinstance(enters(counter, "An Li", phone.code()), Entered)
    assert enters(counter, "An Li", phone.code()) is Refusal.WRONG
    assert enters(counter, "An Li", phone.code(ago=STEP)) is Refusal.WRONG


def test_all_three_must_be_right_and_none_is_told_apart(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    _, phone = takes_up(counter, text)
    invite(counter.kept, "Bo Wu", {Role.REVIEWER})
    counter.machine.passes(STEP)
    assert enters(counter, "An Li", phone.code(), "another passphrase") is Refusal.WRONG
    assert enters(counter, "An Li", "12345") is Refusal.WRONG
    for nobody in ("Bo Wu", "An L", "", "x" * 1000):
        assert enters(counter, nobody, phone.code()) is Refusal.WRONG
    assert enters(counter, "An Li", phone.code(), "x" * 100_000) is Refusal.WRONG
    assert isinstance(enters(counter, "An Li", phone.code()), Entered)


def test_five_failures_within_three_minutes_lock_for_an_hour(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    _, phone = takes_up(counter, text)
    for _ in range(4):
        assert enters(counter, "An Li", "") is Refusal.WRONG
    counter.machine.passes(timedelta(minutes=4))
    told = [enters(counter, "An Li", "") for _ in range(5)]
    assert told == [Refusal.WRONG] * 4 + [Refusal.LOCKED]
    assert enters(counter, "An Li", phone.code()) is Refusal.LOCKED
    counter.machine.passes(LOCKED_FOR - timedelta(seconds=1))
    assert enters(counter, "An Li", phone.code()) is Refusal.LOCKED
    counter.machine.passes(timedelta(seconds=1))
    assert isinstance(enters(counter, "An Li", phone.code()), Entered)


@on_each_database
def test_of_many_guesses_at_once_five_count(counter: Counter) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    _, phone = takes_up(counter, text)
    counter.machine.passes(STEP)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: enters(counter, "An Li", ""), range(16)))
    assert told.count(Refusal.WRONG) == 4
    assert told.count(Refusal.LOCKED) == 12
    assert enters(counter, "An Li", phone.code()) is Refusal.LOCKED


def test_a_copy_of_the_database_makes_no_codes_and_knows_no_passphrase(
    counter: Counter, everything: object
) -> None:
    _, text = invite(counter.kept, "An Li", {Role.REVIEWER})
    asked = ask_for_codes(counter.kept, counter.vault, text)
    assert isinstance(asked, AskedCodes)
    made, _ = takes_up(counter, text)
    rows = everything()  # type: ignore[operator]
    assert b"An Li" in rows
    for secret in (asked.secret, PASSPHRASE, text, text.rpartition("/")[2], made.session.rpartition("/")[2]):
        assert secret.encode() not in rows


def test_a_session_stands_twelve_hours_if_it_is_used(counter: Counter, administrator: Account) -> None:
    kept, store = counter.kept, counter.kept.store
    text = store.write(OPERATOR, lambda transaction: begin_session(transaction, administrator.id, kept.now()))
    began = counter.machine.now
    while counter.machine.now - began < LONGEST - IDLE:
        counter.machine.passes(IDLE - timedelta(seconds=1))
        who = present(store, text, kept.now())
        assert who is not None
        assert (who.operator, who.account) == (OPERATOR, administrator)
    counter.machine.passes(began + LONGEST - counter.machine.now)
    assert present(store, text, kept.now()) is None


def test_a_session_ends_after_half_an_hour_without_a_sign(counter: Counter, administrator: Account) -> None:
    kept, store = counter.kept, counter.kept.store
    text = store.write(OPERATOR, lambda transaction: begin_session(transaction, administrator.id, kept.now()))
    counter.machine.passes(IDLE)
    assert present(store, text, kept.now()) is None


def test_sessions_are_ended_at_will_and_with_the_account(counter: Counter, administrator: Account) -> None:
    kept, store = counter.kept, counter.kept.store
    _, text = invite(kept, "An Li", {Role.REVIEWER})
    made, phone = takes_up(counter, text)
    counter.machine.passes(STEP)
    again = enters(counter, "An Li", phone.code())
    assert isinstance(again, Entered)
    who = present(store, made.session, kept.now())
    assert who is not None
    end_session(kept, who.session)
    assert present(store, made.session, kept.now()) is None
    assert present(store, again.session, kept.now()) is not None
    assert end_sessions(kept, made.account.id) == 1
    assert present(store, again.session, kept.now()) is None
    counter.machine.passes(STEP)
    third = enters(counter, "An Li", phone.code())
    assert isinstance(third, Entered)
    ended = end_account(kept, made.account.id)
    assert ended is not None
    assert not any(ended.may(permission) for permission in Permission)
    assert present(store, third.session, kept.now()) is None
    counter.machine.passes(STEP)
    assert enters(counter, "An Li", phone.code()) is Refusal.WRONG
    assert end_account(kept, made.account.id) is None
    assert give_roles(kept, made.account.id, {Role.ADMINISTRATOR}) is None
    with pytest.raises(NotPermitted, match="log speaks"):
        invite(kept, "An Li", {Role.REVIEWER})
    with pytest.raises(UsageError, match="Nobody of that name"):
        account_named(kept, "An Li")
    assert account_named(kept, "administrator") == administrator


def test_a_session_is_of_its_operator_alone(counter: Counter, administrator: Account) -> None:
    kept, store = counter.kept, counter.kept.store
    text = store.write(OPERATOR, lambda transaction: begin_session(transaction, administrator.id, kept.now()))
    store.begin_operator("other.example", counter.machine.now)
    assert present(store, text.replace(OPERATOR, "other.example"), kept.now()) is None
    for strange in ("", text[:-1] + ("A" if text[-1] != "A" else "B"), text.replace("bfw/", "bfs/")):
        assert present(store, strange, kept.now()) is None
    assert present(store, text, kept.now()) is not None


def test_somebody_is_always_left_to_give_out_accounts(counter: Counter, administrator: Account) -> None:
    kept = counter.kept
    with pytest.raises(NotPermitted, match="Nobody would be left"):
        end_account(kept, administrator.id)
    with pytest.raises(NotPermitted, match="Nobody would be left"):
        give_roles(kept, administrator.id, {Role.REVIEWER})
    with pytest.raises(NotPermitted, match="Nobody would be left"):
        invite(kept, administrator.name, {Role.REVIEWER})
    second, _ = invite(kept, "Bo Wu", {Role.ADMINISTRATOR})
    gate = Barrier(2)

    def end(account: str) -> bool:
        gate.wait()
        try:
            return end_account(kept, account) is not None
        except NotPermitted:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, [administrator.id, second.id])) == [False, True]


def test_who_is_nobody_or_nothing_is_not_invited(counter: Counter) -> None:
    for name in ("", " An", "An\nLi", "x" * 65):
        with pytest.raises(UsageError):
            invite(counter.kept, name, {Role.AGENT})
    with pytest.raises(UsageError, match="at least one role"):
        invite(counter.kept, "An Li", ())
    assert accounts(counter.kept) == ()


def test_what_is_due_is_swept(counter: Counter, administrator: Account) -> None:
    kept = counter.kept
    account, text = invite(kept, "An Li", {Role.REVIEWER})
    takes_up(counter, text)
    invite(kept, "Bo Wu", {Role.REVIEWER})
    ask_for_passkey(kept, Site("https://a.example", "a.example"))
    end_account(kept, account.id)

    def left() -> dict[str, int]:
        with kept.store.read(OPERATOR) as transaction:
            counts = {
                name: len(transaction.connection.execute(METADATA.tables[name].select()).all())
                for name in ("account", "credential", "invitation", "ceremony", "web_session")
            }
        return {name: count for name, count in counts.items() if count}

    def swept() -> dict[str, int]:
        sweep(kept.store, kept.now().retention)
        return left()

    assert left() == swept()
    assert left() == {"account": 3, "credential": 1, "invitation": 1, "ceremony": 1, "web_session": 1}
    counter.machine.passes(timedelta(hours=12))
    assert swept() == {"account": 3, "credential": 1, "invitation": 1}
    counter.machine.passes(timedelta(hours=12))
    assert swept() == {"account": 3, "credential": 1}
    counter.machine.passes(timedelta(days=3 * 366))
    assert swept() == {"account": 2, "credential": 1}
    # The name is free again, for nothing that speaks of it is left.
    invite(kept, "An Li", {Role.AGENT})
    assert administrator.id in {one.id for one in accounts(kept)}


def test_no_answer_that_is_no_answer_enters(counter: Counter) -> None:
    site = Site("https://a.example", "a.example")
    asked = ask_for_passkey(counter.kept, site)
    for strange in ("", "{}", "[]", "null", "x" * 20_000, '{"id": 1}'):
        assert enter_with_passkey(counter.kept, asked.ceremony, strange, site) is Refusal.WRONG
