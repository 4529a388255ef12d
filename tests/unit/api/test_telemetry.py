"""Traces are sent where the operator says so, and nowhere without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bonafide.api import telemetry
from bonafide.api.telemetry import open_traces
from bonafide.cli.serve import command
from bonafide.errors import SettingInvalid, SetupBroken
from bonafide.settings import Settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
        ("https://collector.example/otlp/", "https://collector.example/otlp"),
        ("http://[::1]:4318", "http://[::1]:4318"),
        ("", None),
    ],
)
def test_the_address_of_a_collector_is_taken(text: str, expected: str | None) -> None:
    assert Settings.from_environment({"BONAFIDE_TELEMETRY": text}).telemetry == expected


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "127.0.0.1:4318",
        "grpc://127.0.0.1:4317",
        "http://",
        "http://who:secret@collector.example",
        "http://collector.example/?key=secret",
        "http://collector.example/#x",
        "http://collector.example:99999",
        "http://collector.example:port",
        "http://collector .example",
        "http://[::1",
    ],
)
def test_anything_else_stops_start_up_and_is_not_repeated(text: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^BONAFIDE_TELEMETRY is not the address") as refused:
        Settings.from_environment({"BONAFIDE_TELEMETRY": text})
    assert "secret" not in str(refused.value)


def test_what_is_missing_stops_start_up_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_is_there", lambda module: module != "opentelemetry.sdk")
    settings = Settings(tmp_path, telemetry="http://127.0.0.1:4318")
    with pytest.raises(SetupBroken, match="BONAFIDE_TELEMETRY is set, and"):
        CliRunner().invoke(command, obj=settings, catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_imported_for_nobody(tmp_path: Path) -> None:
    assert open_traces(Settings(tmp_path)) is None
    program = (
        "import sys, pathlib; from bonafide.api import worker; "
        "from bonafide.api.telemetry import open_traces; "
        "from bonafide.settings import Settings; open_traces(Settings(pathlib.Path('/nowhere'))); "
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', "
        "'opentelemetry.exporter', 'bonafide.api.traces'))])"
    )
    ran = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
