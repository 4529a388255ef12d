"""A customer's program that holds a live session, with frames that were rendered before."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx2

from bonafide.capture.challenge import Colour, StepKind
from bonafide.errors import SetupBroken

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from bonafide.evaluation.attack_lab.recording import Clip, Recording

_HEAD: Final = struct.Struct(">BBBxd")
_FRAME, _DOCUMENT = 1, 2
_PATIENCE_S: Final = 60.0
# A person takes this long to see what is asked.
_REACTION_S: Final = 0.4


@dataclass(slots=True)
class Held:
    """One session: what came of it, None for a problem, and how long each guidance took, in seconds."""

    outcome: str | None = None
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)


def agreed_link(port: int, key: str) -> str:
    """A new sign-up to which somebody agreed. Raises `SetupBroken` if the service does not give one."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_S) as client:
        by_key = {"Authorization": f"Bearer {key}"}
        link = str(_good(client.post("/v1/sign-ups", json={}, headers=by_key)).get("link"))
        by_link = {"Authorization": f"Bearer {link}"}
        shown = _good(client.get("/v1/capture", headers=by_link))
        words = {"version": shown["version"], "language": shown["language"], "age": "18-or-over"}
        _good(client.post("/v1/capture/consent", json=words, headers=by_link))
    return link


def hold_session(port: int, link: str, document: bytes, recording: Recording) -> Held:
    """Do what is asked, with the recording's frames of it, to the end."""
    from websockets.exceptions import WebSocketException  # noqa: PLC0415 - of the extra `service`
    from websockets.sync.client import connect  # noqa: PLC0415

    began = time.perf_counter()
    talk = _Talk(recording)
    try:
        with connect(f"ws://127.0.0.1:{port}/v1/capture/live", max_size=None) as socket:
            talk.hold(socket, link, document)
    except (OSError, TimeoutError, WebSocketException):
        talk.held.outcome = None
    talk.held.seconds = time.perf_counter() - began
    return talk.held


class _Talk:
    def __init__(self, recording: Recording) -> None:
        self.held = Held()
        self._recording = recording
        self._sent: dict[float, float] = {}

    def hold(self, socket: ClientConnection, link: str, document: bytes) -> None:
        socket.send(json.dumps({"type": "begin", "link": link, "mode": "light"}))
        socket.send(_HEAD.pack(1, _DOCUMENT, 0, 0.0) + document)
        socket.send(json.dumps({"type": "start"}))
        asked: Mapping[str, Any] | None = None
        shown = following = time.perf_counter()
        while True:
            try:
                message = json.loads(socket.recv(_wait(asked, following)))
            except TimeoutError:
                if asked is None:
                    raise
                following = self._send(socket, asked, shown, following)
                continue
            if message["type"] == "step":
                asked, shown = message, time.perf_counter()
                following = max(following, shown)
                socket.send(json.dumps({"type": "shown", "step": asked["step"], "at": shown * 1000}))
            elif message["type"] == "guidance":
                self._guided(message)
            elif message["type"] == "checking":
                asked = None
            elif message["type"] in {"told", "problem"}:
                self.held.outcome = None if message["type"] == "problem" else str(message["state"])
                return

    def _send(
        self, socket: ClientConnection, asked: Mapping[str, Any], shown: float, following: float
    ) -> float:
        now = time.perf_counter()
        clip = self._clip(asked)
        seconds = now - shown - (0 if asked["kind"] == StepKind.COLOUR else _REACTION_S)
        later = next((i for i, at in enumerate(clip.times) if at > seconds), len(clip.times))
        frame = clip.frames[max(later - 1, 0)]
        self._sent[round(now * 1000, 3)] = now
        socket.send(_HEAD.pack(1, _FRAME, asked["step"], now * 1000) + frame)
        return following + 1 / float(asked["rate"])

    def _clip(self, asked: Mapping[str, Any]) -> Clip:
        if asked["kind"] != StepKind.COLOUR:
            return self._recording.movement(StepKind(asked["kind"]))
        return self._recording.colour(next(each for each in Colour if list(each.rgb) == asked["rgb"]))

    def _guided(self, message: Mapping[str, Any]) -> None:
        sent = self._sent.pop(round(float(message["at"]), 3), None)
        if sent is not None:
            self.held.waits.append(time.perf_counter() - sent)


def _wait(asked: Mapping[str, Any] | None, following: float) -> float:
    return _PATIENCE_S if asked is None else max(0.0, following - time.perf_counter())


def _good(answer: httpx2.Response) -> Mapping[str, Any]:
    if answer.status_code >= 300:
        raise SetupBroken(
            f"The service that is measured answered with status {answer.status_code}",
            "Run `bonafide serve` yourself to see why",
        )
    found: Mapping[str, Any] = answer.json()
    return found
