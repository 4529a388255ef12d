"""A request that comes twice is carried out once, on both databases, in threads and after a crash."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter, Machine

from bonafide.privacy.holdings import HOLDINGS
from bonafide.privacy.sweep import sweep
from bonafide.service.idempotency import CLAIM, KEPT, Answer, Claim, Idempotency, Refused, parse_key
from bonafide.vault import UnsafeFileHolder, Vault

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
REQUEST = b'POST /v1/lines {"number": "+8613800138000"}'
ANSWER = Answer(201, "application/json", b'{"link":\n"bfl/only/once"}', "/v1/sign-ups/1")


@pytest.fixture
def idempotency(counter: Counter) -> Idempotency:
    return Idempotency(counter.kept, counter.vault)


def claimed(idempotency: Idempotency, caller: str = "a", key: str = KEY, request: bytes = REQUEST) -> Claim:
    found = idempotency.begin(caller, key, request)
    assert isinstance(found, Claim)
    return found


def test_the_same_request_gets_the_same_answer(idempotency: Idempotency) -> None:
    assert idempotency.finish(claimed(idempotency), ANSWER)
    assert idempotency.begin("a", KEY, REQUEST) == ANSWER
    assert idempotency.begin("a", KEY, REQUEST) == ANSWER


def test_a_key_is_for_one_request(idempotency: Idempotency) -> None:
    claim = claimed(idempotency)
    assert idempotency.begin("a", KEY, REQUEST + b" ") is Refused.OTHER_REQUEST
    idempotency.finish(claim, ANSWER)
    assert idempotency.begin("a", KEY, REQUEST + b" ") is Refused.OTHER_REQUEST


@on_each_database
def test_the_second_waits_for_the_first(idempotency: Idempotency) -> None:
    claimed(idempotency)
    assert idempotency.begin("a", KEY, REQUEST) is Refused.IN_FLIGHT


def test_callers_and_operators_do_not_see_each_other(idempotency: Idempotency) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    claimed(idempotency, caller="b")
    claimed(idempotency, key=KEY.replace("8", "9"))


def test_what_came_to_nothing_may_come_again(idempotency: Idempotency) -> None:
    idempotency.abandon(claimed(idempotency))
    assert idempotency.finish(claimed(idempotency, request=b"another"), ANSWER)


def test_whoever_died_is_taken_over_from(idempotency: Idempotency, machine: Machine) -> None:
    dead = claimed(idempotency)
    machine.passes(CLAIM - timedelta(milliseconds=1))
    assert idempotency.begin("a", KEY, REQUEST) is Refused.IN_FLIGHT
    machine.passes(timedelta(milliseconds=1))
    assert idempotency.begin("a", KEY, b"another") is Refused.OTHER_REQUEST
    alive = claimed(idempotency)
    assert not idempotency.finish(dead, Answer(500, "text/plain", b"late"))
    idempotency.abandon(dead)
    assert idempotency.finish(alive, ANSWER)
    assert idempotency.begin("a", KEY, REQUEST) == ANSWER


def test_a_day_later_the_key_is_new(idempotency: Idempotency, machine: Machine) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    machine.passes(KEPT)
    claimed(idempotency, request=b"another")


@on_each_database
def test_of_many_at_once_one_is_carried_out(idempotency: Idempotency) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: idempotency.begin("a", KEY, REQUEST), range(64)))
    assert sum(isinstance(each, Claim) for each in found) == 1
    assert found.count(Refused.IN_FLIGHT) == 63


def test_the_store_holds_neither_key_nor_request_nor_answer(
    idempotency: Idempotency, everything: Callable[[], bytes]
) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    assert b"application/json" not in everything()
    for secret in (KEY.encode(), b"13800138000", b"bfl/only"):
        assert secret not in everything()


def test_another_vault_knows_nothing(counter: Counter, idempotency: Idempotency) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    other = Vault(UnsafeFileHolder(counter.folder / "other"))
    other.begin_operator(OPERATOR)
    claimed(Idempotency(counter.kept, other))


def test_an_erasure_takes_the_answers_and_still_nothing_is_done_twice(
    counter: Counter, idempotency: Idempotency
) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    (holding,) = (holding for holding in HOLDINGS if holding.name == "answer")
    counter.kept.store.write(OPERATOR, lambda transaction: holding.erase(transaction, "somebody"))
    assert idempotency.begin("a", KEY, REQUEST) is Refused.ANSWER_GONE


def test_the_sweep_takes_what_is_due(counter: Counter, idempotency: Idempotency, machine: Machine) -> None:
    idempotency.finish(claimed(idempotency), ANSWER)
    machine.passes(KEPT - timedelta(milliseconds=1))
    assert sweep(counter.kept.store, counter.kept.now().retention).gone == ()
    machine.passes(timedelta(milliseconds=1))
    (gone,) = sweep(counter.kept.store, counter.kept.now().retention).gone
    assert (gone.holding, gone.rows) == ("answer", 1)


@pytest.mark.parametrize("header", [KEY, f'"{KEY}"', f"  {KEY} ", "order:2026-0001/resend"])
def test_keys_are_read_with_and_without_quotes(header: str) -> None:
    assert parse_key(header) == header.strip().strip('"')


@pytest.mark.parametrize(
    "header", ["", "short", f'"{KEY}', f'{KEY}"', KEY + " " + KEY, "x" * 129, "ключ" * 9]
)
def test_what_is_no_key_is_refused(header: str) -> None:
    assert parse_key(header) is None
