"""The whole life of what is kept, by commands alone: agreed, decided, proved, reviewed, erased."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from bonafide.privacy import purposes

if TYPE_CHECKING:
    import subprocess

    from tests.e2e.conftest import Run, Specimens
    from tests.softhsm import Token

# The demonstration's own test lives the same life on SQLite, with keys in a folder.
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AGREED = ("--language", "zh-Hans", "--age", "18-or-over", "--json")


def agrees(typed: Typist, purpose: str) -> str:
    """Somebody agrees to a purpose in its current words."""
    version = str(purposes()[purpose].version)
    return typed("consent", "give", purpose, "--version", version, *_AGREED)


class Typist(Protocol):
    """Types commands at a counter whose settings are those of production."""

    def __call__(self, *arguments: object, status: int = 0) -> str:
        """Type one and expect its exit status; what it answered."""


@pytest.fixture
def counter(database: str, token: Token) -> dict[str, str]:
    """Its settings."""
    return {
        "BONAFIDE_OPERATOR": "counter.example",
        "BONAFIDE_DATABASE": database,
        "BONAFIDE_KEY_HOLDER": token.uri,
        "BONAFIDE_PRODUCTION": "yes",
        "SOFTHSM2_CONF": os.environ["SOFTHSM2_CONF"],
    }


def typist(run: Run, settings: dict[str, str]) -> Typist:
    def typed(*arguments: object, status: int = 0) -> str:
        done: subprocess.CompletedProcess[bytes] = run(*arguments, environment=settings)
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode()

    return typed


@pytest.fixture
def typed(run: Run, counter: dict[str, str]) -> Typist:
    """Each command is a process."""
    return typist(run, counter)


@pytest.fixture
def typed_here(run_here: Run, counter: dict[str, str]) -> Typist:
    """None is."""
    return typist(run_here, counter)


@pytest.mark.long
def test_agreed_decided_proved_reviewed_and_erased(
    typed: Typist, specimens: Specimens, sample_pictures: Path, tmp_path: Path
) -> None:
    typed("store", "upgrade")
    consent = json.loads(agrees(typed, "sim-signup"))
    case = (*specimens.card, "--selfie", sample_pictures / "obama2.jpg", "--consent", consent["consent"])

    accepted = json.loads(
        typed("verify", *case, "--attended", "--json", "--receipt", tmp_path / "receipt.json")
    )
    assert accepted["outcome"] == "accept"
    assert accepted["kept"]["waiting"] is False
    decision = accepted["kept"]["decision"]
    typed("audit", "checkpoint")
    typed("audit", "prove", decision, "--output", tmp_path / "proof")
    proof = ("audit", "verify", tmp_path / "proof", "--receipt", tmp_path / "receipt.json")
    typed(*proof)
    typed("receipt", "verify", tmp_path / "receipt.json")

    referred = json.loads(typed("verify", *case, "--json", status=10))
    waiting = referred["kept"]["decision"]
    assert referred["kept"]["waiting"] is True
    assert [found["id"] for found in json.loads(typed("case", "list", "--json"))] == [waiting]
    other = ("--reason", "review.other_person", "--who", "Wang Li")
    typed("case", "decide", waiting, "reject", *other, status=2)
    typed("case", "open", waiting, "--who", "Wang Li", "--output", tmp_path / "seen")
    (front,) = (tmp_path / "seen").glob("document-????????-*")
    assert front.read_bytes() == specimens.front.read_bytes()
    assert (tmp_path / "seen").stat().st_mode & 0o777 == 0o700
    typed("case", "decide", waiting, "reject", *other, "--receipt", tmp_path / "review.json")
    reviewed = json.loads((tmp_path / "review.json").read_bytes())["claims"]
    assert reviewed["referral"] == waiting
    assert (reviewed["review_reasons"], reviewed["decided_by"]) == (["review.other_person"], "one")
    typed("receipt", "verify", tmp_path / "review.json")
    assert json.loads(typed("case", "list", "--json")) == []
    typed("case", "open", waiting, "--who", "Wang Li", "--output", tmp_path / "again", status=2)
    assert not (tmp_path / "again").exists()

    typed("privacy", "erase", consent["subject"], "--yes", "--receipt", tmp_path / "erased.json")
    typed("receipt", "verify", tmp_path / "erased.json")
    typed("audit", "prove", decision, "--output", tmp_path / "late", status=2)
    # What was handed out stands, and so does the log.
    typed(*proof)
    typed("audit", "checkpoint")
    typed("audit", "check")
    typed("verify", *case, status=2)


def test_a_consent_is_for_its_purpose_and_until_it_is_withdrawn(typed_here: Typist, tmp_path: Path) -> None:
    typed = typed_here
    typed("store", "upgrade")
    # No picture is there: it would be complained of if it was looked for.
    case = ("--document", tmp_path / "no.jpg", "--selfie", tmp_path / "no.jpg")
    other = json.loads(agrees(typed, "loyalty"))["consent"]
    typed("verify", *case, "--consent", other, status=2)
    consent = json.loads(agrees(typed, "sim-signup"))["consent"]
    typed("verify", *case, "--consent", consent, status=3)
    typed("verify", *case, "--consent", consent, "--consented", status=2)
    typed("consent", "withdraw", consent)
    typed("verify", *case, "--consent", consent, status=2)
    typed("verify", *case, "--consent", "王样本", status=2)


def test_identifiers_are_the_only_names(
    typed_here: Typist, specimens: Specimens, sample_pictures: Path
) -> None:
    typed = typed_here
    typed("store", "upgrade")
    consent = json.loads(agrees(typed, "sim-signup"))["consent"]
    told = typed(
        "verify", *specimens.card, "--selfie", sample_pictures / "biden.jpg", "--consent", consent, status=20
    )
    assert _IDENTIFIER.search(told)
    assert specimens.said_by(told.encode()) == []
