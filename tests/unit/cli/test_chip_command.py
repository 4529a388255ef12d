"""`bonafide chip`: whether a made-up state signed what is in a folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from bonafide.cli.root import _run
from bonafide.outcome import Reason
from bonafide.wording import Language, phrase, sentence
from specimens.chip import Issuer

ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


@pytest.fixture
def chip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A genuine chip's folder, its state's certificate in it; nobody is trusted so far."""
    monkeypatch.setenv("BONAFIDE_HOME", str(tmp_path / "home"))
    portrait = cv2.imencode(".jpg", np.full((120, 90, 3), 128, np.uint8))[1].tobytes()
    files = Issuer(signed=datetime.now(UTC)).issue(ZONE, portrait, (90, 120))
    folder = tmp_path / "chip"
    folder.mkdir()
    for name in ("dg1", "dg2", "sod"):
        (folder / f"{name.upper()}.bin").write_bytes(getattr(files, name))
    (folder / "csca.der").write_bytes(files.csca)
    return folder


def asked(chip: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    status = _run(["chip", str(chip), *options])
    out, err = capsys.readouterr()
    assert err == ""
    for said in ("ERIKSSON", "L898902C"):
        assert said not in out, "what the chip says is not printed"
    return status, out


def test_a_genuine_chip_is_authentic(chip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = asked(chip, capsys, "--trust", str(chip / "csca.der"), "--json")
    told = json.loads(out)
    assert (status, list(told)) == (0, ["authentic", "reasons", "checks"])
    assert (told["authentic"], told["reasons"]) == (True, ["chip.authentic"])
    assert {check["name"] for check in told["checks"]} >= {"chip.data_groups", "chip.signature", "chip.chain"}
    assert {(check["result"], check["reason"]) for check in told["checks"]} == {("passed", None)}


def test_a_certificate_beside_the_files_is_no_reason_to_trust_it(
    chip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = asked(chip, capsys, "--json")
    assert (status, json.loads(out)["authentic"]) == (20, False)
    assert json.loads(out)["reasons"] == ["chip.signer_untrusted"]


def test_the_data_folders_certificates_are_trusted(
    chip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "home" / "trust"
    trust.mkdir(parents=True)
    (trust / "utopia.der").write_bytes((chip / "csca.der").read_bytes())
    assert asked(chip, capsys)[0] == 0


def test_a_changed_file_is_not_authentic(chip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = bytearray((chip / "DG1.bin").read_bytes())
    changed[-1] ^= 1
    (chip / "DG1.bin").write_bytes(changed)
    status, out = asked(chip, capsys, "--trust", str(chip / "csca.der"), "--json")
    assert (status, json.loads(out)["reasons"]) == (20, ["chip.data_changed"])


@pytest.mark.parametrize("language", Language)
def test_people_are_told_what_passed_and_why_not(
    chip: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
) -> None:
    monkeypatch.setenv("BONAFIDE_LANG", language.value)
    status, shown = asked(chip, capsys, "--trust", str(chip / "csca.der"))
    assert (status, shown.splitlines()[0]) == (0, phrase("chip_authentic", language))
    status, shown = asked(chip, capsys)
    assert (status, shown.splitlines()[0]) == (20, phrase("chip_not_authentic", language))
    assert sentence(Reason.CHIP_SIGNER_UNTRUSTED, language) in shown
    assert "chip.signature" in shown


def test_what_cannot_be_read_is_one_line(
    chip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments in (
        [str(tmp_path / "missing")],
        [str(chip / "DG1.bin")],
        [str(empty)],
        [str(chip), "--trust", str(tmp_path / "missing.der")],
        [str(chip), "--trust", str(chip / "DG1.bin")],
    ):
        assert _run(["chip", *arguments]) == 3
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("bonafide: ")
        assert err.count("\n") == 1
