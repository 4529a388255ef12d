"""Rules of the counter for tests in which the same document comes again and again."""

from __future__ import annotations

from datetime import timedelta

from bonafide.decide import Counted, CounterRule, CounterRules
from bonafide.decide.counter_rules import REASON_OF

# Rules that no test sets off unawares: here the same document comes again and again.
UNHURRIED = CounterRules(
    tuple(
        CounterRule(counts.value, counts, timedelta(minutes=1), 1000, REASON_OF[counts], "a test")
        for counts in Counted
    )
)
