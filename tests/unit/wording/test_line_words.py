"""Every refusal of a line can be said, kindly, in every language, and the page says it alike."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from tests.unit.wording.test_reasons import ACCUSATION, ENDING, JARGON, LONGEST

from bonafide.outcome import LineReason
from bonafide.wording import Language
from bonafide.wording.lines import line_advice, line_sentence

PAGE = Path(__file__).resolve().parents[3] / "docs" / "lines.md"
EVERY = [pytest.param(r, language, id=f"{r}-{language}") for r in LineReason for language in Language]


@pytest.mark.parametrize(("reason", "language"), EVERY)
def test_each_text_is_short_kind_and_ends_as_a_sentence(reason: LineReason, language: Language) -> None:
    for text in (line_sentence(reason, language), line_advice(reason, language)):
        assert text == text.strip()
        assert text.endswith(ENDING[language])
        assert 4 <= len(text) <= LONGEST[language]
        assert not JARGON.search(text)
        assert not ACCUSATION.search(text)


def test_the_file_has_these_words_and_no_others() -> None:
    tables = tomllib.loads(files("bonafide.wording").joinpath("lines.toml").read_text(encoding="utf-8"))
    assert [f"{subject}.{name}" for subject, names in tables.items() for name in names] == list(LineReason)
    for names in tables.values():
        assert all(set(words) == set(Language) for words in names.values())


def test_the_page_says_each_as_it_is_said() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [row for row in cells if row[0].startswith(("`line.", "`customer.")) and len(row) == 4]
    assert [row[0].strip("`") for row in rows] == list(LineReason)
    for code, english, chinese, when in rows:
        reason = LineReason(code.strip("`"))
        assert english == line_sentence(reason, Language.ENGLISH)
        assert chinese == line_sentence(reason, Language.CHINESE)
        assert when.endswith(".")
