"""The models of one profile, loaded, verified and calibrated: what every use-case needs first.

Nothing outside this file reaches what processes faces (a test looks), and nothing in it is had without a
consent token: `under` checks the token and hands out what may then be done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bonafide.capture import Picture, use_one_thread
from bonafide.compare import Calibration, Comparison, compare
from bonafide.document import PortraitFaces, choose_portrait
from bonafide.errors import NotCalibrated, NotPermitted
from bonafide.face import Detector, Face, FaceFinder, FoundFaces, Recogniser, Template
from bonafide.face.detect import Session as DetectorSession
from bonafide.face.embed import Session as RecogniserSession
from bonafide.face.quality import FaceSample, Quality, assess_quality
from bonafide.models import ModelEntry, ModelStore, open_session
from bonafide.outcome import Flaw, Subject
from bonafide.privacy.token import ConsentToken
from bonafide.service.calibrations import calibration_for
from bonafide.service.live_sight import LiveSight
from bonafide.settings import Profile, Settings


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubjectFace:
    """The one face of a picture that is compared, or why there is none."""

    template: Template | None
    face: Face | None
    quality: Quality | None
    flaws: tuple[Flaw, ...]


class FaceSight:
    """Finding faces and judging their quality under a consent; had from `Eyes.under` alone."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder

    def find(self, picture: Picture) -> FoundFaces:
        """The faces of a picture. Raises `UnreadablePicture` when its data turn out to be damaged."""
        return self._finder.find(picture)

    def quality(
        self,
        found: FoundFaces,
        face: Face,
        crop: NDArray[np.uint8],
        people: tuple[Face, ...],
        subject: Subject,
    ) -> Quality:
        """The quality of one face by the limits of `subject`; `crop` is the face's own, `people` are the
        faces of different people in the picture, this one among them.
        """
        return assess_quality(
            FaceSample(
                crop=crop,
                face=face,
                faces=people,
                picture_width=found.picture.width,
                picture_height=found.picture.height,
                subject=subject,
            )
        )


class FaceWork(FaceSight):
    """All that is done with faces under a consent; had from `Engine.under` alone.

    For the case that the consent was shown for: hand it to nobody else and keep it no longer.
    """

    def __init__(
        self,
        finder: FaceFinder,
        recogniser: Recogniser,
        calibration: Calibration | None,
        open_live: Callable[[], LiveSight] | None = None,
    ) -> None:
        super().__init__(finder)
        self._recogniser = recogniser
        self._calibration = calibration
        self._open_live = open_live
        self._live: LiveSight | None = None
        self._opening = Lock()

    @property
    def calibration(self) -> Calibration:
        """The recogniser's calibration. Raises `NotCalibrated` if the engine was opened without."""
        if self._calibration is None:
            raise NotCalibrated(
                f"The model {self._recogniser.entry.name} was opened without its calibration",
                "Calibrate it with `bonafide calibrate`",
            )
        return self._calibration

    def live(self) -> LiveSight:
        """What measures live sessions, loaded with the first of them. Raises as `LiveSight.open`, and
        `NotCalibrated` for an engine on sessions that were opened elsewhere.
        """
        with self._opening:
            if self._live is None:
                if self._open_live is None:
                    raise NotCalibrated(
                        "This engine was opened without what live sessions need",
                        "Open it with the settings of an installation",
                    )
                self._live = self._open_live()
            return self._live

    def template(self, crop: NDArray[np.uint8]) -> Template:
        """The template of an aligned crop, uint8 RGB (112, 112, 3)."""
        return self._recogniser.template(crop)

    def compare(self, probe: Template, reference: Template) -> Comparison:
        """Compare two templates by the calibration."""
        return compare(probe, reference, self.calibration)

    def subject_face(self, found: FoundFaces, subject: Subject) -> SubjectFace:
        """Choose, cut out, assess and embed the face that a picture is about."""
        if not found.faces:
            return SubjectFace(None, None, None, (Flaw.NO_FACE,))
        face = self._choose(found, subject)
        if face is None:
            return SubjectFace(None, None, None, (Flaw.SEVERAL_FACES,))
        crop = found.crop(face)
        # Ghost images were told from strangers above; they are not a second person.
        quality = self.quality(found, face, crop, (face,), subject)
        return SubjectFace(self.template(crop), face, quality, quality.flaws)

    def portrait_faces(self, found: FoundFaces) -> PortraitFaces:
        """Which face of a document's picture is the portrait, and whether those beside it are the same
        person.
        """
        if len(found.faces) < 2:
            return PortraitFaces(found.faces[0] if found.faces else None)
        choice = choose_portrait(found.faces, self._same_person(found))
        if choice.portrait is None:
            return PortraitFaces(found.faces[0], found.faces[1:], alike=False)
        return PortraitFaces(choice.portrait, choice.ghosts, alike=True)

    def _choose(self, found: FoundFaces, subject: Subject) -> Face | None:
        if len(found.faces) == 1:
            return found.faces[0]
        if subject is Subject.SELFIE:
            # Whose face is meant is the customer's to say, never ours.
            return None
        return choose_portrait(found.faces, self._same_person(found)).portrait

    def _same_person(self, found: FoundFaces) -> Callable[[Face, Face], bool]:
        def same_person(portrait: Face, other: Face) -> bool:
            templates = (self.template(found.crop(face)) for face in (portrait, other))
            return self.compare(*templates).log_likelihood_ratio > 0

        return same_person


class Eyes:
    """The detector alone, for whoever only looks; safe to share between threads."""

    def __init__(self, detector: ModelEntry, finder: FaceFinder) -> None:
        self.detector = detector
        self._sight = FaceSight(finder)

    @classmethod
    def open(cls, settings: Settings) -> Eyes:
        """Load the detector. Raises `WeightsMissing` or `WeightsAltered`."""
        store = ModelStore(settings.data_dir)
        detector = store.detector()
        return cls(detector, FaceFinder(Detector(open_session(detector, store))))

    def under(self, consent: ConsentToken, now: datetime, *purposes: str) -> FaceSight:
        """What may be done under a consent to one of the purposes. Raises `NotPermitted`."""
        _demand(consent, now, purposes)
        return self._sight


class Engine:
    """Loaded once, used for every picture; safe to share between threads (onnxruntime sessions are).

    `detector` and `recogniser` say which models it has.
    """

    def __init__(
        self,
        detector: ModelEntry,
        finder: FaceFinder,
        recogniser: Recogniser,
        calibration: Calibration | None,
        open_live: Callable[[], LiveSight] | None = None,
    ) -> None:
        self.detector = detector
        self.recogniser = recogniser.entry
        # It holds no state of any case, so that one serves them all.
        self._work = FaceWork(finder, recogniser, calibration, open_live)

    @classmethod
    def open(cls, settings: Settings, profile: Profile | str, *, calibrated: bool = True) -> Engine:
        """Load the models of a profile, or an operator's own model by name.

        Raises `WeightsMissing` or `WeightsAltered` for a model file, `NotCalibrated` or `ContractMismatch`
        for its calibration. `calibrated=False` is for measuring one: such an engine compares nothing.
        OpenCV keeps to one thread in this process from then on.
        """
        use_one_thread()
        store = ModelStore(settings.data_dir)
        detector, recogniser = store.detector(), store.recogniser(profile)
        # The calibration first: an uncalibrated model must not even be loaded to compare.
        calibration = calibration_for(recogniser, settings) if calibrated else None
        return cls.on(
            detector,
            open_session(detector, store),
            recogniser,
            open_session(recogniser, store),
            calibration,
            open_live=partial(LiveSight.open, settings, calibrated=calibrated),
        )

    @classmethod
    def on(
        cls,
        detector: ModelEntry,
        detector_session: DetectorSession,
        recogniser: ModelEntry,
        recogniser_session: RecogniserSession,
        calibration: Calibration | None,
        *,
        open_live: Callable[[], LiveSight] | None = None,
    ) -> Engine:
        """An engine on sessions that were opened elsewhere, such as those of a benchmark."""
        return cls(
            detector,
            FaceFinder(Detector(detector_session)),
            Recogniser(recogniser, recogniser_session),
            calibration,
            open_live,
        )

    def under(self, consent: ConsentToken, now: datetime, *purposes: str) -> FaceWork:
        """What may be done under a consent to one of the purposes.

        `now` has a time zone. Raises `NotPermitted` for a token that was not issued, that is stale, or that
        stands for another purpose.
        """
        _demand(consent, now, purposes)
        return self._work


def _demand(consent: ConsentToken, now: datetime, purposes: tuple[str, ...]) -> None:
    # Exactly this type: what only looks like a token, or overrides what one refuses, was issued by nobody.
    if type(consent) is not ConsentToken:
        raise NotPermitted(
            "A face is touched under a consent token alone",
            "Ask for consent and take the token that stands for it",
        )
    consent.require(now, *purposes)
