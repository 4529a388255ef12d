"""Who hands in pictures is not told which pattern made a person look."""

from __future__ import annotations

import pytest

from bonafide.api.answers import PATTERN, customer_answers, reason_answers
from bonafide.outcome import Reason
from bonafide.wording import Language

PATTERNS = [reason for reason in Reason if reason.value.startswith("pattern.")]


@pytest.mark.parametrize("language", Language)
def test_every_pattern_reads_the_same(language: Language) -> None:
    assert len(PATTERNS) >= 4
    answers = [customer_answers([pattern], language) for pattern in PATTERNS]
    assert all(answer == answers[0] for answer in answers)
    assert [answer.code for answer in answers[0]] == [PATTERN]
    assert customer_answers(PATTERNS, language) == answers[0]


@pytest.mark.parametrize("language", Language)
def test_all_else_is_told_as_to_the_operator(language: Language) -> None:
    others = [reason for reason in Reason if reason not in PATTERNS]
    assert customer_answers(others, language) == reason_answers(others, language)
    mixed = customer_answers([others[0], *PATTERNS, others[1]], language)
    assert [answer.code for answer in mixed] == [others[0].value, PATTERN, others[1].value]
