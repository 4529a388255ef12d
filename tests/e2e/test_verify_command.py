"""`bonafide verify`, `compare`, `face` and `receipt` from outside: answers, exit statuses, nothing else."""

from __future__ import annotations

import json
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Specimens

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def selfie(sample_pictures: Path) -> Path:
    return sample_pictures / "obama2.jpg"


@pytest.fixture
def impostor(sample_pictures: Path) -> Path:
    return sample_pictures / "biden.jpg"


@pytest.mark.parametrize(("profile", "how"), [("accurate", "run"), ("fast", "run_here")])
def test_the_customer_is_accepted_when_attended(
    request: pytest.FixtureRequest, specimens: Specimens, selfie: Path, profile: str, how: str
) -> None:
    done = request.getfixturevalue(how)(
        "verify",
        "--consented",
        *specimens.card,
        "--selfie",
        selfie,
        "--attended",
        "--profile",
        profile,
        "--json",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "accept"
    assert answer["reasons"] == ["match.confirmed", "presence.attended", "document.consistent"]
    assert {"outcome", "reasons", "models", "calibration", "policy", "timings_ms"} <= answer.keys()
    assert set(answer["models"]) == {"detector", "recogniser", "text_detector", "text_recogniser"}
    assert answer["document"]["kind"] == "cn-resident-id"
    assert {check["result"] for check in answer["document"]["checks"]} == {"passed"}
    assert answer["policy"]["name"] == "sim-signup"
    assert answer["calibration"]["false_match_rate"] == 1e-4
    assert "cosine" not in done.stdout.decode()


@pytest.mark.parametrize("profile", ["accurate", "fast"])
def test_somebody_else_is_not_accepted(
    run_here: Run, specimens: Specimens, impostor: Path, profile: str
) -> None:
    done = run_here(
        "verify", "--consented", *specimens.card, "--selfie", impostor, "--attended", "--profile", profile
    )
    assert (done.returncode, done.stderr) == (20, b"")
    assert done.stdout.startswith(b"REJECT\n")


def test_nobody_standing_by_means_refer(run_here: Run, specimen: Path, selfie: Path) -> None:
    done = run_here("verify", "--consented", "--document", specimen, "--selfie", selfie, "--json")
    assert done.returncode == 10
    assert json.loads(done.stdout)["reasons"][:2] == ["match.confirmed", "presence.not_shown"]


def test_scores_appear_only_when_asked_for(run_here: Run, specimen: Path, selfie: Path) -> None:
    done = run_here(
        "verify", "--consented", "--document", specimen, "--selfie", selfie, "--json", "--explain"
    )
    explanation = json.loads(done.stdout)["explanation"]
    assert 0.3 < explanation["comparison"]["cosine"] < 1
    assert explanation["comparison"]["false_match_rate"] <= 1e-4
    assert {measure["name"] for measure in explanation["selfie"]["quality"]} >= {"sharpness", "yaw"}


def test_the_answer_comes_in_chinese(run_here: Run, specimen: Path, selfie: Path) -> None:
    done = run_here(
        "verify",
        "--consented",
        "--document",
        specimen,
        "--selfie",
        selfie,
        environment={"BONAFIDE_LANG": "zh-Hans"},
    )
    assert done.stdout.decode().startswith("转人工核验\n")


def test_a_picture_may_come_on_standard_input(
    run: Run, run_here: Run, specimens: Specimens, selfie: Path
) -> None:
    done = run(
        "verify", "--consented", *specimens.card, "--selfie", "-", "--attended", stdin=selfie.read_bytes()
    )
    assert done.returncode == 0
    both = run_here("verify", "--consented", "--document", "-", "--selfie", "-", stdin=selfie.read_bytes())
    assert both.returncode == 2


@pytest.mark.parametrize(
    "turn",
    [
        cv2.ROTATE_90_CLOCKWISE,
        pytest.param(cv2.ROTATE_180, marks=pytest.mark.long),
        pytest.param(cv2.ROTATE_90_COUNTERCLOCKWISE, marks=pytest.mark.long),
    ],
)
def test_a_document_photographed_on_its_side_is_turned(
    run_here: Run, specimens: Specimens, selfie: Path, tmp_path: Path, turn: int
) -> None:
    sides = []
    for name, path in (("--document", specimens.front), ("--document-back", specimens.back)):
        on_its_side = tmp_path / path.name
        cv2.imwrite(str(on_its_side), cv2.rotate(np.asarray(cv2.imread(str(path)), np.uint8), turn))
        sides += [name, on_its_side]
    done = run_here("verify", "--consented", *sides, "--selfie", selfie, "--attended", "--json")
    assert (done.returncode, json.loads(done.stdout)["reasons"][-1]) == (0, "document.consistent")


def test_two_people_in_a_selfie_are_for_a_person_to_resolve(
    run_here: Run, specimen: Path, selfie: Path, impostor: Path, tmp_path: Path
) -> None:
    halves = [
        cv2.resize(np.asarray(cv2.imread(str(path)), np.uint8), (700, 900)) for path in (selfie, impostor)
    ]
    crowd = tmp_path / "crowd.png"
    cv2.imwrite(str(crowd), np.hstack(halves))
    done = run_here(
        "verify", "--consented", "--document", specimen, "--selfie", crowd, "--attended", "--json"
    )
    assert done.returncode == 10
    assert json.loads(done.stdout)["reasons"] == ["selfie.several_faces"]


def test_a_picture_without_a_face_is_referred(run_here: Run, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    cv2.imwrite(str(blank), np.full((400, 300, 3), 200, np.uint8))
    done = run_here("verify", "--consented", "--document", blank, "--selfie", blank, "--attended", "--json")
    assert done.returncode == 10
    assert json.loads(done.stdout)["reasons"] == ["document.no_face", "selfie.no_face"]


def test_compare_says_nothing_of_documents_or_presence(
    run_here: Run, sample_pictures: Path, selfie: Path, impostor: Path
) -> None:
    same = run_here("compare", sample_pictures / "obama.jpg", selfie, "--json")
    assert (same.returncode, json.loads(same.stdout)["reasons"]) == (0, ["match.confirmed"])
    other = run_here("compare", sample_pictures / "obama.jpg", impostor, "--json")
    assert (other.returncode, json.loads(other.stdout)["reasons"]) == (20, ["match.refuted"])


def test_face_reports_detection_and_quality(run_here: Run, selfie: Path) -> None:
    (face,) = json.loads(run_here("face", selfie, "--json").stdout)["faces"]
    assert face["flaws"] == []
    assert len(face["landmarks"]) == 5
    assert all(0 <= measure["value"] <= 100 for measure in face["quality"])
    shown = run_here("face", selfie).stdout.decode()
    assert "good to compare" in shown
    assert "sharpness" in shown


def test_a_receipt_is_verified_and_a_changed_one_is_named(
    run_here: Run, specimen: Path, selfie: Path, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.json"
    run_here(
        "verify",
        "--consented",
        "--document",
        specimen,
        "--selfie",
        selfie,
        "--attended",
        "--receipt",
        receipt,
    )
    assert run_here("receipt", "verify", receipt).returncode == 0
    key = tmp_path / "key.pem"
    key.write_bytes(run_here("receipt", "key").stdout)
    elsewhere = tmp_path / "elsewhere"
    assert run_here("receipt", "verify", receipt, "--key", key, home=elsewhere).returncode == 0
    assert not elsewhere.exists()
    unknown = run_here("receipt", "verify", receipt, home=elsewhere)
    assert (unknown.returncode, unknown.stdout) == (4, b"")

    document = json.loads(receipt.read_text())
    assert "obama" not in receipt.read_text()
    document["claims"]["attended"] = False
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    done = run_here("receipt", "verify", changed)
    assert done.returncode == 20
    assert b"'attended'" in done.stdout
    assert json.loads(run_here("receipt", "verify", changed, "--json").stdout)["discrepancies"] == [
        {"kind": "claim_changed", "claim": "attended"}
    ]
    assert run_here("receipt", "verify", specimen).returncode == 3


def _bomb() -> bytes:
    """A PNG that claims 5,200 x 5,200 pixels in a few kilobytes."""
    side = 5200
    header = b"IHDR" + side.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    body = b"IDAT" + zlib.compress(bytes((3 * side + 1) * 64), 9)
    chunks = (
        (len(part) - 4).to_bytes(4) + part + zlib.crc32(part).to_bytes(4) for part in (header, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_nobody_is_looked_at_who_did_not_agree(run_here: Run, tmp_path: Path) -> None:
    # The pictures are not even there: they would have been complained of if they had been opened.
    case = ("verify", "--document", tmp_path / "no.jpg", "--selfie", tmp_path / "no.jpg", "--attended")
    done = run_here(*case)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert b"bonafide consent show sim-signup" in done.stderr
    assert b"A trained employee then compares you with your document" in done.stderr
    chinese = run_here(*case, environment={"BONAFIDE_LANG": "zh-Hans"})
    assert "工作人员代替程序核对您本人与证件" in chinese.stderr.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", b"empty"),
        (b"This is a letter and no picture.\n", b"text"),
        (b"GIF89a" + bytes(100), b"a GIF"),
        (b"%PDF-1.7\n", b"PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(40), b"damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), b"damaged"),
        (bytes(8_000_001), b"8 MB"),
        (_bomb(), b"25 megapixels"),
    ],
    ids=["empty", "text", "gif", "pdf", "jpeg", "png", "large", "bomb"],
)
def test_a_bad_picture_gets_one_clear_line(
    run_here: Run, specimen: Path, tmp_path: Path, content: bytes, said: bytes
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(content)
    done = run_here("verify", "--consented", "--document", specimen, "--selfie", bad)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"bonafide: Selfie: ")
    assert said in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert (
        run_here("verify", "--consented", "--document", "-", "--selfie", specimen, stdin=content).returncode
        == 3
    )


def test_a_picture_that_breaks_off_is_noticed_while_decoding(
    run_here: Run, specimen: Path, selfie: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half.jpg"
    half.write_bytes(selfie.read_bytes()[: selfie.stat().st_size // 2])
    done = run_here("verify", "--consented", "--document", specimen, "--selfie", half)
    assert done.returncode == 3
    assert done.stderr.startswith(b"bonafide: Selfie: the JPEG file is damaged or incomplete.")


def test_files_that_are_none(run_here: Run, specimen: Path, tmp_path: Path) -> None:
    for name in (tmp_path / "nothing.jpg", tmp_path, "/dev/zero"):
        done = run_here("verify", "--consented", "--document", name, "--selfie", specimen)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (3, b"", 1)


def test_a_wrong_call_is_a_usage_error(run_here: Run, specimen: Path, tmp_path: Path) -> None:
    for arguments in (
        ("verify", "--consented", "--document", specimen),
        ("verify", "--consented", "--document", specimen, "--selfie", specimen, "--purpose", "watching"),
        ("verify", "--consented", "--document", specimen, "--selfie", specimen, "--profile", "best"),
        (
            "verify",
            "--consented",
            "--document",
            specimen,
            "--selfie",
            specimen,
            "--receipt",
            tmp_path / "no" / "where.json",
        ),
        ("frobnicate",),
    ):
        done = run_here(*arguments)
        assert (done.returncode, done.stdout) == (2, b""), arguments


def test_missing_or_altered_weights_are_a_broken_set_up(
    run: Run, run_here: Run, specimen: Path, models_home: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    done = run("verify", "--consented", "--document", specimen, "--selfie", specimen, home=bare)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"Run `bonafide models pull`" in done.stderr

    (bare / "models").mkdir(parents=True)
    for model in (models_home / "models").glob("*.onnx"):
        (bare / "models" / model.name).symlink_to(model)
    text = bare / "models" / "pp-ocrv6-small-text-recogniser.onnx"
    text.unlink()
    done = run_here("verify", "--consented", "--document", specimen, "--selfie", specimen, home=bare)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"Run `bonafide models pull`" in done.stderr
    # Who only compares faces does without.
    assert run_here("compare", specimen, specimen, home=bare).returncode == 0

    detector = bare / "models" / "yunet-2023mar.onnx"
    content = bytearray(detector.read_bytes())
    content[-100] ^= 1
    detector.unlink()
    detector.write_bytes(content)
    done = run_here("verify", "--consented", "--document", specimen, "--selfie", specimen, home=bare)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"not the one that its manifest names" in done.stderr


def test_a_misspelt_setting_stops_everything(run: Run) -> None:
    done = run("models", "list", environment={"BONAFIDE_PROFIL": "fast"})
    assert done.returncode == 4
    assert b"BONAFIDE_PROFIL is not a setting" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert b"_BONAFIDE_COMPLETE" in done.stdout
