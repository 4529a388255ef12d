"""What the command line says beside the reasons: the same in every language."""

from __future__ import annotations

from string import Formatter

import pytest

from bonafide.evidence import DiscrepancyKind
from bonafide.outcome import Outcome
from bonafide.wording import Language, phrase
from bonafide.wording.phrases import phrases


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", phrases())
def test_every_phrase_is_in_every_language_with_the_same_blanks(name: str) -> None:
    texts = phrases()[name]
    assert set(texts) == set(Language)
    assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1
    assert all(text.strip() == text != "" for text in texts.values())
    assert len(set(texts.values())) == len(Language)


@pytest.mark.parametrize("language", Language)
def test_every_outcome_has_a_phrase(language: Language) -> None:
    assert len({phrase(f"outcome_{outcome}", language) for outcome in Outcome}) == len(Outcome)


def test_blanks_are_filled_in() -> None:
    assert phrase("receipt_written", Language.ENGLISH, path="a.json") == "The receipt is in a.json."


def test_a_blank_that_is_not_filled_in_is_an_error() -> None:
    with pytest.raises(KeyError, match="path"):
        phrase("receipt_written", Language.ENGLISH)


def test_an_unknown_phrase_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such"):
        phrase("no_such", Language.CHINESE)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", DiscrepancyKind)
def test_whatever_is_wrong_with_a_receipt_is_said_in_a_sentence(
    kind: DiscrepancyKind, language: Language
) -> None:
    sentence = phrase(f"discrepancy_{kind}", language, claim="outcome")
    assert sentence.endswith((".", "。"))
    assert ("outcome" in sentence) is kind.startswith("claim_")
