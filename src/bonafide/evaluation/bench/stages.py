"""One face check step by step, as the service wires it, charged to stages.

It repeats the service's few lines instead of timing inside it, so that production code carries no stopwatch
per step. What the service does beyond these steps shows in the table as the rest of the whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import MappingProxyType

from bonafide.capture import Picture, Reduction
from bonafide.decide import COMPARE_ONLY, CaseEvidence
from bonafide.evaluation.bench.case import CaseFiles, Models, ObservedPicture
from bonafide.evaluation.bench.floor import DECODE, FIND, TEMPLATE
from bonafide.evaluation.bench.ledger import Ledger
from bonafide.evidence import serialise_receipt
from bonafide.outcome import Subject
from bonafide.service.moment import local_now
from bonafide.service.purposes import TESTING, trial
from bonafide.service.receipts import receipt_for
from bonafide.service.verification import Verification
from bonafide.vault import FileSigner

STAGES = ("header", DECODE, FIND, "crop", "quality", TEMPLATE, "compare", "decide", "receipt")


class StageWalk:
    """Walks a case through its stages."""

    def __init__(self, files: CaseFiles, models: Models, signer: FileSigner) -> None:
        self._files = files
        self._models = models
        now = local_now()
        self._faces = models.engine().under(trial(now), now, TESTING)
        self._signer = signer

    def run(self, clock: Callable[[], float]) -> Mapping[str, float]:
        """Walk once; milliseconds by stage, each without what the others took."""
        ledger = Ledger(clock)

        def decoding(picture: Picture, reduction: Reduction) -> AbstractContextManager[None]:  # noqa: ARG001 - any picture, at any reduction, is one stage
            return ledger.stage(DECODE)

        templates = []
        for subject, path in ((Subject.DOCUMENT, self._files.document), (Subject.SELFIE, self._files.selfie)):
            with ledger.stage("header"):
                picture = ObservedPicture.read(path, decoding)
            with ledger.stage(FIND):
                found = self._faces.find(picture)
            face = found.faces[0]
            with ledger.stage("crop"):
                crop = found.crop(face)
            with ledger.stage("quality"):
                quality = self._faces.quality(found, face, crop, (face,), subject)
            with ledger.stage(TEMPLATE):
                template = self._faces.template(crop)
            templates.append((template, quality))
        (portrait, portrait_quality), (live, live_quality) = templates
        with ledger.stage("compare"):
            comparison = self._faces.compare(live, portrait)
        with ledger.stage("decide"):
            finding = COMPARE_ONLY.decide(
                CaseEvidence(portrait_quality.flaws, live_quality.flaws, comparison, attended=False)
            )
        case = Verification(
            outcome=finding.outcome,
            reasons=finding.reasons,
            attended=False,
            policy=COMPARE_ONLY,
            detector=self._models.detector,
            recogniser=self._models.recogniser,
            text_detector=None,
            text_recogniser=None,
            calibration=self._faces.calibration,
            document_kind=None,
            document_checks=(),
            document_index=None,
            timings_ms=MappingProxyType({}),
            explanation=None,
        )
        with ledger.stage("receipt"):
            identifier = str(uuid.uuid4())
            serialise_receipt(
                receipt_for(case, self._signer, issued_at=datetime.now(UTC), identifier=identifier)
            )
        return ledger.read()
