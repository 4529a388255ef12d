"""The socket of a live session: what is said on it, and what is refused."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import on_each_database
from tests.in_process import client_of
from tests.integration.api.conftest import OTHER, Service, picture, presented, running
from tests.scripted_sight import DONE, scripted
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bonafide.api import live as live_module
from bonafide.api.app import Limits
from bonafide.api.codes import Code
from bonafide.api.live_messages import MOST_FRAME_BYTES, SUBPROTOCOL, Kind
from bonafide.capture.challenge import StepKind
from bonafide.outcome import Outcome, Reason
from bonafide.service import claim as claim_module
from bonafide.wording import Language
from bonafide.wording.problems import problem_words

Message = dict[str, Any]


@dataclass
class Talk:
    """One socket, as a page would hold it."""

    socket: ClientConnection
    heard: list[Message] = field(default_factory=list)
    # The page's clock, which is moved on rather than waited for; the server's ends colours.
    now: float = field(default_factory=time.perf_counter)

    def says(self, **message: Any) -> None:  # noqa: ANN401
        self.socket.send(json.dumps(message))

    def begins(self, link: str, mode: str = "light", **more: Any) -> None:  # noqa: ANN401
        self.says(type="begin", link=link, mode=mode, **more)

    def sends(self, kind: int, data: bytes, *, step: int = 0, at: float | None = None) -> None:
        self.socket.send(struct.pack(">BBBxd", 1, kind, step, 1000 * (self.now if at is None else at)) + data)

    def hears(self, seconds: float = 20) -> Message:
        message: Message = json.loads(self.socket.recv(seconds))
        self.heard.append(message)
        return message

    def hears_of(self, kind: str) -> Message:
        """The next message of a kind."""
        while (message := self.hears())["type"] != kind:
            assert message["type"] != "problem", message
        return message

    def is_ready(self, link: str, **how: Any) -> None:  # noqa: ANN401
        self.begins(link, **how)
        assert self.hears()["type"] == "ready"
        self.sends(Kind.DOCUMENT, picture(90))
        self.sends(Kind.DOCUMENT_BACK, picture(91))
        self.says(type="start")

    def answers(self) -> Message:
        """Do what is asked until it is told what came of it."""
        self.does_what_is_asked()
        return self.hears_of("told")

    def does_what_is_asked(self) -> None:
        asked = self.hears_of("step")
        while asked["type"] == "step":
            self.says(type="shown", step=asked["step"], at=self.now * 1000)
            asked = self._answers(asked)
        assert asked["type"] == "checking"

    def _answers(self, asked: Message) -> Message:
        for how in DONE[StepKind(asked["kind"])]:
            # As often as was asked for: earlier ones are not looked at.
            self.now += 1 / asked["rate"]
            if asked["kind"] == "colour":
                time.sleep(1 / asked["rate"])
            self.sends(Kind.FRAME, scripted(**how), step=asked["step"])
            while True:
                message = self.hears()
                if message["type"] in {"step", "checking"}:
                    return message
                if message["type"] == "guidance":
                    break
                raise AssertionError(message)
        while (message := self.hears())["type"] == "guidance":
            pass
        return message

    def is_refused(self, code: str) -> Message:
        while (message := self.hears())["type"] != "problem":
            pass
        assert message["code"] == code, message
        with pytest.raises(ConnectionClosed):
            self.socket.recv(20)
        return message


@contextmanager
def talking(service: Service) -> Iterator[Talk]:
    address = service.url.replace("http://", "ws://") + "/v1/capture/live"
    with connect(address, subprotocols=[SUBPROTOCOL], max_size=None) as socket:  # type: ignore[list-item]
        yield Talk(socket)


def text_of(link: Mapping[str, str]) -> str:
    return link["Authorization"].removeprefix("Bearer ")


def is_free(service: Service, link: Mapping[str, str]) -> None:
    """Nobody holds the sign-up any more: a socket that has gone is noticed soon."""
    for _ in range(100):
        with talking(service) as talk:
            talk.begins(text_of(link))
            if talk.hears()["type"] == "ready":
                return
        time.sleep(0.1)
    raise AssertionError("held for ever")


@on_each_database
def test_somebody_signs_up_before_the_camera(service: Service) -> None:
    signs_up(service, "movement")


def test_somebody_signs_up_before_the_camera_in_light(service: Service) -> None:
    signs_up(service, "light")


def signs_up(service: Service, mode: str) -> None:
    identifier, link = service.agreed()
    with talking(service) as talk:
        assert talk.socket.subprotocol == SUBPROTOCOL
        talk.is_ready(text_of(link), mode=mode, device="a phone")
        told = talk.answers()
        with pytest.raises(ConnectionClosed):
            talk.socket.recv(20)
        assert talk.socket.close_code == 1000
    assert (told["state"], told["outcome"], told["again"]) == ("accepted", "accept", False)
    assert next(reason["code"] for reason in told["reasons"]) == "match.confirmed"
    assert json.loads(told["receipt"])["claims"]["outcome"] == "accept"
    assert (
        service.client.get(f"/v1/sign-ups/{identifier}", headers=service.key()).json()["state"] == "accepted"
    )
    steps = [message for message in talk.heard if message["type"] == "step"]
    assert [step["step"] for step in steps] == list(range(len(steps)))
    colours = [step for step in steps if step["kind"] == "colour"]
    assert len(colours) >= 8 if mode == "light" else not colours
    assert all(step["longest_ms"] == 400 and len(step["rgb"]) == 3 for step in colours)
    # No number of any judgement is in what is said.
    assert set(told) == {"type", "state", "outcome", "reasons", "tries_left", "again", "receipt"}


def test_reasons_come_in_the_language_that_was_asked_for(small_service: Service) -> None:
    small_service.told.outcome, small_service.told.reasons = Outcome.REFER, (Reason.PRESENCE_DOUBTFUL,)
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link), mode="movement", language="zh-Hans")
        told = talk.answers()
    assert (told["again"], told["receipt"]) == (True, None)
    assert told["reasons"][0]["sentence"].startswith("暂时无法")


def test_the_next_step_is_not_told_before_this_one_is_answered(small_service: Service) -> None:
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link))
        talk.hears_of("step")
        for _ in range(4):
            talk.now += 0.13
            talk.sends(Kind.FRAME, scripted(faces=0))
            assert talk.hears() == {
                "type": "guidance",
                "code": "no-face",
                "at": pytest.approx(time.perf_counter() * 1000, abs=20_000),
            }
        assert [message["type"] for message in talk.heard].count("step") == 1


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("{}", "request_malformed"),
        ("not JSON", "request_malformed"),
        ('{"type": "start"}', "request_malformed"),
        ('{"type": "begin", "link": "x", "mode": "light"}', "link_missing"),
        ('{"type": "begin", "link": "x", "mode": "dance"}', "request_malformed"),
        ('{"type": "begin", "link": "x", "mode": "light", "score": 1}', "request_malformed"),
    ],
)
def test_a_first_message_that_begins_nothing_is_refused(
    small_service: Service, first: str, code: str
) -> None:
    with talking(small_service) as talk:
        talk.socket.send(first)
        talk.is_refused(code)
        assert talk.socket.close_code == 4000


def test_a_link_that_opens_nothing_is_refused_alike(small_service: Service) -> None:
    identifier, link = small_service.agreed()
    own = text_of(link)
    kind, operator, _, secret = own.split("/")
    wrong = [
        f"{kind}/{operator}/{identifier}/{secret[::-1]}",
        f"{kind}/{OTHER}/{identifier}/{secret}",
        f"{kind}/nobody.example/{identifier}/{secret}",
    ]
    refused = []
    for text in wrong:
        with talking(small_service) as talk:
            talk.begins(text)
            refused.append(talk.is_refused("link_over"))
    assert refused[0] == refused[1] == refused[2]


def test_nobody_is_looked_at_before_they_agree(small_service: Service) -> None:
    _, link = small_service.link()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        talk.is_refused("not_permitted")


def test_a_used_link_and_a_used_session_are_refused(small_service: Service) -> None:
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link), mode="movement")
        talk.answers()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        talk.is_refused("link_over")


def test_a_link_opened_twice_waits_and_is_free_when_the_first_has_gone(service: Service) -> None:
    _, link = service.agreed()
    with talking(service) as first:
        first.begins(text_of(link))
        assert first.hears()["type"] == "ready"
        with talking(service) as second:
            second.begins(text_of(link))
            second.is_refused("in_progress")
        answer = service.client.post("/v1/capture/pictures", files=presented(), headers=link)
        assert answer.status_code == 409
    is_free(service, link)


def test_whose_documents_take_their_time_keeps_the_sign_up(
    small_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_module, "CLAIM_LIFE", timedelta(seconds=2))
    monkeypatch.setattr(live_module, "RENEW_EVERY", 0.3)
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        assert talk.hears()["type"] == "ready"
        for shade in range(4):
            time.sleep(0.7)
            talk.sends(Kind.DOCUMENT, picture(shade))
        with talking(small_service) as other:
            other.begins(text_of(link))
            other.is_refused("in_progress")
        talk.says(type="start")
        assert talk.hears()["type"] == "step"


def test_a_swapped_link_is_refused(small_service: Service) -> None:
    (_, link), (other, swapped) = small_service.agreed(), small_service.agreed()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        assert talk.hears()["type"] == "ready"
        talk.begins(text_of(swapped))
        talk.is_refused("request_malformed")
    found = small_service.client.get(f"/v1/sign-ups/{other}", headers=small_service.key()).json()
    assert (found["state"], found["tries_left"]) == ("agreed", 5)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", "request_malformed"),
        (b"\x01\x01\x00\x00", "request_malformed"),
        (struct.pack(">BBBxd", 2, 1, 0, 0.0) + b"x", "request_malformed"),
        (struct.pack(">BBBxd", 1, 9, 0, 0.0) + b"x", "request_malformed"),
        (struct.pack(">BBBxd", 1, 1, 0, float("nan")) + b"x", "request_malformed"),
        (struct.pack(">BBBxd", 1, 1, 0, 0.0) + bytes(MOST_FRAME_BYTES + 1), "request_too_large"),
        (struct.pack(">BBBxd", 1, 1, 0, 0.0) + b"no picture", "picture_unreadable"),
        (struct.pack(">BBBxd", 1, 2, 0, 0.0) + picture(3), "request_malformed"),
        ('{"type": "shown", "step": 0, "at": NaN}', "request_malformed"),
        ('{"type": "start"}', "request_malformed"),
    ],
)
def test_what_is_no_answer_ends_it(small_service: Service, message: bytes | str, code: str) -> None:
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link))
        talk.hears_of("step")
        talk.socket.send(message)
        talk.is_refused(code)
    is_free(small_service, link)


def test_documents_without_end_are_refused(small_service: Service) -> None:
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        for shade in range(5):
            talk.sends(Kind.DOCUMENT, picture(shade))
        talk.is_refused("request_too_large")


def test_who_says_nothing_is_let_go(small_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_FIRST_SECONDS", 0.3)
    monkeypatch.setattr(live_module, "_IDLE_SECONDS", 0.3)
    monkeypatch.setattr(live_module, "_DOCUMENT_SECONDS", 1.0)
    with talking(small_service) as talk:
        talk.is_refused("request_too_slow")
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        begun = time.monotonic()
        talk.is_refused("request_too_slow")
        assert time.monotonic() - begun > 0.8, "a document may be long on its way"
    with talking(small_service) as talk:
        talk.is_ready(text_of(link))
        talk.hears_of("step")
        talk.is_refused("request_too_slow")


@contextmanager
def small(service: Service, **limits: int) -> Iterator[Service]:
    """The same counter in a server of its own, with one thread."""
    with running(service.counter, Limits(threads=1, **limits)) as url:
        yield Service(service.counter, service.told, url, service.client)


def test_more_than_there_are_places_for_come_again_later(small_service: Service) -> None:
    with small(small_service, waiting=1) as one, ExitStack() as held:
        for _ in range(8):
            talk = held.enter_context(talking(one))
            talk.begins(text_of(small_service.agreed()[1]))
            assert talk.hears()["type"] == "ready"
        with talking(one) as talk:
            talk.begins(text_of(small_service.agreed()[1]), language="zh-Hans")
            assert talk.is_refused("busy")["title"] == problem_words(Code.BUSY, Language.CHINESE).title
            assert talk.socket.close_code == 1013


def test_silent_sockets_take_no_customers_place(small_service: Service) -> None:
    with small(small_service, waiting=1) as one, ExitStack() as held:
        for _ in range(20):
            held.enter_context(talking(one))
        for _ in range(8):
            talk = held.enter_context(talking(one))
            talk.begins(text_of(small_service.agreed()[1]))
            assert talk.hears()["type"] == "ready"


def test_silent_sockets_do_not_pile_up(small_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_STRANGERS", 3)
    monkeypatch.setattr(live_module, "_FIRST_SECONDS", 1.0)
    with small(small_service, waiting=1) as one, ExitStack() as held:
        # Who has said whose they are is none of them.
        known = held.enter_context(talking(one))
        known.begins(text_of(small_service.agreed()[1]))
        assert known.hears()["type"] == "ready"
        silent = [held.enter_context(talking(one)) for _ in range(3)]
        with talking(one) as more:
            more.is_refused("busy")
            assert more.socket.close_code == 1013
        for talk in silent:
            talk.is_refused("request_too_slow")
        with talking(one) as talk:
            talk.begins(text_of(small_service.agreed()[1]))
            assert talk.hears()["type"] == "ready", "their places are free again"


def test_a_decision_waits_for_room_and_is_not_lost(small_service: Service) -> None:
    small_service.told.go.clear()
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link), mode="movement")
        threading.Timer(1.0, small_service.told.go.set).start()
        assert talk.answers()["outcome"] == "accept"


def test_who_declines_while_a_decision_waits_for_room_is_not_looked_at(small_service: Service) -> None:
    told = small_service.told
    told.go.clear()
    _, link = small_service.agreed()
    with small(small_service, waiting=0) as one, client_of(one.url) as other:
        asked: dict[str, Any] = {"files": presented(), "data": {"consented": "yes"}, "headers": one.key()}
        busy = threading.Thread(target=lambda: other.post("/v1/verify", **asked))
        busy.start()
        assert told.begun.acquire(timeout=20)
        with talking(one) as talk:
            talk.is_ready(text_of(link), mode="movement")
            talk.does_what_is_asked()
            assert one.client.post("/v1/capture/decline", headers=link).status_code == 200
            told.go.set()
            talk.is_refused("not_permitted")
        busy.join()
    assert told.asked == 1, "by whoever kept it busy"


def test_a_fault_tells_nothing_of_itself(small_service: Service, caplog: pytest.LogCaptureFixture) -> None:
    small_service.told.raises = ValueError("the inside of it")
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link), mode="movement")
        with pytest.raises(AssertionError, match="fault") as seen:
            talk.answers()
    assert "inside" not in str(seen.value)
    assert "inside" not in caplog.text
    assert "A fault: ValueError" in caplog.text


def test_how_sessions_end_is_counted_and_nothing_of_anybody(small_service: Service) -> None:
    _, link = small_service.agreed()
    with talking(small_service) as talk:
        talk.is_ready(text_of(link), mode="movement")
        talk.answers()
    with talking(small_service) as talk:
        talk.begins(text_of(link))
        talk.is_refused("link_over")
    key = small_service.key()
    text = small_service.client.get("/metrics", headers=key).text
    counted = dict(
        line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("bonafide_live_sessions_total")
    )
    assert counted['bonafide_live_sessions_total{end="told"}'] == "1.0"
    assert counted['bonafide_live_sessions_total{end="refused"}'] == "1.0"
    assert "bonafide_live_guidance_seconds_count" in text
