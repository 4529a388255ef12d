"""The client against the service as it runs: every method, and the way that refusals come."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.conftest import new_upgraded_sqlite
from tests.integration.api.conftest import OTHER, picture
from tests.integration.service.receiver import receiving

from bonafide.client import (
    Age,
    BegunSignUp,
    Client,
    Conflict,
    Giver,
    Invalid,
    LineEnd,
    NotAuthenticated,
    NotPermitted,
    NotThere,
    ObjectionOutcome,
    OpinionState,
    Outcome,
    Patience,
    PictureKind,
    ReviewReason,
    ServiceBroken,
    SignUpState,
    TooManyAttempts,
    read_webhook,
)
from bonafide.outcome import Outcome as Decided
from bonafide.outcome import Reason
from bonafide.service.api_keys import Scope
from bonafide.service.webhook_delivery import Courier

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service

NUMBER = "+99900000001"
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def database(upgraded_sqlite: Path, tmp_path: Path) -> str:
    """One is enough: on both, what is behind the routes has tests of its own."""
    return new_upgraded_sqlite(upgraded_sqlite, tmp_path)


def client_of(service: Service, *scopes: Scope, **options: Any) -> Client:  # noqa: ANN401
    key = service.key(*scopes, operator=options.pop("operator", "counter.example"))
    return Client(service.url, key["Authorization"].removeprefix("Bearer "), **options)


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with client_of(service) as made:
        yield made


def signed_up(client: Client, **wanted: Any) -> BegunSignUp:  # noqa: ANN401
    begun = client.sign_ups.create(**wanted)
    capture = client.capture(begun.link)
    capture.agree(capture.look(), Age.ADULT)
    capture.give(picture(90), picture(160), device="till-7")
    return begun


def test_a_sign_up_from_order_to_receipt(client: Client, tmp_path: Path) -> None:
    begun = client.sign_ups.create(
        reference="order-1",
        language="zh-Hans",
        return_address="https://shop.example/back",
        attended=True,
        agent="agent-3",
        shop="shop-1",
    )
    made = begun.sign_up
    assert (made.state, made.reference, made.agent, made.shop) == (
        SignUpState.OPEN,
        "order-1",
        "agent-3",
        "shop-1",
    )
    assert begun.link not in repr(begun)
    with pytest.raises(NotThere):
        client.sign_ups.receipt(made.id)
    capture = client.capture(begun.link)
    asked = capture.look()
    assert asked.state is SignUpState.OPEN
    assert asked.notice.alternative
    assert capture.agree(asked, Age.ADULT, Giver.PERSON).state is SignUpState.AGREED
    files = [tmp_path / name for name in ("document.png", "selfie.png", "back.png")]
    for file in files:
        file.write_bytes(picture())
    told = capture.give(*files, device="till-7")
    assert (told.state, told.outcome, told.again) == (SignUpState.ACCEPTED, Outcome.ACCEPT, False)
    assert told.reasons[0].code == "match.confirmed"
    stands = client.sign_ups.get(made.id)
    assert stands.decided_at is not None
    assert client.sign_ups.receipt(made.id)["claims"]["outcome"] == "accept"
    with pytest.raises(NotThere) as not_yet:
        client.sign_ups.proof(made.id)
    assert not_yet.value.code == "proof_not_yet"
    with pytest.raises(NotPermitted) as over:
        capture.give(*files)
    assert over.value.code == "link_over"


def test_whoever_declines_is_not_asked_again(client: Client) -> None:
    begun = client.sign_ups.create()
    assert client.capture(begun.link).decline().state is SignUpState.DECLINED
    assert client.sign_ups.get(begun.sign_up.id).state is SignUpState.DECLINED


def test_all_sign_ups_come_page_by_page(client: Client) -> None:
    made = [client.sign_ups.create(reference=f"order-{place}").sign_up.id for place in range(7)]
    assert [each.id for each in client.sign_ups.all(limit=3)] == made[::-1]
    page = client.sign_ups.page(limit=5)
    assert len(page.items) == 5
    assert page.after is not None
    assert client.sign_ups.page(after=page.after).after is None


def test_one_check_needs_a_consent(client: Client) -> None:
    checked = client.verify(picture(90), picture(160), consented=True, attended=True)
    assert checked.outcome is Outcome.ACCEPT
    assert checked.receipt["claims"]["outcome"] == "accept"
    with pytest.raises(NotPermitted):
        client.verify(picture(90), picture(160), consented=False)
    with pytest.raises(Invalid) as refused:
        client.verify(b"no picture", picture(160), consented=True)
    assert refused.value.code == "picture_unreadable"


def test_cases_are_looked_at_and_decided(service: Service, client: Client) -> None:
    sign_up, case = service.waiting()
    (waiting,) = client.cases.all()
    assert waiting.id == case
    with pytest.raises(NotPermitted):
        client.cases.decide(case, Outcome.ACCEPT, ReviewReason.SAME_PERSON)
    assert client.cases.picture(case, PictureKind.SELFIE)[:4] == b"\x89PNG"
    other, once = ReviewReason.OTHER_PERSON, "case-decided-once-1"
    assert other in waiting.choices.reject
    decided = client.cases.decide(case, Outcome.REJECT, other, idempotency_key=once)
    assert (decided.state, decided.receipt is None) == (OpinionState.DECIDED, False)
    assert decided == client.cases.decide(case, Outcome.REJECT, other, idempotency_key=once)
    assert client.sign_ups.get(sign_up).state is SignUpState.REJECTED
    assert client.cases.page().items == ()


def test_lines_from_binding_to_their_end(client: Client) -> None:
    begun = signed_up(client, attended=True, agent="agent-3", shop="shop-1")
    line = client.lines.bind(begun.sign_up.id, NUMBER)
    assert (line.active, line.sign_up, line.shop) == (True, begun.sign_up.id, "shop-1")
    assert client.lines.get(line.id) == line
    assert client.lines.search(NUMBER) == (line,)
    assert list(client.lines.all()) == [line]
    for sign_up, code in ((begun, "line.already_bound"), (signed_up(client), "line.taken")):
        with pytest.raises(Conflict) as refused:
            client.lines.bind(sign_up.sign_up.id, NUMBER)
        assert refused.value.code == code
        assert NUMBER not in str(refused.value)
    passed = client.lines.transfer(line.id, signed_up(client).sign_up.id)
    assert passed.active
    assert client.lines.get(line.id).ended_because is LineEnd.TRANSFERRED
    ended = client.lines.end(passed.id)
    assert (ended.active, ended.ended_because) == (False, LineEnd.CANCELLED)
    with pytest.raises(Conflict) as over:
        client.lines.end(passed.id)
    assert over.value.code == "line.ended"
    with pytest.raises(Invalid):
        client.lines.bind(begun.sign_up.id, "13800138000")


def test_a_customer_comes_in_sees_objects_and_is_forgotten(client: Client) -> None:
    begun = signed_up(client)
    line = client.lines.bind(begun.sign_up.id, NUMBER)
    by_link = client.me(client.customers.by_link(begun.link).session)
    assert [mine.line.id for mine in by_link.lines()] == [line.id]
    by_link.leave()
    with pytest.raises(NotAuthenticated):
        by_link.lines()
    code = client.customers.code(NUMBER)
    with pytest.raises(NotPermitted):
        client.customers.by_code(code.request, f"{(int(code.code) + 1) % 10**8:08}")
    session = client.customers.by_code(code.request, code.code)
    assert code.code not in repr(code)
    assert session.session not in repr(session)
    me = client.me(session.session)
    (mine,) = me.lines()
    assert (mine.number, mine.ends_in) == (NUMBER, NUMBER[-4:])
    assert NUMBER not in repr(mine)
    (consent,) = me.consents()
    assert consent.purpose == "sim-signup"
    (decision,) = me.decisions()
    assert decision.receipt["claims"]["outcome"] == "accept"
    assert "kept.json" in zipfile.ZipFile(io.BytesIO(me.export())).namelist()
    objection = me.object(line.id)
    assert me.objections() == (objection,)
    (waits,) = client.objections.all()
    assert (waits.objection, waits.overdue) == (objection, False)
    with pytest.raises(Conflict) as active:
        me.erase()
    assert active.value.code == "line.active"
    upheld = client.objections.decide(objection.id, ObjectionOutcome.UPHELD)
    assert client.objections.get(objection.id) == upheld
    assert client.lines.get(line.id).ended_because is LineEnd.NOT_THEIRS
    withdrawal = me.withdraw(consent.id)
    assert withdrawal.consent.withdrawn_at is not None
    assert withdrawal.erasure is not None
    assert withdrawal.stays == "line.kept"
    erasure = me.erase()
    assert erasure.erased["customer-session"] >= 1
    # What the law makes stay of an ended line does.
    assert erasure.stays_until == withdrawal.erasure.stays_until is not None
    assert client.lines.get(line.id).ended_because is LineEnd.NOT_THEIRS
    with pytest.raises(NotAuthenticated):
        me.lines()


def test_a_wrong_code_is_wrong_often_only(client: Client) -> None:
    client.lines.bind(signed_up(client).sign_up.id, NUMBER)
    code = client.customers.code(NUMBER)
    wrong = f"{(int(code.code) + 1) % 10**8:08}"
    for _ in range(5):
        with pytest.raises((NotPermitted, TooManyAttempts)):
            client.customers.by_code(code.request, wrong)
    with pytest.raises((NotPermitted, TooManyAttempts)):
        client.customers.by_code(code.request, code.code)


def test_webhooks_from_making_to_removing(service: Service, client: Client) -> None:
    counter = service.counter
    courier = Courier(counter.settings, counter.store, counter.clock)
    courier._vault = counter.vault
    with receiving() as receiver:
        made = client.webhooks.create(receiver.address, ["line.bound"])
        assert made.secret not in repr(made)
        assert client.webhooks.all() == (made.webhook,)
        assert client.webhooks.get(made.webhook.id) == made.webhook
        event = client.webhooks.test(made.webhook.id)
        line = client.lines.bind(signed_up(client).sign_up.id, NUMBER)
        turned = client.webhooks.rotate(made.webhook.id)
        assert turned.secret != made.secret
        courier.deliver_due()
        now = datetime.now(UTC)
        for secret in (made.secret, turned.secret):
            heard = {
                (each.type, each.about, each.state)
                for each in (
                    read_webhook(secret, got.headers, got.body, now=now) for got in receiver.received
                )
            }
            assert heard == {("webhook.test", made.webhook.id, "test"), ("line.bound", line.id, "bound")}
        assert event in receiver.events()
    assert client.webhooks.enable(made.webhook.id) == made.webhook
    client.webhooks.remove(made.webhook.id)
    assert client.webhooks.all() == ()
    with pytest.raises(NotThere):
        client.webhooks.get(made.webhook.id)


def test_what_was_done_once_is_answered_alike(client: Client) -> None:
    key = "an-order-of-our-own-1"
    first = client.sign_ups.create(reference="order-1", idempotency_key=key)
    assert client.sign_ups.create(reference="order-1", idempotency_key=key) == first
    with pytest.raises(Invalid) as reused:
        client.sign_ups.create(reference="order-2", idempotency_key=key)
    assert reused.value.code == "idempotency_key_reused"


class Breaking(httpx2.HTTPTransport):
    """A network over which the first answers get lost: what was asked was done."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if self.lost:
            self.lost -= 1
            answer.close()
            raise httpx2.ReadError("lost", request=request)
        return answer


def test_over_a_network_that_loses_answers_nothing_is_done_twice(service: Service, client: Client) -> None:
    patience = Patience(first_pause=0.01)
    with client_of(service, transport=Breaking(2), patience=patience) as unlucky:
        begun = unlucky.sign_ups.create(reference="order-1")
    assert [each.id for each in client.sign_ups.all()] == [begun.sign_up.id]
    signed = signed_up(client)
    with client_of(service, transport=Breaking(1), patience=patience) as unlucky:
        line = unlucky.lines.bind(signed.sign_up.id, NUMBER)
    assert [each.id for each in client.lines.all()] == [line.id]


def test_whoever_asks_at_once_under_one_key_gets_one_answer(service: Service) -> None:
    patience = Patience(tries=20, first_pause=0.05)
    found: list[str] = []
    with client_of(service, patience=patience) as client:

        def ask() -> None:
            found.append(client.sign_ups.create(idempotency_key="one-order-asked-by-many").link)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        assert len(set(found)) == 1
        assert len(list(client.sign_ups.all())) == 1


def test_another_operator_finds_nothing(service: Service, client: Client) -> None:
    made = client.sign_ups.create()
    with client_of(service, operator=OTHER) as other:
        assert list(other.sign_ups.all()) == []
        with pytest.raises(NotThere):
            other.sign_ups.get(made.sign_up.id)


def test_a_key_without_the_scope_is_refused(service: Service) -> None:
    with client_of(service, Scope.LINES) as client, pytest.raises(NotPermitted) as refused:
        client.sign_ups.create()
    assert refused.value.code == "scope_missing"
    with Client(service.url) as client, pytest.raises(NotAuthenticated):
        client.lines.get(UNKNOWN)


def test_words_are_in_the_language_that_is_asked_for(service: Service) -> None:
    with client_of(service, language="zh-Hans") as client:
        with pytest.raises(NotThere) as refused:
            client.lines.get(UNKNOWN)
        assert "没有" in refused.value.title
        service.told.outcome, service.told.reasons = Decided.REJECT, (Reason.MATCH_REFUTED,)
        told = client.verify(picture(90), picture(160), consented=True)
        assert told.reasons[0].sentence != ""
        assert told.reasons[0].sentence.isascii() is False


def test_how_the_service_is_can_be_asked(client: Client) -> None:
    assert client.alive()
    assert "bonafide_outcomes_total" in client.metrics()
    ready = client.ready()
    assert isinstance(ready, bool)


def test_a_service_at_fault_is_told_so(service: Service, client: Client) -> None:
    service.told.raises = RuntimeError("of the inside")
    with pytest.raises(ServiceBroken) as broken:
        client.verify(picture(90), picture(160), consented=True)
    assert broken.value.code == "fault"
    assert "inside" not in str(broken.value)
