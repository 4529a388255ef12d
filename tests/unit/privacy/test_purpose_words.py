"""Purposes, further: how the two languages are written, what people read is what holds, hostile files."""

from __future__ import annotations

import contextlib
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.errors import UnreadableData
from bonafide.privacy.purpose import Purpose
from bonafide.privacy.purpose_file import parse_purposes, purposes
from bonafide.wording.language import Language

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = (ROOT / "src/bonafide/privacy/purposes.toml").read_text("utf-8")
ALL = pytest.mark.parametrize("purpose", purposes().values(), ids=lambda purpose: purpose.name)


@ALL
def test_it_speaks_both_languages_in_full(purpose: Purpose) -> None:
    assert set(purpose.notices) == set(Language)
    for part, sentence in purpose.notices[Language.ENGLISH].as_document().items():
        assert sentence.isascii()
        assert part == "title" or sentence.endswith(".")
    for part, sentence in purpose.notices[Language.CHINESE].as_document().items():
        assert re.search("[\u4e00-\u9fff]", sentence)
        assert part == "title" or sentence.endswith("。")
        assert not re.search(r"[,;:]", sentence)  # Chinese has its own
    assert purpose.text_digest(Language.ENGLISH) != purpose.text_digest(Language.CHINESE)


@ALL
def test_the_numbers_that_people_read_are_those_that_hold(purpose: Purpose) -> None:
    said = {
        language: set(re.findall(r"\d+", " ".join(notice.as_document().values())))
        for language, notice in purpose.notices.items()
    }
    durations = [*purpose.keeps.values(), *([purpose.consent_life] if purpose.consent_life else [])]
    holds = {str(kept.years or kept.days or kept.hours) for kept in durations}
    if purpose.minimum_age:
        holds.add(str(purpose.minimum_age))
    if purpose.guardian_below > purpose.minimum_age:
        holds.add(str(purpose.guardian_below))
    # Neither one that does not hold, nor one left out.
    assert said[Language.ENGLISH] == said[Language.CHINESE] == holds


def test_another_word_is_another_digest() -> None:
    changed = parse_purposes(SHIPPED.replace("A selfie taken now", "A selfie taken soon", 1), "It")
    signup, was = changed["sim-signup"], purposes()["sim-signup"]
    assert signup.digest != was.digest
    assert signup.text_digest(Language.ENGLISH) != was.text_digest(Language.ENGLISH)
    assert signup.text_digest(Language.CHINESE) == was.text_digest(Language.CHINESE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("version = 3", 'version = 3\nnotes = "x"', "sim-signup has a key that we do not know"),
        ('asks = ["selfie", "document"]', "asks = [[]]", "sim-signup.asks is not a list of some"),
        ('asks = ["selfie", "document"]', 'asks = ["selfie", "selfie"]', "sim-signup.asks is not"),
        ("minimum_age = 0", "minimum_age = 3", "sim-signup.minimum_age is none of 0, 14, 18"),
        ("guardian_below = 14", "guardian_below = 18", "leaves out a duration or an age"),
        ('one_to_many = "never"', 'one_to_many = "always"', "sim-signup.one_to_many is none of"),
        ('one_to_many = "never"', 'one_to_many = "opt-in-gallery"', "needs the templates"),
        ('consent_life = "P3D"', 'consent_life = "3 days"', "consent_life is no duration"),
        ('consent_life = "P3D"', 'consent_life = "P0D"', "consent_life is no duration"),
        ('case-picture = "PT72H"', 'case-picture = "P4D"', "is longer than 72 hours"),
        ('case-picture = "PT72H"', 'template = "P1Y"', "keeps.template is longer than the consent lives"),
        ('consent = "P3Y"', 'consent = "P1Y"', "keeps something longer than the consent"),
        ('title = "办理手机号入网"\n', "", "sim-signup.text.zh-Hans.title is missing"),
        ("最长72小时", "最长24小时", "zh-Hans.keeps does not have the numbers"),
        ('title = "Signing up for a mobile line"', 'title = "a\\u0007b"', "is not one line"),
        ("[purposes.sim-signup.text.en]", "[purposes.sim-signup.text.fr]", "has a key that we do not know"),
        ("[purposes.testing.keeps]", "[purposes.testing]\nkeeps = 3", "is not valid TOML"),
    ],
)
def test_what_breaks_the_rules_is_refused_and_named(old: str, new: str, complaint: str) -> None:
    assert old in SHIPPED
    with pytest.raises(UnreadableData) as refused:
        parse_purposes(SHIPPED.replace(old, new, 1), "The file")
    assert complaint in refused.value.problem
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'format = "bonafide-purposes/1"',
        'format = "bonafide-purposes/1"\npurposes = 3',
        'format = "bonafide-purposes/1"\npurposes = {ab = 3}',
        "a = " + "[" * 10_000,
        "#" * 300_000,
    ],
)
def test_a_hostile_file_is_refused(text: str) -> None:
    with pytest.raises(UnreadableData):
        parse_purposes(text, "The file")


@given(st.integers(0, len(SHIPPED) - 1), st.sampled_from(["", "\x00", '"', "9", "=", "[", "]", "\n"]))
def test_no_change_brings_the_reader_down(at: int, what: str) -> None:
    # Read or refused; nothing else.
    with contextlib.suppress(UnreadableData):
        for purpose in parse_purposes(SHIPPED[:at] + what + SHIPPED[at + 1 :], "The file").values():
            assert purpose.version >= 1


def test_the_page_lists_the_keys_that_are_read() -> None:
    page = (ROOT / "docs" / "purposes.md").read_text("utf-8")
    listed = re.findall(r"^- `(\w+)`:", page, re.MULTILINE)
    first = tomllib.loads(SHIPPED)["purposes"]["sim-signup"]
    assert listed == list(first)
    parts = page[page.index("- `text`:") :].split("\n\n")[0]
    assert set(re.findall(r"`([\w-]+)`", parts)) == {"text", *first["text"], *first["text"]["en"]}
