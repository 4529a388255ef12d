"""What is counted, and how it is told; sessions here are made up, so that every number is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pytest

from bonafide.capture.challenge import Mode
from bonafide.compare import clopper_pearson
from bonafide.errors import UsageError
from bonafide.evaluation.attack_lab.case import Species
from bonafide.evaluation.attack_lab.fit import Origin, Sample, fit
from bonafide.evaluation.attack_lab.page import render_page
from bonafide.evaluation.attack_lab.results import LabReport, Made
from bonafide.evaluation.attack_lab.run import lines, report_of, shown
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.liveness.calibration import PresenceCalibration, parse_calibration, serialise_calibration
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured

_CONTRACTS = {"detector": "d" * 64, "landmarker": "l" * 64, "recogniser": "r" * 64}
_ORIGIN = Origin(_CONTRACTS, "2026-11-30", "made-up sessions", ("Says nothing about anybody",))
_PASSING = "puppet-with-light"


def _measures(mode: Mode, species: Species | None, chance: np.random.Generator) -> tuple[CueMeasure, ...]:
    """What cues would measure that tell every family apart, one species excepted."""
    family = None if species is None or species.name == _PASSING else species.family
    spread = float(chance.normal(0, 0.05))
    values = {
        Cue.DEPTH: 0.4 if family is Family.SURFACE else 1.2,
        Cue.REFLECTION: 0.1 if family is Family.RECORDING else 0.95,
        Cue.TIMING: 0.3 if family is Family.RECORDING else 0.95,
        Cue.CONTINUITY: 0.1 if family is Family.MONTAGE else 0.6,
        Cue.PICTURE: -4.0 if family in (Family.SURFACE, Family.RECORDING) else -0.5,
    }
    found: list[CueMeasure] = [Measured(cue, value + spread) for cue, value in values.items()]
    if mode is Mode.MOVEMENT:
        found[1] = Unmeasured(Cue.REFLECTION, CannotTell.NOT_ASKED)
    return tuple(found)


def _samples(sessions: int, seed: int) -> list[Sample]:
    chance = np.random.default_rng(seed)
    return [
        Sample(mode, species, number, _measures(mode, species, chance))
        for mode in Mode
        for species in (None, *ALL)
        for number in range(sessions)
    ]


@pytest.fixture(scope="module")
def calibration() -> PresenceCalibration:
    return fit(_samples(30, 1), _ORIGIN)


@pytest.fixture(scope="module")
def report(calibration: PresenceCalibration) -> LabReport:
    return _report(_samples(20, 2), Mode.LIGHT, calibration)


def _report(samples: Iterable[Sample], mode: Mode, calibration: PresenceCalibration) -> LabReport:
    made = Made(
        measured_at=datetime(2026, 11, 30, 5, 0, tzinfo=UTC),
        version="0.0.0",
        seed=7,
        faces=12,
        skipped=0,
        held_out=True,
        portraits="drawn",
        calibration=calibration.digest,
        calibration_data=calibration.data,
        apcer_target=0.01,
        contracts=_CONTRACTS,
    )
    return report_of(list(samples), mode, calibration, made)


def test_a_fitted_calibration_is_one_that_the_service_reads(calibration: PresenceCalibration) -> None:
    again = parse_calibration(serialise_calibration(calibration), _CONTRACTS)
    assert again == calibration
    assert {each.family for each in again.maps} == set(Family)
    assert {point.mode for point in again.operating_points} == set(Mode)


def test_maps_are_learnt_on_other_sessions_than_thresholds(calibration: PresenceCalibration) -> None:
    """A session of an odd number that no map has seen moves the threshold alone."""
    samples = _samples(30, 1)
    for at, sample in enumerate(samples):
        if sample.number == 1 and sample.species and sample.species.name == "flat-print":
            measures = _measures(sample.mode, None, np.random.default_rng(0))
            samples[at] = Sample(sample.mode, sample.species, 1, measures)
    moved = fit(samples, _ORIGIN)
    assert moved.maps == calibration.maps
    assert moved.operating_point(Mode.LIGHT, 0.01).live > calibration.operating_point(Mode.LIGHT, 0.01).live


def test_too_few_sessions_make_no_calibration() -> None:
    with pytest.raises(UsageError, match="Simulate"):
        fit(_samples(1, 1), _ORIGIN)


def test_what_passes_is_counted_as_passing(report: LabReport) -> None:
    rates = {each.name: each.live for each in report.species}
    # It measures as living persons do, of whom a few are asked to try again.
    assert rates[_PASSING].value >= 0.8
    assert rates["flat-print"].value == rates["recording-reordered"].value == 0
    assert rates["flat-print"].interval == clopper_pearson(0, 20)
    assert report.bona_fide.live.value >= 0.8


def test_an_unmeasured_cue_is_inconclusive_and_neither_error(calibration: PresenceCalibration) -> None:
    samples = [
        Sample(
            Mode.LIGHT,
            species,
            number,
            tuple(
                Unmeasured(Cue.REFLECTION, CannotTell.TOO_BRIGHT) if each.cue is Cue.REFLECTION else each
                for each in _measures(Mode.LIGHT, None, np.random.default_rng(number))
            ),
        )
        for species in (None, *ALL)
        for number in range(5)
    ]
    report = _report(samples, Mode.LIGHT, calibration)
    assert report.bona_fide.inconclusive.value == 1
    assert report.bona_fide.not_live.value == 0
    assert all(each.live.value == 0 for each in report.species)


def test_the_json_has_the_form_that_was_asked_for(report: LabReport) -> None:
    document = json.loads(json.dumps(report.document()))
    assert next(iter(document)) == "simulation"
    assert document["mode"] == "light"
    assert set(document["bpcer"]) == {"value", "interval", "sessions"}
    assert document["bpcer"]["sessions"] == 20
    assert set(document["species"]) == {each.name for each in ALL}
    for each in document["species"].values():
        low, high = each["apcer"]["interval"]
        assert 0 <= low <= each["apcer"]["value"] <= high <= 1
    people = document["bona_fide"]
    assert people["live"]["value"] + people["not_live_or_inconclusive"]["value"] == pytest.approx(1)
    assert document["made"]["seed"] == 7
    assert len(document["made"]["calibration"]) == 64


def test_without_colours_a_species_is_the_one_that_it_is(calibration: PresenceCalibration) -> None:
    document = _report(_samples(20, 2), Mode.MOVEMENT, calibration).document()["species"]
    assert isinstance(document, dict)
    assert document["puppet-late-light"]["same_as"] == "puppet-without-light"
    assert document["puppet-late-light"]["apcer"] == document["puppet-without-light"]["apcer"]


def test_both_reports_say_first_that_they_are_simulated(
    report: LabReport, calibration: PresenceCalibration
) -> None:
    assert lines(report)[0].startswith("SIMULATION. This is a simulation")
    page = render_page(report, calibration)
    body = page[page.index("<body>") + len("<body>") :].strip()
    assert body.startswith('<p class="notice"><b>Simulation.</b> This is a simulation')
    assert "<script" not in page
    for each in ALL:
        assert each.name in page


def test_the_page_has_no_image_and_its_figures_are_the_same_again(
    report: LabReport, calibration: PresenceCalibration
) -> None:
    page = render_page(report, calibration)
    assert "<img" not in page
    assert page.count("<svg") == 2 + 5
    assert page == render_page(report, calibration)


def test_people_are_counted_who_are_shown_and_not_who_could_be() -> None:
    samples = _samples(5, 3)
    assert shown(samples, 160) == 5
    # Where there are fewer portraits than sessions, people come again.
    assert shown(samples, 3) == 3
    assert shown([], 160) == 0
