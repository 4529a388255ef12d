"""A socket has clocks of its own: the one by which a request's head must come does not cut it off."""

from __future__ import annotations

import time

import pytest
from tests.integration.api.conftest import Service
from tests.integration.api.test_live import talking, text_of

from bonafide.api import patience


def test_a_live_session_outlasts_what_a_head_may_take(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    _, link = service.agreed()
    with talking(service) as talk:
        time.sleep(0.6)
        talk.is_ready(text_of(link), mode="movement")
        time.sleep(0.6)
        assert talk.answers()["state"] == "accepted"
