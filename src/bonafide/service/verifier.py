"""The main job: is this person the one on this document?"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from bonafide.capture import Picture
from bonafide.compare import Comparison
from bonafide.decide import COMPARE_ONLY, PRESETS, CaseEvidence, PersonPresent, Policy
from bonafide.document import DocumentCheck, Reading
from bonafide.document.chip import ChipFiles, TrustStore
from bonafide.face import Face, FoundFaces
from bonafide.models import licence_notice
from bonafide.outcome import Subject
from bonafide.privacy.token import ConsentToken
from bonafide.service.chips import chip_checks, chip_evidence
from bonafide.service.document_index import DocumentIndex, indexed
from bonafide.service.documents import Documents
from bonafide.service.engine import Engine, FaceWork, SubjectFace
from bonafide.service.live_sight import LiveSight, SeenSession
from bonafide.service.moment import local_now
from bonafide.service.person_desk import PersonDesk
from bonafide.service.purposes import TESTING
from bonafide.service.speaking import speaking_of
from bonafide.service.stopwatch import Stopwatch
from bonafide.service.verification import Case, Explanation, LiveFinding, Verification
from bonafide.settings import Profile, Settings


class Verifier:
    """Decides cases with one engine; safe to share between threads.

    `documents` reads documents; without it every purpose that asks for one refers. `clock` counts seconds,
    for timings; `now` gives the moment, with a time zone, at which a consent must hold and a document be
    valid. `decided` is told of every case, to count it.
    """

    def __init__(
        self,
        engine: Engine,
        documents: Documents | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = local_now,
        decided: Callable[[Case], None] | None = None,
    ) -> None:
        self._engine = engine
        self._documents = documents
        self._clock = clock
        self._now = now
        self._told = decided

    @classmethod
    def open(cls, settings: Settings, profile: Profile | str | None = None) -> Verifier:
        """Load the models of a profile (the settings' own if none is named), or an operator's own model.

        The models that read text are loaded with the first document. Raises what `Engine.open` raises;
        nothing is fetched.
        """
        engine = Engine.open(settings, profile or settings.profile)
        return cls(engine, Documents.of(settings))

    def load(self) -> None:
        """Load the models that read text now rather than with the first document. Raises what that raises."""
        if self._documents is not None:
            self._documents.load()

    def telling(self, decided: Callable[[Case], None]) -> Verifier:
        """The same, with the same models, which tells of every case that it decides."""
        return Verifier(self._engine, self._documents, clock=self._clock, now=self._now, decided=decided)

    @property
    def by_person(self) -> PersonDesk:
        """The other way, with the same models of text and none of faces."""
        return PersonDesk(self._documents, clock=self._clock, now=self._now, told=self._told)

    @property
    def notices(self) -> tuple[str, ...]:
        """What must be told at every start: models whose licence forbids commercial use."""
        found = map(licence_notice, (self._engine.detector, self._engine.recogniser))
        return tuple(notice for notice in found if notice is not None)

    def live(self, consent: ConsentToken) -> LiveSight:
        """What measures a live session under a consent. Raises `NotPermitted` as `verify`, and what
        `LiveSight.open` raises.
        """
        return self._engine.under(consent, self._now(), *PRESETS).live()

    def verify(
        self,
        document: Picture,
        selfie: Picture,
        consent: ConsentToken,
        *,
        document_back: Picture | None = None,
        chip: ChipFiles | None = None,
        trust: TrustStore | None = None,
        attended: bool = False,
        explain: bool = False,
        index: DocumentIndex | None = None,
        session: SeenSession | None = None,
    ) -> Verification:
        """Decide whether the selfie shows the person whose portrait the document carries.

        `consent` is what that person agreed to, and so says by which policy is decided. `document_back` is
        the document's other side. `chip` are the files of its chip, authenticated by the certificates in
        `trust`; an authentic chip's portrait is what the selfie is compared with, and the printed one must
        show the same person. `attended` says that an agent vouches for a living person being there, and
        `session` is the live session that the selfie was taken from; without either the best outcome is
        refer. `index` makes of the
        document's issuer and number what stands for it among an operator's records; neither they nor picture
        or template outlive the call.

        Raises `NotPermitted` for a consent token that is stale, was not issued, or is to a purpose without a
        policy, `UnreadablePicture` naming the picture whose data turn out to be damaged.
        """
        faces = self._engine.under(consent, self._now(), *PRESETS)
        policy = PRESETS[consent.purpose]
        watch = Stopwatch(self._clock)
        front, portrait = _face(faces, document, Subject.DOCUMENT, watch)
        _, live = _face(faces, selfie, Subject.SELFIE, watch)
        reading = self._read(faces, front, document_back, policy, watch)
        checks: tuple[DocumentCheck, ...] = () if reading is None else reading.checks
        reference = portrait
        if chip is not None and reading is not None:
            with watch.stage("chip"):
                found = chip_evidence(chip, trust or TrustStore(), faces, self._now())
                printed = _compare(faces, portrait, found.face)
                checks += chip_checks(found, reading, printed, policy.match)
                reference = found.face or portrait
        shown = None
        if session is not None:
            with watch.stage("presence"):
                shown = _shown(
                    faces, policy.presence, session, selfie=selfie, front=front, portrait=portrait.face
                )
        return self._decided(
            faces,
            policy,
            watch,
            shown=shown,
            reference=reference,
            live=live,
            checks=checks,
            reading=reading,
            attended=attended,
            explain=explain,
            index=index,
        )

    def compare(
        self, first: Picture, second: Picture, consent: ConsentToken, *, explain: bool = False
    ) -> Verification:
        """Compare two face pictures, the first judged as a document's portrait is, the second as a selfie.

        Says nothing about documents or presence, so `consent` is to testing. Raises `NotPermitted` without,
        and `UnreadablePicture`.
        """
        faces = self._engine.under(consent, self._now(), TESTING)
        watch = Stopwatch(self._clock)
        _, portrait = _face(faces, first, Subject.DOCUMENT, watch)
        _, live = _face(faces, second, Subject.SELFIE, watch)
        return self._decided(faces, COMPARE_ONLY, watch, reference=portrait, live=live, explain=explain)

    def _decided(
        self,
        faces: FaceWork,
        policy: Policy,
        watch: Stopwatch,
        *,
        reference: SubjectFace,
        live: SubjectFace,
        shown: LiveFinding | None = None,
        checks: tuple[DocumentCheck, ...] = (),
        reading: Reading | None = None,
        attended: bool = False,
        explain: bool,
        index: DocumentIndex | None = None,
    ) -> Verification:
        with watch.stage("decide"):
            comparison = _compare(faces, live, reference)
            presence = None if shown is None else shown.finding.presence
            evidence = CaseEvidence(reference.flaws, live.flaws, comparison, attended, checks, presence)
            finding = policy.decide(evidence)
        documents = self._documents if reading is not None else None
        case = Verification(
            outcome=finding.outcome,
            reasons=finding.reasons,
            attended=attended,
            policy=policy,
            detector=self._engine.detector,
            recogniser=self._engine.recogniser,
            text_detector=documents.text_detector if documents else None,
            text_recogniser=documents.text_recogniser if documents else None,
            calibration=faces.calibration,
            document_kind=reading.kind if reading else None,
            document_checks=checks,
            document_index=indexed(reading, index),
            timings_ms=watch.read(),
            explanation=Explanation(comparison, reference.face, reference.quality, live.face, live.quality)
            if explain
            else None,
            live=shown,
        )
        if self._told is not None:
            self._told(case)
        return case

    def _read(
        self,
        faces: FaceWork,
        front: FoundFaces,
        document_back: Picture | None,
        policy: Policy,
        watch: Stopwatch,
    ) -> Reading | None:
        """What the document says, where the policy asks for it."""
        if policy.document is None or self._documents is None:
            return None
        with watch.stage("document_read"), speaking_of(Subject.DOCUMENT):
            back = None if document_back is None else faces.find(document_back)
            return self._documents.read(faces, front, back, self._now().date(), policy.document.minimum_age)


def _compare(faces: FaceWork, probe: SubjectFace, reference: SubjectFace | None) -> Comparison | None:
    if reference is None or probe.template is None or reference.template is None:
        return None
    return faces.compare(probe.template, reference.template)


def _shown(
    faces: FaceWork,
    asked: PersonPresent | None,
    session: SeenSession,
    *,
    selfie: Picture,
    front: FoundFaces,
    portrait: Face | None,
) -> LiveFinding | None:
    """What a live session showed, where the policy asks."""
    if asked is None or asked.attack_acceptance is None:
        return None
    sight = faces.live()
    with speaking_of(Subject.SELFIE):
        finding = sight.assess(session, asked.attack_acceptance, selfie, front, portrait)
    return LiveFinding(finding, session.digest, sight.landmarker, sight.passive)


def _face(
    faces: FaceWork, picture: Picture, subject: Subject, watch: Stopwatch
) -> tuple[FoundFaces, SubjectFace]:
    with speaking_of(subject):
        with watch.stage(f"{subject}_find"):
            found = faces.find(picture)
        # Cutting out may decode the picture once more, so it may find it damaged too.
        with watch.stage(f"{subject}_template"):
            return found, faces.subject_face(found, subject)
