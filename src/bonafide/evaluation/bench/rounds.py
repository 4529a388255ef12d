"""Taking turns, and what to believe of many rounds.

Other people's work on the same machine slows a round down, and so does its changing clock. Contenders take
turns, which lets both strike all alike; the median of the ratio within each round is then far steadier than
the ratio of two lucky moments (from run to run on a busy machine: 3 % against 15 %). What a contender costs
in milliseconds is the least of its rounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

Parts = Mapping[str, float]


def take_turns(contenders: Mapping[str, Callable[[], Parts]], rounds: int) -> Mapping[str, list[Parts]]:
    """What each contender took, part by part, in each round.

    Every other round goes backwards: whoever follows whom finds the caches as that one left them.
    """
    taken: dict[str, list[Parts]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders)
        for name in reversed(order) if number % 2 else order:
            taken[name].append(contenders[name]())
    return taken


def least_parts(rounds: Sequence[Parts]) -> Parts:
    """The least of each part over all rounds."""
    return {name: min(parts[name] for parts in rounds) for name in rounds[0]}


def least_total(rounds: Sequence[Parts]) -> float:
    """The least sum of a round."""
    return min(total(parts) for parts in rounds)


def paired_ratio(rounds: Sequence[Parts], others: Sequence[Parts]) -> float:
    """The median over the rounds of one contender's total by the other's."""
    return statistics.median(total(parts) / total(other) for parts, other in zip(rounds, others, strict=True))


def total(parts: Parts) -> float:
    """The sum of a round's parts."""
    return sum(parts.values())


def percentile(times: Sequence[float], percent: int) -> float:
    """Of times, the least that so many of a hundred do not exceed."""
    return sorted(times)[-(-percent * len(times) // 100) - 1]
