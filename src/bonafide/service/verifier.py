"""The main job: is this person the one on this document?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bonafide.capture import Picture
from bonafide.decide import COMPARE_ONLY, CaseEvidence, Policy, preset
from bonafide.errors import UnreadablePicture
from bonafide.models import licence_notice
from bonafide.outcome import Subject
from bonafide.service.engine import Engine, SubjectFace
from bonafide.service.stopwatch import Stopwatch
from bonafide.service.verification import Explanation, Verification
from bonafide.settings import Profile, Settings


class Verifier:
    """Decides cases with one engine; safe to share between threads. `clock` counts seconds, for timings."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.perf_counter) -> None:
        self._engine = engine
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, profile: Profile | str | None = None) -> Verifier:
        """Load the models of a profile (the settings' own if none is named), or an operator's own model.

        Raises what `Engine.open` raises; nothing is fetched.
        """
        return cls(Engine.open(settings, profile or settings.profile))

    @property
    def notices(self) -> tuple[str, ...]:
        """What must be told at every start: models whose licence forbids commercial use."""
        found = map(licence_notice, (self._engine.detector, self._engine.recogniser.entry))
        return tuple(notice for notice in found if notice is not None)

    def verify(
        self,
        document: Picture,
        selfie: Picture,
        purpose: str = "sim-signup",
        *,
        attended: bool = False,
        explain: bool = False,
    ) -> Verification:
        """Decide whether the selfie shows the person whose portrait the document carries.

        `attended` says that an agent vouches for a living person being there; without it, and as long as
        liveness is not measured, the best outcome is refer. Neither picture nor template outlives the call.

        Raises `UsageError` for a purpose without a policy, `UnreadablePicture` naming the picture whose data
        turn out to be damaged.
        """
        return self._decide(document, selfie, preset(purpose), attended=attended, explain=explain)

    def compare(self, first: Picture, second: Picture, *, explain: bool = False) -> Verification:
        """Compare two face pictures, the first judged as a document's portrait is, the second as a selfie.

        Says nothing about documents or presence. Raises `UnreadablePicture`.
        """
        return self._decide(first, second, COMPARE_ONLY, attended=False, explain=explain)

    def _decide(
        self, document: Picture, selfie: Picture, policy: Policy, *, attended: bool, explain: bool
    ) -> Verification:
        watch = Stopwatch(self._clock)
        portrait = self._face(document, Subject.DOCUMENT, watch)
        live = self._face(selfie, Subject.SELFIE, watch)
        with watch.stage("decide"):
            comparison = None
            if portrait.template is not None and live.template is not None:
                comparison = self._engine.compare(live.template, portrait.template)
            finding = policy.decide(CaseEvidence(portrait.flaws, live.flaws, comparison, attended))
        return Verification(
            outcome=finding.outcome,
            reasons=finding.reasons,
            attended=attended,
            policy=policy,
            detector=self._engine.detector,
            recogniser=self._engine.recogniser.entry,
            calibration=self._engine.calibration,
            timings_ms=watch.read(),
            explanation=Explanation(comparison, portrait.face, portrait.quality, live.face, live.quality)
            if explain
            else None,
        )

    def _face(self, picture: Picture, subject: Subject, watch: Stopwatch) -> SubjectFace:
        with _speaking_of(subject):
            with watch.stage(f"{subject}_find"):
                found = self._engine.find(picture)
            # Cutting out may decode the picture once more, so it may find it damaged too.
            with watch.stage(f"{subject}_template"):
                return self._engine.subject_face(found, subject)


@contextmanager
def _speaking_of(subject: Subject) -> Iterator[None]:
    """Say of which picture an error speaks."""
    try:
        yield
    except UnreadablePicture as error:
        raise about(subject, error) from None


def about(subject: Subject, error: UnreadablePicture) -> UnreadablePicture:
    """The same error, saying of which of the two pictures it speaks."""
    problem = error.problem[0].lower() + error.problem[1:]
    return UnreadablePicture(f"{subject.capitalize()}: {problem}", error.remedy)
