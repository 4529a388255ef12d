"""`bonafide read`: what is printed of a document, for programs and for people."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from bonafide.capture import Picture
from bonafide.cli.root import _run
from bonafide.document import DocumentCheck, Kind, Reading
from bonafide.outcome import Reason
from bonafide.privacy import ConsentToken
from bonafide.service.desk import DeskReading, DocumentDesk
from bonafide.wording import Language, sentence

READING = Reading(
    Kind.CN_RESIDENT_ID,
    {"name": "张三", "mrz": ("P<UTO", "L898902C")},
    (
        DocumentCheck.passed("document.kind"),
        DocumentCheck.failed("cn.validity", Reason.DOCUMENT_EXPIRED),
        DocumentCheck.not_assessable("cn.sides", Reason.DOCUMENT_SIDE_MISSING),
        DocumentCheck.not_assessable("cn.dates", Reason.DOCUMENT_SIDE_MISSING),
    ),
    (10.04, 20.06, 100.0, 120.5),
)


@dataclasses.dataclass
class Desk:
    """Reads the same of every document and remembers what it was asked."""

    reading: Reading = READING
    asked: list[tuple[Picture, Picture | None, date, int | None]] = dataclasses.field(default_factory=list)

    def read(
        self,
        front: Picture,
        back: Picture | None,
        today: date,
        consent: ConsentToken,
        minimum_age: int | None = None,
    ) -> DeskReading:
        assert consent.purpose == "testing"
        self.asked.append((front, back, today, minimum_age))
        return DeskReading(self.reading, {"find": 1.2345, "total": 2.0})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr(DocumentDesk, "open", lambda *_: made)
    return made


@pytest.fixture
def front(tmp_path: Path) -> Path:
    return picture(tmp_path / "front.png", (20, 10))


def picture(path: Path, size: tuple[int, int]) -> Path:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    path.write_bytes(file.getvalue())
    return path


def test_programs_get_these_members(desk: Desk, front: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["read", str(front), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(out)
    assert told == {
        "kind": "cn-resident-id",
        "fields": {"name": "张三", "mrz": ["P<UTO", "L898902C"]},
        "checks": [
            {"name": "document.kind", "result": "passed", "reason": None},
            {"name": "cn.validity", "result": "failed", "reason": "document.expired"},
            {"name": "cn.sides", "result": "not-assessable", "reason": "document.side_missing"},
            {"name": "cn.dates", "result": "not-assessable", "reason": "document.side_missing"},
        ],
        "portrait": [10.0, 20.1, 100.0, 120.5],
        "timings_ms": {"find": 1.23, "total": 2.0},
    }
    assert list(told) == ["kind", "fields", "checks", "portrait", "timings_ms"]
    desk.reading = dataclasses.replace(READING, portrait=None)
    assert _run(["read", str(front), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["portrait"] is None


@pytest.mark.parametrize("language", Language)
def test_people_get_fields_checks_and_each_reason_once(
    front: Path,
    desk: Desk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
) -> None:
    monkeypatch.setenv("BONAFIDE_LANG", language.value)
    assert _run(["read", str(front)]) == 0
    shown = capsys.readouterr().out
    assert len(desk.asked) == 1
    for part in ("cn-resident-id", "张三", "P<UTO\n", "L898902C\n", "cn.validity", "cn.dates"):
        assert part in shown
    for reason in READING.doubts:
        assert shown.count(sentence(reason, language)) == 1
        assert f"({reason})" in shown


def test_the_back_and_the_age_are_handed_on(desk: Desk, front: Path, tmp_path: Path) -> None:
    back = picture(tmp_path / "back.png", (30, 10))
    assert _run(["read", str(front), "--back", str(back), "--minimum-age", "18"]) == 0
    assert _run(["read", str(front)]) == 0
    (one, other, _, age), (_, nothing, today, none) = desk.asked
    assert other is not None
    assert (one.width, other.width, age) == (20, 30, 18)
    assert (nothing, none) == (None, None)
    assert abs((today - date.today()).days) <= 1  # around midnight


def test_a_picture_that_is_none_is_one_line(
    desk: Desk, front: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing.jpg")
    for arguments in (["read", missing], ["read", str(front), "--back", missing]):
        assert _run(arguments) == 3
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("bonafide: Document: ")
        assert err.count("\n") == 1
    assert not desk.asked


def test_two_sides_do_not_fit_on_standard_input(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["read", "-", "--back", "-"]) == 2
    assert capsys.readouterr().err.startswith("bonafide: Only one picture fits on standard input")
    assert not desk.asked
