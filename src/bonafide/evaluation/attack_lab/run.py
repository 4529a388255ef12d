"""What `bonafide attack-lab` does: simulate, fit if asked to, judge, report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from bonafide.capture.challenge import Mode
from bonafide.cli.output_file import require_place, write_whole
from bonafide.errors import UsageError
from bonafide.evaluation.attack_lab.case import Species
from bonafide.evaluation.attack_lab.eyes import Eyes, open_eyes
from bonafide.evaluation.attack_lab.fit import APCER_TARGET, Origin, Sample, fit
from bonafide.evaluation.attack_lab.page import render_page
from bonafide.evaluation.attack_lab.portraits import Halves, Portrait, read_people, split, usable
from bonafide.evaluation.attack_lab.results import NOTICE, Judged, LabReport, Made, Outcomes, Share
from bonafide.evaluation.attack_lab.sessions import Opening, keys_of, simulate
from bonafide.evaluation.attack_lab.simulate import BONA_FIDE, Side
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.evaluation.processes import available_cores
from bonafide.evaluation.progress import progress_bar
from bonafide.liveness.calibration import PresenceCalibration, serialise_calibration
from bonafide.liveness.finding import Cue, CueMeasure, Measured
from bonafide.liveness.fusion import fuse
from bonafide.models import ModelStore
from bonafide.service.live_sight import presence_calibration
from bonafide.settings import Settings
from bonafide.version import VERSION

# Where a checkout keeps the few sample pictures with clear rights (`demo/samples.toml`).
SAMPLES: Final = Path(".cache/samples")
# More people than this make no session different; fewer heads are made.
_MOST_PEOPLE: Final = 160
_DOING: Final = {Side.TUNING: "Tuning", Side.REPORTING: "Reporting"}


@dataclass(frozen=True, slots=True)
class Request:
    """What to run. `faces` None takes the sample pictures of a checkout; `calibrate` is the file to write;
    `skip` so many people of each half are left out; `enough` adds to the report's sessions until they can
    show that a limit is kept; `workers` None takes all cores.
    """

    faces: Path | None
    sessions: int
    mode: Mode
    seed: int
    json: Path | None
    report: Path | None
    calibrate: Path | None
    skip: int = 0
    enough: bool = False
    workers: int | None = None


def run(request: Request, settings: Settings, now: datetime) -> str:
    """Run it and write what was asked for; gives what is printed, one line a species.

    Raises `UsageError` for faces or files that cannot be used, and what loading models and the calibration
    raises.
    """
    for path, what in (
        (request.json, "The report"),
        (request.report, "The page"),
        (request.calibrate, "The calibration"),
    ):
        if path is not None:
            require_place(path, what)
    asked = _Run(request, settings, split(read_people(_folder(request))), open_eyes(settings))
    if request.calibrate is None:
        calibration = presence_calibration(settings, ModelStore(settings.data_dir))
    else:
        calibration = asked.calibrated(now)
        write_whole(request.calibrate, serialise_calibration(calibration), "The calibration")
    report = asked.reported(calibration, now)
    if request.json is not None:
        document = json.dumps(report.document(), indent=1, ensure_ascii=False) + "\n"
        write_whole(request.json, document.encode(), "The report")
    if request.report is not None:
        write_whole(request.report, render_page(report, calibration).encode(), "The page")
    return "\n".join(lines(report))


def judge(
    measures: tuple[CueMeasure, ...], mode: Mode, calibration: PresenceCalibration, apcer_target: float
) -> Judged:
    """What the service would decide of a session."""
    finding = fuse(measures, mode, calibration, apcer_target)
    told = {each.measure.cue: each.measure for each in finding.cues}
    cues = {cue: each.value if isinstance(each := told.get(cue), Measured) else None for cue in Cue}
    return Judged(finding.presence, finding.log_likelihood_ratio, cues)


def report_of(
    samples: Sequence[Sample], mode: Mode, calibration: PresenceCalibration, made: Made
) -> LabReport:
    """Judge sessions and count them by species."""

    def outcomes(species: Species | None, name: str, what: str) -> Outcomes:
        alias = None if species is None or mode is Mode.LIGHT else species.as_in_movement
        chosen = next((each for each in ALL if each.name == alias), species)
        judged = tuple(
            judge(each.measures, mode, calibration, made.apcer_target)
            for each in samples
            if each.mode is mode and each.species is chosen
        )
        injected = species is not None and species.injected
        return Outcomes(name, what, injected, species.limit(mode) if species else None, alias, judged)

    people = outcomes(None, BONA_FIDE, "Living persons who do what they are asked.")
    return LabReport(mode, people, [outcomes(each, each.name, each.what) for each in ALL], made)


def lines(report: LabReport) -> list[str]:
    """What is printed."""
    people = report.bona_fide
    found = [
        f"SIMULATION. {NOTICE}",
        f"Mode {report.mode}: {report.made.faces} faces"
        + (", none of them tuned on" if report.made.held_out else ", not held out from tuning")
        + f"; seed {report.made.seed}; calibration {report.made.calibration[:12]}",
        f"  BPCER {_rate(people.not_live)}; inconclusive {_rate(people.inconclusive)}; "
        f"live at the first try {_rate(people.live)}",
    ]
    for each in report.species:
        limit = (
            "" if each.limit is None else f"; limit {each.limit:.0%}: {'kept' if each.kept else 'EXCEEDED'}"
        )
        found.append(
            f"  {each.name:22} APCER {_rate(each.live)}; inconclusive {each.inconclusive.value:.1%}{limit}"
            + (f"; as {each.same_as}" if each.same_as else "")
        )
    return found


def _rate(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%}, {share.count} of {share.sessions})"


def _folder(request: Request) -> Path:
    if request.faces is not None:
        return request.faces
    if not SAMPLES.is_dir():
        raise UsageError(
            "There are no sample pictures here",
            "Name a folder of portraits with --faces, or run `make demo` first",
        )
    return SAMPLES


def shown(samples: Iterable[Sample], pool: int) -> int:
    """How many people sessions show: each shows that of its number, of as many as there are portraits."""
    return len({each.number % pool for each in samples})


def origin_of(
    samples: Sequence[Sample], pool: int, seed: int, contracts: Mapping[str, str], now: datetime
) -> Origin:
    """What a calibration says of where it comes from; `pool` is how many portraits there were."""
    everybody, living = shown(samples, pool), shown([each for each in samples if each.species is None], pool)
    return Origin(
        contracts=contracts,
        measured_on=now.date().isoformat(),
        data=(
            f"Simulated by bonafide attack-lab {VERSION}: {len(samples)} sessions in both modes, of heads "
            f"made from one portrait each of {everybody} people, {living} of them as living persons, seed "
            f"{seed}; maps from sessions of even numbers, thresholds from those of odd numbers"
        ),
        caveats=(
            "Everything is simulated: no camera, no living person, no real attack was measured",
            "Portraits are press pictures of public figures, few of them of old or very young people",
            "Nobody put on or took off glasses, head coverings or beards, and no light fell on glasses",
            "Says nothing of live deepfakes that render the screen's light, of relayed people, of worn masks",
        ),
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Run:
    """A request with what it is answered by."""

    request: Request
    settings: Settings
    halves: Halves
    eyes: Eyes

    def calibrated(self, now: datetime) -> PresenceCalibration:
        portraits = self._portraits(self.halves.tuning)
        samples = self._sessions(portraits, Side.TUNING, tuple(Mode))
        return fit(samples, origin_of(samples, len(portraits), self.request.seed, self.eyes.contracts, now))

    def reported(self, calibration: PresenceCalibration, now: datetime) -> LabReport:
        request = self.request
        portraits = self._portraits(self.halves.reporting)
        samples = self._sessions(portraits, Side.REPORTING, (request.mode,))
        made = Made(
            measured_at=now,
            version=VERSION,
            seed=request.seed,
            faces=shown(samples, len(portraits)),
            skipped=request.skip,
            held_out=self.halves.disjoint,
            portraits="sample pictures" if request.faces is None else "a folder of the caller's",
            calibration=calibration.digest,
            calibration_data=calibration.data,
            apcer_target=APCER_TARGET,
            contracts=self.eyes.contracts,
        )
        return report_of(samples, request.mode, calibration, made)

    def _portraits(self, people: tuple[tuple[Path, ...], ...]) -> list[Portrait]:
        skip = self.request.skip
        portraits = list(islice(usable(people, self.eyes), skip, skip + _MOST_PEOPLE))
        if len(portraits) < 2:
            raise UsageError(
                "Fewer than two people have a portrait that looks at the camera"
                + (" and are not skipped" if skip else ""),
                "Name a folder with more portraits",
            )
        return portraits

    def _sessions(self, portraits: Sequence[Portrait], side: Side, modes: Sequence[Mode]) -> list[Sample]:
        request = self.request
        enough = request.enough and side is Side.REPORTING
        keys = keys_of(request.seed, side, modes, request.sessions, enough=enough)
        with progress_bar(_DOING[side], len(keys)) as done:
            opening = Opening(self.settings, portraits, request.seed)
            return simulate(opening, keys, request.workers or available_cores(), done)
