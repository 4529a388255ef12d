"""The plan of cases with a known answer: strict, and as the documentation says."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from bonafide.errors import UnreadableData
from bonafide.service.known_plan import known_plan, parse_plan

FILE = (resources.files("bonafide.service") / "known_cases.toml").read_text("utf-8")
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "people.md").read_text("utf-8")


def test_the_page_says_what_the_file_says() -> None:
    plan = known_plan()
    said = PAGE.partition("## Cases with a known answer")[2].partition("\n## ")[0]
    assert f"one of {plan.one_in} " in said
    assert f"within {plan.again_after.days} days" in said
    assert "kept for a year" in said
    assert plan.measured_for.years == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one_in = 20", "one_in = 1"),
        ("one_in = 20", "one_in = 2.5"),
        ("one_in = 20", "one_in = true"),
        ("minutes_late = 45", "minutes_late = -1"),
        ('again_after = "P90D"', 'again_after = "90 days"'),
        ('again_after = "P90D"', 'again_after = "P2Y"'),
        ("one_in = 20", "one_in = 20\nmore = 1"),
        ('"bonafide-known-cases/1"', '"bonafide-known-cases/2"'),
        ("one_in = 20", ""),
        ("one_in", "[[["),
    ],
)
def test_what_is_no_plan_is_refused(old: str, new: str) -> None:
    assert re.search(re.escape(old), FILE)
    with pytest.raises(UnreadableData):
        parse_plan(FILE.replace(old, new))
