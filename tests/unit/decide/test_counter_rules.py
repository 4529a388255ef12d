"""Rules about patterns fire above their number, refer and do nothing else; a digest tells them apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonafide.decide import Counted, CounterRule, CounterRules, Finding, fired, referred, shipped_rules
from bonafide.decide.counter_rules import REASON_OF
from bonafide.outcome import Outcome, Reason


def rule(name: str, counts: Counted = Counted.DOCUMENT_SIGN_UPS, most: int = 2) -> CounterRule:
    return CounterRule(name, counts, timedelta(hours=1), most, REASON_OF[counts], "a test")


RULES = CounterRules((rule("aa"), rule("bb", Counted.AGENT_RUN, 8), rule("cc", Counted.DOCUMENT_REFUSALS, 0)))


@pytest.mark.parametrize(
    ("counts", "reasons"),
    [
        ({"aa": 2, "bb": 8, "cc": 0}, ()),
        ({"aa": 3, "bb": 8, "cc": 0}, (Reason.PATTERN_SAME_DOCUMENT,)),
        ({"aa": 0, "bb": 9, "cc": 0}, (Reason.PATTERN_AGENT_RUN,)),
        ({"aa": 0, "bb": 0, "cc": 1}, (Reason.PATTERN_OUTCOME_FLIP,)),
        (
            {"cc": 7, "bb": 999, "aa": 3},
            (Reason.PATTERN_SAME_DOCUMENT, Reason.PATTERN_AGENT_RUN, Reason.PATTERN_OUTCOME_FLIP),
        ),
    ],
)
def test_a_rule_fires_above_its_number(counts: dict[str, int], reasons: tuple[Reason, ...]) -> None:
    assert fired(RULES, counts) == reasons


def test_what_was_not_counted_fires() -> None:
    assert fired(RULES, {"bb": 0, "cc": 0}) == (Reason.PATTERN_SAME_DOCUMENT,)
    assert len(fired(RULES, {})) == 3


def test_a_reason_is_told_once() -> None:
    twice = CounterRules((rule("aa"), rule("bb")))
    assert fired(twice, {"aa": 3, "bb": 3}) == (Reason.PATTERN_SAME_DOCUMENT,)


@given(st.sampled_from(Outcome), st.lists(st.sampled_from(Reason)), st.lists(st.sampled_from(Reason)))
def test_patterns_only_ever_refer_what_was_accepted(
    outcome: Outcome, reasons: list[Reason], patterns: list[Reason]
) -> None:
    before = Finding(outcome, tuple(reasons))
    after = referred(before, tuple(patterns))
    if outcome is Outcome.ACCEPT and patterns:
        assert after == Finding(Outcome.REFER, (*reasons, *patterns))
    else:
        assert after is before


def test_every_kind_is_told_by_a_pattern() -> None:
    assert set(REASON_OF) == set(Counted)
    assert {str(reason) for reason in REASON_OF.values()} == {
        reason for reason in Reason if reason.startswith("pattern.")
    }


def test_the_digest_covers_all_that_changes_when_a_rule_fires() -> None:
    first, *rest = shipped_rules().rules

    def digest(**changes: object) -> str:
        return CounterRules((replace(first, **changes), *rest)).digest  # type: ignore[arg-type]

    assert digest() == shipped_rules().digest
    assert digest(why="for another reason") == digest()
    changed = {
        digest(name="another"),
        digest(counts=Counted.AGENT_RUN),
        digest(within=first.within + timedelta(seconds=1)),
        digest(most=first.most + 1),
        digest(reason=Reason.PATTERN_AGENT_RUN),
        CounterRules((*rest, first)).digest,
        CounterRules(tuple(rest)).digest,
    }
    assert len(changed - {digest()}) == 7
