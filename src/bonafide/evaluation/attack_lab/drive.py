"""One whole session on a simulated clock, through the code that the service runs.

Events wait in a queue by their time. The server's words come in order, and so do the client's: both travel on
one socket.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bonafide.capture.challenge import Challenge
from bonafide.evaluation.attack_lab.eyes import Sight
from bonafide.evaluation.attack_lab.phone import Phone
from bonafide.evaluation.attack_lab.presenter import Liar, Presenter
from bonafide.liveness.looking import Arrival, with_selfie
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.session import LiveSession, Reveal, Turn

# A session ends by itself long before; a fault in the simulation should not hang.
_LONGEST: Final = 150.0
# What measuring a frame takes at the server, in seconds.
_LOOKING: Final = 0.03


@dataclass(slots=True)
class Drive:
    """Runs a presenter through a challenge."""

    sight: Sight
    phone: Phone
    chance: np.random.Generator
    _queue: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list, init=False)
    _count: itertools.count[int] = field(default_factory=itertools.count, init=False)
    _up: float = field(default=0.0, init=False)
    _down: float = field(default=0.0, init=False)
    _busy: float = field(default=0.0, init=False)

    def run(self, challenge: Challenge, presenter: Presenter) -> Observation:
        """The session, to its end."""
        self._queue.clear()
        self._up = self._down = self._busy = 0.0
        session = LiveSession(challenge, random.Random(int(self.chance.integers(1 << 62))))  # noqa: S311 - no secret
        page = _Page(self, session, presenter)
        page.reveal(session.begin(0.0), 0.0)
        self.at(self.phone.painting(self.chance), page.capture)
        now = 0.0
        while not session.over and now <= _LONGEST:
            due = session.due
            if due is not None and (not self._queue or due <= self._queue[0][0]):
                now = due
                page.turned(session.tick(now), now)
            else:
                now, _, happen = heapq.heappop(self._queue)
                happen(now)
        if page.best is None:
            return session.observation()
        return with_selfie(session.observation(), page.best, self.sight.look)

    def at(self, time: float, happen: Callable[[float], None]) -> None:
        """Let something happen at a time."""
        heapq.heappush(self._queue, (time, next(self._count), happen))

    def up(self, time: float, sent: Callable[[float], None]) -> None:
        """Something is on its way to the server from a time on."""
        self._up = max(self._up + 1e-4, self.phone.sent(time, self.chance))
        self.at(self._up, sent)

    def down(self, time: float, told: Callable[[float], None]) -> None:
        """Something is on its way to the page from a time on."""
        self._down = max(self._down + 1e-4, time + self.phone.receiving(self.chance))
        self.at(self._down, told)

    def worked(self, time: float) -> float:
        """When the server is done with a frame that came at that time."""
        self._busy = max(self._busy, time) + _LOOKING
        return self._busy


@dataclass(slots=True)
class _Page:
    """The customer's page, as the protocol has it: it shows steps, says so, and sends frames at the rate that
    was asked for.
    """

    drive: Drive
    session: LiveSession
    presenter: Presenter
    best: bytes | None = None
    _shown: Reveal | None = None
    _next: float = 0.0
    _painted: float = 0.0

    def turned(self, turn: Turn, now: float) -> None:
        """The server's answer goes out."""
        if turn.guidance is not None:
            guidance = turn.guidance
            self.drive.down(now, lambda at: self.presenter.guided(guidance, at))
        if turn.reveal is not None:
            self.reveal(turn.reveal, now)

    def reveal(self, reveal: Reveal, now: float) -> None:
        """A step goes out."""
        self.drive.down(now, lambda at: self._paint(reveal, at))

    def capture(self, now: float) -> None:
        """The camera has a frame."""
        phone, chance = self.drive.phone, self.drive.chance
        shown = self._shown
        if shown is not None and now >= self._next - phone.beat / 2 and chance.random() >= phone.missed:
            self._next = max(self._next + 1 / shown.rate, now + 0.5 / shown.rate)
            data = self.presenter.frame(now, shown.side)
            if data is not None:
                step, taken, frame = shown.step, now + phone.offset, data
                self.drive.up(now, lambda at: self._arrive(frame, step, taken, at))
        beat = phone.beat + float(chance.normal(0, phone.beat_jitter))
        self.drive.at(now + max(beat, phone.beat * 0.4), self.capture)

    def _paint(self, reveal: Reveal, at: float) -> None:
        # What came first is painted first.
        self._painted = max(self._painted + 1e-4, at + self.drive.phone.painting(self.drive.chance))
        self.drive.at(self._painted, lambda now: self._show(reveal, now))

    def _show(self, reveal: Reveal, now: float) -> None:
        self.presenter.told(reveal, now)
        later = self.presenter.said_after(reveal, now) if isinstance(self.presenter, Liar) else 0.0
        if later > 0:
            self.drive.at(now + later, lambda then: self._say(reveal, then))
        else:
            self._say(reveal, now)

    def _say(self, reveal: Reveal, now: float) -> None:
        self._shown = reveal
        self._next = min(self._next, now)
        at = now + self.drive.phone.offset
        self.drive.up(now, lambda received: self.session.shown(reveal.step, at, received))

    def _arrive(self, data: bytes, step: int, taken: float, at: float) -> None:
        wanted = self.session.wants(step, taken, at)
        if wanted is None:
            return
        done = self.drive.worked(at)
        frame = self.drive.sight.look(data, Arrival(step, taken, at), wanted)
        self.drive.at(done, lambda now: self._taken(frame, data, now))

    def _taken(self, frame: FrameMeasure, data: bytes, now: float) -> None:
        turn = self.session.take(frame, now)
        if turn.best:
            self.best = data
        self.turned(turn, now)
