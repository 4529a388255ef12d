"""Somebody simulated who signs up on the page itself: rendered in a process of its own, as the attack
laboratory renders people, and shown to the page as what its camera films.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tests.integration.web.capturing import Receive, Send

from bonafide.capture import read_picture
from bonafide.capture.challenge import Colour, StepKind
from bonafide.evaluation.attack_lab.bona_fide import bona_fide
from bonafide.evaluation.attack_lab.camera import encode
from bonafide.evaluation.attack_lab.case import Case
from bonafide.evaluation.attack_lab.eyes import open_eyes
from bonafide.evaluation.attack_lab.portraits import Portrait
from bonafide.evaluation.attack_lab.presenter import BeforeCamera
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.looking import Arrival, Wanted
from bonafide.liveness.session import Reveal
from bonafide.settings import Settings


@dataclass
class Person:
    """Somebody in another process, who is told what a page shows, and filmed."""

    _pipe: Connection
    _lock: threading.Lock

    def filmed(self, shown: bytes) -> tuple[int, bytes]:
        """The width and the RGBA pixels of what the camera sees now."""
        with self._lock:
            self._pipe.send_bytes(shown)
            width = int.from_bytes(self._pipe.recv_bytes(), "big")
            return width, self._pipe.recv_bytes()


@contextmanager
def simulated_person(portrait: Path, seed: int) -> Iterator[Person]:
    """With the face of a portrait, and room, screen, camera and habits by chance."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_sit, args=(there, portrait, seed))
    process.start()
    try:
        assert here.poll(60), "it takes a minute and more to render a person"
        here.recv_bytes()
        yield Person(here, threading.Lock())
    finally:
        here.send_bytes(b"")
        process.join(20)


def film_of(portrait: Path, path: Path, seconds: float, rate: int = 15) -> None:
    """Somebody who looks into the camera and sways a little, as a file that Chromium takes for a camera."""
    with simulated_person(portrait, 7) as person, path.open("wb") as file:
        shown = json.dumps({"kind": StepKind.FRONTAL.value, "rgb": [], "guide": None}).encode()
        for frame in range(round(seconds * rate)):
            width, pixels = person.filmed(shown)
            image = np.frombuffer(pixels, np.uint8).reshape(-1, width, 4)
            if frame == 0:
                file.write(f"YUV4MPEG2 W{width} H{image.shape[0]} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
            file.write(b"FRAME\n" + cv2.cvtColor(image, cv2.COLOR_RGBA2YUV_I420).tobytes())


def _sit(pipe: Connection, portrait: Path, seed: int) -> None:
    """Be the person until an empty message comes."""
    cv2.setNumThreads(1)
    chance = np.random.default_rng(seed)
    head = _portrait(portrait).head(chance)

    def nothing() -> Any:  # noqa: ANN401
        raise LookupError("a living person shows no recording")

    person = bona_fide(Case(head, head, nothing, chance))
    begun = time.monotonic()
    before: dict[str, Any] = {}
    pipe.send_bytes(b"ready")
    step = 0
    while shown := pipe.recv_bytes():
        at = time.monotonic() - begun
        now = json.loads(shown) or {}
        if (now.get("kind"), now.get("rgb")) != (before.get("kind"), before.get("rgb")):
            step += _told(person, now, step, at)
        elif now.get("guide"):
            # It stays there until it is heeded.
            person.guided(Guidance(now["guide"]), at)
        before = now
        pixels = person.pixels(at, 240 if now.get("rgb") else 480)
        pipe.send_bytes(pixels.shape[1].to_bytes(4, "big"))
        pipe.send_bytes(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA).tobytes())


def _portrait(path: Path) -> Portrait:
    """Also of a picture that looks aside a little further than those that the laboratory chooses."""
    pixels = read_picture(path.read_bytes()).decode()
    shorter = 480 / min(pixels.shape[:2])
    pixels = np.asarray(
        cv2.resize(pixels, None, fx=shorter, fy=shorter, interpolation=cv2.INTER_AREA), np.uint8
    )
    sight = open_eyes(Settings.from_environment(os.environ)).sight
    mesh = sight.look(encode(pixels, 95), Arrival(0, 0.0, 0.0), Wanted(mesh=True)).mesh
    assert mesh is not None
    return Portrait(pixels, mesh)


def _told(person: BeforeCamera, now: dict[str, Any], step: int, at: float) -> int:
    """A step appears, which somebody sees who looks at the screen."""
    if now.get("kind") not in set(StepKind):
        return 0
    kind = StepKind(now["kind"])
    colour = next((each for each in Colour if list(each.rgb) == now["rgb"]), None)
    person.told(Reveal(step, kind, colour, 8.0, 480, 8), at)
    return 1


class Filmed:
    """The service, and beside it where the page's camera gets its pictures."""

    def __init__(self, app: Any, person: Person) -> None:  # noqa: ANN401
        self._app = app
        self._person = person

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/simulated/frame":
            await self._app(scope, receive, send)
            return
        shown = b""
        while (message := await receive())["type"] == "http.request":
            shown += message.get("body", b"")
            if not message.get("more_body"):
                break
        width, pixels = await asyncio.get_running_loop().run_in_executor(None, self._person.filmed, shown)
        headers = [(b"x-width", str(width).encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": pixels})
