"""What the pages say: the same in every language, and nothing that they ask for is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bonafide.web
from bonafide.evidence.access import Action
from bonafide.outcome import Outcome, Reason
from bonafide.privacy import Kept
from bonafide.privacy.report import _BY_PURPOSE, FilingState
from bonafide.service.ceremonies import Refusal
from bonafide.service.customer_passkeys import PasskeyRefusal
from bonafide.service.issuer_entry import IssuerRefusal
from bonafide.service.line import LineEnd
from bonafide.service.objections import ObjectionOutcome
from bonafide.service.review_reason import ReviewReason
from bonafide.service.roles import Permission, Role
from bonafide.service.sign_up import SignUpState
from bonafide.web.words import said, words
from bonafide.wording import Language

FOLDER = Path(bonafide.web.__file__).parent
ENGLISH = words(Language.ENGLISH)
SOURCES = [*sorted((FOLDER / "templates").glob("*.html")), *sorted(FOLDER.glob("*.py"))]
# The page of capture has its words with it, and its scripts fill them in.
SCRIPTS = sorted((FOLDER / "static").glob("capture*.js"))


def test_every_language_says_the_same_keys() -> None:
    for language in Language:
        assert words(language).keys() == ENGLISH.keys()
        assert all(text.strip() == text != "" for text in words(language).values())


@pytest.mark.parametrize("key", ENGLISH)
def test_what_is_filled_in_is_the_same_in_every_language(key: str) -> None:
    def places(language: Language) -> set[str]:
        return set(re.findall(r"{(\w+)}", words(language)[key]))

    assert len({frozenset(places(language)) for language in Language}) == 1


def test_chinese_is_written_in_chinese() -> None:
    same = {key for key, text in ENGLISH.items() if words(Language.CHINESE)[key] == text}
    assert same == {"site.name", "language.en", "language.zh-Hans"}


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("role", Role),
        ("may", Permission),
        ("holding", {table.name for table in _BY_PURPOSE}),
        ("objections", {f"told_{outcome}" for outcome in ObjectionOutcome}),
        ("pattern", {reason.partition(".")[2] for reason in Reason if reason.startswith("pattern.")}),
        ("outcome", Outcome),
        ("state", SignUpState),
        ("action", Action),
        ("keeps", Kept),
        ("language", Language),
        ("privacy", FilingState),
        ("enter", {refusal.replace("-", "_") for refusal in Refusal} - {"code"}),
        ("passkeys", {refusal.replace("-", "_") for refusal in PasskeyRefusal}),
        ("lines", {f"found_{outcome}" for outcome in ObjectionOutcome}),
        ("lines", {f"because_{end.replace('-', '_')}" for end in LineEnd}),
        ("decisions", Outcome),
        ("issuer", {refusal.replace("-", "_") for refusal in IssuerRefusal}),
        ("invitation", {refusal.replace("-", "_") for refusal in Refusal} - {"locked"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_value_that_is_shown_has_words(section: str, names: set[str]) -> None:
    assert names
    assert [name for name in names if f"{section}.{name}" not in ENGLISH] == []


def test_every_reason_of_a_reviewer_has_words() -> None:
    assert [reason for reason in ReviewReason if reason not in ENGLISH] == []


def test_what_pages_ask_for_is_there() -> None:
    asked = {
        key
        for source in SOURCES
        for key in re.findall(r"""\b(?:t|said)\(f?"([a-z_]+\.[\w-]+)"[,)]""", source.read_text("utf-8"))
    }
    assert len(asked) > 100
    assert sorted(asked - ENGLISH.keys()) == []


def test_nothing_is_said_that_no_page_asks_for() -> None:
    text = "\n".join(source.read_text("utf-8") for source in [*SOURCES, *SCRIPTS])
    # Keys that are put together of a beginning and a value, and reasons, which are keys themselves.
    beginnings = {*re.findall(r'"([a-z]+\.[a-z_]*)" ~', text), *re.findall(r'f"([a-z]+\.[a-z_]*){', text)}
    beginnings |= {*re.findall(r"f'([a-z]+\.[a-z_]*){", text), "review.", "pattern."}
    beginnings |= {*re.findall(r'"(capture_[a-z]+\.)" ~', text), *re.findall(r"`(capture_[a-z]+\.)\$", text)}
    asked = [key for key in ENGLISH if f'"{key}"' in text or key.startswith(tuple(beginnings))]
    assert sorted(ENGLISH.keys() - set(asked)) == []


def test_words_are_filled_in() -> None:
    assert said("queue.count", Language.ENGLISH, count=3) == "3 waiting"
    assert said("queue.count", Language.CHINESE, count=3) == "3 件等待"
    with pytest.raises(KeyError):
        said("queue.nothing", Language.ENGLISH)
