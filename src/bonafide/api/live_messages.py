"""What is said on the socket of a live session (docs/capture.md): read strictly, written plainly."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from math import isfinite
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from bonafide.api.answers import Taken, customer_answers
from bonafide.api.codes import Code
from bonafide.api.problem import Refusal
from bonafide.capture.challenge import Mode
from bonafide.liveness.session import Reveal
from bonafide.service.live_capture import LiveTold
from bonafide.wording import Language
from bonafide.wording.problems import problem_words

SUBPROTOCOL: Final = "bonafide.live.1"
MOST_FRAME_BYTES: Final = 256_000
MOST_DOCUMENT_BYTES: Final = 8_000_000

# Version, kind, step, nothing, capture time in milliseconds.
_HEAD: Final = struct.Struct(">BBBxd")
_VERSION: Final = 1


class Kind(IntEnum):
    """What a binary message is."""

    FRAME = 1
    DOCUMENT = 2
    DOCUMENT_BACK = 3


class Begin(Taken):
    """The first message: whose sign-up, and how."""

    type: Literal["begin"]
    link: str = Field(max_length=512)
    mode: Mode
    language: Language = Language.ENGLISH
    device: str | None = Field(None, min_length=1, max_length=128)


class Start(Taken):
    """The documents are there and the camera runs."""

    type: Literal["start"]


class Shown(Taken):
    """A step is on the screen since then, in milliseconds of the customer's program's clock."""

    type: Literal["shown"]
    step: int = Field(ge=0, le=255)
    at: float = Field(allow_inf_nan=False)


Said = Begin | Start | Shown
_SAID: Final[TypeAdapter[Said]] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Sent:
    """A binary message: a picture, and of a frame its step and capture time in seconds."""

    kind: Kind
    step: int
    captured: float
    data: bytes = field(repr=False)


def read_said(text: str) -> Said:
    """A text message. Raises `Refusal` for what is none of these."""
    try:
        return _SAID.validate_json(text)
    except ValidationError:
        raise Refusal(Code.REQUEST_MALFORMED, detail="That is no message of this protocol.") from None


def read_sent(message: bytes) -> Sent:
    """A binary message. Raises `Refusal` for what is none, and for a picture that is too large."""
    if len(message) <= _HEAD.size:
        raise Refusal(Code.REQUEST_MALFORMED, detail="A binary message has 12 bytes before its picture.")
    version, kind, step, captured = _HEAD.unpack_from(message)
    if version != _VERSION or kind not in set(Kind) or not isfinite(captured):
        raise Refusal(Code.REQUEST_MALFORMED, detail="That is no picture of this protocol.")
    most = MOST_FRAME_BYTES if kind == Kind.FRAME else MOST_DOCUMENT_BYTES
    if len(message) - _HEAD.size > most:
        raise Refusal(Code.REQUEST_TOO_LARGE)
    return Sent(Kind(kind), step, captured / 1000, message[_HEAD.size :])


def step_message(reveal: Reveal) -> str:
    """A step is revealed."""
    return _text(
        type="step",
        step=reveal.step,
        kind=reveal.kind.value,
        rgb=None if reveal.colour is None else list(reveal.colour.rgb),
        longest_ms=round(reveal.longest * 1000),
        width=reveal.side,
        rate=reveal.rate,
    )


def guidance_message(code: str, captured: float) -> str:
    """What to do next, of the frame that was captured then."""
    return _text(type="guidance", code=code, at=captured * 1000)


def ready_message(mode: Mode, seconds_left: float) -> str:
    """The sign-up is held, and the documents may come."""
    return _text(type="ready", mode=mode.value, seconds_left=seconds_left)


def checking_message() -> str:
    """The steps are over."""
    return _text(type="checking")


def told_message(live: LiveTold, language: Language) -> str:
    """What came of it."""
    told = live.told
    return _text(
        type="told",
        state=told.state.value,
        outcome=None if told.outcome is None else told.outcome.value,
        reasons=[reason.model_dump(mode="json") for reason in customer_answers(told.reasons, language)],
        tries_left=told.tries_left,
        again=told.again,
        receipt=None if live.receipt is None else live.receipt.decode("utf-8"),
    )


def problem_message(code: Code, language: Language, detail: str | None = None) -> str:
    """Why it cannot go on; `detail` is English."""
    words = problem_words(code, language)
    return _text(
        type="problem",
        code=code.value,
        title=words.title,
        detail=detail if detail and language is Language.ENGLISH else words.detail,
    )


def _text(**members: Any) -> str:  # noqa: ANN401 - JSON
    content: Mapping[str, Any] = members
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
