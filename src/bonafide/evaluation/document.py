"""An evaluation as JSON. No names, no paths, no scores of any comparison; null where nothing can be said."""

from __future__ import annotations

from bonafide.evaluation.error_rates import MeasuredRate
from bonafide.evaluation.results import Evaluation, Measurement

Document = dict[str, object]


def as_document(evaluation: Evaluation) -> Document:
    """The evaluation as plain values, without NaN or infinity."""
    made = evaluation.provenance
    return {
        "format": "bonafide-evaluation/1",
        "measured_at": made.measured_at.isoformat(timespec="seconds"),
        "bonafide": made.version,
        "profile": made.profile,
        "model": made.model,
        "contract": made.contract,
        "calibration": made.calibration,
        "policy": {"name": made.policy, "digest": made.policy_digest, "fmr_target": made.policy_fmr},
        "labels": made.labels,
        "several_faces": made.several_faces,
        "about": evaluation.about,
        "impostors": str(evaluation.impostors),
        "missing_pictures": evaluation.missing,
        **_measurement(evaluation.overall),
        "groups": {name: _measurement(group) for name, group in evaluation.groups.items()},
        "differentials": [
            {
                "fmr_target": differential.fmr_target,
                "worst_fmr_group": differential.worst_fmr,
                "fmr_ratio": differential.fmr_ratio,
                "worst_fnmr_group": differential.worst_fnmr,
                "fnmr_ratio": differential.fnmr_ratio,
            }
            for differential in evaluation.differentials
        ],
    }


def rate_name(rate: float) -> str:
    """A false match rate as scripts write it: 1e-4."""
    digits, power = f"{rate:e}".split("e")
    return f"{float(digits):g}e{int(power)}"


def _measurement(measured: Measurement) -> Document:
    return {
        "people": measured.people,
        "pictures": measured.pictures,
        "comparisons": {"mated": measured.mated, "non_mated": measured.non_mated},
        "failures_to_acquire": measured.failure_rate.errors,
        "failure_to_acquire_rate": measured.failure_rate.value,
        "failure_to_acquire_interval": measured.failure_rate.interval,
        "failure_reasons": dict(sorted(measured.failures.items())),
        "operating_points": [
            {
                "fmr_target": point.fmr_target,
                "threshold": point.threshold,
                **_rate("fmr", point.fmr),
                **_rate("fnmr", point.fnmr),
                "far": point.far,
                "frr": point.frr,
                "promised_fmr_interval": point.promised,
                "within_promise": point.within_promise,
                "promise": point.promise and str(point.promise),
            }
            for point in measured.operating_points
        ],
        "tar_at_fmr": {
            rate_name(tar.fmr_target): {
                "value": tar.value,
                "interval": tar.interval,
                "interval_by_people": tar.by_people,
                "threshold": tar.threshold,
                **({"unresolved": tar.unresolved} if tar.unresolved else {}),
            }
            for tar in measured.tar_at_fmr
        },
        "eer": measured.equal_error_rate,
        "cllr": measured.cllr,
        "min_cllr": measured.min_cllr,
    }


def _rate(name: str, rate: MeasuredRate) -> Document:
    return {
        name: rate.value,
        f"{name}_interval": rate.interval,
        f"{name}_interval_by_people": rate.by_people,
        f"{name}_errors": rate.errors,
    }
