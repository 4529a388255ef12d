"""From a case to an answer: what `bonafide bench` does."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console

from bonafide.evaluation.bench.case import CaseFiles, Models, case_files
from bonafide.evaluation.bench.cold import measure_cold_start
from bonafide.evaluation.bench.document import as_document
from bonafide.evaluation.bench.live import measure_live
from bonafide.evaluation.bench.live_speed import LiveSpeed
from bonafide.evaluation.bench.reading import TextModels, measure_reading
from bonafide.evaluation.bench.results import (
    Benchmark,
    Machine,
    NotMeasured,
    ProfileSpeed,
    ReadingSpeed,
    SafekeepingSpeed,
    Scaling,
    ServingSpeed,
)
from bonafide.evaluation.bench.safekeeping import measure_safekeeping
from bonafide.evaluation.bench.serving import measure_serving
from bonafide.evaluation.bench.table import as_table
from bonafide.evaluation.bench.warm import measure_warm
from bonafide.evaluation.bench.workers import measure_scaling
from bonafide.evaluation.processes import available_cores
from bonafide.models.selection import processor
from bonafide.settings import Profile, Settings
from bonafide.version import VERSION

# The libraries whose kernels the time goes into.
_LIBRARIES: Final = (
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "simplejpeg",
    "cryptography",
    "sqlalchemy",
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure; `profile` None means both, specimens are drawn for pictures that are None."""

    document: Path | None
    selfie: Path | None
    profile: str | None
    rounds: int
    starts: int
    windows: int
    decisions: int
    served: int
    live: int


def run(request: Request, settings: Settings, *, as_json: bool) -> str:
    """Measure, and return what goes to standard output.

    Raises `UnreadablePicture` and `UsageError` for the pictures, and what loading the models raises.
    """
    profiles = (request.profile,) if request.profile else _default_first(settings.profile)
    with case_files(request.document, request.selfie) as files:
        found = Benchmark(
            measured_at=datetime.now(UTC),
            version=VERSION,
            drawn=files.drawn,
            machine=_machine(),
            profiles=tuple(_measure(files, settings, profile, request) for profile in profiles),
            reading=_measure_reading(settings, profiles[0], request),
            safekeeping=_measure_safekeeping(settings, request),
            serving=_measure_serving(settings, profiles[0], request),
            live=_measure_live(settings, profiles[0], request),
        )
    if as_json:
        return json.dumps(as_document(found), ensure_ascii=False, allow_nan=False, indent=1)
    return as_table(found)


def _default_first(default: Profile) -> Sequence[str]:
    return (default.value, *(profile.value for profile in Profile if profile is not default))


def _measure(files: CaseFiles, settings: Settings, profile: str, request: Request) -> ProfileSpeed:
    models = Models.open(settings, profile)
    with _telling(f"{profile}: warm, {request.rounds} rounds"):
        warm = measure_warm(files, models, request.rounds)
    with _telling(f"{profile}: from cold, {request.starts} starts"):
        cold = measure_cold_start(files, settings, profile, request.starts)
    scaling = Scaling(None, None)
    if available_cores() >= 2:
        with _telling(f"{profile}: two workers, {request.windows} windows"):
            scaling = measure_scaling(files, models, settings, profile, request.windows)
    return ProfileSpeed(
        profile=profile,
        models={"detector": models.detector.name, "recogniser": models.recogniser.name},
        warm=warm,
        cold=cold,
        scaling=scaling,
    )


def _measure_reading(settings: Settings, profile: str, request: Request) -> ReadingSpeed:
    # A reading takes ten times as long as a face check.
    rounds = max(1, request.rounds // 4)
    with _telling(f"reading, {rounds} rounds"):
        return measure_reading(Models.open(settings, profile), TextModels.open(settings), rounds)


def _measure_safekeeping(settings: Settings, request: Request) -> SafekeepingSpeed:
    with _telling(f"keeping records, {request.decisions} decisions alone"):
        return measure_safekeeping(settings.data_dir, request.decisions)


def _measure_serving(settings: Settings, profile: str, request: Request) -> ServingSpeed | NotMeasured:
    with _telling(f"serving, {request.served} verifications"):
        return measure_serving(settings, _served_profile(settings, profile), request.served)


def _measure_live(settings: Settings, profile: str, request: Request) -> LiveSpeed | NotMeasured:
    with _telling(f"live sessions, {request.live} at once"):
        return measure_live(settings, _served_profile(settings, profile), request.live)


def _served_profile(settings: Settings, profile: str) -> str:
    """A service compares by one of the two; a model of the operator's own is measured alone."""
    return profile if profile in list(Profile) else settings.profile.value


def _machine() -> Machine:
    return Machine(
        processor=processor(),
        cores=available_cores(),
        python=platform.python_version(),
        versions={name: version(name) for name in _LIBRARIES},
    )


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say on standard error what is going on, where somebody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield
