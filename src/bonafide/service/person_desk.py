"""The other way: the document is read, and a person compares. No face is looked for, measured or compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from bonafide.capture import Picture
from bonafide.decide import PERSON_PRESETS, CaseEvidence
from bonafide.outcome import Subject
from bonafide.privacy.token import PersonToken
from bonafide.service.document_index import DocumentIndex, indexed
from bonafide.service.documents import Documents
from bonafide.service.moment import local_now
from bonafide.service.speaking import speaking_of
from bonafide.service.stopwatch import Stopwatch
from bonafide.service.verification import PersonCase


class PersonDesk:
    """Prepares cases for a person; safe to share between threads. It holds no model of faces.

    `documents` reads documents; without it, nothing is told of them. `clock` counts seconds, for timings;
    `now` gives the moment, with a time zone, at which a consent must hold and a document be valid. `told` is
    told of every case, to count it.
    """

    def __init__(
        self,
        documents: Documents | None,
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = local_now,
        told: Callable[[PersonCase], None] | None = None,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._now = now
        self._told = told

    def prepare(
        self,
        document: Picture,
        selfie: Picture,
        consent: PersonToken,
        *,
        document_back: Picture | None = None,
        attended: bool = False,
        index: DocumentIndex | None = None,
    ) -> PersonCase:
        """Read the document of somebody who wants to be compared by a person, and refer, always.

        `consent` is to that, `document_back` the document's other side. `attended` says that an agent vouches
        for a living person being there, who does not decide for that. `index` makes of the document's issuer
        and number what stands for it. Of the picture of the person it is only seen whether it can be opened.

        Raises `NotPermitted` for a consent token that is stale, was not issued, is to face matching or to a
        purpose without a policy for this, and `UnreadablePicture` for damaged data.
        """
        consent.require(self._now(), *PERSON_PRESETS)
        policy = PERSON_PRESETS[consent.purpose]
        watch = Stopwatch(self._clock)
        with watch.stage("selfie_open"), speaking_of(Subject.SELFIE):
            # A damaged file is told now, while it can be taken again, and not by whoever decides.
            selfie.decode(8)
        reading = None
        if self._documents is not None and policy.document is not None:
            reader = self._documents.under(consent, self._now(), *PERSON_PRESETS)
            with watch.stage("document_read"), speaking_of(Subject.DOCUMENT):
                today, age = self._now().date(), policy.document.minimum_age
                reading = reader.read(document, document_back, today, age)
        checks = () if reading is None else reading.checks
        with watch.stage("decide"):
            finding = policy.decide(CaseEvidence((), (), None, attended, checks))
        read = self._documents if reading is not None else None
        case = PersonCase(
            outcome=finding.outcome,
            reasons=finding.reasons,
            attended=attended,
            policy=policy,
            text_detector=read.text_detector if read else None,
            text_recogniser=read.text_recogniser if read else None,
            document_kind=reading.kind if reading else None,
            document_checks=checks,
            document_index=indexed(reading, index),
            timings_ms=watch.read(),
        )
        if self._told is not None:
            self._told(case)
        return case
