"""The facts that a regulator asks for, and who looked of late."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from bonafide.decide import SIM_SIGNUP
from bonafide.errors import NotCalibrated
from bonafide.evidence.access import AccessRow
from bonafide.models import ModelEntry, ModelStore, Role
from bonafide.privacy import purposes
from bonafide.privacy.report import GroupErrorRate, ModelInUse, PrivacyReport, privacy_report, reached_by
from bonafide.service.calibrations import calibration_for
from bonafide.service.retention import Retention
from bonafide.settings import Settings
from bonafide.store.schema import ACCESS

_LATEST: Final = 25


def privacy_facts(kept: Retention, since: datetime, reached_on: date | None = None) -> PrivacyReport:
    """Count what is kept and done of an operator, since a moment that has a time zone. `reached_on` as for
    the report.
    """
    now = kept.now()
    with kept.store.read(kept.operator) as transaction:
        return privacy_report(
            transaction,
            now=now,
            since=since,
            purposes=purposes(),
            models=_models(kept.settings),
            reached_on=reached_on or reached_by(transaction),
        )


def latest_accesses(kept: Retention) -> tuple[AccessRow, ...]:
    """Who did what of late, the last first."""
    query = ACCESS.select().order_by(ACCESS.c.position.desc()).limit(_LATEST)
    with kept.store.read(kept.operator) as transaction:
        return transaction.chosen(AccessRow, query, ACCESS)


def _models(settings: Settings) -> tuple[ModelInUse, ...]:
    """The models that serve here; those that compare faces with their error rates at what we promise."""
    store = ModelStore(settings.data_dir)
    recogniser = store.recogniser(settings.profile)
    others = (Role.DETECTOR, Role.TEXT_DETECTOR, Role.TEXT_RECOGNISER)
    return (
        _calibrated(recogniser, settings),
        *(ModelInUse(entry.name, entry.contract_id, None) for entry in map(store.serving, others)),
    )


def _calibrated(entry: ModelEntry, settings: Settings) -> ModelInUse:
    try:
        calibration = calibration_for(entry, settings)
    except NotCalibrated:
        # Nothing is decided with it then, and the rest of the report holds all the same.
        return ModelInUse(entry.name, entry.contract_id, None)
    point = calibration.operating_point(SIM_SIGNUP.match.false_match_rate)
    rates = tuple(
        GroupErrorRate(group, rate.value, point.fnmr[group].value if group in point.fnmr else None)
        for group, rate in point.fmr.items()
    )
    return ModelInUse(entry.name, entry.contract_id, calibration.digest, rates)
