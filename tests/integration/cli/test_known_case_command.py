"""`bonafide known-case` and `bonafide case`, as an operator's engineer runs them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bonafide.cli import main
from bonafide.privacy import purposes

Run = Callable[..., int]
NOBODY = "8d9c5b1e-0000-4000-8000-000000000000"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command with a store of its own; gives its exit status."""
    monkeypatch.setenv("BONAFIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BONAFIDE_OPERATOR", "mobile.example")

    def run(*arguments: object) -> int:
        with pytest.raises(SystemExit) as done:
            main([str(argument) for argument in arguments])
        assert isinstance(done.value.code, int)
        return done.value.code

    assert run("store", "upgrade") == 0
    return run


def test_a_known_case_is_put_in_listed_and_taken_out(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 120)).save(file, "PNG")
    picture = tmp_path / "drawn.png"
    picture.write_bytes(file.getvalue())
    version = purposes()["review-testing"].version
    words = ("--version", version, "--language", "en", "--age", "18-or-over", "--json")
    capsys.readouterr()
    assert run("consent", "give", "review-testing", *words) == 0
    consent = json.loads(capsys.readouterr().out)["consent"]
    pair = ("--document", picture, "--selfie", picture, "--because", "match.doubtful", "--who", "Su Qin")
    answer = ("--answer", "review.other_person")
    assert run("known-case", "add", *pair, *answer, "--consent", NOBODY) == 2
    assert run("known-case", "add", *pair, *answer, "--consent", consent) == 0
    known = capsys.readouterr().out.strip()
    assert run("known-case", "list", "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["id"] == known
    assert (listed["outcome"], listed["reason"]) == ("reject", "review.other_person")
    assert (listed["consent"], listed["made_by"]) == (consent, "Su Qin")
    assert run("known-case", "list") == 0
    assert known in capsys.readouterr().out
    # It is no case of a customer's.
    assert run("case", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run("known-case", "remove", known) == 0
    assert run("known-case", "remove", known) == 2
    capsys.readouterr()
    assert run("known-case", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_case_is_decided_with_a_reason(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("case", "decide", NOBODY, "accept", "--who", "An Li") == 2
    assert "--reason" in capsys.readouterr().err
    said = ("--reason", "review.other_person", "--who", "An Li")
    assert run("case", "decide", NOBODY, "accept", *said) == 2
    assert "no reason for this outcome" in capsys.readouterr().err
    assert run("case", "list") == 0
    assert "review.document_altered" in capsys.readouterr().out
