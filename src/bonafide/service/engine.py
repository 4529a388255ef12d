"""The models of one profile, loaded, verified and calibrated: what every use-case needs first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bonafide.capture import Picture, use_one_thread
from bonafide.compare import Calibration, Comparison, compare
from bonafide.document import PortraitFaces, choose_portrait
from bonafide.errors import NotCalibrated
from bonafide.face import Detector, Face, FaceFinder, FoundFaces, Recogniser, Template
from bonafide.face.quality import FaceSample, Quality, assess_quality
from bonafide.models import ModelEntry, ModelStore, open_session
from bonafide.outcome import Flaw, Subject
from bonafide.service.calibrations import calibration_for
from bonafide.settings import Profile, Settings


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubjectFace:
    """The one face of a picture that is compared, or why there is none."""

    template: Template | None
    face: Face | None
    quality: Quality | None
    flaws: tuple[Flaw, ...]


class Engine:
    """Loaded once, used for every picture; safe to share between threads (onnxruntime sessions are)."""

    def __init__(
        self,
        detector: ModelEntry,
        finder: FaceFinder,
        recogniser: Recogniser,
        calibration: Calibration | None,
    ) -> None:
        self.detector = detector
        self.recogniser = recogniser
        self._finder = finder
        self._calibration = calibration

    @classmethod
    def open(cls, settings: Settings, profile: Profile | str, *, calibrated: bool = True) -> Engine:
        """Load the models of a profile, or an operator's own model by name.

        Raises `WeightsMissing` or `WeightsAltered` for a model file, `NotCalibrated` or `ContractMismatch`
        for its calibration. `calibrated=False` is for measuring one: such an engine compares nothing.
        OpenCV keeps to one thread in this process from then on.
        """
        use_one_thread()
        store = ModelStore(settings.data_dir)
        detector, entry = store.detector(), store.recogniser(profile)
        # The calibration first: an uncalibrated model must not even be loaded to compare.
        calibration = calibration_for(entry, settings) if calibrated else None
        finder = FaceFinder(Detector(open_session(detector, store)))
        return cls(detector, finder, Recogniser(entry, open_session(entry, store)), calibration)

    @property
    def calibration(self) -> Calibration:
        """The recogniser's calibration. Raises `NotCalibrated` if the engine was opened without."""
        if self._calibration is None:
            raise NotCalibrated(
                f"The model {self.recogniser.entry.name} was opened without its calibration",
                "Calibrate it with `bonafide calibrate`",
            )
        return self._calibration

    def find(self, picture: Picture) -> FoundFaces:
        """The faces of a picture. Raises `UnreadablePicture` when its data turn out to be damaged."""
        return self._finder.find(picture)

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
        quality = assess_quality(
            FaceSample(
                crop=crop,
                face=face,
                # Ghost images were told from strangers above; they are not a second person.
                faces=(face,),
                picture_width=found.picture.width,
                picture_height=found.picture.height,
                subject=subject,
            )
        )
        return SubjectFace(self.recogniser.template(crop), face, quality, quality.flaws)

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
            templates = (self.recogniser.template(found.crop(face)) for face in (portrait, other))
            return self.compare(*templates).log_likelihood_ratio > 0

        return same_person
