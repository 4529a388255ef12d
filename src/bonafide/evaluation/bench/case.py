"""The case that is measured: two files, and the models of one profile that compare them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray

from bonafide.capture import Picture, Reduction, read_picture, use_one_thread
from bonafide.compare import Calibration
from bonafide.evaluation.bench.specimen import draw_document, draw_selfie
from bonafide.evidence import serialise_receipt
from bonafide.face.embed import NamedValue
from bonafide.models import ModelEntry, ModelStore, open_session
from bonafide.service.calibrations import calibration_for
from bonafide.service.engine import Engine
from bonafide.service.moment import local_now
from bonafide.service.purposes import trial
from bonafide.service.receipts import receipt_for
from bonafide.service.verification import Verification
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings
from bonafide.vault import FileSigner


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The two pictures of a case. `drawn` says that they are specimens and show nobody."""

    document: Path
    selfie: Path
    drawn: bool


@contextmanager
def case_files(document: Path | None, selfie: Path | None) -> Iterator[CaseFiles]:
    """The operator's own pictures; specimens in place of those not given, removed afterwards."""
    with TemporaryDirectory(prefix="bonafide-bench-") as folder:
        drawn = Path(folder)
        if document is None:
            (drawn / "document.jpg").write_bytes(draw_document())
        if selfie is None:
            (drawn / "selfie.jpg").write_bytes(draw_selfie())
        yield CaseFiles(
            document=document or drawn / "document.jpg",
            selfie=selfie or drawn / "selfie.jpg",
            drawn=document is None or selfie is None,
        )


class Session(Protocol):
    """What is used of an onnxruntime session, which publishes no types."""

    def run(
        self, output_names: tuple[str, ...] | None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""

    def get_inputs(self) -> list[NamedValue]:
        """The graph's inputs."""


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """One profile's models. Face checks and the floor share the sessions, so that only the rest differs."""

    detector: ModelEntry
    recogniser: ModelEntry
    detector_session: Session
    recogniser_session: Session
    calibration: Calibration

    @classmethod
    def open(cls, settings: Settings, profile: str) -> Models:
        """Load them as `Engine.open` does. Raises what that raises."""
        use_one_thread()
        store = ModelStore(settings.data_dir)
        detector, recogniser = store.detector(), store.recogniser(profile)
        return cls(
            detector,
            recogniser,
            open_session(detector, store),
            open_session(recogniser, store),
            calibration_for(recogniser, settings),
        )

    def engine(
        self, detector_session: Session | None = None, recogniser_session: Session | None = None
    ) -> Engine:
        """Wired as `Engine.open` wires it; on other sessions if they are given, such as recording ones."""
        return Engine.on(
            self.detector,
            detector_session or self.detector_session,
            self.recogniser,
            recogniser_session or self.recogniser_session,
            self.calibration,
        )


def passing_signer() -> FileSigner:
    """A key of this run's own: measuring must not leave one, or a receipt of the installation's, behind."""
    return FileSigner(Ed25519PrivateKey.generate())


def check_faces(files: CaseFiles, verifier: Verifier, signer: FileSigner) -> Verification:
    """The whole: from two files to a decision about the faces and its signed receipt. No document is read."""
    case = verifier.compare(read_picture(files.document), read_picture(files.selfie), trial(local_now()))
    receipt = receipt_for(case, signer, issued_at=datetime.now(UTC), identifier=str(uuid.uuid4()))
    serialise_receipt(receipt)
    return case


@dataclass(frozen=True, slots=True)
class ObservedPicture(Picture):
    """A picture whose decoding happens within the context that `around` makes."""

    around: Callable[[Picture, Reduction], AbstractContextManager[None]]

    @classmethod
    def read(
        cls, path: Path, around: Callable[[Picture, Reduction], AbstractContextManager[None]]
    ) -> ObservedPicture:
        """Read a picture to observe. Raises what `read_picture` raises."""
        found = read_picture(path)
        return cls(found.data, found.format, found.width, found.height, found.orientation, around)

    def decode(self, reduction: Reduction = 1) -> NDArray[np.uint8]:
        """Decode as ever."""
        with self.around(self, reduction):
            # dataclasses make a slotted class anew, so a bare super() would look at the old one.
            return Picture.decode(self, reduction)
