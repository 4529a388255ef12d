"""Whether traces are told of: only where the operator names a collector, and then for certain."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from bonafide.errors import SetupBroken
from bonafide.settings import Settings

if TYPE_CHECKING:
    from bonafide.api.traces import Traces

_NEEDED: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def require_telemetry(settings: Settings) -> None:
    """Raises `SetupBroken` where a collector is named and what sends to it is not installed."""
    if settings.telemetry is not None and not all(map(_is_there, _NEEDED)):
        raise SetupBroken(
            "BONAFIDE_TELEMETRY is set, and the packages that send traces are not installed",
            "Run `pip install 'bonafide[service,telemetry]'`, or remove BONAFIDE_TELEMETRY",
        )


def open_traces(settings: Settings) -> Traces | None:
    """What traces go to, None where no collector is named; nothing is imported then.

    Raises what `require_telemetry` raises.
    """
    if settings.telemetry is None:
        return None
    require_telemetry(settings)
    from bonafide.api.traces import Traces  # noqa: PLC0415 - the extra may not be installed

    return Traces.sent_to(settings.telemetry)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
