"""No part of an answer waits for the other side to confirm the part before."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from bonafide.api.patience import PatientProtocol

if TYPE_CHECKING:
    from tests.integration.api.conftest import Service


def test_an_answer_is_sent_at_once(small_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made, sent_at_once = PatientProtocol.connection_made, []

    def watch(protocol: PatientProtocol, transport: Any) -> None:  # noqa: ANN401 - as its own
        made(protocol, transport)
        connection = transport.get_extra_info("socket")
        sent_at_once.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(PatientProtocol, "connection_made", watch)
    assert small_service.client.get("/healthz").status_code == 200
    assert sent_at_once == [1]
