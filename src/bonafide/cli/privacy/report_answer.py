"""The privacy report, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from bonafide.cli.privacy.purposes import purpose_document, purpose_lines
from bonafide.cli.table import table_lines
from bonafide.evidence.moment_text import moment_text
from bonafide.privacy.report import (
    FILING,
    FILING_WORKING_DAYS,
    Filing,
    FilingState,
    ModelInUse,
    PrivacyReport,
    working_days_after,
)


def report_document(report: PrivacyReport) -> dict[str, object]:
    """The report as JSON values."""
    filing = report.filing
    return {
        "operator": report.operator,
        "at": moment_text(report.at),
        "since": moment_text(report.since),
        "purposes": [purpose_document(purpose) for purpose in report.purposes],
        "kept": [
            {
                "holding": kept.holding,
                "purpose": kept.purpose,
                "rows": kept.rows,
                "next_deadline": moment_text(kept.next_deadline),
                "last_deadline": moment_text(kept.last_deadline),
            }
            for kept in report.kept
        ],
        "overdue": report.overdue,
        "withdrawn": report.withdrawn,
        "lapsed_cases": report.lapsed_cases,
        "accesses": [
            {"who": access.who, "action": access.action, "times": access.times} for access in report.accesses
        ],
        "erasures": report.erasures,
        "unfinished_erasures": report.unfinished_erasures,
        "epochs": [
            {
                "number": epoch.number,
                "begins_at": moment_text(epoch.begins_at),
                "ends_at": moment_text(epoch.ends_at),
                "destroyed_at": epoch.destroyed_at and moment_text(epoch.destroyed_at),
            }
            for epoch in report.epochs
        ],
        "models": [_model(model) for model in report.models],
        "filing": {
            "people": filing.people,
            "from": FILING,
            "state": filing.state.value,
            "file_by": filing.file_by and filing.file_by.isoformat(),
        },
    }


def report_lines(report: PrivacyReport) -> Iterator[str]:
    """The report as tables."""
    yield f"{report.operator}, {moment_text(report.at)}"
    yield ""
    yield from purpose_lines(report.purposes)
    yield ""
    yield from table_lines(
        ("KEPT", "PURPOSE", "ROWS", "NEXT DEADLINE", "LAST DEADLINE"),
        *(
            (kept.holding, kept.purpose, kept.rows, kept.next_deadline, kept.last_deadline)
            for kept in report.kept
        ),
    )
    yield (
        f"{report.overdue} past their deadline, {report.withdrawn} consents withdrawn, "
        f"{report.lapsed_cases} cases not decided in time"
    )
    yield ""
    yield from table_lines(
        (f"ACCESS SINCE {report.since:%Y-%m-%d}", "ACTION", "TIMES"),
        *((access.who, access.action, access.times) for access in report.accesses),
    )
    yield (
        f"{report.erasures} erasures since {report.since:%Y-%m-%d}; {report.unfinished_erasures} ever whose "
        "backups can still be opened"
    )
    yield ""
    yield from table_lines(
        ("EPOCH", "BEGINS", "ENDS", "KEY DESTROYED"),
        *((epoch.number, epoch.begins_at, epoch.ends_at, epoch.destroyed_at) for epoch in report.epochs),
    )
    yield ""
    for model in report.models:
        yield from _model_lines(model)
    yield ""
    yield _filing_line(report)


def _model(model: ModelInUse) -> dict[str, object]:
    return {
        "name": model.name,
        "contract": model.contract,
        "calibration": model.calibration,
        "error_rates": [
            {
                "group": rate.group,
                "false_match_rate": rate.false_match_rate,
                "false_non_match_rate": rate.false_non_match_rate,
            }
            for rate in model.error_rates
        ],
    }


def _model_lines(model: ModelInUse) -> Iterator[str]:
    calibration = f", calibration {model.calibration[:16]}" if model.calibration else ""
    yield f"{model.name}: contract {model.contract[:16]}{calibration}"
    if model.error_rates:
        yield from table_lines(
            ("  GROUP", "FALSE MATCHES", "FALSE NON-MATCHES"),
            *(
                (
                    f"  {rate.group}",
                    f"{rate.false_match_rate:.2g}",
                    None if rate.false_non_match_rate is None else f"{rate.false_non_match_rate:.2g}",
                )
                for rate in model.error_rates
            ),
        )


def _filing_line(report: PrivacyReport) -> str:
    filing: Filing = report.filing
    people = f"Face data of {filing.people:,} people is stored"
    duty = f"from {FILING:,} it is to be filed within {FILING_WORKING_DAYS} working days"
    if filing.state is FilingState.BELOW:
        return f"{people}; {duty}."
    if filing.state is FilingState.NEAR:
        last = working_days_after(report.at.date(), FILING_WORKING_DAYS)
        return f"WARNING: {people}; {duty}, which would be by {last} if it were reached today."
    by = f"by {filing.file_by} at the latest" if filing.file_by else "now"
    return f"WARNING: {people}: file {by} (public holidays come on top)."
