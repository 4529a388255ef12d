"""Which random cases are for what.

DEVELOPMENT may be looked at as often as anyone likes. MEASURED is for the published error rates alone: nobody
looks at its pictures, and nothing is tuned on them, or the rates would no longer say how the reader does on
cards that it has not seen.
"""

from __future__ import annotations

DEVELOPMENT = range(400)
MEASURED = range(10_000, 10_200)
