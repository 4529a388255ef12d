"""Every reason can be said, kindly, in every language."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from bonafide.outcome import Flaw, Reason, Subject
from bonafide.wording import Language, advice, sentence

EVERY = [pytest.param(r, language, id=f"{r}-{language}") for r in Reason for language in Language]
# Reasons with which nothing is wrong need no advice.
CONTENT = {
    Reason.MATCH_CONFIRMED,
    Reason.PERSON_ASKED,
    Reason.PRESENCE_ATTENDED,
    Reason.PRESENCE_CONFIRMED,
    Reason.DOCUMENT_CONSISTENT,
    Reason.CHIP_AUTHENTIC,
}
LONGEST = {Language.ENGLISH: 110, Language.CHINESE: 40}
ENDING = {Language.ENGLISH: ".", Language.CHINESE: "。"}
JARGON = re.compile(
    r"\b(probe|template|threshold|score|FMR|FNMR|non-mated|mated|biometric|embedding|landmark|occlu\w*|"
    r"exposure|pixels?|algorithm|liveness|policy|calibrat\w*)\b|阈值|分数|得分|特征|模板|算法|像素|生物识别|活体|曝光|比对",
    re.IGNORECASE,
)
ACCUSATION = re.compile(
    r"\b(fraud\w*|fak\w*|impost\w*|stranger|lie|lying|cheat\w*|steal\w*|stolen|suspicious|suspect\w*|forg\w*|"
    r"someone else|not you|wrong person|different person|reject\w*|refus\w*|fail\w*)\b"
    r"|冒|伪|欺|骗|假|嫌|可疑|盗|他人|别人|不是本人|非本人|拒绝|失败|违",
    re.IGNORECASE,
)


def said(reason: Reason, language: Language) -> list[str]:
    return [text for text in (sentence(reason, language), advice(reason, language)) if text is not None]


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_each_text_is_short_and_ends_as_a_sentence(reason: Reason, language: Language) -> None:
    for text in said(reason, language):
        assert text == text.strip()
        assert text.endswith(ENDING[language])
        assert 4 <= len(text) <= LONGEST[language]


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_no_jargon_and_no_accusation(reason: Reason, language: Language) -> None:
    for text in said(reason, language):
        assert not JARGON.search(text)
        assert not ACCUSATION.search(text)


@pytest.mark.parametrize("reason", Reason)
def test_whoever_is_told_of_a_problem_is_told_what_to_do(reason: Reason) -> None:
    for language in Language:
        assert (advice(reason, language) is None) == (reason in CONTENT)


@pytest.mark.parametrize("reason", Reason)
def test_english_is_plain_ascii(reason: Reason) -> None:
    for text in said(reason, Language.ENGLISH):
        assert text.isascii()
        assert text[0].isupper()


@pytest.mark.parametrize("reason", Reason)
def test_chinese_is_chinese_throughout_and_polite(reason: Reason) -> None:
    for text in said(reason, Language.CHINESE):
        assert re.fullmatch(r"[\u4e00-\u9fff，。；、：]+", text), "Latin letters or half-width punctuation"
        assert "你" not in text
    if (tip := advice(reason, Language.CHINESE)) is not None:
        assert tip.startswith("请")


@pytest.mark.parametrize("flaw", Flaw)
def test_the_two_pictures_are_never_confused(flaw: Flaw) -> None:
    of_document, of_selfie = (Reason.of(subject, flaw) for subject in (Subject.DOCUMENT, Subject.SELFIE))
    assert "document" in sentence(of_document, Language.ENGLISH)
    assert "证件" in sentence(of_document, Language.CHINESE)
    for text in said(of_selfie, Language.ENGLISH):
        assert "document" not in text
    for text in said(of_selfie, Language.CHINESE):
        assert "证件" not in text


@pytest.mark.parametrize("language", Language)
def test_no_two_reasons_share_a_sentence(language: Language) -> None:
    sentences = [sentence(reason, language) for reason in Reason]
    assert len(set(sentences)) == len(sentences)


def test_the_data_holds_nothing_that_no_reason_uses() -> None:
    tables = tomllib.loads(files("bonafide.wording").joinpath("reasons.toml").read_text(encoding="utf-8"))
    coded = {f"{subject}.{name}" for subject, entries in tables.items() for name in entries}
    assert coded == set(Reason)
    for entries in tables.values():
        for texts in entries.values():
            assert set(texts) == set(Language)
            assert all({"sentence"} <= set(text) <= {"sentence", "advice"} for text in texts.values())
