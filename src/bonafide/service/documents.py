"""Reading documents: the models of text, loaded when the first document is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from bonafide.capture import Picture
from bonafide.document import Reading
from bonafide.document.ocr import TextDetector, TextRecogniser
from bonafide.document.reader import DocumentReader, Side
from bonafide.document.reading import PortraitFaces
from bonafide.errors import NotPermitted
from bonafide.face import FoundFaces
from bonafide.models import ModelEntry, ModelStore, Role, open_session
from bonafide.privacy.token import PersonToken
from bonafide.service.engine import FaceWork
from bonafide.settings import Settings


class Documents:
    """Reads documents; safe to share between threads.

    `text_detector` and `text_recogniser` are the models it reads with.
    """

    def __init__(
        self,
        text_detector: ModelEntry,
        text_recogniser: ModelEntry,
        open_reader: Callable[[], DocumentReader],
    ) -> None:
        self.text_detector = text_detector
        self.text_recogniser = text_recogniser
        self._open_reader = open_reader
        self._reader: DocumentReader | None = None
        self._opening = Lock()

    @classmethod
    def of(cls, settings: Settings) -> Documents:
        """With the models of the data folder. Nothing is loaded yet."""
        store = ModelStore(settings.data_dir)
        detector, recogniser = store.serving(Role.TEXT_DETECTOR), store.serving(Role.TEXT_RECOGNISER)

        def open_reader() -> DocumentReader:
            return DocumentReader(
                TextDetector(detector.input, open_session(detector, store)),
                TextRecogniser(recogniser.input, open_session(recogniser, store)),
            )

        return cls(detector, recogniser, open_reader)

    def load(self) -> None:
        """Load the models now rather than with the first document. Raises what loading them raises."""
        self._opened()

    def read(
        self,
        faces: FaceWork,
        front: FoundFaces,
        back: FoundFaces | None,
        today: date,
        minimum_age: int | None = None,
    ) -> Reading:
        """Read a document whose pictures have been searched for faces; `faces` tells which is the portrait.

        Raises `WeightsMissing`, `WeightsAltered` or `SetupBroken` for the models of text at the first call,
        `UnreadablePicture` for damaged pictures.
        """
        return self._opened().read(
            _side(faces, front), None if back is None else _side(faces, back), today, minimum_age
        )

    def under(self, consent: PersonToken, now: datetime, *purposes: str) -> FacelessReading:
        """What may be done under a consent to a person's comparison to one of the purposes.

        `now` has a time zone. Raises `NotPermitted` for a token that was not issued, that is stale, or that
        stands for another purpose or for face matching.
        """
        # Exactly this type, as the engine's gate asks for the other.
        if type(consent) is not PersonToken:
            raise NotPermitted(
                "A document is read without its face under a consent to a person's comparison",
                "Ask for that consent and take the token that stands for it",
            )
        consent.require(now, *purposes)
        return FacelessReading(self._opened)

    def _opened(self) -> DocumentReader:
        with self._opening:
            if self._reader is None:
                self._reader = self._open_reader()
            return self._reader


class FacelessReading:
    """Reading a document and nothing else; had from `Documents.under` alone. It has no model of faces, nor a
    way to one.
    """

    def __init__(self, opened: Callable[[], DocumentReader]) -> None:
        self._opened = opened

    def read(
        self, front: Picture, back: Picture | None, today: date, minimum_age: int | None = None
    ) -> Reading:
        """Read a document without looking for a face on it; what would be said of its portrait is not. Raises
        as `Documents.read`.
        """
        other = None if back is None else _unlooked(back)
        return self._opened().read(_unlooked(front), other, today, minimum_age)


def _unlooked(picture: Picture) -> Side:
    return Side(picture, (), PortraitFaces(None, looked=False))


def _side(faces: FaceWork, found: FoundFaces) -> Side:
    return Side(found.picture, found.faces, faces.portrait_faces(found))
