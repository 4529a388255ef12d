"""The purposes: whole in both languages, under the rules, and what documentation says of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.decide import PRESETS
from bonafide.errors import NotPermitted, UnreadableData
from bonafide.privacy.duration import Duration
from bonafide.privacy.purpose import Kept, OneToMany, Purpose
from bonafide.privacy.purpose_file import parse_purposes, purpose_named, purposes
from bonafide.wording import Language

NOW = datetime(2028, 2, 29, 12, tzinfo=UTC)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "purposes.md"
FILE = (resources.files("bonafide.privacy") / "purposes.toml").read_text("utf-8")

# Changed words are another version: raise it, then write the new pair here.
DIGESTS = {
    "sim-signup": (3, "aaad3fd1fb2c70bb"),
    "face-pay": (1, "21a84f4ad8e03c05"),
    "fare-gate": (1, "c1c77388e2f49d7a"),
    "patient-checkin": (1, "dbb4274c286c49b6"),
    "loyalty": (1, "dc48913b85b18c35"),
    "attendance": (1, "ddf522e9844ff6bf"),
    "testing": (1, "945c29aba48e4160"),
    "review-testing": (1, "e068eba2bedfc312"),
}


def test_a_changed_purpose_is_a_new_version() -> None:
    found = {name: (purpose.version, purpose.digest[:16]) for name, purpose in purposes().items()}
    assert found == DIGESTS


def test_the_page_says_what_the_file_says() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert rows == [
        [
            f"`{purpose.name}`",
            ", ".join(purpose.asks),
            purpose.alternative,
            str(purpose.minimum_age),
            str(purpose.guardian_below),
            purpose.one_to_many,
            str(purpose.consent_life or ""),
            ", ".join(f"{kind} {duration}" for kind, duration in purpose.keeps.items()),
        ]
        for purpose in purposes().values()
    ]


def test_every_policy_has_a_purpose() -> None:
    assert set(PRESETS) <= set(purposes())


@pytest.mark.parametrize("purpose", purposes().values(), ids=purposes())
def test_a_purpose_is_said_whole_in_both_languages(purpose: Purpose) -> None:
    assert set(purpose.notices) == set(Language)
    chinese = "".join(purpose.notices[Language.CHINESE].as_document().values())
    assert re.search(r"可以拒绝", chinese)
    assert "may decline" in purpose.notices[Language.ENGLISH].alternative
    assert "withdraw" in purpose.notices[Language.ENGLISH].rights
    digests = {purpose.text_digest(language) for language in Language}
    assert len(digests) == len(Language)


def test_a_sign_up_keeps_no_template_and_searches_for_nobody() -> None:
    signup = purposes()["sim-signup"]
    assert Kept.TEMPLATE not in signup.keeps
    assert signup.one_to_many is OneToMany.NEVER
    assert signup.deadline(Kept.CASE_PICTURE, NOW) == NOW + timedelta(hours=72)
    assert signup.deadline(Kept.TEMPLATE, NOW) is None
    # Kept from the end of its life; three years from 3 March.
    assert signup.deadline(Kept.CONSENT, NOW) == datetime(2031, 3, 3, 12, tzinfo=UTC)
    assert not purposes()["testing"].recorded


def test_of_a_sign_up_a_person_may_be_asked_who_decides_by_pictures_alone() -> None:
    assert [name for name, purpose in purposes().items() if purpose.by_person] == ["sim-signup"]
    words = purposes()["sim-signup"].by_person[Language.ENGLISH]
    assert "No program looks for a face" in words.how
    assert "at most 72 hours" in words.keeps
    assert "program compares" in words.alternative
    assert (
        "没有任何程序在照片中查找、测量或比对人脸" in purposes()["sim-signup"].by_person[Language.CHINESE].how
    )


def test_nobody_agrees_to_what_is_not_declared() -> None:
    assert purpose_named("loyalty", purposes()).name == "loyalty"
    with pytest.raises(NotPermitted, match="sim-signup"):
        purpose_named("scoring", purposes())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('format = "bonafide-purposes/1"', 'format = "other"', "format"),
        ("version = 3", "version = 0", "version"),
        ("version = 3", "version = true", "version"),
        ('alternative = "employee"', 'alternative = "none"', "alternative"),
        ('alternative = "employee"\n', "", "alternative is missing"),
        ("guardian_below = 14", "guardian_below = 0", "guardian_below"),
        ('one_to_many = "never"', 'one_to_many = "opt-in-gallery"', "one_to_many"),
        ('case-picture = "PT72H"', 'case-picture = "PT73H"', "72 hours"),
        ('case-picture = "PT72H"', 'case-picture = "P1M"', "duration"),
        ('decision = "P3Y" #', 'decision = "P9Y" #', "longer than the consent"),
        ('consent = "P3Y"\ncase', "case", "without the consent"),
        ("at most 72 hours", "at most 71 hours", "numbers"),
        ("最长72小时", "最长一周", "numbers"),
        ('[purposes.sim-signup.text.zh-Hans]\ntitle = "办理手机号入网"\n', "", "not valid TOML"),
        ('title = "办理手机号入网"', 'title = ""', "title"),
        ('title = "办理手机号入网"', 'title = "\\u202e"', "title"),
        ('asks = ["selfie", "document"]', "asks = []", "asks"),
        ("minimum_age = 0", "minimum_age = 0\nscore = 1", "has a key"),
        ("[purposes.sim-signup]", "[purposes.Sim_Signup]", "name"),
        ('consent_life = "P3D"\n', "", "consent_life"),
    ],
)
def test_a_file_against_the_rules_is_refused(old: str, new: str, told: str) -> None:
    assert old in FILE
    with pytest.raises(UnreadableData) as refused:
        parse_purposes(FILE.replace(old, new, 1), "The file of purposes")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@given(text=st.text(max_size=200) | st.binary(max_size=200).map(lambda found: found.decode("latin-1")))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadableData):
        parse_purposes(text, "The file of purposes")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("P1Y", datetime(2029, 3, 1, 12, tzinfo=UTC)),
        ("P4Y", datetime(2032, 2, 29, 12, tzinfo=UTC)),
        ("P30D", NOW + timedelta(days=30)),
        ("PT72H", NOW + timedelta(hours=72)),
    ],
)
def test_durations(text: str, end: datetime) -> None:
    duration = Duration.parse(text)
    assert duration is not None
    assert str(duration) == text
    assert duration.after(NOW) == end
    assert end - NOW <= duration.at_most


@pytest.mark.parametrize("text", ["", "P", "P0D", "P1M", "P1Y1D", "PT1M", "1D", "P１D", "P-1D", "P100Y"])
def test_no_other_duration(text: str) -> None:
    assert Duration.parse(text) is None
