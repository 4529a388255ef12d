"""The codes of problems, which scripts depend on, and the status of each; their words are in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """What kind of problem it is."""

    REQUEST_MALFORMED = "request_malformed"
    REQUEST_INVALID = "request_invalid"
    REQUEST_TOO_LARGE = "request_too_large"
    REQUEST_TOO_SLOW = "request_too_slow"
    REQUEST_MEDIA_TYPE = "request_media_type"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    KEY_MISSING = "key_missing"
    LINK_MISSING = "link_missing"
    LINK_OVER = "link_over"
    SESSION_MISSING = "session_missing"
    SCOPE_MISSING = "scope_missing"
    NOT_PERMITTED = "not_permitted"
    CONFLICT = "conflict"
    IDEMPOTENCY_KEY_MALFORMED = "idempotency_key_malformed"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    IDEMPOTENCY_IN_FLIGHT = "idempotency_in_flight"
    IDEMPOTENCY_ANSWER_GONE = "idempotency_answer_gone"
    IN_PROGRESS = "in_progress"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    PROOF_NOT_YET = "proof_not_yet"
    PICTURE_UNREADABLE = "picture_unreadable"
    INPUT_UNREADABLE = "input_unreadable"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    FAULT = "fault"


STATUS: Final[Mapping[Code, int]] = {
    Code.REQUEST_MALFORMED: 400,
    Code.REQUEST_INVALID: 422,
    Code.REQUEST_TOO_LARGE: 413,
    Code.REQUEST_TOO_SLOW: 408,
    Code.REQUEST_MEDIA_TYPE: 415,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.KEY_MISSING: 401,
    Code.LINK_MISSING: 401,
    Code.LINK_OVER: 403,
    Code.SESSION_MISSING: 401,
    Code.SCOPE_MISSING: 403,
    Code.NOT_PERMITTED: 403,
    Code.CONFLICT: 409,
    Code.IDEMPOTENCY_KEY_MALFORMED: 400,
    Code.IDEMPOTENCY_KEY_REUSED: 422,
    Code.IDEMPOTENCY_IN_FLIGHT: 409,
    Code.IDEMPOTENCY_ANSWER_GONE: 409,
    Code.IN_PROGRESS: 409,
    Code.TOO_MANY_ATTEMPTS: 429,
    Code.PROOF_NOT_YET: 404,
    Code.PICTURE_UNREADABLE: 422,
    Code.INPUT_UNREADABLE: 422,
    Code.BUSY: 503,
    Code.UNAVAILABLE: 503,
    Code.FAULT: 500,
}
