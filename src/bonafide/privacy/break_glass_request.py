"""The request that two people sign, and its file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import rfc8785

from bonafide.errors import UnreadableData

_FORMAT: Final = "bonafide-break-glass/1"
_MEMBERS: Final = {
    "format",
    "id",
    "operator",
    "asked_by",
    "record",
    "referred_case",
    "reason",
    "made_at",
    "good_until",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What two people sign. It names one record or one case; `good_until` is at most an hour after it was
    made. `content` is what is signed, canonical JSON (RFC 8785).
    """

    id: str
    asked_by: str
    record: str | None
    referred_case: str | None
    reason: str
    made_at: datetime
    good_until: datetime
    content: bytes = field(repr=False)


def request_from(document: dict[str, str | None]) -> Request:
    """The request that says what a document says, in which its format may be left out."""
    return Request(
        id=str(document["id"]),
        asked_by=str(document["asked_by"]),
        record=document["record"],
        referred_case=document["referred_case"],
        reason=str(document["reason"]),
        made_at=datetime.fromisoformat(str(document["made_at"])),
        good_until=datetime.fromisoformat(str(document["good_until"])),
        content=rfc8785.dumps({**document, "format": _FORMAT}),
    )


def parse_request(content: bytes) -> Request:
    """A request out of its file, for whoever signs it elsewhere: what was read is then all that is signed.

    Raises `UnreadableData` for what is no request, or not in its one form.
    """
    request: Request | None = None
    try:
        document = json.loads(content)
        if not isinstance(document, dict) or document.keys() != _MEMBERS or document["format"] != _FORMAT:
            raise ValueError("not a request")
        if not all(isinstance(value, str | None) for value in document.values()):
            raise ValueError("not a request's values")
        request = request_from(document)
    except (ValueError, RecursionError):
        pass
    if request is None or request.content != content:
        raise UnreadableData(
            "The file is no request to open something, or was changed",
            "Take the file that `bonafide privacy break-glass ask` wrote, as it is",
        )
    return request
