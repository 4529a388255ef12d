"""Messages reach a real receiver: whatever it does, and whoever of us dies."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from standardwebhooks import Webhook as Oracle
from tests.conftest import on_each_database
from tests.integration.service.conftest import OPERATOR, Counter, Machine
from tests.integration.service.receiver import Received, Receiver, receiving

from bonafide.privacy.machine import Reading, reading
from bonafide.privacy.retention_clock import RetentionClock
from bonafide.service import webhook_post
from bonafide.service.announcing import KEPT, Message, announce
from bonafide.service.outbox_figures import OutboxFigures, outbox_figures
from bonafide.service.retention import Retention, new_identifier
from bonafide.service.webhook_delivery import LEASE, RETRIES, Courier, delivering
from bonafide.service.webhooks import BOTH_FOR, Webhooks
from bonafide.settings import Settings
from bonafide.store import Store
from bonafide.store.delivery_tables import OUTBOX
from bonafide.vault import UnsafeFileHolder, Vault


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def webhooks(counter: Counter) -> Webhooks:
    return Webhooks(counter.kept, counter.vault)


@pytest.fixture
def courier(counter: Counter) -> Courier:
    return courier_of(counter)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key, and a certificate of its own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(own, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


def courier_of(counter: Counter, tls: ssl.SSLContext | None = None, chance: float = 0.5) -> Courier:
    made = Courier(
        counter.kept.settings, counter.kept.store, counter.kept.clock, tls=tls, chance=lambda: chance
    )
    made._vault = counter.vault
    return made


def happens(counter: Counter) -> str:
    return happened(counter.kept)


def happened(kept: Retention) -> str:
    about, now = new_identifier(), kept.now()
    kept.store.write(OPERATOR, lambda transaction: announce(transaction, "line.bound", about, now))
    return about


def waiting(counter: Counter) -> tuple[Message, ...]:
    with counter.kept.store.read(OPERATOR) as transaction:
        return transaction.all(Message, OUTBOX)


def test_a_message_is_taken_and_gone(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver
) -> None:
    _, secret = webhooks.create(receiver.address + "?a=b")
    about = happens(counter)
    assert courier.deliver_due() == 1
    assert waiting(counter) == ()
    (got,) = receiver.received
    assert got.path == "/hook?a=b"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    moment = int(got.headers["webhook-timestamp"])
    assert moment == int(counter.kept.now().wall.timestamp())
    assert json.loads(got.body)["data"] == {"id": about, "state": "bound"}
    # The library looks at the machine's clock, and this counter's is set.
    signature = Oracle(secret).sign(got.headers["webhook-id"], counter.kept.now().wall, got.body.decode())
    assert got.headers["webhook-signature"] == signature
    assert courier.deliver_due() == 0
    assert len(receiver.received) == 1


def test_each_webhook_gets_its_own(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver
) -> None:
    with receiving() as other:
        webhooks.create(receiver.address)
        webhooks.create(other.address)
        happens(counter)
        other.status = 500
        assert courier.deliver_due() == 1
    assert len(receiver.received) == len(other.received) == 1
    assert receiver.events() == other.events()
    assert len(waiting(counter)) == 1


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 301, 302, 307, 308])
def test_what_is_not_taken_comes_again_later(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, status: int
) -> None:
    with receiving() as elsewhere:
        webhooks.create(receiver.address)
        happens(counter)
        receiver.status, receiver.location = status, elsewhere.address
        assert courier.deliver_due() == 0
        assert courier.deliver_due() == 0
        assert len(receiver.received) == 1
        assert webhooks.all()[0].failing_since is not None
        counter.machine.passes(RETRIES[0])
        receiver.status = 200
        assert courier.deliver_due() == 1
        assert elsewhere.received == []  # no redirect is followed
    assert len(set(receiver.events())) == 1
    assert (
        receiver.received[0].headers["webhook-signature"] != receiver.received[1].headers["webhook-signature"]
    )
    assert webhooks.all()[0].failing_since is None


def test_nobody_waits_long_for_one_that_hangs(
    counter: Counter,
    webhooks: Webhooks,
    courier: Courier,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_post, "TIMEOUT_SECONDS", 0.3)
    webhooks.create(receiver.address)
    happens(counter)
    receiver.status = None
    assert courier.deliver_due() == 0
    assert receiver.came.is_set()
    assert waiting(counter)[0].tries == 1


def test_one_that_is_away_is_tried_again(
    counter: Counter, webhooks: Webhooks, courier: Courier, machine: Machine
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        webhooks.create(f"http://127.0.0.1:{held.getsockname()[1]}/")
        happens(counter)
        assert courier.deliver_due() == 0
    machine.passes(RETRIES[0])
    assert {message.tries for message in waiting(counter)} == {1}


def test_tries_come_ever_later_for_days_and_then_end(
    counter: Counter, webhooks: Webhooks, receiver: Receiver, machine: Machine
) -> None:
    receiver.status = 500
    webhooks.create(receiver.address)
    happens(counter)
    for given_up, chance in enumerate((0.0, 1.0)):
        courier = courier_of(counter, chance=chance)
        begun = machine.now
        for tries, span in enumerate(RETRIES, 1):
            courier.deliver_due()
            (message,) = waiting(counter)
            assert message.tries == tries
            age = machine.now - message.made_at
            assert outbox_figures(counter.kept) == OutboxFigures(1, age, given_up, 0)
            assert message.next_try_at - machine.now == span * (0.75 if chance == 0.0 else 1.25)
            machine.passes(message.next_try_at - machine.now)
        assert timedelta(days=2) < machine.now - begun < KEPT
        courier.deliver_due()
        assert waiting(counter) == ()
        assert outbox_figures(counter.kept) == OutboxFigures(0, timedelta(0), given_up + 1, 1)
        assert len(receiver.received) == len(RETRIES) + 1
        (webhook,) = webhooks.all()
        assert webhook.disabled_at == machine.now
        happens(counter)
        assert waiting(counter) == ()  # nothing for one that is disabled
        receiver.received.clear()
        assert webhooks.enable(webhook.id)
        happens(counter)


def test_one_that_takes_others_meanwhile_is_not_disabled(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, machine: Machine
) -> None:
    webhooks.create(receiver.address)
    happens(counter)
    receiver.status = 500
    courier.deliver_due()
    for _ in RETRIES:
        machine.passes(timedelta(hours=31))
        receiver.status = 500
        courier.deliver_due()
        receiver.status = 200
        happens(counter)
        courier.deliver_due()
    (webhook,) = webhooks.all()
    assert webhook.disabled_at is None


def test_one_that_is_gone_is_disabled_at_once(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, machine: Machine
) -> None:
    webhooks.create(receiver.address)
    happens(counter)
    receiver.status = 410
    courier.deliver_due()
    assert webhooks.all()[0].disabled_at == machine.now
    assert outbox_figures(counter.kept) == OutboxFigures(1, timedelta(0), 0, 1)
    machine.passes(LEASE)
    courier.deliver_due()
    assert len(receiver.received) == 1
    assert waiting(counter) == ()
    assert outbox_figures(counter.kept) == OutboxFigures(0, timedelta(0), 1, 1)


def test_for_a_day_both_secrets_sign(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, machine: Machine
) -> None:
    made, old = webhooks.create(receiver.address)
    turned = webhooks.rotate(made.id)
    assert turned is not None
    happens(counter)
    courier.deliver_due()
    machine.passes(BOTH_FOR)
    happens(counter)
    courier.deliver_due()
    both, one = receiver.received

    def signed(received: Received, secret: str) -> str:
        at = counter.kept.now().wall - (BOTH_FOR if received is both else timedelta(0))
        return Oracle(secret).sign(received.headers["webhook-id"], at, received.body.decode())

    assert both.headers["webhook-signature"] == f"{signed(both, turned[1])} {signed(both, old)}"
    assert one.headers["webhook-signature"] == signed(one, turned[1])


def test_a_name_that_comes_to_stand_for_a_neighbour_is_not_followed(
    counter: Counter,
    webhooks: Webhooks,
    courier: Courier,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the name stood for before: what counts is where the connection goes."""
    webhooks.create(f"https://rebound.example:{receiver.port}/")
    looked_up: list[str] = []

    def neighbour(host: str, port: int, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", neighbour)
    happens(counter)
    assert courier.deliver_due() == 0
    assert looked_up == ["rebound.example"]
    assert receiver.received == []
    assert waiting(counter)[0].tries == 1


def test_the_connection_goes_to_what_was_looked_at(
    counter: Counter,
    webhooks: Webhooks,
    courier: Courier,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name is looked up once: a second answer would be another than the one that was judged."""
    answers = ["127.0.0.1"]

    def once(_host: str, port: int, *_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(), port))]

    webhooks.create(f"http://localhost:{receiver.port}/")
    happens(counter)
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", once)
        assert courier.deliver_due() == 1
    assert answers == []
    assert receiver.received[0].headers["host"] == f"localhost:{receiver.port}"


def test_no_proxy_of_the_environment_is_used(
    counter: Counter,
    webhooks: Webhooks,
    courier: Courier,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    webhooks.create(receiver.address)
    happens(counter)
    assert courier.deliver_due() == 1


def test_a_receiver_shows_who_it_is(counter: Counter, webhooks: Webhooks, certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiving(server) as receiver:
        webhooks.create(f"https://localhost:{receiver.port}/")
        happens(counter)
        assert courier_of(counter).deliver_due() == 0  # nobody here vouches for it
        assert receiver.received == []
        counter.machine.passes(RETRIES[0])
        assert courier_of(counter, trusting).deliver_due() == 1
        # Vouched for, but under another name.
        webhooks.create(f"https://127.0.0.1:{receiver.port}/")
        happens(counter)
        assert courier_of(counter, trusting).deliver_due() == 1
        assert len(receiver.received) == 2


def test_of_several_couriers_one_takes_each(counter: Counter, webhooks: Webhooks, receiver: Receiver) -> None:
    webhooks.create(receiver.address)
    for _ in range(30):
        happens(counter)
    # Each pass takes up to five.
    couriers = [courier_of(counter) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            list(pool.map(Courier.deliver_due, couriers))
    assert waiting(counter) == ()
    assert len(receiver.events()) == len(set(receiver.events())) == 30


def test_what_somebody_took_and_died_with_is_taken_again(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, machine: Machine
) -> None:
    made, _ = webhooks.create(receiver.address)
    happens(counter)
    courier._take(OPERATOR, made.id, counter.kept.now())  # and nothing after it
    assert courier.deliver_due() == 0
    machine.passes(LEASE - timedelta(milliseconds=1))
    assert courier.deliver_due() == 0
    machine.passes(timedelta(milliseconds=1))
    assert courier.deliver_due() == 1


def test_a_late_word_changes_nothing_of_another_s_try(
    counter: Counter, webhooks: Webhooks, courier: Courier, receiver: Receiver, machine: Machine
) -> None:
    made, _ = webhooks.create(receiver.address)
    happens(counter)
    _, (mine,) = courier._take(OPERATOR, made.id, counter.kept.now())
    machine.passes(LEASE)
    _, (theirs,) = courier._take(OPERATOR, made.id, counter.kept.now())
    courier._settle(OPERATOR, mine, webhook_post.Sent.FAILED)
    assert waiting(counter) == (theirs,)
    courier._settle(OPERATOR, mine, webhook_post.Sent.TAKEN)
    assert waiting(counter) == ()


def a_minute_later() -> Reading:
    seen = reading()
    ahead = LEASE + timedelta(seconds=1)
    return replace(
        seen, wall=seen.wall + ahead, since_boot_ms=seen.since_boot_ms + int(ahead.total_seconds() * 1000)
    )


def _delivers_for_ever(home: Path, url: str) -> None:
    with delivering(Settings(home, operator=OPERATOR, database=url)):
        threading.Event().wait()


@on_each_database
def test_killed_in_between_none_is_lost(database: str, tmp_path: Path, receiver: Receiver) -> None:
    """By SIGKILL, while messages are on their way; those that were being handed over come twice."""
    vault = Vault(UnsafeFileHolder(tmp_path / "keys" / "vault"))
    vault.begin_operator(OPERATOR)
    with closing(Store.open(database)) as store:
        store.upgrade()
        kept = Retention(Settings(tmp_path, operator=OPERATOR), store, RetentionClock(store))
        store.begin_operator(OPERATOR, kept.now().wall)
        _, secret = Webhooks(kept, vault).create(receiver.address)
        abouts = {happened(kept) for _ in range(12)}
        receiver.status = None  # it takes them in and never answers
        fork = multiprocessing.get_context("spawn")
        victim = fork.Process(target=_delivers_for_ever, args=(tmp_path, database))
        victim.start()
        assert receiver.came.wait(30)
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        first = set(receiver.events())
        assert first
        receiver.status = 200
        receiver.let_go.set()
        # The lease of whoever died is over for a machine on which a minute has passed.
        later = RetentionClock(store, a_minute_later)
        courier = Courier(kept.settings, store, later)
        assert sum(courier.deliver_due() for _ in range(5)) == 12
        with store.read(OPERATOR) as transaction:
            assert transaction.all(Message, OUTBOX) == ()
    got = [Oracle(secret).verify(each.body, each.headers) for each in receiver.received]
    assert {each["data"]["id"] for each in got} == abouts
    assert first < set(receiver.events())
    assert all(receiver.events().count(event) >= 2 for event in first)
