"""Reading a document and nothing else: no selfie, no decision."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bonafide.capture import Picture
from bonafide.document import Reading
from bonafide.outcome import Subject
from bonafide.privacy.token import ConsentToken
from bonafide.service.documents import Documents
from bonafide.service.engine import Engine
from bonafide.service.moment import local_now
from bonafide.service.purposes import READING
from bonafide.service.speaking import speaking_of
from bonafide.service.stopwatch import Stopwatch
from bonafide.settings import Profile, Settings


@dataclass(frozen=True, slots=True)
class DeskReading:
    """What a document says, and how long it took: stages and `total`, in milliseconds."""

    reading: Reading
    timings_ms: Mapping[str, float]


class DocumentDesk:
    """Reads documents; safe to share between threads.

    `clock` counts seconds, for timings; `now` gives the moment, with a time zone, at which a consent must
    hold.
    """

    def __init__(
        self,
        engine: Engine,
        documents: Documents,
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self._engine = engine
        self._documents = documents
        self._clock = clock
        self._now = now

    @classmethod
    def open(cls, settings: Settings, profile: Profile | str | None = None) -> DocumentDesk:
        """Load the models that find and compare faces (a ghost image with its portrait); those of text are
        loaded with the first document. Raises what `Engine.open` raises.
        """
        engine = Engine.open(settings, profile or settings.profile)
        return cls(engine, Documents.of(settings))

    def read(
        self,
        front: Picture,
        back: Picture | None,
        today: date,
        consent: ConsentToken,
        minimum_age: int | None = None,
    ) -> DeskReading:
        """Read a document's front, or only side, and its back. Nothing is kept.

        The portrait is a face: `consent` is to a sign-up or to testing. Raises `NotPermitted` without,
        `UnreadablePicture`, and what loading the models of text raises.
        """
        faces = self._engine.under(consent, self._now(), *READING)
        watch = Stopwatch(self._clock)
        with speaking_of(Subject.DOCUMENT):
            with watch.stage("find"):
                found = faces.find(front)
                other = None if back is None else faces.find(back)
            with watch.stage("read"):
                reading = self._documents.read(faces, found, other, today, minimum_age)
        return DeskReading(reading, watch.read())
