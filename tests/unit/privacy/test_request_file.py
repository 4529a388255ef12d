"""A request to open something, as it is signed on another machine: one form, or none."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import UnreadableData
from bonafide.privacy.break_glass_request import parse_request

DOCUMENT = {
    "format": "bonafide-break-glass/1",
    "id": "1",
    "operator": "a.example",
    "asked_by": "an",
    "record": "2",
    "referred_case": None,
    "reason": "a court's order",
    "made_at": "2026-11-25T09:00:00.000+00:00",
    "good_until": "2026-11-25T10:00:00.000+00:00",
}
CONTENT = rfc8785.dumps({**DOCUMENT})


def test_what_was_written_is_read() -> None:
    request = parse_request(CONTENT)
    assert (request.content, request.asked_by, request.record) == (CONTENT, "an", "2")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[" * 100_000,
        CONTENT + b" ",
        json.dumps(DOCUMENT, indent=1).encode(),
        CONTENT.replace(b'"an"', b'"an","asked_by":"bo"', 1),
        rfc8785.dumps(DOCUMENT | {"format": "bonafide-receipt/1"}),
        rfc8785.dumps(DOCUMENT | {"also": "this"}),
        rfc8785.dumps(DOCUMENT | {"made_at": "yesterday"}),
        rfc8785.dumps(DOCUMENT | {"made_at": None}),
        rfc8785.dumps(DOCUMENT | {"record": 2}),
        b'{"id":"\\ud800"}',
    ],
)
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableData, match="no request"):
        parse_request(content)


@given(st.integers(0, len(CONTENT) - 1), st.integers(0, 255))
def test_whatever_is_changed_is_shown_as_changed_or_refused(at: int, byte: int) -> None:
    changed = CONTENT[:at] + bytes([byte]) + CONTENT[at + 1 :]
    try:
        request = parse_request(changed)
    except UnreadableData:
        return
    assert request.content == changed
