"""The file of the counter's rules: what ours says, and that nothing else passes for one."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bonafide.decide import Counted, CounterRules, parse_rules, shipped_rules
from bonafide.decide.counter_rules import FORMAT, LONGEST_WINDOW, MOST
from bonafide.errors import UnreadableData
from bonafide.outcome import Reason
from bonafide.privacy import Kept, purposes

FILE = (resources.files("bonafide.decide") / "counter_rules.toml").read_text("utf-8")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "fraud.md"
ONE = """format = "bonafide-counter-rules/1"

[[rule]]
name = "agent"
counts = "acceptances-of-agent"
within = "PT1H"
most = 12
reason = "pattern.agent_run"
why = "A policy."

[[rule]]
name = "flip"
counts = "refusals-of-document"
within = "P1D"
most = 0
reason = "pattern.outcome_flip"
why = "A policy."
"""

# Changed rules are another digest, by which receipts tell them apart.
DIGEST = "9a35d1dd6c826b95"


def test_ours_are_these() -> None:
    assert [(rule.counts, rule.within, rule.most) for rule in shipped_rules().rules] == [
        (Counted.DOCUMENT_SIGN_UPS, timedelta(days=1), 2),
        (Counted.DOCUMENT_SIGN_UPS, timedelta(days=30), 5),
        (Counted.DOCUMENT_REFUSALS, timedelta(days=1), 0),
        (Counted.DEVICE_DOCUMENTS, timedelta(hours=1), 12),
        (Counted.AGENT_ACCEPTANCES, timedelta(hours=1), 12),
        (Counted.AGENT_RUN, timedelta(minutes=30), 8),
    ]
    assert shipped_rules().digest[:16] == DIGEST
    # Nobody measured them, and each says so.
    assert all(rule.why.startswith("Policy: ") for rule in shipped_rules().rules)


def test_the_page_says_what_the_file_says() -> None:
    text = PAGE.read_text("utf-8")
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines()]
    windows = dict(re.findall(r'name = "(.+)"\n.*\nwithin = "(.+)"', FILE))
    assert [row for row in rows if len(row) == 6 and row[4].startswith("pattern.")] == [
        [rule.name, rule.counts, windows[rule.name], str(rule.most), rule.reason, rule.why]
        for rule in shipped_rules().rules
    ]
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    assert documented == {"counts", *Counted, *windows}
    assert FORMAT in text
    assert f"1 to {MOST}" in text


def test_nothing_is_counted_for_longer_than_people_are_told() -> None:
    assert purposes()["sim-signup"].keeps[Kept.COUNTED].at_most == LONGEST_WINDOW


def test_a_file_is_read_in_its_order() -> None:
    first, second = parse_rules(ONE, "It").rules
    assert (first.name, first.counts, first.most) == ("agent", Counted.AGENT_ACCEPTANCES, 12)
    assert (first.within, first.reason, first.why) == (
        timedelta(hours=1),
        Reason.PATTERN_AGENT_RUN,
        "A policy.",
    )
    assert (second.name, second.most) == ("flip", 0)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("PT1M", timedelta(minutes=1)),
        ("PT90M", timedelta(minutes=90)),
        ("PT72H", timedelta(hours=72)),
        ("P30D", timedelta(days=30)),
        ("PT720H", timedelta(days=30)),
    ],
)
def test_windows(text: str, window: timedelta) -> None:
    assert parse_rules(ONE.replace("PT1H", text), "It").rules[0].within == window


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("bonafide-counter-rules/1", "bonafide-counter-rules/2", "line 1: format is not"),
        ('name = "agent"\n', "", "line 3: the rule's name is missing"),
        ('name = "agent"', 'name = "Agent 7"', "line 4: name"),
        ('name = "agent"', 'name = "flip"', "line 12: name is another rule's"),
        ("acceptances-of-agent", "scores-of-agent", "line 5: counts is none of"),
        ("acceptances-of-agent", "sign-ups-of-document", "line 8: reason is not pattern.same_document"),
        ('within = "PT1H"', 'within = "P31D"', "line 6: within"),
        ('within = "PT1H"', 'within = "PT721H"', "line 6: within"),
        ('within = "PT1H"', 'within = "P1Y"', "line 6: within"),
        ('within = "PT1H"', 'within = "PT0H"', "line 6: within"),
        ('within = "PT1H"', 'within = "PT1H "', "line 6: within"),
        ('within = "PT1H"', "within = 60", "line 6: within is no text"),
        ("most = 12", "most = 0", "line 7: most is no whole number from 1 to 1000"),
        ("most = 0", "most = -1", "line 15: most is no whole number from 0 to 1000"),
        ("most = 12", "most = 1001", "line 7: most"),
        ("most = 12", "most = 12.0", "line 7: most"),
        ("most = 12", "most = true", "line 7: most"),
        ("pattern.agent_run", "match.refuted", "line 8: reason is not pattern.agent_run"),
        ("pattern.agent_run", "pattern.agent_ran", "line 8: reason"),
        ('why = "A policy."', 'why = ""', "line 9: why"),
        ('why = "A policy."', 'why = "\\u202e"', "line 9: why"),
        ('why = "A policy."', 'outcome = "accept"', "line 9: the rule has a key that we do not know"),
        ("most = 12", "most = 12\nmost = 13", "line 8"),
        ("[[rule]]", "[[rules]]", "something else"),
        ("[[rule]]", "[rule]", "not valid TOML"),
        ("[[rule]]\n", "[other]\n[[rule]]\n", "something else"),
        ('why = "A policy."\n\n[[rule]]', 'why = "A policy."\n\n[["rule"]]', "under a line [[rule]]"),
        ("most = 12", "most = 12,", "line 7"),
    ],
)
def test_an_error_names_its_line(old: str, new: str, told: str) -> None:
    assert old in ONE
    with pytest.raises(UnreadableData) as refused:
        parse_rules(ONE.replace(old, new, 1), "Your file")
    assert told in str(refused.value)
    assert str(refused.value).startswith("Your file ")
    assert "\n" not in str(refused.value)


def test_a_file_of_no_rules_would_look_at_nothing() -> None:
    with pytest.raises(UnreadableData, match="1 to 32 rules"):
        parse_rules(f'format = "{FORMAT}"\nrule = []\n', "It")
    one = ONE.split("[[rule]]")[1]
    many = "".join("[[rule]]" + one.replace('"agent"', f'"agent-{at}"') for at in range(33))
    with pytest.raises(UnreadableData, match="1 to 32 rules"):
        parse_rules(f'format = "{FORMAT}"\n{many}', "It")


def test_a_stranger_is_not_quoted() -> None:
    with pytest.raises(UnreadableData) as refused:
        parse_rules(ONE.replace("most = 12", 'most = 12\n"Li Wei 13800000000" = 1'), "It")
    assert "Li Wei" not in str(refused.value)
    assert "line 8" in str(refused.value)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda found: found.decode("latin-1")))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UnreadableData):
        parse_rules(text, "It")


VALUES = st.recursive(
    st.one_of(
        st.integers(-(10**40), 10**40).map(str),
        st.sampled_from(
            ["true", "1e400", "nan", "-0", "0x7f", "1979-05-27", "07:32:00", '"""a\n[[rule]]\n"""']
        ),
        st.text(st.characters(codec="utf-8", exclude_characters='"\\', min_codepoint=32), max_size=12).map(
            lambda text: f'"{text}"'
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda found: f"[{', '.join(found)}]"),
        inner.map(lambda found: f"{{ most = {found} }}"),
    ),
    max_leaves=4,
)


@given(st.sampled_from(re.findall(r"^\w+ = (.+)$", ONE, re.MULTILINE)), VALUES)
@example('"PT1H"', '"PT١H"')
@example('"agent"', '"agent\u0000"')
@example("12", "9" * 5000)
def test_a_hostile_value_is_refused_or_means_what_it_says(old: str, new: str) -> None:
    text = ONE.replace(f"= {old}", f"= {new}", 1)
    try:
        found = parse_rules(text, "It")
    except UnreadableData:
        return
    assert sound(found)


@given(st.lists(st.sampled_from(ONE.splitlines(keepends=True)), max_size=24))
def test_lines_in_any_order_are_refused_or_rules(lines: list[str]) -> None:
    try:
        found = parse_rules("".join(lines), "It")
    except UnreadableData:
        return
    assert sound(found)


def sound(found: CounterRules) -> bool:
    return bool(found.rules) and all(
        timedelta() < rule.within <= LONGEST_WINDOW
        and (rule.counts is Counted.DOCUMENT_REFUSALS or rule.most > 0)
        and 0 <= rule.most <= MOST
        and rule.reason.startswith("pattern.")
        for rule in found.rules
    )
