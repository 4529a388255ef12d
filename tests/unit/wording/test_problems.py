"""The words of problems, and in which language they are told."""

from __future__ import annotations

import re

import pytest

from bonafide.api.codes import STATUS, Code
from bonafide.wording import Language
from bonafide.wording.accepted import accepted_language
from bonafide.wording.problems import problem_words, problems


def test_every_problem_has_words_in_every_language_and_a_status() -> None:
    assert set(problems()) == set(Code) == set(STATUS)
    for code in Code:
        english, chinese = (problem_words(code, language) for language in Language)
        for words in (english, chinese):
            assert words.title
            assert not words.title.endswith((".", "。"))
            assert words.detail.endswith((".", "。"))
        assert re.search(r"[一-鿿]", chinese.title)
        assert re.search(r"[一-鿿]", chinese.detail)
        assert not re.search(r"[一-鿿]", english.title + english.detail)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("ZH-hant-TW", "zh-Hans"),
        ("en-GB,zh;q=0.9", "en"),
        ("en;q=0.2, zh;q=0.5", "zh-Hans"),
        ("fr, de;q=0.9, zh;q=0.1", "zh-Hans"),
        ("fr", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=nan", "en"),
        ("zh;q=2", "en"),
        ("zh;q=-1", "en"),
        ("zh;q=", "en"),
        (";;;,,,=", "en"),
        ("fr," * 100_000 + "zh", "en"),
    ],
)
def test_a_reader_is_answered_in_the_language_they_prefer(header: str, language: str) -> None:
    assert accepted_language(header, Language.ENGLISH) == language


def test_where_nothing_is_preferred_the_other_word_counts() -> None:
    assert accepted_language("fr", Language.CHINESE) is Language.CHINESE
    assert accepted_language("*", Language.CHINESE) is Language.CHINESE
