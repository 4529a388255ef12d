"""What a face check, a kept record and a service may cost: aims for this code on an unburdened machine,
no facts.
"""

from __future__ import annotations

from typing import Final

# Whole face check over floor, CPU time: what is left for everything that is neither network nor decoder.
MOST_FLOOR_RATIO: Final = 1.15
# From nothing to the first answer; under a second, a person does not look away (Nielsen, 1993).
MOST_COLD_START_S: Final = 0.8
# So that four workers fit into a gigabyte.
MOST_RSS_MB: Final = 250.0
# Of two threads over one: what is serialised between them is under a tenth of the work.
LEAST_TWO_WORKER_SCALING: Final = 1.8
# Decisions a second, in groups: what a large operator's sign-ups of a day take ten seconds for.
LEAST_GROUPED_A_SECOND: Final = 10_000.0
# Of one durable decision, 99 in a hundred: nothing beside the face check before it.
MOST_DECISION_P99_MS: Final = 20.0
# Two workers of the service over one process that has no service around it: parsing, answering and handing
# over are under a sixth of the work.
LEAST_SERVED_RATIO: Final = 1.7
# Of answers under load, the 99th percentile by the median: nobody waits much longer than most do.
MOST_ANSWER_SPREAD: Final = 3.0
# Of the service's memory after all verifications by that after the first hundred.
MOST_MEMORY_GROWTH: Final = 1.1
# Of a live session in the service, everything included: a core carries ten of a quarter of a minute each.
MOST_SESSION_CPU_S: Final = 1.5
# What each of the sessions at once takes.
MOST_SESSION_MB: Final = 60.0
# Of guidance while ten are guided at once, the 99th percentile: words that come later are of another moment.
MOST_GUIDANCE_P99_MS: Final = 300.0
