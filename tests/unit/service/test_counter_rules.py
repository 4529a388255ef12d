"""Whose rules are in force: all of the operator's before ours, and never ours in place of broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.decide import parse_rules, shipped_rules
from bonafide.errors import UnreadableData
from bonafide.service.counter_rules import rules_for, rules_path
from bonafide.settings import Settings

OWN = """format = "bonafide-counter-rules/1"
[[rule]]
name = "agent"
counts = "acceptances-of-agent"
within = "PT1H"
most = 30
reason = "pattern.agent_run"
why = "Our counters are quick: 24 an hour were seen in a week of 2026."
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def test_without_a_file_ours_are_in_force(settings: Settings) -> None:
    assert rules_for(settings) == shipped_rules()


def test_the_operators_take_the_place_of_all_of_ours(settings: Settings) -> None:
    rules_path(settings).write_text(OWN, "utf-8")
    assert rules_for(settings) == parse_rules(OWN, "It")
    assert [rule.most for rule in rules_for(settings).rules] == [30]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", OWN.replace("30", "0").encode()])
def test_a_broken_one_never_falls_back_to_ours_unseen(settings: Settings, content: bytes) -> None:
    rules_path(settings).write_bytes(content)
    with pytest.raises(UnreadableData, match=r"counter-rules\.toml") as refused:
        rules_for(settings)
    assert refused.value.exit_status == 3


def test_nor_does_one_that_cannot_be_read(settings: Settings) -> None:
    rules_path(settings).symlink_to("nowhere")
    with pytest.raises(UnreadableData, match="cannot be read"):
        rules_for(settings)
    rules_path(settings).unlink()
    rules_path(settings).mkdir()
    with pytest.raises(UnreadableData, match="cannot be read"):
        rules_for(settings)


def test_an_error_names_the_line(settings: Settings) -> None:
    rules_path(settings).write_text(OWN.replace("PT1H", "P1Y"), "utf-8")
    with pytest.raises(UnreadableData, match="line 5: within"):
        rules_for(settings)
