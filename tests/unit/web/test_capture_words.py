"""Whatever the service may say by a code during capture has words on the page, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bonafide.web
from bonafide.api.answers import customer_answers
from bonafide.outcome import Reason
from bonafide.privacy.consent import Age
from bonafide.service.sign_up import SignUpState
from bonafide.web.rendering import CAPTURE_SCRIPTS, static_file
from bonafide.web.words import reason_words, words, words_of
from bonafide.wording import Language

FOLDER = Path(bonafide.web.__file__).parent
SCRIPTS = "\n".join(static_file(name).decode() for name in CAPTURE_SCRIPTS)
ENGLISH = words_of("capture", Language.ENGLISH)
# As the protocol of the live session names them.
STEPS = {"frontal", "turn-left", "turn-right", "nod", "closer", "colour"}
GUIDANCE = {
    *("no-face", "one-face", "closer", "further", "centre", "more-light", "less-light", "look-straight"),
    *("hold-still", "turn-more", "nod-more", "turn-back", "other-way", "good"),
}


@pytest.mark.parametrize(
    ("section", "names"),
    [("capture_step", STEPS | {"wait", "sending"}), ("capture_guide", GUIDANCE), ("capture_age", set(Age))],
)
def test_every_code_has_words(section: str, names: set[str]) -> None:
    assert {key.partition(".")[2] for key in ENGLISH if key.startswith(f"{section}.")} == names


def test_every_state_in_which_a_sign_up_ends_has_words() -> None:
    ends = set(SignUpState) - {SignUpState.OPEN, SignUpState.AGREED, SignUpState.DECLINED}
    assert [state for state in ends if f"capture_end.{state}" not in ENGLISH] == []
    assert [state for state in ends if f"capture_end.{state}_what" not in ENGLISH] == []


@pytest.mark.parametrize("language", Language)
def test_reasons_are_told_in_the_words_and_by_the_codes_of_the_api(language: Language) -> None:
    told = {
        answer.code: (answer.sentence, answer.advice)
        for reason in Reason
        if not reason.startswith("chip.")
        for answer in customer_answers([reason], language)
    }
    here = reason_words(language)
    assert {code: (here[f"reason.{code}"], here.get(f"advice.{code}")) for code in told} == told
    assert len(here) == sum(1 if advice is None else 2 for _, advice in told.values())


def test_every_trouble_says_what_to_do() -> None:
    troubles = {key for key in ENGLISH if key.startswith("capture_trouble.")}
    said = {key.removesuffix("_what") for key in troubles if key.endswith("_what")}
    assert len(said) > 10
    assert said <= troubles
    raised = set(re.findall(r'new Problem\("([a-z_]+)"', SCRIPTS)) - {"unavailable", "file_unreadable"}
    raised |= set(re.findall(r'Screens\.trouble\("([a-z_]+)"', SCRIPTS))
    raised |= set(re.findall(r'"(camera_[a-z]+)"', SCRIPTS))
    assert {f"capture_trouble.{code}" for code in raised} <= said


def test_what_the_scripts_and_the_template_ask_for_is_there() -> None:
    template = (FOLDER / "templates" / "capture.html").read_text("utf-8")
    asked = set(re.findall(r'"(capture[a-z_]*\.[\w-]+)"', SCRIPTS + template))
    assert len(asked) > 60
    assert sorted(asked - ENGLISH.keys() - {"capture.css"}) == []


def test_scripts_stay_below_the_oldest_browsers_that_are_named() -> None:
    """Chrome 80 and Safari 14.5: what a regular expression can tell of newer ones."""
    newer = r"\?\?=|\|\|=|&&=|\.at\(|\.replaceAll\(|\bstructuredClone\b|Object\.hasOwn|^\s*(?:static )?#\w+"
    newer += r"|\bAbortSignal\.(?:timeout|any)|\bfindLast|\bimport\b|createImageBitmap|OffscreenCanvas"
    assert re.findall(newer, SCRIPTS, re.MULTILINE) == []
    sheet = static_file("capture.css").decode()
    assert re.findall(r"\binset\b|aspect-ratio|:has\(|\bdvh\b|(?<!grid-)gap:|:is\(|:where\(", sheet) == []


def test_no_score_is_spoken_of() -> None:
    for language in Language:
        texts = {key: text for key, text in words(language).items() if key.startswith("capture")}
        wrong = [
            key for key, text in texts.items() if re.search(r"\bscore|%|\bpercent|分数|得分|相似度", text)
        ]
        assert wrong == []
