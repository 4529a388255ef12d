"""`bonafide read` and `chip`, and what documents and chips mean to `verify`.

In this process; what a process of their own adds is in `test_verify_command.py`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Specimens

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Answer = dict[str, Any]


@pytest.fixture
def run(run_here: Run) -> Run:
    return run_here


@pytest.fixture
def selfie(sample_pictures: Path) -> Path:
    return sample_pictures / "obama2.jpg"


@pytest.fixture
def verify(run: Run, selfie: Path, specimens: Specimens, tmp_path: Path) -> Callable[..., Answer]:
    """Verify with an agent beside, and look for the holder's data wherever they must not be."""

    def call(*options: object, selfie: Path = selfie) -> Answer:
        receipt = tmp_path / "receipt.json"
        done = run(
            "verify",
            "--consented",
            *options,
            "--selfie",
            selfie,
            "--attended",
            "--receipt",
            receipt,
            "--json",
        )
        assert done.stderr == b""
        answer: Answer = json.loads(done.stdout)
        assert done.returncode == {"accept": 0, "refer": 10, "reject": 20}[answer["outcome"]]
        # The name of the folder is no word of anybody's document.
        shown = done.stdout.replace(str(tmp_path).encode(), b"")
        assert not specimens.said_by(shown)
        assert not specimens.said_by(receipt.read_bytes())
        claims = json.loads(receipt.read_bytes())["claims"]
        assert (claims["outcome"], claims["reasons"]) == (answer["outcome"], answer["reasons"])
        assert claims["document"] == answer["document"]["kind"]
        assert claims["text_recogniser"] == answer["models"]["text_recogniser"]["contract"]
        return answer

    return call


def results(answer: Answer) -> dict[str, str]:
    checks = answer.get("document", answer)["checks"]
    return {check["name"]: check["result"] for check in checks}


def test_a_card_is_read(run: Run, specimens: Specimens) -> None:
    done = run("read", specimens.front, "--back", specimens.back, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert (told["kind"], told["fields"]) == ("cn-resident-id", specimens.card_says)
    assert set(results(told).values()) == {"passed"}
    assert {"cn.number", "cn.region", "cn.validity", "cn.sides", "document.screen"} <= results(told).keys()
    assert len(told["portrait"]) == 4
    assert told["timings_ms"]["total"] > 0
    shown = run("read", specimens.front, "--back", specimens.back).stdout.decode()
    assert all(value in shown for value in specimens.card_says.values())


def test_sides_in_the_wrong_order_are_taken_for_what_they_show(run: Run, specimens: Specimens) -> None:
    told = json.loads(run("read", specimens.back, "--back", specimens.front, "--json").stdout)
    assert told["fields"] == specimens.card_says


def test_a_side_that_is_not_shown_is_missed(run: Run, specimens: Specimens) -> None:
    told = json.loads(run("read", specimens.front, "--json").stdout)
    assert told["fields"]["number"] == specimens.card_says["number"]
    assert "valid_until" not in told["fields"]
    assert results(told)["cn.number"] == "passed"
    assert results(told)["cn.validity"] == "not-assessable"


def test_a_passport_is_read(run: Run, specimens: Specimens) -> None:
    told = json.loads(run("read", specimens.passport, "--minimum-age", "18", "--json").stdout)
    lines = [specimens.passport_says["line 0"], specimens.passport_says["line 1"]]
    assert (told["kind"], told["fields"]["mrz"]) == ("td3", lines)
    assert told["fields"]["surname"] == "SPECIMEN"
    assert results(told)["mrz.age"] == results(told)["mrz.names"] == "passed"


def test_what_is_no_document_is_read_as_none(run: Run, selfie: Path) -> None:
    done = run("read", selfie, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["kind"], told["fields"]) == (0, "unknown", {})
    assert results(told) == {"document.kind": "failed"}


def test_a_chip_is_what_its_maker_says(run: Run, shared_data: Path) -> None:
    folder = shared_data / "emrtd"
    if not folder.is_dir():
        pytest.skip("needs the developers' shared chip files")
    cases = json.loads((folder / "expected.json").read_text("utf-8"))
    assert len(cases) == 24
    for case in cases:
        chip = folder / case["case"]
        done = run("chip", chip, "--trust", chip / "csca.der", "--json")
        told = json.loads(done.stdout)
        genuine = case["expect_valid"]
        assert (done.returncode, done.stderr, told["authentic"]) == (0 if genuine else 20, b"", genuine), case
        assert (told["reasons"] == ["chip.authentic"]) is genuine


def test_a_passport_with_its_chip_is_accepted(verify: Callable[..., Answer], specimens: Specimens) -> None:
    trust = ("--trust", specimens.csca)
    answer = verify("--document", specimens.passport, "--chip", specimens.chip, *trust)
    assert answer["outcome"] == "accept"
    assert answer["reasons"] == [
        "match.confirmed",
        "presence.attended",
        "document.consistent",
        "chip.authentic",
    ]
    assert results(answer)["chip.text"] == results(answer)["chip.portrait"] == "passed"
    assert answer["timings_ms"]["chip"] > 0


def test_a_chip_that_nobody_vouches_for_refers(verify: Callable[..., Answer], specimens: Specimens) -> None:
    answer = verify("--document", specimens.passport, "--chip", specimens.chip)
    assert answer["outcome"] == "refer"
    assert "chip.signer_untrusted" in answer["reasons"]


def test_the_chip_of_another_document_refers(
    verify: Callable[..., Answer], specimens: Specimens, shared_data: Path
) -> None:
    chip = shared_data / "emrtd" / "good_rsa_sha256_p0"
    if not chip.is_dir():
        pytest.skip("needs the developers' shared chip files")
    answer = verify("--document", specimens.passport, "--chip", chip, "--trust", chip / "csca.der")
    # The selfie is not the chip's holder either.
    assert answer["outcome"] in ("refer", "reject")
    assert "chip.authentic" not in answer["reasons"]
    if "match.refuted" in answer["reasons"]:
        assert "chip.text_differs" in answer["reasons"]


def test_somebody_else_is_not_accepted_with_a_genuine_chip(
    verify: Callable[..., Answer], specimens: Specimens, sample_pictures: Path
) -> None:
    case = ("--document", specimens.passport, "--chip", specimens.chip, "--trust", specimens.csca)
    answer = verify(*case, selfie=sample_pictures / "biden.jpg")
    assert answer["outcome"] in ("refer", "reject")
    assert "match.confirmed" not in answer["reasons"]


def test_a_card_is_accepted_and_an_expired_one_refers(
    verify: Callable[..., Answer], specimens: Specimens
) -> None:
    assert verify(*specimens.card)["outcome"] == "accept"
    answer = verify("--document", specimens.front, "--document-back", specimens.expired_back)
    assert (answer["outcome"], answer["reasons"][2:]) == ("refer", ["document.expired"])


def test_a_card_of_which_one_side_is_shown_refers(
    verify: Callable[..., Answer], specimens: Specimens
) -> None:
    answer = verify("--document", specimens.front)
    assert (answer["outcome"], answer["reasons"][2:]) == ("refer", ["document.side_missing"])


def test_a_document_of_an_unknown_kind_refers(verify: Callable[..., Answer], specimen: Path) -> None:
    answer = verify("--document", specimen)
    assert answer["outcome"] == "refer"
    assert answer["reasons"] == ["match.confirmed", "presence.attended", "document.kind_unknown"]
    assert answer["document"] == {
        "kind": "unknown",
        "checks": [{"name": "document.kind", "result": "failed", "reason": "document.kind_unknown"}],
    }


def test_nothing_that_a_document_says_is_in_an_explanation(
    run: Run, specimens: Specimens, selfie: Path
) -> None:
    for told in ((), ("--json",)):
        done = run(
            "verify", "--consented", *specimens.card, "--selfie", selfie, "--attended", "--explain", *told
        )
        assert not specimens.said_by(done.stdout)
        assert done.stderr == b""


def test_a_missing_folder_of_chip_files_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("chip", tmp_path / "missing")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (3, b"", 1)
