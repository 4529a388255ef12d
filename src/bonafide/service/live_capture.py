"""One attempt before the camera: documents, a challenge drawn for it, and what comes of the answer.

The attempt holds its sign-up from begin to end, so that of however many who have the link one is there; it
lives in one process and dies with it, and another begins anew. What it was asked is known to nobody before,
and nothing that came in answers for another attempt.
"""

from __future__ import annotations

import contextlib
import random
import secrets
from dataclasses import dataclass
from typing import Final

from bonafide.capture import Picture, read_picture
from bonafide.capture.challenge import MOVEMENTS, Mode, draw_challenge
from bonafide.errors import BonafideError, NotPermitted, UsageError
from bonafide.liveness.looking import Arrival
from bonafide.liveness.session import LiveSession, Reveal, Turn
from bonafide.outcome import Reason
from bonafide.privacy import ConsentToken
from bonafide.service.case_picture import PictureKind
from bonafide.service.claim import Claim, Claims
from bonafide.service.counter import Counter
from bonafide.service.live_sight import LiveSight, SeenSession
from bonafide.service.sign_up import SignUpState, Told
from bonafide.service.sign_up_links import read_link
from bonafide.service.sign_ups import SignUps
from bonafide.service.submitting import Presented, Submitting

# How often whoever drives an attempt renews its claim, in seconds; a claim lapses after 60.
RENEW_EVERY: Final = 20.0
# Of a whole attempt, in seconds: a frontal look and six movements, at their slowest, and some.
LONGEST: Final = 100.0


@dataclass(frozen=True, slots=True)
class LiveTold:
    """What came of it, and the signed receipt where something was decided."""

    told: Told
    receipt: bytes | None


class LiveCapture:
    """An attempt; to be used by one caller at a time, and to be ended by `finish` or `abandon`."""

    def __init__(
        self, counter: Counter, claim: Claim, sight: LiveSight, session: LiveSession, device: str | None
    ) -> None:
        self._counter = counter
        self._operator = claim.operator
        self._claims = Claims(counter, claim.operator)
        self._claim = claim
        self._sight = sight
        self._session = session
        self._device = device
        self._documents: dict[PictureKind, Picture] = {}
        self._best: bytes | None = None
        self._asked = False
        self._ended = False

    @classmethod
    def begin(
        cls,
        counter: Counter,
        operator: str,
        link: str,
        mode: Mode,
        *,
        device: str | None = None,
        chance: random.Random | None = None,
    ) -> LiveCapture:
        """Take the sign-up of a link and draw a challenge for it.

        Raises what `Claims.take` raises, `NotPermitted` where a person is to compare and no program looks at
        a face, and what `LiveSight.open` raises; a sign-up that was taken then is let go of.
        """
        claims = Claims(counter, operator)
        claim = claims.take(read_link(link, operator), device)
        try:
            if not isinstance(claim.leave, ConsentToken):
                raise NotPermitted(
                    "A person compares, as was asked for, and no program looks at a face",
                    "Hand in pictures instead",
                )
            sight = counter.verifier.live(claim.leave)
        except BaseException:
            with contextlib.suppress(BonafideError):
                claims.give_back(claim)
            raise
        chance = chance or secrets.SystemRandom()
        return cls(counter, claim, sight, LiveSession(draw_challenge(mode, chance), chance), device)

    @property
    def due(self) -> float | None:
        """When `tick` has something to do next, on the clock that `start` was told of; None for not."""
        return self._session.due

    def document(self, kind: PictureKind, data: bytes) -> None:
        """Take a side of the document. Raises `UnreadablePicture`, and `UsageError` for a selfie: that is
        taken from the session alone.
        """
        if kind is PictureKind.SELFIE:
            raise UsageError("A selfie is taken from the session itself", "Send sides of the document")
        self._documents[kind] = read_picture(data)

    def start(self, now: float) -> Reveal:
        """Reveal the first step; `now` is a steady clock's, in seconds. Raises `UsageError` without the
        document's front, and where it has been started.
        """
        if PictureKind.DOCUMENT not in self._documents or self._session.due is not None or self._session.over:
            raise UsageError(
                "A session starts once, after the document's front", "Send the document, then start"
            )
        return self._session.begin(now)

    def frame(self, data: bytes, arrival: Arrival, now: float) -> Turn | None:
        """Measure a frame and go on; None for one that was not wanted. Raises `UnreadablePicture`."""
        wanted = self._session.wants(arrival.step, arrival.captured, arrival.received)
        if wanted is None:
            return None
        turn = self._session.take(self._sight.look(data, arrival, wanted), now)
        if turn.best:
            self._best = data
        return self._seen(turn)

    def shown(self, step: int, at: float, received: float) -> None:
        """The customer's program shows a step."""
        self._session.shown(step, at, received)

    def tick(self, now: float) -> Turn:
        """Let time pass."""
        return self._seen(self._session.tick(now))

    def renew(self) -> None:
        """Keep the sign-up. Raises `NotPermitted` where it went on without this attempt, or the consent does
        not stand any more.
        """
        self._claims.renew(self._claim)

    def finish(self) -> LiveTold:
        """Decide by what was shown; the sign-up is let go of. Raises as `Submitting.submit`, and
        `NotPermitted` for an attempt that has ended.
        """
        if self._ended:
            raise NotPermitted("This attempt has ended", "Begin another")
        self._ended = True
        document = self._documents.get(PictureKind.DOCUMENT)
        if document is None or self._best is None:
            # Nobody looked into the camera: there is nothing to decide by, and another try if any is left.
            self._claims.let_go(self._claim, ())
            left = self._claim.row.tries_left
            again = Told(SignUpState.AGREED, None, (Reason.SELFIE_NO_FACE,), left, again=left > 0)
            return LiveTold(again, None)
        presented = Presented(
            document,
            read_picture(self._best),
            self._documents.get(PictureKind.DOCUMENT_BACK),
            self._device,
            SeenSession(self._session.observation(), self._session.digest.hex),
        )
        told = Submitting(self._counter, self._operator).decide(self._claim, presented)
        receipt = None if told.again else SignUps(self._counter, self._operator).receipt(self._claim.row.id)
        return LiveTold(told, receipt)

    def abandon(self) -> None:
        """Let go of the sign-up if it has not been. A try is given back unless a movement was asked for:
        else somebody could ask until what is asked suits a recording of theirs.
        """
        if self._ended:
            return
        self._ended = True
        with contextlib.suppress(NotPermitted):
            if self._asked:
                self._claims.let_go(self._claim, ())
            else:
                self._claims.give_back(self._claim)

    def _seen(self, turn: Turn) -> Turn:
        self._asked = self._asked or (turn.reveal is not None and turn.reveal.kind in MOVEMENTS)
        return turn
